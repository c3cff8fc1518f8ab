"""What the weights of the reader are fitted on: pages set from articles, with their truth.

Of our own news every fifth article, of an external collection every fourth from the second on, is
kept from the network and serves the weights beside it, so that these are not fitted on texts the
network knows; of a collection every fourth from the fourth on is kept from all fitting.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from support.clean_articles import Clean, read_clean, read_external
from support.typesetter import Damaged, Role

from indexer.analysis import simplify
from indexer.reading import fitted_weights

DATA = Path(__file__).parent / "data"
NEWS, HEADINGS = DATA / "fitting_news.txt", DATA / "fitting_headings.txt"

Features = Mapping[str, float]
Vector = NDArray[np.float64]
Fitted = dict[str, tuple[dict[str, float], Mapping[str, Any]]]
"""The weights of each group, and their scores."""

Fit = Callable[[Sequence[Clean], int], Fitted]
"""Fits weights on articles, each drawn so many times."""


def read_captions() -> list[str]:
    return [caption for article in read_clean(NEWS) for caption in article.captions]


def network_articles(collections: Sequence[Path]) -> tuple[list[Clean], list[Clean]]:
    """Return what the network is fitted on: our news, and articles of the collections."""
    own = [one for number, one in enumerate(read_clean(NEWS)) if number % 5 != 4]
    captions = read_captions()
    others = [one for path in collections for one in read_external(path, captions)[::2]]
    return own, others


def weight_articles(collections: Sequence[Path]) -> list[Clean]:
    """Return what all other weights are fitted on."""
    captions = read_captions()
    own = read_clean(NEWS)[4::5]
    return own + [one for path in collections for one in read_external(path, captions)[1::4]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A printed line of running text in Simplified script: a range of a paragraph."""

    block: int
    article: int
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def body_pieces(page: Damaged) -> list[Piece]:
    """Return the lines of running text of a page without repeats and blanks."""
    found, position, seen = [], 0, set()
    for line in page.text.split("\n"):
        owner = next((one for one in page.owners[position : position + len(line)] if one >= 0), -1)
        position += len(line) + 1
        block = page.blocks[owner]
        if owner >= 0 and block.role is Role.BODY and line not in seen:
            seen.add(line)
            start = block.text.find(line.strip())
            found.append(Piece(owner, block.article, start, simplify(line.strip())))
    return found


# ---------------------------------------------------------------- regression


@dataclass(frozen=True, slots=True)
class Sample:
    """What was computed of one case, whether it is true, and how much it counts."""

    features: Features
    true: bool
    weight: float = 1.0


def fit_logistic(
    samples: Sequence[Sample],
    held: Features = MappingProxyType({}),
    ridge: float = 2.0,
    least: int = 15,
) -> dict[str, float]:
    """Fit log-odds by Newton's method with a ridge; what is `held`, or rare, keeps its weight."""
    counts = _count(samples)
    names = sorted(name for name in counts if counts[name] >= least and name not in held)
    matrix = np.array([[one.features.get(name, 0.0) for name in names] for one in samples])
    offset = np.array([fitted_weights.score(held, _only(one.features, held)) for one in samples])
    truth = np.array([one.true for one in samples], float)
    weight = np.array([one.weight for one in samples])
    penalty = ridge * np.diag([0.0 if name == "bias" else 1.0 for name in names])
    fitted = np.zeros(len(names))
    for _ in range(25):
        odds = 1 / (1 + np.exp(-np.clip(matrix @ fitted + offset, -30, 30)))
        slope = matrix.T @ (weight * (odds - truth)) + penalty @ fitted
        curve = (matrix * (weight * odds * (1 - odds))[:, None]).T @ matrix + penalty
        fitted -= np.linalg.solve(curve + 1e-6 * np.eye(len(names)), slope)
    return {name: round(float(value), 3) for name, value in zip(names, fitted, strict=True)}


def _count(samples: Sequence[Sample]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in samples:
        for name, value in one.features.items():
            counts[name] = counts.get(name, 0) + (value != 0)
    return counts


def _only(features: Features, names: Features) -> Features:
    return {name: value for name, value in features.items() if name in names}


def balance(samples: Sequence[Sample]) -> list[Sample]:
    """Let true and false cases count alike."""
    true = sum(one.true for one in samples)
    weights = {True: 0.5 * len(samples) / max(true, 1)}
    weights[False] = 0.5 * len(samples) / max(len(samples) - true, 1)
    return [Sample(one.features, one.true, weights[one.true]) for one in samples]


def area_under_curve(weights: Features, samples: Sequence[Sample]) -> float:
    """Return how often a true case scores above a false one."""
    scores = np.array([fitted_weights.score(weights, one.features) for one in samples])
    truth = np.array([one.true for one in samples])
    ranks = np.empty(len(scores))
    ranks[np.argsort(scores, kind="stable")] = np.arange(1, len(scores) + 1)
    true, false = truth.sum(), (~truth).sum()
    return float((ranks[truth].sum() - true * (true + 1) / 2) / (true * false))


def part_pages(pages: Iterable[Sequence[Sample]]) -> tuple[list[Sample], list[Sample]]:
    """Return the cases that are fitted on and those of every fourth page, which score the fit."""
    drawn = list(pages)
    train = [one for number, page in enumerate(drawn) if number % 4 for one in page]
    return train, [one for page in drawn[::4] for one in page]


def rate(train: Sequence[Sample], test: Sequence[Sample], *weights: Features) -> dict[str, float]:
    """Return how well cases are distinguished; the second weights are those from before."""
    scores = {"cases": len(train), "true": sum(one.true for one in train)}
    areas = (round(area_under_curve(one, test), 4) for one in weights)
    return scores | dict(zip(("area", "area before"), areas, strict=False))


# ---------------------------------------------------------------- the model file


def fit_and_write(script: str, fit: Fit, *, rounds: int = 4, own: Sequence[Path] = (NEWS,)) -> None:
    """Fit groups of weights on the articles that the command line names; write them if asked to."""
    parser = argparse.ArgumentParser()
    parser.add_argument("collections", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help="write the weights into the model")
    parser.add_argument("--group", action="append", help="write only this group")
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--articles", type=int, default=400)
    arguments = parser.parse_args()
    articles = weight_articles(arguments.collections)[: arguments.articles]
    for group, (weights, scores) in fit(articles, arguments.rounds).items():
        print(group, weights, scores)
        if arguments.write and group in (arguments.group or [group]):
            update_model(group, weights, script, [*own, *arguments.collections], scores)


def digest(paths: Sequence[Path]) -> dict[str, str]:
    """Return the SHA-256 of each file that was fitted on, by its name."""
    return {path.name: sha256(path.read_bytes()).hexdigest()[:16] for path in paths}


def update_model(
    group: str,
    weights: Features,
    script: str,
    data: Sequence[Path],
    scores: Mapping[str, Any],
    path: Path = fitted_weights.MODEL_FILE,
) -> None:
    """Write the weights of a group, and how they came to be, into the model file."""
    table = json.loads(path.read_text("utf-8"))
    table["features"] = fitted_weights.FEATURE_VERSION
    table["weights"].setdefault(group, {}).update(weights)
    origin = {"script": Path(script).name, "date": date.today().isoformat()}
    table["origin"][group] = origin | {"data": digest(data), "scores": dict(scores)}
    path.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", "utf-8")
    fitted_weights.read_model(path)
