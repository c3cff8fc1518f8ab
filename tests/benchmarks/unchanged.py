"""What a build costs when one page of many has changed: tiny pages in, CPU seconds out.

    python tests/benchmarks/unchanged.py --pages 117000

Each build is a process of its own, its start included; `--full`, which reads and makes every page,
is not measured. The pages and their index are made below a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

A_FOLDER = 1000
SETTLED = 4.0  # seconds after which files are taken by their looks

BUILD = "import sys, indexer; indexer.build_index(sys.argv[1:2], index=sys.argv[2], workers=1)"


def write_page(folder: Path, number: int, text: str) -> None:
    path = folder / f"{number // A_FOLDER:04d}" / f"{number:07d}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"嘉兴携手沙雅\n\n第{number}期{text}。\n", encoding="utf-8")


def time_build(pages: Path, index: Path) -> dict[str, float]:
    """Build in a process of its own; seconds of the clock and of CPU."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-c", BUILD, str(pages), str(index)], check=True)
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"clock": round(clock, 2), "cpu": round(cpu, 2)}


def run(size: int, folder: Path) -> dict[str, dict[str, float]]:
    pages, index = folder / "pages", folder / "index"
    for number in range(size):
        write_page(pages, number, "建成幼儿园")
    time.sleep(SETTLED)
    took = {"first": time_build(pages, index)}
    for note in ("kept", "lost"):
        write_page(pages, size // 2, f"改动{note}")
        if note == "lost":
            (index / "seen").unlink()
        took[f"one page changed, the note {note}"] = time_build(pages, index)
    return took


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--pages", type=int, default=10_000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(run(given.pages, Path(folder)), indent=1))


if __name__ == "__main__":
    main()
