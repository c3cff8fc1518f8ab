"""Damaged pages of clean articles are read as well as ever."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from support.clean_articles import UNSEEN_NEWS, Clean, read_clean
from support.page_scores import add, hold
from support.typesetter import ORDERLY, Faults, draw_page

from indexer.model import Page
from indexer.reading import read_articles

FLOORS = tomllib.loads((Path(__file__).parent.parent / "floors.toml").read_text("utf-8"))["reading"]


@pytest.mark.parametrize(
    ("floor", "articles", "seeds", "faults"),
    [
        ("all", read_clean(), range(100), Faults()),
        ("orderly", read_clean(), range(100), ORDERLY),
        ("aside", read_clean(), range(100, 200), Faults()),
        ("headed", read_clean(), range(200, 260), Faults(heading=0.25)),
        ("unseen", read_clean(UNSEEN_NEWS)[1::2], range(60), Faults()),
    ],
)
def test_damaged_pages_are_restored_as_well_as_ever(
    floor: str, articles: list[Clean], seeds: range, faults: Faults
) -> None:
    outcomes = []
    for seed in seeds:
        page = draw_page(articles, seed, faults)
        outcomes.append(hold(page, read_articles(Page("page", "page.txt", page.text, ""))))
    total = add(outcomes)
    assert total.restored / total.cut >= FLOORS[f"restored_{floor}"]
    assert total.recognised >= FLOORS["headings"] * total.headings
    assert total.false_joins / total.cut <= FLOORS[f"falsely_joined_{floor}"]
