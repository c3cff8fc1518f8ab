"""Run the long form of every proof of safety, one part after another.

    python tests/safety/long_run.py [--logs FOLDER] [--factor 1.0] [PART ...]

Prints a line as each part begins and ends; its output is in FOLDER, `PART.log`. A part that has
passed on this commit is not run again, so that a run which was stopped is continued by the same
command. A part that exceeds its time, `--factor` times the table's seconds, counts as failed. Ends
with 1 when one failed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import gettempdir

ROOT = Path(__file__).parents[2]
PYTEST = ("-m", "pytest", "-p", "no:cacheprovider")
REQUESTS = "tests/web/test_generated_requests.py"
LOADED = "tests/benchmarks/load.py"

PARTS: dict[str, tuple[int, Sequence[str]]] = {
    "kills": (1200, ("tests/safety/kills.py", "--rounds", "100")),
    "load": (900, (LOADED,)),
    "requests": (1500, (*PYTEST, REQUESTS, "-k", "described")),
    "crawl": (1500, (*PYTEST, REQUESTS, "-k", "broken_link")),
    "injections": (2400, (*PYTEST, "-n", "auto", "tests/web/test_injections.py")),
    "safety": (2400, (*PYTEST, "tests/safety")),
    "queries": (1200, ("tests/benchmarks/hostile_queries.py",)),
    "shapes": (2400, ("tests/safety/shapes.py",)),
}
"""What each part may take, in seconds, and the arguments of Python that run it."""


def run(name: str, logs: Path, factor: float) -> bool:
    """Run a part, unless it has passed before; return whether it has passed."""
    passed, (seconds, words) = logs / f"{name}.passed", PARTS[name]
    if passed.exists():
        print(f"{name}: passed before", flush=True)
        return True
    print(f"{name}: at most {factor * seconds:.0f} s", flush=True)
    began, environment = time.monotonic(), os.environ | {"LONG_TESTS": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *words]
    with (logs / f"{name}.log").open("w") as log:
        try:
            code: int | str = subprocess.run(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, timeout=factor * seconds
            ).returncode
        except subprocess.TimeoutExpired:
            code = "too slow"
    spent = time.monotonic() - began
    print(f"{name}: {'passed' if code == 0 else f'FAILED ({code})'}, {spent:.0f} s", flush=True)
    if code == 0:
        passed.touch()
    return code == 0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--logs", type=Path, default=Path(gettempdir(), "chaquan-long-run"))
    options.add_argument("--factor", type=float, default=1.0)
    options.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    given = options.parse_args()
    git = ("git", "rev-parse", "--short", "HEAD")
    commit = subprocess.run(git, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    logs = given.logs / (commit or "unversioned")
    logs.mkdir(parents=True, exist_ok=True)
    failed = [name for name in given.parts or PARTS if not run(name, logs, given.factor)]
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
