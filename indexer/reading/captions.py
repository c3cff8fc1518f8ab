"""A line and the texts around it in, how much it looks like a picture's caption out.

A caption parts the sentence that stands open above it from the text that goes on with it; what a
column break has left of a paragraph goes on with that sentence itself.
"""

from __future__ import annotations

import re

from indexer.reading import patterns
from indexer.reading.continuation import (
    LONGEST_PAGE,
    WORST,
    bounded_continuation_score,
    start_weight,
)

PICTURE = 3.0
"""Log-odds for a caption behind the gap that a picture leaves: 20 of 27 such gaps precede one."""

ALONE = -5.0
"""Log-odds for a caption without a gap, between two whole paragraphs."""

SAID_TWICE, SHORTEST_TWICE = 6.0, 15
"""Log-odds for a caption when a paragraph says the same, and the characters it must have."""

WEIGHTS = {
    "any": -3.3,
    "no gaps": 2.25,
    "continues": -0.8,
    "resumes": 0.75,
    "below begins within": 0.7,
    "long": -3.4,
    "depicts": 2.0,
}
"""Log-odds for a caption under an open sentence, where no picture leaves a gap, against the rest of
a paragraph. From a logistic regression on 6,471 sentences of damaged pages, 256 of them captions;
that a sentence shows people or places is held at its weight, since those pages know few captions.
Of the captions of articles kept aside 42 to 81 % are told, .3 to .4 % of the rests lost.
"""

SHORT = 25
"""Characters of a short caption; the weight of a long one is for each ten more."""


def caption_odds(text: str, before: str, below: str, page: str, *, gaps: bool) -> float:
    """Return the log-odds that a line under an open sentence, without a gap above, is a caption.

    `before` is the open sentence, `below` is the next text, if there is one, that may resume it;
    `gaps` tells whether pictures leave gaps on the page.
    """
    measures = _measure(text, before, below, page, gaps=gaps)
    return sum(WEIGHTS[name] * value for name, value in measures.items())


def _measure(text: str, before: str, below: str, page: str, *, gaps: bool) -> dict[str, float]:
    return {
        "any": 1.0,
        "no gaps": not gaps,
        "continues": bounded_continuation_score(before, text, page),
        "resumes": bounded_continuation_score(before, below, page) if below else WORST,
        "below begins within": start_weight(below),
        "long": max(0, len(text) - SHORT) / 10,
        "depicts": patterns.depicts(text),
    }


def said_twice(text: str, page: str) -> float:
    """Return the log-odds for a caption that a page holds a sentence again, in a paragraph."""
    bare = text.rstrip("。")
    if len(bare) < SHORTEST_TWICE or len(page) > LONGEST_PAGE or page.count(bare) < 2:
        return 0.0
    sentence = re.escape(bare)
    again = re.search(rf"[^\s]{sentence}|{sentence}。?[^\s。]", page)
    return SAID_TWICE if again else 0.0
