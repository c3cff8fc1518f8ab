"""Kill builds with -9 at random moments and look at what they leave.

    python tests/safety/kills.py --rounds 200 [--pages 10]

A child builds, updates, rebuilds and merges in a circle of three states of an archive; it is
killed, and the index must open in the state before or after the commit that was under way. Then
the next writer must get in at once and leave no file behind that the index does not name. Prints
what was found as JSON; any other outcome is an `AssertionError`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[2]))

from indexer import build_index, open_index
from indexer.engines.whoosh.manifest import MANIFEST_FILE, read_manifest
from indexer.engines.whoosh.storage import BUILD_CACHE, LOCK_NAME
from indexer.errors import IndexMissing

QUERIES = ("", "援疆 教育", '"沙雅县"', "医院 -嘉兴")

Found = tuple[object, ...]


def write_pages(folder: Path, state: int, pages: int) -> Path:
    """Write the pages of a state: some the same in all of them, some changed, some gone."""
    folder.mkdir()
    for number in range(pages):
        if number % 3 != state:
            shown = state if number % 2 else 0
            text = f"第{number}版标题\n\n嘉兴援疆教育在沙雅县，状态{shown}，医院新建。\n"
            (folder / f"p{number}.txt").write_text(text, "utf-8")
    return folder


def look(index: Path) -> Found:
    """Request everything in which the states of an index differ."""
    with open_index(index) as opened:
        answers = [opened.search(query, size=100).to_dict() for query in QUERIES]
        pages = tuple(opened.page(page.id).page.digest for page in opened.pages())
    for answer in answers:
        del answer["took_ms"]
    return pages, json.dumps(answers, sort_keys=True)


def build_in_circles(sources: Sequence[Path], index: Path, first: int, pipe: int) -> None:
    """Build one state after another until killed, telling which is under way."""
    for number in range(first, 10**6):
        os.write(pipe, bytes([number % len(sources)]))
        build_index(
            [sources[number % len(sources)]], index=index, full=number % 7 == 6, replace=True
        )


def kill_once(sources: Sequence[Path], index: Path, first: int, chance: random.Random) -> bytes:
    """Start a child, kill it, and return the states it went through."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            build_in_circles(sources, index, first, writing)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        first_state = pipe.read(1)
        began = time.monotonic()
        second_state = pipe.read(1)  # one build has been made: now its length is known
        time.sleep(chance.uniform(0, 1.2 * (time.monotonic() - began)))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return first_state + second_state + pipe.read()


def run(rounds: int, seed: int, pages: int, folder: Path) -> dict[str, object]:
    """Kill so many children."""
    chance = random.Random(seed)
    sources = [write_pages(folder / f"state-{state}", state, pages) for state in range(3)]
    truths = []
    for source in sources:
        build_index([source], index=folder / "truth", full=True, replace=True)
        truths.append(look(folder / "truth"))
    outcomes: Counter[str] = Counter()
    index = folder / "index"
    for number in range(rounds):
        before = look_or_nothing(index)
        states = kill_once(sources, index, number % 3, chance)
        found = look_or_nothing(index)
        outcomes[judge(found, before, [truths[state] for state in states])] += 1
        source = chance.choice(
            [one for one, truth in zip(sources, truths, strict=True) if truth != found]
        )
        build_index([source], index=index, replace=True, lock_seconds=0.0)
        assert look(index) == truths[sources.index(source)]
        assert_nothing_left(index)
    return {"kills": rounds, "seed": seed, **dict(sorted(outcomes.items()))}


def look_or_nothing(index: Path) -> Found | None:
    try:
        return look(index)
    except IndexMissing:
        return None


def judge(found: Found | None, before: Found | None, states: Sequence[Found]) -> str:
    """Tell whether the state is the one before or after the commit that was cut short."""
    reached: list[Found | None] = [before, *states]
    if found == reached[-1]:
        return "new"
    assert found == reached[-2], "a mixed state"
    return "old"


def assert_nothing_left(index: Path) -> None:
    manifest = read_manifest(index)
    assert manifest
    known = {MANIFEST_FILE, LOCK_NAME, *manifest.files}
    assert {path.name for path in index.iterdir()} - {BUILD_CACHE} == known


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--pages", type=int, default=10, help="many pages are built by workers")
    given = options.parse_args()
    with TemporaryDirectory() as folder:
        print(json.dumps(run(given.rounds, given.seed, given.pages, Path(folder))))


if __name__ == "__main__":
    main()
