"""How fast pages are read, what a large file costs: `python tests/benchmarks/reading.py`."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from indexer.errors import SourceError
from indexer.model import Page
from indexer.pages import read_page, read_pages
from indexer.paragraphs import read_articles

SEEDS = Path(__file__).parent.parent.parent / "seeds"


def measure_pages(rounds: int) -> None:
    """Read the five pages again and again; jieba's dictionary is loaded before the clock runs."""
    paths = sorted(SEEDS.glob("*.txt"))
    size = sum(path.stat().st_size for path in paths) * rounds
    read_articles(read_page(paths[0]))
    start = time.process_time()
    for _ in range(rounds):
        for path in paths:
            read_articles(read_page(path))
    seconds = time.process_time() - start
    pace = size / 1e6 / seconds * 60
    print(f"pages: {size / 1e6:.1f} MB in {seconds:.1f} s of CPU, {pace:.0f} MB a minute")


def measure_large(megabytes: int, *, line: int) -> None:
    """Read one file of many lines without a blank line between them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.txt"
        path.write_text(make_large(megabytes, line), "utf-8")
        start = time.process_time()
        blocks = 0
        for page in read_pages([path], problem=report):
            blocks += count_blocks(page)
        seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{megabytes} MB in lines of {line}: {blocks} blocks, {seconds:.1f} s, peak {peak:.0f} MB"
    )


def count_blocks(page: Page) -> int:
    return sum(len(article.paragraphs) for article in read_articles(page))


def make_large(megabytes: int, line: int) -> str:
    """Make a file of the five pages' text, cut into lines of a length, numbered to differ."""
    text = "".join(path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt")))
    text = "".join(text.split())
    lines: list[str] = []
    size, place = 0, 0
    while size < megabytes * 1_000_000:
        part = f"{len(lines)}{text[place : place + line]}"
        place = (place + line) % len(text)
        lines.append(part)
        size += len(part.encode()) + 1
    return "\n".join(lines)


def report(error: SourceError) -> None:
    print(error)


if __name__ == "__main__":
    measure_pages(rounds=int(sys.argv[1]) if len(sys.argv) > 1 else 10)
    measure_large(int(sys.argv[2]) if len(sys.argv) > 2 else 50, line=40)
