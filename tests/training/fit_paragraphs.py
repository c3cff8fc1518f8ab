"""Fit where paragraphs end with a full line: `fit_paragraphs.py [--write] [COLLECTION …]`.

The cases are the ends of sentences within the paragraphs of articles, and those of the paragraphs.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from support.clean_articles import Clean
from training.samples import (
    NEWS,
    Sample,
    area_under_curve,
    fit_logistic,
    update_model,
    weight_articles,
)

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


def fit(articles: Sequence[Clean]) -> tuple[dict[str, float], dict[str, float]]:
    """Return the weights, and their scores on every fourth article."""
    train = [one for n, article in enumerate(articles) if n % 4 for one in _draw(article)]
    test = [one for article in articles[::4] for one in _draw(article)]
    weights = fit_logistic(train)
    true = sum(one.true for one in train)
    area = round(area_under_curve(weights, test), 4)
    return weights, {"cases": len(train), "true": true, "area": area}


def _draw(article: Clean) -> list[Sample]:
    return list(draw_sentence_ends(article))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("collections", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help="write the weights into the model")
    arguments = parser.parse_args()
    weights, scores = fit(weight_articles(arguments.collections))
    print(weights, scores)
    if arguments.write:
        data = [NEWS, *arguments.collections]
        update_model("paragraph breaks", weights, __file__, data, scores)


if __name__ == "__main__":
    main()
