"""Score whether a short line begins a cut paragraph rather than being a heading.

A column that ends after the first words of a paragraph leaves a line that looks like a heading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.analysis import segment
from indexer.files import read_data_lines
from indexer.reading import patterns
from indexer.reading.continuation import (
    MIN_LOG_ODDS,
    bounded_continuation_score,
    ends_with_rest,
    leaves_open,
    start_weight,
)
from indexer.reading.fitted_weights import score, weights
from indexer.reading.hmm_score import dangling_probability

FIRST_PIECE_WEIGHTS = weights("first pieces")

PROSE_OPENERS = frozenset(" ".join(read_data_lines("prose_openers.txt")).split())
"""Words that open a sentence of running text and no heading."""

PROSE_WORDS = frozenset(" ".join(read_data_lines("prose_words.txt")).split())
"""Words of running text that headings do without."""

MAX_PROSE_WORDS = 3
"""How many of them count."""

FIRST_PIECE_LIMITS = weights("first pieces limits")
"""How much it counts against a text below that another one, maybe a caption, precedes it; the
weight at most of a line whose text below begins like a paragraph; the characters above which a line
is less and less a heading."""

MAX_HALF_DIFFERENCE, MAX_PAIR_CHARS, SHORT_PAIR_CHARS = 3, 18, 9
"""By how many characters the halves of a heading differ at most, how long both are together, and
up to which length any pause is one of a heading."""

_DATE_START = re.compile(r"\d[年月]|\d{4}")
_PIECE_FEATURES_BY_LENGTH = {1: "one or two", 2: "one or two", 3: "three", 4: "four"}


def first_piece_odds(text: str, below: Sequence[str], page: str) -> float:
    """Return the log-odds that a short line is a first piece rather than a heading.

    `below` are the texts that may continue with it, the nearest first.
    """
    return score(FIRST_PIECE_WEIGHTS, first_piece_features(text, below, page))


def first_piece_features(text: str, below: Sequence[str], page: str) -> dict[str, float]:
    """Return the features of a first piece against a heading, named as in the model file."""
    words = segment(text)
    fits = [bounded_continuation_score(text, one, page) for one in below]
    goes_on = max(
        (one - FIRST_PIECE_LIMITS["passed text"] * number for number, one in enumerate(fits)),
        default=MIN_LOG_ODDS,
    )
    few = (
        {_PIECE_FEATURES_BY_LENGTH[len(text)]: 1.0}
        if len(text) in _PIECE_FEATURES_BY_LENGTH
        else {}
    )
    return few | {
        "bias": 1.0,
        "parts": patterns.has_parts(text),
        "sign": patterns.is_squared(text),
        **_pauses(text),
        "opener": words[0] in PROSE_OPENERS,
        "words of prose": min(MAX_PROSE_WORDS, sum(word in PROSE_WORDS for word in words[1:])),
        "date": bool(_DATE_START.search(text)),
        "dangles": dangling_probability(text),
        "rest of a word": ends_with_rest(text),
        "quote left open": leaves_open(text),
        "long": max(0, len(text) - FIRST_PIECE_LIMITS["long heading chars"]),
        "goes on": goes_on,
        "goes on ill": min(0.0, goes_on),
        "below begins within": max(FIRST_PIECE_LIMITS["least start"], start_weight(below[0]))
        if below
        else 0.0,
    }


def _pauses(text: str) -> dict[str, bool]:
    """Return whether a text is a heading of two equal halves: 稳就业，保民生."""
    parts = re.split("[，,]", text)
    equal = (
        abs(len(parts[0]) - len(parts[-1])) <= MAX_HALF_DIFFERENCE and len(text) <= MAX_PAIR_CHARS
    )
    single, middle = len(parts) == 2, equal or len(text) <= SHORT_PAIR_CHARS
    return {
        "pause in the middle": single and middle,
        "pause": single and not middle,
        "pauses": len(parts) > 2,
    }
