"""Score whether a paragraph ends with a printed line that is full and ends with its sentence.

Where paragraphs have no indent, nothing but their usual length on the page and the words that open
the next sentence show where one ends with a full line.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log
from statistics import median

from indexer.reading import patterns
from indexer.reading.continuation import start_weight, starts_paragraph
from indexer.reading.fitted_weights import score, weights
from indexer.reading.lines import Line

PARAGRAPH_BREAK_WEIGHTS = weights("paragraph breaks")

MIN_PARAGRAPHS = 4
"""Paragraphs of a page from which their usual length is known."""

MIN_SHORTFALL = 2.0
"""Characters by which the last line of a paragraph is surely shorter than the lines beside it."""


def usual_paragraph_chars(lines: Sequence[Line]) -> float:
    """Return the usual length of the paragraphs that end with a short line.

    It is 0.0 where they are few.
    """
    lengths, length = [], 0
    for before, line in pairwise(lines):
        length += len(before.text)
        short = before.extent <= line.extent - MIN_SHORTFALL
        if short and patterns.is_closed(before.text):
            lengths.append(length)
        if short or line.gap > before.gap > 0:
            length = 0
    if len(lengths) < MIN_PARAGRAPHS:
        return 0.0
    return median(lengths)


def ends_paragraph(length: int, after: str, usual: float) -> bool:
    """Return whether a paragraph of so many characters ends before the sentence `after`.

    `usual` is the usual length of the page's paragraphs; without it only the words decide.
    """
    if not usual:
        return starts_paragraph(after)
    return score(PARAGRAPH_BREAK_WEIGHTS, paragraph_break_features(length, after, usual)) > 0


def paragraph_break_features(length: int, after: str, usual: float) -> dict[str, float]:
    """Return the features of a paragraph's end against a sentence's, as the model names them."""
    return {
        "bias": 1.0,
        "length": log(max(length, 10) / usual),
        "starter": starts_paragraph(after),
        "begins within": start_weight(after),
    }
