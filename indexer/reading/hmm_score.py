"""Score neighbouring characters with the hidden Markov model of jieba's tagger.

It models the position of each character in words of each class, and which class follows
which. Nothing else of the tagger is loaded.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.machinery import SourceFileLoader
from math import log
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import find_in_jieba

HMM_CONTEXT_CHARS = 3
"""Characters on each side that are asked: the area under the curve between true and other joints
is .701 with one, .734 with three and .738 with twelve."""

MAX_HMM_LOG_RATIO = 4.0
"""Log-odds are clipped here: 98 % of 2,000 joints are between -2.3 and 3.2."""

MIN_SHARE = 1e-6
"""What is left to a sequence that the model has never seen."""

MAX_EDGE_LOG_ODDS, MIN_EDGE_SHARE = 3.0, 1e-4
"""Log-odds of the edge of a word are clipped here, and what is left to either."""

CACHED_VECTORS = 1024
"""Texts of which the vector is remembered, 1 kB each; a page has some hundred."""

OPEN_WORD_CLASSES = frozenset({"c", "d", "m", "p", "q", "r", "u", "ud", "ug", "uj", "uv", "uz"})
"""Classes of words that look ahead: prepositions, adverbs, numbers, 的, 地, 得 and the like."""

Vector = NDArray[np.float64]


def hmm_log_ratio(before: str, after: str) -> float:
    """Return the log of how much likelier `after` is after `before` than anywhere."""
    if not before or not after or not after[0].isalnum():
        return 0.0
    here, least, anywhere = _seen(after[:HMM_CONTEXT_CHARS])
    ahead = float(_ahead(before[-HMM_CONTEXT_CHARS:]) @ here)
    return max(-MAX_HMM_LOG_RATIO, min(MAX_HMM_LOG_RATIO, log((ahead + least) / anywhere)))


def sentence_start_log_ratio(text: str) -> float:
    """Return the log-odds that a text begins a sentence, against being within one."""
    if not text[:1].isalnum():
        return 0.0
    return _opening(text[:HMM_CONTEXT_CHARS])


@lru_cache(maxsize=4096)
def _opening(text: str) -> float:
    here, least, anywhere = _seen(text)
    return max(
        -MAX_HMM_LOG_RATIO,
        min(MAX_HMM_LOG_RATIO, log((float(_model().start @ here) + least) / anywhere)),
    )


def dangling_probability(text: str) -> float:
    """Return how likely the last word of a text is of a class that no phrase ends with."""
    states = _within(text[-HMM_CONTEXT_CHARS:])
    return 0.0 if states is None else float(states @ _model().dangling)


def word_end_log_odds(text: str) -> float:
    """Return the log-odds that a word ends where a text ends, 0 after a mark."""
    return _word_end(text[-HMM_CONTEXT_CHARS:])


@lru_cache(maxsize=4096)
def _word_end(text: str) -> float:
    states = _within(text)
    return 0.0 if states is None else _odds(float(states @ _model().ends))


def word_start_log_odds(text: str) -> float:
    """Return the log-odds that a word begins where a text begins, 0 before a mark."""
    if not text[:1].isalnum():
        return 0.0
    return _word_start(text[:HMM_CONTEXT_CHARS])


@lru_cache(maxsize=4096)
def _word_start(text: str) -> float:
    model = _model()
    here = _seen(text)[0] * model.anywhere
    return _odds(float(here @ model.starts) / float(here.sum())) if here.any() else 0.0


def _odds(share: float) -> float:
    return max(
        -MAX_EDGE_LOG_ODDS,
        min(MAX_EDGE_LOG_ODDS, log((share + MIN_EDGE_SHARE) / (1 - share + MIN_EDGE_SHARE))),
    )


class _Model:
    """Positions in words, as arrays: where a text begins, what follows what, where it is."""

    def __init__(self) -> None:
        start, follows = _load("prob_start"), _load("prob_trans")
        self.states = sorted(start)
        numbers = {state: number for number, state in enumerate(self.states)}
        self.start = np.exp(np.array([start[state] for state in self.states], dtype=float))
        self.follows = np.zeros((len(numbers), len(numbers)))
        for state, row in follows.items():
            for other, weight in row.items():
                self.follows[numbers[state], numbers[other]] = np.exp(weight)
        self.emits: dict[str, list[tuple[int, float]]] = {}
        for state, row in _load("prob_emit").items():
            for character, weight in row.items():
                self.emits.setdefault(character, []).append((numbers[state], weight))
        self.ends = np.array([float(position in "ES") for position, _ in self.states])
        self.starts = np.array([float(position in "BS") for position, _ in self.states])
        self.digits = np.array([float(tag == "m") for _, tag in self.states])
        self.letters = np.array([float(tag in ("nr", "nz", "x")) for _, tag in self.states])
        self.dangling = np.array(
            [float(p in "ES" and tag in OPEN_WORD_CLASSES) for p, tag in self.states]
        )
        self.anywhere = self._settle()

    def _settle(self) -> Vector:
        """Return how often each state is met in the long run."""
        share: Vector = self.start
        for _ in range(300):
            share = np.asarray(share @ self.follows)
            share /= share.sum()
        return share

    def emission(self, character: str) -> Vector | None:
        """Return how likely each state gives a character; `None` for marks and blanks."""
        if not character.isalnum():
            return None
        row: Vector = np.zeros(len(self.states))
        for number, weight in self.emits.get(character, ()):
            row[number] = np.exp(weight)
        if row.any():
            return row
        return self.digits if character.isdigit() else self.letters


def _load(name: str) -> Any:
    """Load one table of jieba's tagger; the tagger itself would read a whole dictionary."""
    path = str(find_in_jieba(f"posseg/{name}.py"))
    module: Any = ModuleType(f"chaquan_{name}")
    SourceFileLoader(module.__name__, path).exec_module(module)
    return module.P


@cache
def _model() -> _Model:
    return _Model()


@lru_cache(maxsize=4096)
def _emission(character: str) -> Vector | None:
    return _model().emission(character)


@lru_cache(maxsize=CACHED_VECTORS)
def _ahead(text: str) -> Vector:
    """Return how likely each state is after a text."""
    states = _within(text)
    return states @ _model().follows if states is not None else _model().start


@lru_cache(maxsize=CACHED_VECTORS)
def _within(text: str) -> Vector | None:
    """Return how likely each state is for the last character of a text; `None` after a mark."""
    model = _model()
    states: Vector | None = None
    for number, character in enumerate(text):
        row = _emission(character)
        if row is None:
            states = None
            continue
        unknown = model.start if number else model.anywhere
        seen = row * (unknown if states is None else states @ model.follows)
        states = seen / seen.sum() if seen.any() else row / row.sum()
    return states


@lru_cache(maxsize=CACHED_VECTORS)
def _seen(text: str) -> tuple[Vector, float, float]:
    """Return how likely a text is for each state, at least, and anywhere."""
    here = _here(text)
    least = MIN_SHARE * float(here.max())
    return here, least, float(_model().anywhere @ here) + least


def _here(text: str) -> Vector:
    """Return how likely a text is for each state of its first character."""
    model = _model()
    rows = [row for character in _alnum(text) if (row := _emission(character)) is not None]
    here = model.ends if len(rows) < len(text) else np.ones(len(model.states))
    for number, row in enumerate(reversed(rows)):
        here = row * (model.follows @ here if number else here)
        most = float(here.max())
        here = here / most if most > 0 else row / float(row.max())
    return here


def _alnum(text: str) -> str:
    """Return a text up to the first mark."""
    for position, character in enumerate(text):
        if not character.isalnum():
            return text[:position]
    return text
