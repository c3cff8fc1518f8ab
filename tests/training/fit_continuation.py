"""Fit how well a text continues another: `fit_continuation.py [--write] [COLLECTION …]`.

Pages are set from articles; every open end is held against all beginnings of its article. The
weights of the text's own beginning (`starts`) are fitted on the same pieces: those that begin
within a sentence against those that begin a paragraph.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from support.clean_articles import Clean
from support.typesetter import Damaged, Faults, set_page
from training.samples import (
    NEWS,
    Sample,
    area_under_curve,
    balance,
    body_pieces,
    fit_logistic,
    update_model,
    weight_articles,
)

from indexer.reading import network_score, patterns
from indexer.reading.continuation import QUOTE_CONTEXT_CHARS, continuation_features, start_features
from indexer.reading.fitted_weights import FEATURE_NAMES, read_model
from indexer.reading.lines import simplify

FAULTS = Faults(caption=0.3, swap=0.0, repeat=0.0, no_blanks=0.0, column=(40, 200))
RARE = ("item", "speech", "news", "mark after mark", "quote of another kind")
"""Features that these pages hardly have, or that a rule decides: their weights are kept."""


def draw_pages(articles: Sequence[Clean], rounds: int) -> Iterator[Damaged]:
    """Set every article on a page of its own, `rounds` times."""
    for number, article in enumerate([*articles] * rounds):
        yield set_page([article], Random(number), FAULTS)


def draw_joints(page: Damaged, random: Random, others: int = 5) -> Iterator[Sample]:
    """Yield each open end of a page with its continuation, and with some other beginnings."""
    text, pieces = simplify(page.text), body_pieces(page)
    network_score.prepare([one.text for one in pieces], [one.text for one in pieces])
    for before in pieces:
        if patterns.is_closed(before.text):
            continue
        for after in random.sample(pieces, min(others, len(pieces))):
            if after is not before and (after.block, after.start) != (before.block, before.end):
                yield Sample(joint(before.text, after.text, text), False)
        for after in pieces:
            if (after.block, after.start) == (before.block, before.end):
                yield Sample(joint(before.text, after.text, text), True)


def joint(before: str, after: str, page: str) -> dict[str, float]:
    return continuation_features(before[-QUOTE_CONTEXT_CHARS:], after[:QUOTE_CONTEXT_CHARS], page)


def draw_starts(page: Damaged) -> Iterator[Sample]:
    """Yield the beginnings of a page's pieces, true where they stand within a sentence."""
    for piece in body_pieces(page):
        yield Sample(start_features(piece.text[:QUOTE_CONTEXT_CHARS]), piece.start > 0)


def fit(
    articles: Sequence[Clean], rounds: int
) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Return the weights of joints and starts, and their scores on every fourth page."""
    joints, starts = [], []
    random = Random(0)
    for page in draw_pages(articles, rounds):
        joints.append(list(draw_joints(page, random)))
        starts.append(list(draw_starts(page)))
    known = read_model()
    fitted, scores = [], dict[str, float]()
    for group, pages in (("continuation", joints), ("starts", starts)):
        train = [one for number, page in enumerate(pages) if number % 4 for one in page]
        test = [one for page in pages[::4] for one in page]
        held = {name: known[group][name] for name in RARE if name in FEATURE_NAMES[group]}
        weights = dict(known[group]) | fit_logistic(balance(train), held)
        fitted.append(weights)
        scores |= {f"{group} cases": len(train)}
        scores |= {f"{group} area": round(area_under_curve(weights, test), 4)}
        scores |= {f"{group} area before": round(area_under_curve(known[group], test), 4)}
    return fitted[0], fitted[1], scores


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("collections", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help="write the weights into the model")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--articles", type=int, default=400)
    arguments = parser.parse_args()
    articles = weight_articles(arguments.collections)[: arguments.articles]
    joints, starts, scores = fit(articles, arguments.rounds)
    print(joints, starts, scores, sep="\n")
    if arguments.write:
        data = [NEWS, *arguments.collections]
        update_model("continuation", joints, __file__, data, scores)
        update_model("starts", starts, __file__, data, scores)


if __name__ == "__main__":
    main()
