"""Shapes of pages that once cost more than their length, or could, and how much each costs.

    python tests/safety/shapes.py [--from 50000] [--to 10000000] [SHAPE ...]

Enlarges each shape step by step and prints the CPU time a character takes, beside that of the
smallest, and the greatest memory in use as a multiple of the text. Models are loaded before and
caches filled, by 60,000 characters of several shapes: they take about 50 MB, whatever the page.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import count

from indexer.model import Page
from indexer.reading import read_articles

LOADING_SHAPES = (
    "random lines",
    "cut at 12 characters",
    "open lines of prose with blank lines",
    "heads and text of Markdown",
    "notes of jumps",
)
"""Shapes that need every model and table."""

SIZES = (50_000, 200_000, 800_000, 3_200_000, 10_000_000)

PROSE = (
    "今年以来，全县新建了三十二座温室大棚，种上了番茄、辣椒和草莓，产量比去年多了两成。"
    "干部们说，这样的好收成离不开技术员的指导，也离不开大家的辛苦。"
)


def _repeat(text: str) -> Callable[[int], str]:
    return lambda size: text * (size // len(text) + 1)


def _broken(width: int, gap: str) -> Callable[[int], str]:
    def make(size: int) -> str:
        text = PROSE * (size // len(PROSE) + 1)
        return gap.join(text[at : at + width] for at in range(0, size, width))

    return make


def _numbered(form: str) -> Callable[[int], str]:
    """Return what writes a form with growing numbers, so that no line is printed twice."""

    def make(size: int) -> str:
        numbers = count(1)
        lines: list[str] = []
        length = 0
        while length < size:
            lines.append(form.format(next(numbers)))
            length += len(lines[-1])
        return "".join(lines)

    return make


def _random(alphabet: str, most: int, end: str) -> Callable[[int], str]:
    def make(size: int) -> str:
        chance = random.Random(size)
        return "".join(_random_lines(chance, size, alphabet, most, end))

    return make


def _random_lines(
    chance: random.Random, size: int, alphabet: str, most: int, end: str
) -> Iterator[str]:
    length = 0
    while length < size:
        line = "".join(chance.choices(alphabet, k=chance.randint(1, most))) + end
        length += len(line)
        yield line


SHAPES: dict[str, Callable[[int], str]] = {
    "one place a line": _repeat("沙雅\n"),
    "one character a line": _repeat("援\n"),
    "open lines": _repeat("全县新建了三十二座温室大棚并且种上了番茄辣椒和草莓\n"),
    "open lines, all different": _numbered(
        "全县新建了{}座温室大棚并且种上了番茄辣椒和草莓等作物\n"
    ),
    "open lines of prose with blank lines": _numbered(
        "今年以来，全县新建了{}座温室大棚，种上了番茄、辣椒和草莓，产量比\n\n"
    ),
    "closed paragraphs": _numbered("今年以来，全县新建了{}座温室大棚，种上了番茄和辣椒。\n"),
    "one line": _repeat(PROSE),
    "one line without marks": _repeat("温室大棚番茄辣椒草莓"),
    "one line of one character": _repeat("的"),
    "cut at 12 characters": _broken(12, "\n"),
    "cut at 12 characters with blank lines": _broken(12, "\n\n"),
    "cut at 30 characters": _broken(30, "\n"),
    "short titles with blank lines": _numbered("第{}座温室\n\n"),
    "titles with by-lines": _numbered("第{}座温室大棚建成\n本报记者 王小明\n"),
    "titles under open lines": _numbered("全县新建了{}座温室大棚，种上了番茄\n\n温室大棚建成\n\n"),
    "opening brackets": _repeat("（"),
    "opening brackets a line": _repeat("（援疆\n"),
    "brackets within brackets": lambda size: "（" * (size // 2) + "）" * (size // 2),
    "opening quotes a line": _repeat("“援疆\n"),
    "signed items": _numbered("全县新建了{}座温室大棚，产量比去年多了两成。（王小明）\n"),
    "notes of jumps": _numbered("全县新建了{}座温室大棚。（下转第3版）\n（上接第1版）种上了番茄\n"),
    "captions under pictures": _numbered("\n\n\n图为第{}座温室大棚。王小明摄\n"),
    "items of a list": _numbered("■第{}座温室大棚种上番茄\n"),
    "the same paragraph": _repeat(PROSE + "\n"),
    "the same paragraph, a character read otherwise": _numbered(PROSE + "{}\n"),
    "blank lines": _repeat("\n"),
    "blanks within a line": _repeat("　援 "),
    "digits": _repeat("1234567890"),
    "Latin words in lines": _numbered("The county built {} green-\nhouses and planted tomatoes\n"),
    "heads of Markdown": _numbered("# 第{}座温室\n\n"),
    "heads and text of Markdown": _numbered("## 第{}座温室\n\n今年以来，全县新建了温室大棚。\n\n"),
    "a table of Markdown": _numbered("| {} | 番茄 | 辣椒 |\n|---|---|---|\n"),
    "a table of HTML": _numbered("<table><tr><td>{}</td><td>番茄</td></tr></table>\n"),
    "stars of Markdown": lambda size: "# 题\n\n" + "*援" * (size // 2),
    "random lines": _random("援疆的了一，。“”（）■ #|*图摄记者", 30, "\n"),
    "random lines with blank lines": _random("援疆教育县温室大棚番茄，。", 16, "\n\n"),
}
"""Of each shape what writes it, of at least so many characters."""


def measure(shape: str, size: int) -> tuple[float, float]:
    """Return the CPU seconds of reading a shape once, and the memory it took, times its text."""
    text = SHAPES[shape](size)
    page = Page("page", "page.txt", text, "")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    read_articles(page)
    spent = time.process_time() - began
    taken = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    return spent, taken / len(text.encode())


def count_calls(shape: str, size: int) -> int:
    """Return how many functions, those of extensions included, reading a shape calls."""
    page = Page("page", "page.txt", SHAPES[shape](size), "")
    calls = count()
    sys.setprofile(lambda _frame, event, _arg: next(calls) if "call" in event else None)
    try:
        read_articles(page)
    finally:
        sys.setprofile(None)
    return next(calls)


def measure_peak(shape: str, size: int) -> tuple[int, int]:
    """Return the bytes of a shape's text, and how many were in use at most while it was read."""
    page = Page("page", "page.txt", SHAPES[shape](size), "")
    tracemalloc.start()
    read_articles(page)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return len(page.text.encode()), peak


def main() -> None:
    """Measure each shape at each size in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shapes", nargs="*", metavar="SHAPE")
    parser.add_argument("--from", dest="least", type=int, default=SIZES[0])
    parser.add_argument("--to", dest="most", type=int, default=SIZES[-1])
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        for shape in LOADING_SHAPES:
            read_articles(Page("page", "page.txt", SHAPES[shape](60_000), ""))
        print(*measure(asked.shapes[0], asked.least))
        return
    for shape in asked.shapes or SHAPES:
        _report(shape, [size for size in SIZES if asked.least <= size <= asked.most])


def _report(shape: str, sizes: list[int]) -> None:
    first = 0.0
    print(f"{shape:50}", end="", flush=True)
    for size in sizes:
        command = [sys.executable, __file__, "--one", "--from", str(size), shape]
        found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=3600)
        if found.returncode:
            print(" failed:", found.stderr.strip().splitlines()[-1][:60], end="")
            break
        spent, memory = map(float, found.stdout.split())
        cost = 1e6 * spent / size
        first = first or cost
        print(f" {cost:6.2f} us x{cost / first:4.1f} {memory:5.1f}m", end="", flush=True)
    print(flush=True)


if __name__ == "__main__":
    main()
