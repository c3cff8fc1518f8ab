"""Fit how likely neighbouring columns changed places: `fit_swaps.py [--write] [COLLECTION …]`.

Pages of printed lines are set in all styles, more of their columns displaced than on real pages;
the bias is corrected for that. A case is an article as the reader finds it: the swaps that it
considers, and those that would restore the printed order. The weights are those of a softmax over
the swaps and none, fitted by gradient ascent. With them, on pages with the usual faults, the
joints within paragraphs are computed that are wrong.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from support.clean_articles import Clean
from support.styles import STYLES
from support.typesetter import Damaged, Faults, set_page, squeeze
from training.samples import (
    NEWS,
    Sample,
    area_under_curve,
    fit_logistic,
    update_model,
    weight_articles,
)

from indexer.model import Page
from indexer.reading import column_swaps, joins, read_articles
from indexer.reading.column_swaps import (
    Joints,
    Swap,
    likely_swaps,
    swap_probabilities,
    wrong_joint_features,
)
from indexer.reading.fitted_weights import FEATURE_NAMES, Weights, read_model
from indexer.reading.heads import Piece
from indexer.reading.printed_rows import Row, split_rows
from indexer.reading.profile import PageProfile

FAULTS = Faults(swap=0.1, repeat=0.0)
USUAL_SWAPS = Faults().swap
"""How often columns change places on the pages that are drawn, and usually."""

RIDGE, RATE, STEPS = 1.0, 0.05, 2_000
CHOSEN = frozenset({"sure", "enough"})
"""From which columns are moved and joints cut: chosen, not fitted."""

FEATURES = sorted(FEATURE_NAMES["column swaps"] - CHOSEN)

Place = tuple[int, int, int]
Matrix = NDArray[np.float64]


class Read(NamedTuple):
    """The rows of an article, with what is known of its page."""

    rows: list[Row]
    profile: PageProfile
    page: str


@dataclass(frozen=True, slots=True)
class Case:
    """The features of the swaps of an article, and which of them restore its order, if any."""

    features: Matrix
    true: NDArray[np.bool_]


def draw_articles(
    articles: Sequence[Clean], rounds: int, faults: Faults
) -> Iterator[tuple[Read, list[Place]]]:
    """Yield the articles of pages in all styles of printed lines, and where their rows belong."""
    styles = [style for style in STYLES if style.widths]
    for number in range(rounds * len(articles) // 2):
        random = Random(number)
        style = styles[number % len(styles)]
        page = set_page(random.sample(articles, 2), random, faults, style)
        yield from read_rows(page)


def read_rows(page: Damaged) -> Iterator[tuple[Read, list[Place]]]:
    """Yield the articles of a page as they are read, and where their rows belong."""
    found: list[tuple[Sequence[Piece], PageProfile, str]] = []

    def keep(pieces: Sequence[Piece], profile: PageProfile, text: str, **options: Any) -> Any:
        found.append((pieces, profile, text))
        return put_columns_back(pieces, profile, text, **options)

    put_columns_back = column_swaps.put_columns_back
    with patch.object(joins, "put_columns_back", keep):
        read_articles(Page("page", "page.txt", page.text, ""))
    for pieces, profile, text in found:
        if profile.is_broken:
            rows = list(split_rows(pieces, profile))
            yield Read(rows, profile, text), printed_places(page, pieces, rows)


def draw_cases(articles: Sequence[Clean], rounds: int) -> Iterator[Case]:
    """Yield the cases of articles with many displaced columns."""
    for read, places in draw_articles(articles, rounds, FAULTS):
        if swaps := likely_swaps(Joints(*read)):
            yield from make_case(places, swaps)


def draw_joints(articles: Sequence[Clean], rounds: int, weights: Weights) -> Iterator[Sample]:
    """Yield the joints within paragraphs of articles with the usual faults, true if wrong."""
    with patch.object(column_swaps, "SWAP_WEIGHTS", weights):
        for read, places in draw_articles(articles, rounds, Faults()):
            found = Joints(*read)
            shares = swap_probabilities(found)
            for at, features in wrong_joint_features(found, shares).items():
                before, after = places[at - 1], places[at]
                yield Sample(features, before[0] != after[0] or before[2] != after[1])


def printed_places(page: Damaged, pieces: Sequence[Piece], rows: Sequence[Row]) -> list[Place]:
    """Return for each row the number of its block, and where it begins and ends in it."""
    places, count = [], 0
    for number, row in enumerate(rows):
        count = count + 1 if number and rows[number - 1].piece == row.piece else 0
        start = pieces[row.piece].lines[0].spans[count].start
        owner = page.owners[start]
        line = squeeze(page.text[start:].split("\n", 1)[0])
        start = squeeze(page.blocks[owner].text).find(line)
        places.append((owner, start, start + len(line)))
    return places


def make_case(places: Sequence[Place], swaps: Sequence[tuple[Swap, Any]]) -> Iterator[Case]:
    """Yield a case, unless the rows are in disorder that none of the swaps mends or lessens."""
    disorder = count_disorder(places)
    true = [count_disorder(swap.undone(places)) < disorder for swap, _ in swaps]
    if any(true) or not disorder:
        matrix = [[features.get(name, 0.0) for name in FEATURES] for _, features in swaps]
        yield Case(np.array(matrix), np.array(true))


def count_disorder(places: Sequence[Place]) -> int:
    """Count the joints at which the print goes back or skips a line within a paragraph."""
    return sum(after < before for before, after in pairwise(places))


def fit(cases: Sequence[Case], start: Matrix) -> Matrix:
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
    shares = probabilities(case, weights)
    true = shares * case.true
    wanted = true / true.sum() if case.true.any() else np.zeros_like(shares)
    slope: Matrix = (wanted - shares) @ case.features
    return slope


def probabilities(case: Case, weights: Matrix) -> Matrix:
    odds = np.exp(np.minimum(case.features @ weights, 50.0))
    return np.asarray(odds / (1.0 + odds.sum()))


def rate(cases: Sequence[Case], weights: Matrix) -> dict[str, float]:
    """Return how well the swaps of articles are found."""
    sure = read_model()["column swaps"]["sure"]
    likelihood = done = right = 0.0
    for case in cases:
        shares = probabilities(case, weights)
        found = shares[case.true].sum() if case.true.any() else 1 - shares.sum()
        likelihood += log(max(float(found), 1e-9))
        best = int(shares.argmax())
        done += shares[best] >= sure
        right += shares[best] >= sure and case.true[best]
    true = sum(case.true.any() for case in cases)
    return {
        "cases": len(cases),
        "displaced": int(true),
        "log-likelihood": round(likelihood / len(cases), 4),
        "moved": int(done),
        "rightly": int(right),
    }


def fit_swaps(articles: Sequence[Clean], rounds: int) -> tuple[dict[str, float], dict[str, Any]]:
    """Return the weights of swaps, and their scores on every fourth case."""
    cases = list(draw_cases(articles, rounds))
    train = [case for number, case in enumerate(cases) if number % 4]
    known = read_model()["column swaps"]
    start = np.array([known[name] for name in FEATURES])
    weights = fit(train, start)
    scores = {"before": rate(cases[::4], start), "after": rate(cases[::4], weights)}
    weights[FEATURES.index("bias")] += log(USUAL_SWAPS / FAULTS.swap)
    fitted = {name: round(float(one), 3) for name, one in zip(FEATURES, weights, strict=True)}
    return dict(known) | fitted, scores


def fit_wrong_joints(
    articles: Sequence[Clean], rounds: int, swaps: Weights
) -> tuple[dict[str, float], dict[str, Any]]:
    """Return the weights of wrong joints, and their scores on every fourth joint."""
    joints = list(draw_joints(articles, rounds, swaps))
    train = [joint for number, joint in enumerate(joints) if number % 4]
    weights = dict(read_model()["wrong joints"]) | fit_logistic(train)
    area = round(area_under_curve(weights, joints[::4]), 4)
    wrong = sum(joint.true for joint in joints)
    return weights, {"joints": len(joints), "wrong": wrong, "area": area}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("collections", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help="write the weights into the model")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--articles", type=int, default=400)
    arguments = parser.parse_args()
    articles = weight_articles(arguments.collections)[: arguments.articles]
    swaps, scores = fit_swaps(articles, arguments.rounds)
    wrong, wrong_scores = fit_wrong_joints(articles, arguments.rounds, swaps)
    print(swaps, scores, wrong, wrong_scores, sep="\n")
    if arguments.write:
        data = [NEWS, *arguments.collections]
        update_model("column swaps", swaps, __file__, data, scores)
        update_model("wrong joints", wrong, __file__, data, wrong_scores)


if __name__ == "__main__":
    main()
