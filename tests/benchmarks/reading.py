"""How fast pages are read, what a large file costs: `python tests/benchmarks/reading.py`."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from support.formats import read_pages

from indexer.errors import SourceError
from indexer.model import Page
from indexer.pages import read_page
from indexer.reading import read_articles

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


def measure_large(name: str, text: str) -> None:
    """Read one large file without a blank line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.txt"
        path.write_text(text, "utf-8")
        size = path.stat().st_size / 1e6
        start = time.process_time()
        blocks = sum(count_blocks(page) for page in read_pages([path], problem=report))
        seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{size:.0f} MB {name}: {blocks} blocks, {seconds:.1f} s of CPU, peak {peak:.0f} MB")


def count_blocks(page: Page) -> int:
    return sum(len(article.paragraphs) for article in read_articles(page))


def make_large(megabytes: int, line: int) -> str:
    """Make a file of the five pages' text, cut into lines of a length, numbered to differ."""
    text = "".join(path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt")))
    text = "".join(text.split())
    lines: list[str] = []
    size, position = 0, 0
    while size < megabytes * 1_000_000:
        part = f"{len(lines)}{text[position : position + line]}"
        position = (position + line) % len(text)
        lines.append(part)
        size += len(part.encode()) + 1
    return "\n".join(lines)


def report(error: SourceError) -> None:
    print(error)


if __name__ == "__main__":
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    measure_pages(rounds=10)
    measure_large("in lines of 40 characters", make_large(megabytes, line=40))
    measure_large("in lines of 300 characters", make_large(megabytes, line=300))
    heading = "村里的路修好了，大家都很高兴。\n山里的变化\n"
    measure_large("of one sentence and one heading", heading * (megabytes * 1_000_000 // 66))
