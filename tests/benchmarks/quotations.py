"""Check quotations that are made by rule from an index.

python -m tests.benchmarks.quotations INDEX [--count N]

Each is cut out of a paragraph and changed by one of `RULES`, which says the verdicts that are
right. Prints the share of right verdicts and the CPU time of a check, and every wrong one.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from indexer import Document, Index, Verdict, open_index, to_traditional
from indexer.model import locate_spans

MARKS = str.maketrans("，。、：；", "、；，；：")
STRANGE = "猫狗鱼鸟虫龟"
COPIED = {Verdict.PRINTED, Verdict.ACROSS_A_JOIN}
CHANGED = {Verdict.WITH_DIFFERENCES}

Rule = Callable[[str, random.Random], str]


def change_letter(quote: str, rng: random.Random) -> str:
    position = rng.choice([position for position, char in enumerate(quote) if char.isalnum()])
    return f"{quote[:position]}{rng.choice(STRANGE)}{quote[position + 1 :]}"


def drop_letter(quote: str, rng: random.Random) -> str:
    _, *inner, _ = (position for position, char in enumerate(quote) if char.isalnum())
    position = rng.choice([n for n in inner if quote[n] not in (quote[n - 1], quote[n + 1])])
    return quote[:position] + quote[position + 1 :]


def shuffle(quote: str, rng: random.Random) -> str:
    return "".join(rng.sample(quote, len(quote)))


RULES: dict[str, tuple[Rule, set[Verdict]]] = {
    "verbatim": (lambda quote, _: quote, COPIED),
    "a letter changed": (change_letter, CHANGED),
    "a letter dropped": (drop_letter, CHANGED),
    "other marks": (lambda quote, _: quote.translate(MARKS), CHANGED),
    "other script": (lambda quote, _: to_traditional(quote), CHANGED),
    "across a cut": (lambda quote, _: quote, {Verdict.ACROSS_A_JOIN}),
    "shuffled": (shuffle, {Verdict.NOT_PRINTED}),
}


def cut_quote(document: Document, rng: random.Random) -> str:
    size = rng.randint(10, 60)
    start = rng.randrange(max(1, len(document.text) - size))
    return document.text[start : start + size]


def cut_across(document: Document, rng: random.Random) -> str:
    position = rng.choice(locate_spans(document.text, document.spans)[1:])
    return document.text[position - rng.randint(5, 20) : position + rng.randint(5, 20)]


def make_quote(name: str, documents: list[Document], rng: random.Random) -> str:
    if name != "across a cut":
        return cut_quote(rng.choice(documents), rng)
    cut = [one for one in documents if one.spans[1:]]
    return cut_across(rng.choice(cut), rng) if cut else ""


def is_clear(quote: str) -> bool:
    """Whether a quotation has enough letters, of enough kinds, to be distinguished from others."""
    letters = list(filter(str.isalnum, quote))
    return len(letters) >= 8 and len(set(letters)) >= 6


def substring(index: Index, count: int, seed: int) -> None:
    rng, right, tried = random.Random(seed), Counter[str](), Counter[str]()
    documents = [hit.document for hit in index.scan("") if len(hit.text) > 40]
    spent = 0.0
    for name in cycle(RULES):
        if sum(tried.values()) >= count:
            break
        change, wanted = RULES[name]
        original = make_quote(name, documents, rng)
        quote = change(original, rng) if is_clear(original) else ""
        if not quote or (quote == original and wanted == CHANGED):
            continue
        began = time.process_time()
        verdict = index.check_quote(quote).verdict
        spent += time.process_time() - began
        tried[name] += 1
        right[name] += verdict in wanted
        if verdict not in wanted:
            print(f"wrong: {name}: {quote!r} is {verdict}")
    for name, number in tried.items():
        print(f"| {name} | {number:,} | {right[name] / number:.2%} |")
    whole = sum(tried.values())
    print(f"{sum(right.values())} of {whole}; {spent / whole * 1000:.2f} ms of CPU each")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with open_index(given.index) as opened:
        substring(opened, given.count, given.seed)
