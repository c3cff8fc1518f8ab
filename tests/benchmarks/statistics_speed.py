"""Measure counting, neighbours, concordance and lists of names over 100,000 resampled paragraphs.

    python tests/benchmarks/statistics_speed.py NEWS.jsonl FOLDER [--terms 100] [--size 100000]

The index is made in FOLDER where there is none. Times are of CPU, in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from speed_collection import MakePage, make_pages

from indexer.analysis import Analyzer
from indexer.engines import open_engine
from indexer.model import Stamp
from indexer.search import Index
from indexer.settings import Settings

NAMES = 1_000


def build(settings: Settings, texts: Sequence[str], size: int) -> None:
    """Index paragraphs made of the sentences of the texts."""
    analyzer = Analyzer(settings)
    sentences = [f"{one}。" for text in texts for one in text.split("。") if len(one) > 8]
    stamp = Stamp(1, analyzer.version, analyzer.cutter, analyzer.dictionary, "")
    make = MakePage(analyzer)
    with open_engine(settings).writer(stamp) as writer:
        for raw in make_pages(sentences, size, seed=17):
            writer.put(*make(raw))


def draw(texts: Sequence[str], length: int, chance: random.Random) -> str:
    """Draw a substring of Chinese characters out of a text."""
    while True:
        text = chance.choice(texts)
        start = chance.randrange(max(1, len(text) - length))
        substring = text[start : start + length]
        if len(substring) == length and all("\u4e00" <= char <= "\u9fff" for char in substring):
            return substring


def measure(ask: Callable[[str], object], terms: Sequence[str]) -> str:
    """Return the median and the 95th percentile over the terms."""
    ask(terms[0])
    times = []
    for term in terms:
        began = time.process_time()
        ask(term)
        times.append(1000 * (time.process_time() - began))
    times.sort()
    return f"p50 {times[len(times) // 2]:6.1f}  p95 {times[len(times) * 95 // 100]:6.1f}"


def main() -> None:
    """Print a line for each length of a term and each question."""
    parser = argparse.ArgumentParser()
    parser.add_argument("news", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--terms", type=int, default=100)
    parser.add_argument("--size", type=int, default=100_000)
    given = parser.parse_args()
    lines = given.news.read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    settings = Settings(index=given.folder)
    if not open_engine(settings).exists():
        build(settings, texts, given.size)
    chance = random.Random(3)
    index = Index(open_engine(settings), settings)
    questions: dict[str, Callable[[str], object]] = {
        "count": lambda term: index.count(f'"{term}"'),
        "by city and kind": lambda term: index.count(f'"{term}"', by=["city", "kind"]),
        "neighbours": lambda term: index.neighbours(f'"{term}"'),
        "concordance": lambda term: index.concordance(f'"{term}"', sort="right"),
    }
    for length in (1, 2, 3, 4):
        terms = [draw(texts, length, chance) for _ in range(given.terms)]
        for name, ask in questions.items():
            print(f"{length} characters, {name:17} {measure(ask, terms)}")
    names = [draw(texts, chance.choice((2, 3, 3, 4)), chance) for _ in range(NAMES)]
    began = time.process_time()
    index.lookup_names(names)
    print(f"{NAMES} names: {time.process_time() - began:.2f} s")


if __name__ == "__main__":
    main()
