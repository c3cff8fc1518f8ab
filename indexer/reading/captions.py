"""Score whether a line in the way of an open sentence is the caption of a picture.

A caption parts the sentence that is open above it from the text that continues it; what a column
break has left of a paragraph continues that sentence itself.
"""

from __future__ import annotations

import re

from indexer.reading import patterns
from indexer.reading.continuation import (
    MAX_PAGE_CHARS,
    MIN_LOG_ODDS,
    bounded_continuation_score,
    start_weight,
)
from indexer.reading.model import score, weights

PICTURE = 3.0
"""Log-odds for a caption behind the gap that a picture leaves: 20 of 27 such gaps precede one."""

ALONE = -5.0
"""Log-odds for a caption without a gap, between two whole paragraphs."""

SAID_TWICE, MIN_REPEATED_CHARS = 6.0, 15
"""Log-odds for a caption when a paragraph says the same, and the characters it must have."""

WEIGHTS = weights("captions")

SHORT_CAPTION_CHARS = 25
"""Characters of a short caption; the weight of a long one is for each ten more."""


def caption_odds(text: str, before: str, below: str, page: str, *, gaps: bool) -> float:
    """Return the log-odds that a line under an open sentence, without a gap above, is a caption.

    `before` is the open sentence, `below` is the next text, if there is one, that may resume it;
    `gaps` tells whether pictures leave gaps on the page.
    """
    return score(WEIGHTS, caption_features(text, before, below, page, gaps=gaps))


def caption_features(
    text: str, before: str, below: str, page: str, *, gaps: bool
) -> dict[str, float]:
    """Return what tells a caption, named as in the model file."""
    return {
        "bias": 1.0,
        "no gaps": not gaps,
        "continues": bounded_continuation_score(before, text, page),
        "resumes": bounded_continuation_score(before, below, page) if below else MIN_LOG_ODDS,
        "below begins within": start_weight(below),
        "long": max(0, len(text) - SHORT_CAPTION_CHARS) / 10,
        "depicts": patterns.depicts(text),
    }


def said_twice(text: str, page: str) -> float:
    """Return the log-odds for a caption that a page holds a sentence again, in a paragraph."""
    bare = text.rstrip("。")
    if len(bare) < MIN_REPEATED_CHARS or len(page) > MAX_PAGE_CHARS or page.count(bare) < 2:
        return 0.0
    sentence = re.escape(bare)
    again = re.search(rf"[^\s]{sentence}|{sentence}。?[^\s。]", page)
    return SAID_TWICE if again else 0.0
