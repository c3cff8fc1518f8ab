"""How well and how fast places are tagged.

python tests/benchmarks/places.py [squad.json | judged.tsv …]

Prints precision and recall on the judged files in tests/judged and on any further file of the same
form, and the speed on the running text of question collections in SQuAD's form, on one core.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from judged.places import Tally, judge_pages, judge_texts, read_judgements  # noqa: E402

from indexer.places import Tagger, load_tagger  # noqa: E402


def main() -> None:
    """Measure what the arguments name, and always the judged files."""
    began = time.perf_counter()
    tagger = load_tagger()
    print(f"loaded in {1000 * (time.perf_counter() - began):.0f} ms")
    pages, used = judge_pages(ROOT / "seeds", tagger)
    report(f"five pages, {used} paragraphs", pages)
    for path in (ROOT / "tests" / "judged").glob("places_*.tsv"):
        if path.name != "places_pages.tsv":
            judge(path, tagger)
    for argument in sys.argv[1:]:
        path = Path(argument)
        if path.suffix == ".json":
            measure_speed(path, tagger)
        else:
            judge(path, tagger)


def judge(path: Path, tagger: Tagger) -> None:
    """Print how well the texts of a judged file are tagged, each by itself."""
    judgements = list(read_judgements(path))
    report(f"{path.name}, {len(judgements)} texts", judge_texts(judgements, tagger))


def report(what: str, tally: Tally) -> None:
    """Print a tally with its mistakes."""
    print(f"{what}: {tally}")
    for name, mistakes in (("wrong", tally.wrong), ("missed", tally.missed)):
        for mistake in mistakes:
            print(f"  {name}  {mistake}")


def measure_speed(path: Path, tagger: Tagger) -> None:
    """Print how many megabytes of UTF-8 are tagged in a minute of one core."""
    texts = list(contexts(path))
    tagger(texts[0])  # the word list is read at the first text
    began = time.process_time()
    mentions = sum(len(tagger(text)) for text in texts)
    minutes = (time.process_time() - began) / 60
    size = sum(len(text.encode()) for text in texts) / 1e6
    print(f"{path.name}: {mentions} mentions in {size:.2f} MB, {size / minutes:.1f} MB a minute")


def contexts(path: Path) -> Iterator[str]:
    """Yield the paragraphs of a question collection."""
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            yield paragraph["context"]


if __name__ == "__main__":
    main()
