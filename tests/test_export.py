"""What is taken along: CSV, JSON lines, concordance rows and feeds."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.export import (
    BOM,
    EXPORT_FORMATS,
    FORMULA_START,
    HIT_COLUMNS,
    KWIC_COLUMNS,
    defuse,
    to_atom,
    to_csv,
    to_json_lines,
    to_kwic,
    write_export,
)
from indexer.model import Document, Kind, PageMeta, Snippet, Span
from indexer.search.results import Hit

TEXT = "衢州援疆指挥部支援乌什。"


def make_hit(**changes: Any) -> Hit:
    """Make a hit with everything that is taken along, but for the changes."""
    document = Document(
        id="p:1:2",
        page="p",
        article=1,
        number=2,
        kind=Kind.BODY,
        text=TEXT,
        folded=TEXT,
        spans=(Span(10, 16), Span(20, 26)),
        lines=((5, 5), (8, 9)),
        title="题名",
        facets={"city": ("衢州", "乌什"), "author": ("王明", "李晓光")},
    )
    marks = changes.pop("marks", (Span(2, 4), Span(7, 9)))
    document = replace(document, **changes)
    return Hit(document, 1.0, Snippet(document.text, marks), marks)


def read_csv(pieces: Iterator[str]) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(pieces), newline="")))


def test_csv_has_a_head_and_a_row_for_each_hit() -> None:
    head, row = read_csv(to_csv([make_hit()]))
    assert head == list(HIT_COLUMNS)
    assert row == [
        "p:1:2", "p", "1", "2", "body", "题名", "", TEXT, "衢州；乌什", "5—5；8—9", "", "", "", "",
        "王明；李晓光",
    ]  # fmt: skip


def test_csv_carries_what_the_page_carries_and_an_address_on_request() -> None:
    hit = make_hit(meta=PageMeta("新疆日报", "2022-07-01", "4", None, "https://e.org/1"))
    assert read_csv(to_csv([hit]))[1][-5:-1] == ["新疆日报", "2022-07-01", "4", "https://e.org/1"]
    rows = read_csv(to_csv([hit], make_url=lambda hit: f"/pages/{hit.page}#L5-L9"))
    assert rows[1][-2] == "/pages/p#L5-L9"


@pytest.mark.parametrize(("bom", "first"), [(False, "id"), (True, BOM + "id")])
def test_csv_begins_with_a_byte_order_mark_on_request(bom: bool, first: str) -> None:
    assert next(to_csv([], bom=bom)).startswith(first)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-词", "'-词"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1", "'＝1"),
        ("援疆=好", "援疆=好"),
        ("“援疆”,\n好", "“援疆”,\n好"),
        ("", ""),
    ],
)
def test_a_formula_is_defused(cell: str, written: str) -> None:
    assert defuse(cell) == written
    assert read_csv(to_csv([make_hit(text=cell)]))[1][7] == written


PRINTED = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(PRINTED, PRINTED)
def test_any_text_comes_through_csv_whole_and_no_cell_is_a_formula(text: str, title: str) -> None:
    rows = read_csv(to_csv([make_hit(text=text, title=title)]))
    assert len(rows) == 2
    assert not any(FORMULA_START.match(cell) for cell in rows[1])
    assert rows[1][7] in (text, f"'{text}")


@given(PRINTED)
def test_any_hit_is_one_line_of_json(text: str) -> None:
    (line,) = to_json_lines([make_hit(text=text)])
    assert line.count("\n") == 1
    assert json.loads(line) == make_hit(text=text).to_dict()


def test_exports_stream() -> None:
    def endless() -> Iterator[Hit]:
        while True:
            yield make_hit()

    for pieces in (to_csv(endless()), to_json_lines(endless()), to_kwic(endless())):
        assert [next(iter(pieces)) for _ in range(3)]


def test_kwic_has_a_row_for_each_mark() -> None:
    rows = [(row.left, row.keyword, row.right, row.lines) for row in to_kwic([make_hit()], width=3)]
    assert rows == [("衢州", "援疆", "指挥部", (5, 5)), ("指挥部", "支援", "乌什。", (8, 9))]


@given(st.data(), st.text(min_size=1), st.integers(0, 30))
def test_any_kwic_row_is_in_its_paragraph(data: st.DataObject, text: str, width: int) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    mark = Span(start, data.draw(st.integers(start + 1, len(text))))
    hit = make_hit(text=text, spans=(Span(0, len(text)),), lines=((1, 9),), marks=(mark,))
    (row,) = to_kwic([hit], width=width)
    assert text[row.start - len(row.left) :].startswith(row.left + row.keyword + row.right)
    assert row.keyword == text[mark.start : mark.end]
    assert max(len(row.left), len(row.right)) <= width
    assert row.lines == (1, 9)


@pytest.mark.parametrize(
    ("text", "mark", "lines"),
    [
        ("甲乙丙丁", (0, 2), ((1, 1),)),
        ("甲乙丙丁", (2, 4), ((4, 5),)),
        ("甲乙丙丁", (1, 3), ((1, 1), (4, 5))),
        ("甲乙 丙丁", (3, 5), ((4, 5),)),
        ("甲乙 丙丁", (0, 2), ((1, 1),)),
    ],
)
def test_lines_are_those_of_the_spans_a_mark_touches(
    text: str, mark: tuple[int, int], lines: tuple[tuple[int, int], ...]
) -> None:
    spans, held = (Span(0, 2), Span(7, 9)), ((1, 1), (4, 5))
    assert make_hit(text=text, spans=spans, lines=held).document.lines_of(Span(*mark)) == lines


ATOM = "{http://www.w3.org/2005/Atom}"
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)


def read_feed(*hits: Hit) -> ElementTree.Element:
    feed = to_atom(
        hits, title="援疆", link="/?q=1&s=2", updated=NOW, make_url=lambda hit: f"/a/{hit.id}"
    )
    return ElementTree.fromstring("".join(feed))


def test_a_feed_has_an_entry_for_each_hit() -> None:
    feed = read_feed(make_hit(), make_hit(id="p:1:3", meta=PageMeta(date="2022-07-01")))
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}updated") for entry in entries] == [
        "2026-01-02T03:04:05Z",
        "2022-07-01T00:00:00Z",
    ]
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["题名", "题名"]
    assert [link.get("href") for link in entries[0].findall(f"{ATOM}link")] == ["/a/p:1:2"]
    assert [term.get("term") for term in entries[0].findall(f"{ATOM}category")] == ["衢州", "乌什"]
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2


@given(PRINTED)
def test_any_text_makes_a_well_formed_feed(text: str) -> None:
    feed = read_feed(make_hit(title=text, facets={"city": (text,)}))
    assert feed.find(f"{ATOM}entry") is not None


def test_the_concordance_as_csv_has_a_row_for_each_mark() -> None:
    head, *rows = read_csv(write_export([make_hit(), make_hit()], "kwic-csv"))
    assert head == list(KWIC_COLUMNS)
    assert len(rows) == 4
    assert all("".join(row[2:5]) in TEXT for row in rows)


@pytest.mark.parametrize("name", ["ris", "bibtex", "csl", "gbt7714"])
def test_every_article_is_cited_once(name: str) -> None:
    hits = [make_hit(), make_hit(number=3), make_hit(article=2, title="另一篇")]
    written = "".join(write_export(hits, name))
    assert written.count("题名") == written.count("另一篇") == 1


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_every_format_writes_all_hits_and_none(name: str) -> None:
    others = ("kwic", "relations", "gexf")  # which hold no title, or no hit without a relation
    assert "题名" in "".join(write_export([make_hit()], name)) or name in others
    assert "题名" not in "".join(write_export([], name))
