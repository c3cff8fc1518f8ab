"""Fit the weights of captions and first pieces: `fit_lines.py [--write] [COLLECTION …]`.

Damaged pages are read as ever; whenever the reader computes the features of a line, they are kept
beside what the line truly is. So the cases are those that the reader meets.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from support.clean_articles import Clean
from support.styles import STYLES
from support.typesetter import Damaged, Faults, Role, set_page, squeeze
from training.samples import (
    HEADINGS,
    NEWS,
    Fitted,
    Sample,
    balance,
    fit_and_write,
    fit_logistic,
    part_pages,
    rate,
)

from indexer.analysis import simplify
from indexer.model import Page
from indexer.reading import captions, first_pieces, read_articles
from indexer.reading.fitted_weights import read_model

FAULTS = (Faults(caption=0.9, picture_gap=0.5), Faults(caption=0.2, heading=0.4, column=(60, 200)))
HELD = {"captions": ("bias", "depicts"), "first pieces": ("bias", "sign", "long")}
"""Weights that these pages cannot fit: how often captions and cuts are met, and rare signs."""

Seen = tuple[str, dict[str, float]]


@contextmanager
def record(module: Any, name: str) -> Iterator[list[Seen]]:
    """Keep each text whose features are computed, with them."""
    seen: list[Seen] = []
    compute: Callable[..., dict[str, float]] = getattr(module, name)

    def recorder(text: str, *rest: Any, **options: Any) -> dict[str, float]:
        features = compute(text, *rest, **options)
        seen.append((text, features))
        return features

    with patch.object(module, name, recorder):
        yield seen


def draw_pages(articles: Sequence[Clean], rounds: int) -> Iterator[Damaged]:
    """Set the articles on pages by two; every other page has many headings."""
    for number in range(rounds * len(articles) // 2):
        random = Random(number)
        yield set_page(random.sample(articles, 2), random, FAULTS[number % 2])


def draw_lines(page: Damaged) -> tuple[list[Sample], list[Sample]]:
    """Return the cases of captions and of first pieces on a page."""
    with (
        record(captions, "caption_features") as asked,
        record(first_pieces, "first_piece_features") as short,
    ):
        read_articles(Page("page", "page.txt", page.text, ""))
    shown = {squeeze(simplify(text)) for text in page.texts(Role.CAPTION)}
    headed = {squeeze(simplify(text)) for text in page.texts(Role.HEADING, Role.HEAD)}
    bodies = [squeeze(simplify(text)) for text in page.texts(Role.BODY)]
    named = [Sample(features, squeeze(text) in shown) for text, features in asked]
    firsts = [
        Sample(features, any(body.startswith(squeeze(text)) for body in bodies))
        for text, features in short
        if squeeze(text) in headed or any(body.startswith(squeeze(text)) for body in bodies)
    ]
    return named, firsts


def vary_captions(article: Clean, random: Random) -> Clean:
    """Return an article of whose captions some have no full stop, and some no credit."""
    captions = (
        random.choice((caption, caption.rstrip("。"), re.split("[。 \u3000]", caption)[0]))
        for caption in article.captions
    )
    return replace(article, captions=tuple(captions))


def draw_printed_captions(articles: Sequence[Clean], rounds: int) -> list[list[Sample]]:
    """Return the cases of captions between printed lines, page by page, in all printed styles."""
    styles = [style for style in STYLES if style.widths]
    pages = []
    for number in range(rounds * len(articles) // 2):
        random = Random(number)
        style = styles[number % len(styles)]
        chosen = [vary_captions(one, random) for one in random.sample(articles, 2)]
        page = set_page(chosen, random, FAULTS[0], style)
        with record(captions, "printed_caption_features") as asked:
            read_articles(Page("page", "page.txt", page.text, ""))
        shown = {style.caption_mark + squeeze(simplify(one)) for one in page.texts(Role.CAPTION)}
        pages.append([Sample(features, squeeze(text) in shown) for text, features in asked])
    return pages


def fit(articles: Sequence[Clean], rounds: int) -> Fitted:
    """Return the weights of each group, and their scores on every fourth page."""
    drawn = [draw_lines(page) for page in draw_pages(articles, rounds)]
    groups = [[page[position] for page in drawn] for position in (0, 1)]
    groups.append(draw_printed_captions(articles, rounds))
    fitted: Fitted = {}
    for group, pages in zip(("captions", "first pieces", "printed captions"), groups, strict=True):
        known = read_model()[group]
        train, test = part_pages(pages)
        held = {name: known[name] for name in HELD.get(group, ())}
        balanced = balance(train) if held else train
        weights = dict(known) | fit_logistic(balanced, held)
        fitted[group] = weights, rate(train, test, weights, known)
    return fitted


if __name__ == "__main__":
    fit_and_write(__file__, fit, own=(NEWS, HEADINGS))
