"""Fit where paragraphs end with a full line: `fit_paragraphs.py [--write] [COLLECTION …]`.

The cases are the ends of sentences within the paragraphs of articles, and those of the paragraphs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from support.clean_articles import Clean
from training.samples import Fitted, Sample, fit_and_write, fit_logistic, part_pages, rate

from indexer.reading.paragraph_end_scores import paragraph_break_features

_SENTENCE_END = re.compile("[。！？][”」]?")


def draw_sentence_ends(article: Clean) -> Iterator[Sample]:
    """Yield the ends of sentences of an article that another one follows."""
    paragraphs = article.paragraphs
    usual = median(map(len, paragraphs))
    for paragraph in paragraphs:
        for end in (found.end() for found in _SENTENCE_END.finditer(paragraph)):
            if end < len(paragraph):
                features = paragraph_break_features(end, paragraph[end:], usual)
                yield Sample(features, False)
    for paragraph, after in pairwise(paragraphs):
        yield Sample(paragraph_break_features(len(paragraph), after, usual), True)


def fit(articles: Sequence[Clean], rounds: int = 1) -> Fitted:
    """Return the weights, and their scores on every fourth article."""
    train, test = part_pages([list(draw_sentence_ends(one)) for one in articles] * rounds)
    weights = fit_logistic(train)
    return {"paragraph breaks": (weights, rate(train, test, weights))}


if __name__ == "__main__":
    fit_and_write(__file__, fit, rounds=1)
