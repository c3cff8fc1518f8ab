"""Fit how likely neighbouring columns changed places: `fit_swaps.py [--write] [COLLECTION …]`.

Pages of printed lines are set in all styles, more of their columns displaced than on real pages;
the bias is corrected for that. A case is an article as the reader finds it: the swaps that it
considers, and those that would restore the printed order. The weights are those of a softmax over
the swaps and none, fitted by gradient ascent on three quarters of the cases. On the others `sure`
is chosen: the least probability from which nine of ten swaps are right.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from support.clean_articles import Clean
from support.styles import STYLES
from support.typesetter import Damaged, Faults, set_page, squeeze
from training.samples import Fitted, fit_and_write

from indexer.model import Page
from indexer.reading import joins, read_articles
from indexer.reading.column_swaps import (
    MIN_COLUMN_LINES,
    SWAP_WEIGHTS,
    Matrix,
    Row,
    Swap,
    likely_swaps,
    split_rows,
    swap_probabilities,
)
from indexer.reading.fitted_weights import FEATURES_FILE
from indexer.reading.heads import Piece
from indexer.reading.profile import PageProfile

FAULTS = Faults(swap=0.1, repeat=0.0)
USUAL_SWAPS = Faults().swap
"""How often columns change places on the pages that are drawn, and usually."""

RIDGE, RATE, STEPS = 1.0, 0.05, 2_000
RIGHT = 0.9
"""Of the swaps that are undone, how many are to be right."""

FEATURES = sorted({*json.loads(FEATURES_FILE.read_text())["column swaps"]["names"]} - {"sure"})

Position = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Case:
    """The features of the swaps of an article, and which of them restore its order, if any."""

    features: Matrix
    true: NDArray[np.bool_]


def draw_cases(articles: Sequence[Clean], rounds: int) -> Iterator[Case]:
    """Yield the articles of pages in all styles of printed lines, many columns displaced."""
    styles = [style for style in STYLES if style.widths]
    for number in range(rounds * len(articles) // 2):
        random = Random(number)
        style = styles[number % len(styles)]
        yield from read_cases(set_page(random.sample(articles, 2), random, FAULTS, style))


def read_cases(page: Damaged) -> Iterator[Case]:
    """Yield the cases of a page as it is read."""
    found: list[tuple[Sequence[Piece], PageProfile, str]] = []

    def keep(pieces: Sequence[Piece], *known: Any) -> tuple[list[Piece], frozenset[int]]:
        found.append((pieces, *known))
        return list(pieces), frozenset()

    with patch.object(joins, "put_columns_back", keep):
        read_articles(Page("page", "page.txt", page.text, ""))
    for pieces, profile, text in found:
        rows = list(split_rows(pieces, profile)) if profile.is_broken else []
        if len(rows) > 2 * MIN_COLUMN_LINES:
            swaps, features = likely_swaps(rows, profile, text)
            matrix: Matrix = np.stack([features[name] for name in FEATURES], axis=1)
            yield from make_case(printed_positions(page, pieces, rows), swaps, matrix)


def printed_positions(
    page: Damaged, pieces: Sequence[Piece], rows: Sequence[Row]
) -> list[Position]:
    """Return for each row the number of its block, and where it begins and ends in it."""
    positions, count = [], 0
    for number, row in enumerate(rows):
        count = count + 1 if number and rows[number - 1].piece == row.piece else 0
        start = pieces[row.piece].lines[0].spans[count].start
        owner = page.owners[start]
        line = squeeze(page.text[start:].split("\n", 1)[0])
        start = squeeze(page.blocks[owner].text).find(line)
        positions.append((owner, start, start + len(line)))
    return positions


def make_case(
    positions: Sequence[Position], swaps: Sequence[Swap], features: Matrix
) -> Iterator[Case]:
    """Yield a case, unless the rows are in disorder that none of the swaps mends or lessens."""
    disorder = count_disorder(positions)
    true = [count_disorder(swap.undone(positions)) < disorder for swap in swaps]
    if any(true) or not disorder:
        yield Case(features, np.array(true))


def count_disorder(positions: Sequence[Position]) -> int:
    """Count the joints at which the print goes back or skips a line within a paragraph."""
    return sum(after < before for before, after in pairwise(positions))


def climb(cases: Sequence[Case], start: Matrix) -> Matrix:
    """Return the weights of greatest likelihood, by Adam."""
    weights, first = np.array(start, float), np.array(start, float)
    mean, square = np.zeros(len(first)), np.zeros(len(first))
    penalty = np.array([0.0 if name == "bias" else RIDGE for name in FEATURES])
    for number in range(1, STEPS + 1):
        slope = -penalty * (weights - first)
        for case in cases:
            slope += slope_of(case, weights)
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        step = mean / (1 - 0.9**number) / (np.sqrt(square / (1 - 0.999**number)) + 1e-8)
        weights += RATE * (1 - number / (STEPS + 1)) * step
    return weights


def slope_of(case: Case, weights: Matrix) -> Matrix:
    """Return the slope of the log of the probability of what is true."""
    shares = swap_probabilities(case.features @ weights)
    true = shares * case.true
    wanted = true / true.sum() if case.true.any() else np.zeros_like(shares)
    slope: Matrix = (wanted - shares) @ case.features
    return slope


def fit(articles: Sequence[Clean], rounds: int) -> Fitted:
    """Return the weights of swaps, and their scores on every fourth case."""
    start = np.array([SWAP_WEIGHTS[name] for name in FEATURES])
    cases = list(draw_cases(articles, rounds))
    weights = climb([one for number, one in enumerate(cases) if number % 4], start)
    weights[FEATURES.index("bias")] += log(USUAL_SWAPS / FAULTS.swap)
    best = [best_swap(case, weights) for case in cases[::4]]
    sure = choose_sure(best)
    undone = [right for probability, right in best if probability >= sure]
    fitted = {name: round(float(one), 3) for name, one in zip(FEATURES, weights, strict=True)}
    scores = {
        "cases": len(best),
        "displaced": sum(bool(case.true.any()) for case in cases[::4]),
        "undone": len(undone),
        "rightly": sum(undone),
    }
    return {"column swaps": (fitted | {"sure": sure}, scores)}


def best_swap(case: Case, weights: Matrix) -> tuple[float, bool]:
    """Return the probability of the likeliest swap of a case, and whether it is right."""
    shares = swap_probabilities(case.features @ weights)
    best = int(shares.argmax())
    return float(shares[best]), bool(case.true[best])


def choose_sure(found: Sequence[tuple[float, bool]]) -> float:
    """Return the least probability, in steps, from which enough of the swaps are right."""
    for sure in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        undone = [right for probability, right in found if probability >= sure]
        if sum(undone) >= RIGHT * len(undone):
            return sure
    return 0.9


if __name__ == "__main__":
    fit_and_write(__file__, fit)
