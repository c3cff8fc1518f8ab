"""Pages that a browser typeset and a real engine recognised are read as they were printed.

`typeset/` holds what is printed and what RapidOCR made of it; `tests/benchmarks/scans.py` makes
such pages and measures more of them.
"""

from __future__ import annotations

import gzip
import json
import tomllib
from functools import cache
from pathlib import Path

import pytest
from support.sheet_scores import SheetScore, score_sheet
from support.sheets import Truth

from indexer.model import PageMeta
from indexer.pages.formats.layout import set_in_order
from indexer.pages.formats.page_lines import make_page
from indexer.pages.formats.scan import make_printed
from indexer.pages.recognition import make_recognised
from indexer.reading import read_articles

PAGES = sorted(Path(__file__).with_name("typeset").glob("*.json.gz"))
FLOORS = tomllib.loads(Path(__file__).parent.with_name("floors.toml").read_text("utf-8"))["sheets"]


@cache
def score_all() -> SheetScore:
    return sum(map(score, PAGES), SheetScore())


def score(path: Path) -> SheetScore:
    truth, recognised = json.loads(gzip.decompress(path.read_bytes()))
    printed = make_printed(make_recognised(recognised), 1, single=True)
    page = make_page(set_in_order(printed), path, "page", PageMeta(), print)
    return score_sheet(page, read_articles(page), Truth.load(json.dumps(truth)))


@pytest.mark.parametrize(
    ("share", "part", "whole"),
    [
        ("found", "found", "printed"),
        ("right_line", "right_line", "found"),
        ("near", "near", "found"),
        ("exact", "exact", "blocks"),
        ("beginnings", "beginnings", "articles"),
    ],
)
def test_what_is_printed_is_found(share: str, part: str, whole: str) -> None:
    held = score_all()
    assert getattr(held, part) / getattr(held, whole) >= FLOORS[share]


def test_articles_begin_nowhere_else() -> None:
    held = score_all()
    assert (held.begun - held.beginnings) / held.begun <= FLOORS["false_beginnings"]
