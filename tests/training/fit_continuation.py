"""Fit how well a text continues another: `fit_continuation.py [--write] [COLLECTION …]`.

Pages are set from articles; every open end is held against all beginnings of its article. The
weights of the text's own beginning (`starts`) are fitted on the same pieces: those that begin
within a sentence against those that begin a paragraph.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from support.clean_articles import Clean
from support.typesetter import Damaged, Faults, set_page
from training.samples import (
    Fitted,
    Sample,
    balance,
    body_pieces,
    fit_and_write,
    fit_logistic,
    part_pages,
    rate,
)

from indexer.analysis import simplify
from indexer.reading import network_score, patterns
from indexer.reading.continuation import QUOTE_CONTEXT_CHARS, continuation_features, start_features
from indexer.reading.fitted_weights import read_model

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
    """Yield the beginnings of a page's pieces, true where they are within a sentence."""
    for piece in body_pieces(page):
        yield Sample(start_features(piece.text[:QUOTE_CONTEXT_CHARS]), piece.start > 0)


def fit(articles: Sequence[Clean], rounds: int) -> Fitted:
    """Return the weights of joints and starts, and their scores on every fourth page."""
    joints, starts = [], []
    random = Random(0)
    for page in draw_pages(articles, rounds):
        joints.append(list(draw_joints(page, random)))
        starts.append(list(draw_starts(page)))
    fitted: Fitted = {}
    for group, pages in (("continuation", joints), ("starts", starts)):
        known = read_model()[group]
        train, test = part_pages(pages)
        held = {name: known[name] for name in RARE if name in known}
        weights = dict(known) | fit_logistic(balance(train), held)
        fitted[group] = weights, rate(train, test, weights, known)
    return fitted


if __name__ == "__main__":
    fit_and_write(__file__, fit, rounds=2)
