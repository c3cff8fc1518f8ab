"""What is taken along: CSV, JSON lines, concordance rows and feeds."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.export import (
    BOM,
    COLUMNS,
    FORMULA,
    defuse,
    find_lines,
    make_feed,
    to_atom,
    to_csv,
    to_json_lines,
    to_kwic,
)
from indexer.model import Kind, PageMeta, Snippet, Span

TEXT = "衢州援疆指挥部支援乌什。"
SNIPPET = Snippet(TEXT, (Span(2, 4), Span(7, 9)))
UNKNOWN = PageMeta()


@dataclass(frozen=True)
class FakeHit:
    """A hit with everything that is taken along."""

    id: str = "p:1:2"
    page: str = "p"
    article: int = 1
    number: int = 2
    kind: Kind = Kind.BODY
    title: str | None = "题名"
    heading: str | None = None
    text: str = TEXT
    cities: tuple[str, ...] = ("衢州", "乌什")
    spans: tuple[Span, ...] = (Span(10, 16), Span(20, 26))
    line_ranges: tuple[tuple[int, int], ...] = ((5, 5), (8, 9))
    snippet: Snippet = SNIPPET
    meta: PageMeta = UNKNOWN

    def to_dict(self) -> dict[str, object]:
        """Make the JSON of the hit."""
        return {"id": self.id, "text": self.text}


def read_csv(pieces: Iterator[str]) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(pieces), newline="")))


def test_csv_has_a_head_and_a_row_for_each_hit() -> None:
    head, row = read_csv(to_csv([FakeHit()]))
    assert head == list(COLUMNS)
    assert row == [
        "p:1:2", "p", "1", "2", "body", "题名", "", TEXT, "衢州；乌什", "5—5；8—9", "", "", "", "",
    ]  # fmt: skip


def test_csv_carries_what_the_page_carries_and_an_address_on_request() -> None:
    hit = FakeHit(meta=PageMeta("新疆日报", "2022-07-01", "4", None, "https://e.org/1"))
    assert read_csv(to_csv([hit]))[1][-4:] == ["新疆日报", "2022-07-01", "4", "https://e.org/1"]
    rows = read_csv(to_csv([hit], make_url=lambda hit: f"/pages/{hit.page}#L5-L9"))
    assert rows[1][-1] == "/pages/p#L5-L9"


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
    assert read_csv(to_csv([FakeHit(text=cell)]))[1][7] == written


PRINTED = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(PRINTED, PRINTED)
def test_any_text_comes_through_csv_whole_and_no_cell_is_a_formula(text: str, title: str) -> None:
    rows = read_csv(to_csv([FakeHit(text=text, title=title)]))
    assert len(rows) == 2
    assert not any(FORMULA.match(cell) for cell in rows[1])
    assert rows[1][7] in (text, f"'{text}")


@given(PRINTED)
def test_any_hit_is_one_line_of_json(text: str) -> None:
    (line,) = to_json_lines([FakeHit(text=text)])
    assert line.count("\n") == 1
    assert json.loads(line) == {"id": "p:1:2", "text": text}


def test_exports_stream() -> None:
    def endless() -> Iterator[FakeHit]:
        while True:
            yield FakeHit()

    for pieces in (to_csv(endless()), to_json_lines(endless()), to_kwic(endless())):
        assert [next(iter(pieces)) for _ in range(3)]


def test_kwic_has_a_row_for_each_mark() -> None:
    rows = [(row.left, row.keyword, row.right, row.lines) for row in to_kwic([FakeHit()], width=3)]
    assert rows == [
        ("衢州", "援疆", "指挥部", (5, 5)),
        ("指挥部", "支援", "乌什。", (8, 9)),
    ]


def test_kwic_takes_the_marks_of_the_whole_paragraph() -> None:
    hit = FakeHit(snippet=Snippet("支援乌什。", (Span(0, 2),), start=7))
    assert [row.keyword for row in to_kwic([hit])] == ["支援"]
    rows = list(to_kwic([hit], find_marks=lambda _: [Span(0, 2), Span(9, 11)]))
    assert [row.start for row in rows] == [0, 9]


@given(st.data(), st.text(min_size=1), st.integers(0, 30))
def test_any_kwic_row_stands_in_its_paragraph(data: st.DataObject, text: str, width: int) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    mark = Span(start, data.draw(st.integers(start + 1, len(text))))
    hit = FakeHit(text=text, spans=(Span(0, len(text)),), line_ranges=((1, 9),))
    (row,) = to_kwic([hit], width=width, find_marks=lambda _: [mark])
    assert text[row.start - len(row.left) :].startswith(row.left + row.keyword + row.right)
    assert row.keyword == text[mark.start : mark.end]
    assert max(len(row.left), len(row.right)) <= width
    assert row.lines == (1, 9)


@pytest.mark.parametrize(
    ("text", "mark", "lines"),
    [
        ("甲乙丙丁", (0, 2), (1, 1)),
        ("甲乙丙丁", (2, 4), (4, 5)),
        ("甲乙丙丁", (1, 3), (1, 5)),
        ("甲乙 丙丁", (3, 5), (4, 5)),
        ("甲乙 丙丁", (0, 2), (1, 1)),
    ],
)
def test_lines_are_those_of_the_spans_a_mark_touches(
    text: str, mark: tuple[int, int], lines: tuple[int, int]
) -> None:
    assert find_lines(text, (Span(0, 2), Span(7, 9)), ((1, 1), (4, 5)), Span(*mark)) == lines


ATOM = "{http://www.w3.org/2005/Atom}"
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)


def read_feed(*hits: FakeHit) -> ElementTree.Element:
    feed = make_feed(
        hits, title="援疆", link="/?q=1&s=2", updated=NOW, make_url=lambda hit: f"/a/{hit.id}"
    )
    return ElementTree.fromstring("".join(to_atom(feed)))


def test_a_feed_has_an_entry_for_each_hit() -> None:
    feed = read_feed(FakeHit(), FakeHit(id="p:1:3", meta=PageMeta(date="2022-07-01")))
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
    feed = read_feed(FakeHit(title=text, snippet=Snippet(text), cities=(text,)))
    assert feed.find(f"{ATOM}entry") is not None
