"""Short queries, as people type them, over our own news: the articles about them come first."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from support.clean_articles import CLEAN_NEWS, UNSEEN_NEWS, read_clean
from support.ndcg import ndcg
from support.search_samples import make_index

from indexer.model import Kind
from indexer.search import Index

HERE = Path(__file__).parent
FLOORS = tomllib.loads((HERE / "floors.toml").read_text("utf-8"))["short_queries"]
QUERIES = tomllib.loads((HERE / "judged" / "short_queries.toml").read_text("utf-8"))["query"]


@pytest.fixture(scope="module")
def index() -> Index:
    articles = [*read_clean(CLEAN_NEWS), *read_clean(UNSEEN_NEWS)]
    return make_index(
        {
            article.title: [
                (article.title, Kind.TITLE, ()),
                *((text, Kind.BODY, ()) for text in article.paragraphs),
            ]
            for article in articles
        }
    )


def find_titles(index: Index, query: str) -> list[str]:
    """Return the titles of the articles that are found, in the order of their best paragraphs."""
    return list(dict.fromkeys(hit.page for hit in index.search(query, size=30, facets=())))


def test_articles_about_a_short_query_come_first(index: Index) -> None:
    scores = {}
    for query in QUERIES:
        grades = dict.fromkeys(query["about"], 2) | dict.fromkeys(query.get("partly", ()), 1)
        scores[query["text"]] = ndcg(find_titles(index, query["text"]), grades)
    assert len(scores) >= FLOORS["queries"]
    low = {text: round(score, 2) for text, score in scores.items() if score < 1}
    assert sum(scores.values()) / len(scores) >= FLOORS["ndcg"], low


def test_every_judged_article_exists(index: Index) -> None:
    named = {name for query in QUERIES for name in (*query["about"], *query.get("partly", ()))}
    assert named <= set(find_titles(index, "") + [page.id for page in index.pages()])


@pytest.mark.parametrize(
    ("found", "expected"),
    [("ab", 1.0), ("ba", 0.797), ("a", 0.826), ("xab", 0.659), ("xyzuvab", 0.0)],
)
def test_ndcg_counts_grades_by_their_positions(found: str, expected: float) -> None:
    assert ndcg(found, {"a": 2, "b": 1, "x": 0}) == pytest.approx(expected, abs=0.001)
