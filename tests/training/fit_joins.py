"""Fit which neighbours are joined: `fit_joins.py [--write] [COLLECTION …]`.

Damaged pages of all kinds are read, and every joint that the reader decides by its score is
recorded with what it truly is. The score is the log-odds of a true joint on such pages; the reader
joins where a true joint is so much likelier than a false one as a false one costs more.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from math import log
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from support.clean_articles import Clean
from support.typesetter import ORDERLY, Damaged, Faults, set_page, squeeze
from training.samples import Fitted, Sample, fit_and_write, fit_logistic, part_pages, rate

from indexer.analysis import simplify
from indexer.model import Page
from indexer.reading import joins, read_articles
from indexer.reading.column_scores import end_of, start_of
from indexer.reading.fitted_weights import read_model, score
from indexer.reading.heads import Piece

FAULTS = (Faults(), Faults(swap=0.2), ORDERLY, Faults(heading=0.25))
THRESHOLDS = {"usual": round(log(2.2), 3), "cautious": round(log(8), 3)}
"""A false join costs as much as 2.2 true ones that are missed, for a cautious reader eight."""

JOINT_CHARS = 12


def draw_pages(articles: Sequence[Clean], rounds: int) -> Iterator[Damaged]:
    """Set pages of one to three articles with all kinds of faults."""
    for number in range(rounds * len(articles) // 2):
        random = Random(number)
        chosen = random.sample(articles, random.randint(1, 3))
        yield set_page(chosen, random, random.choice(FAULTS))


def draw_joints(page: Damaged) -> list[Sample]:
    """Return the joints of a page that are decided by their score, true if printed so."""
    found: list[Sample] = []

    def keep(joiner: Any, above: Piece, number: int, over: Any) -> Any:
        features = compute(joiner, above, number, over)
        found.append(Sample(features, is_printed(page, above, joiner.pieces[number])))
        return features

    compute = joins._Joiner.features
    with patch.object(joins._Joiner, "features", keep):
        read_articles(Page("page", "page.txt", page.text, ""))
    return found


def is_printed(page: Damaged, before: Piece, after: Piece) -> bool:
    """Return whether a piece continues another in print."""
    block = page.owners[after.lines[0].spans[0].start]
    joint = squeeze(end_of(before))[-JOINT_CHARS:] + squeeze(start_of(after))[:JOINT_CHARS]
    same = page.owners[before.lines[-1].spans[-1].end - 1] == block
    return same and joint in squeeze(simplify(page.blocks[block].text))


def fit(articles: Sequence[Clean], rounds: int) -> Fitted:
    """Return the weights of joins, and their scores on every fourth page."""
    train, test = part_pages(map(draw_joints, draw_pages(articles, rounds)))
    known = read_model()["joins"]
    weights = dict(known) | fit_logistic(train) | THRESHOLDS
    scores = rate(train, test, weights, known)
    for label, table in (("", weights), (" before", known)):
        joined = [one.true for one in test if score(table, one.features) >= table["usual"]]
        scores |= {f"joined{label}": len(joined), f"falsely{label}": joined.count(False)}
    return {"joins": (weights, scores)}


if __name__ == "__main__":
    fit_and_write(__file__, fit)
