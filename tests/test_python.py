"""The library as a Python programmer uses it: short reprs, indexing, rows, citations, notebooks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

import indexer
from indexer import Index, Results, UnknownField, build_index, inspect_page, open_index


@pytest.fixture(scope="module")
def index(seeds: Path) -> Iterator[Index]:
    build_index([seeds], index="memory/python", engine="memory")
    with open_index("memory/python", engine="memory") as opened:
        yield opened


@pytest.fixture(scope="module")
def results(index: Index) -> Results:
    return index.search("援疆 教育", size=8)


def test_every_repr_is_short(index: Index, results: Results, seeds: Path) -> None:
    page = inspect_page(next(seeds.glob("000*.txt")))
    hit, record = results[0], index.record("援疆")
    checked = index.check_quote(hit.text)
    for value in (
        index, results, *results, page, index.search("没" * 200, exact=True), hit.document,
        index.article(hit.page, hit.article), index.article(hit.page, hit.article).article,
        index.page(hit.page), index.page(hit.page).page, index.count("援疆", by=("city", "kind")),
        index.neighbours("援疆"), index.suggest("援江"), checked, *checked.passages, record,
        index.compare(record),
    ):  # fmt: skip
        assert len(repr(value)) <= 200
        assert "\n" not in repr(value)


def test_results_are_a_sequence(results: Results) -> None:
    assert results[0] is results.hits[0]
    assert results[-1] is results.hits[-1]
    assert results[1:3] == results.hits[1:3]
    assert [hit.id for hit in results] == [hit.id for hit in results.hits]
    with pytest.raises(IndexError):
        results[8]


def test_rows_are_flat(results: Results) -> None:
    rows = results.rows()
    assert [row["id"] for row in rows] == [hit.id for hit in results]
    assert all(row["first_line"] <= row["last_line"] for row in rows)
    table = csv.DictWriter(io.StringIO(), fieldnames=list(rows[0]))
    table.writerows(rows)  # every row has the same columns


def test_a_notebook_shows_marks_and_runs_nothing(index: Index) -> None:
    page = index.search("援疆")._repr_html_()
    assert "<mark>援疆</mark>" in page
    assert "<script>" not in index.search("<script>alert(1)</script>")._repr_html_()


@pytest.mark.parametrize("style", indexer.CITATION_FORMATS)
def test_a_hit_is_cited(results: Results, style: str) -> None:
    title = results[0].title
    assert title
    assert title in results[0].cite(style)


def test_an_unknown_style_is_named(results: Results) -> None:
    with pytest.raises(UnknownField, match=r"poem.*gbt7714"):
        results[0].cite("poem")


def test_words_are_not_marked_beside_the_run_that_was_asked_for(index: Index) -> None:
    query = "校园操场多是三合土地面"
    (hit,) = [hit for hit in index.search(query) if not hit.relaxed]
    documents = index.article(hit.page, hit.article).documents
    marks = index.mark(query, documents)
    marked = [one.text[start:end] for one in documents for start, end in marks[one.id]]
    assert marked == [query]
