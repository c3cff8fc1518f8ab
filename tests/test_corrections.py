"""Corrections beside a page: both readings are found, the file stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.formats import read_pages

from indexer import build_index, locate_corrections, make_settings, open_index
from indexer.build import BuildReport
from indexer.errors import SourceError
from indexer.model import Page, Span
from indexer.pages.corrections import ONLY_PAGE, read_corrections
from indexer.settings import Settings

TEXT = (
    "燕山飞鸟志\n\n记者在天山脚下看见燕山飞鸟，飞得很高，大家都很高兴。\n\n"
    "第二段写的是沙雅的学校，也很好。\n"
)
HEAD = "line\tprinted\tread\twho\twhen\n"


def read(tmp_path: Path, rows: str) -> tuple[list[tuple[str, str, Span]], list[str]]:
    (tmp_path / "a.corrections.tsv").write_text(rows, "utf-8")
    warnings: list[SourceError] = []
    page = Page("a", "a.txt", TEXT, "")
    rows = read_corrections(tmp_path / "a.corrections.tsv", warnings.append)
    found = rows.apply(page, ONLY_PAGE).corrections
    rows.report_rest()
    return [(one.printed, one.read, one.span) for one in found], [str(one) for one in warnings]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("3\t飞鸟\t飞鸡\t王明\t2026-01-05", [("飞鸟", "飞鸡", Span(18, 20))]),
        ("5\t沙雅\t乌什", [("沙雅", "乌什", Span(43, 45))]),
        ("# 3\t飞鸟\t飞鸡", []),
    ],
)
def test_a_row_is_found_in_its_line(
    tmp_path: Path, row: str, found: list[tuple[str, str, Span]]
) -> None:
    for rows in (row, HEAD + row + "\n\n"):
        given, warnings = read(tmp_path, rows)
        assert ([one[:2] for one in given], warnings) == ([one[:2] for one in found], [])
        assert all(TEXT[slice(*span)] == printed for printed, _, span in given)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("3\t飞马\t飞鸡", "line 3 does not contain “飞马”"),
        ("9\t飞鸟\t飞鸡", "line 9 does not contain “飞鸟”"),
        ("3\t很高\t极高", "more than once"),
        ("3\t飞鸟", "the columns must be"),
        ("三\t飞鸟\t飞鸡", "the columns must be"),
        ("3\t飞鸟\t" + "鸡" * 300, "longer than 200"),
        ("3\t飞鸟\t飞鸡\n3\t山飞\t山下", "row 2: not applied, it overlaps"),
    ],
)
def test_a_row_that_does_not_fit_is_named(tmp_path: Path, row: str, reason: str) -> None:
    _, warnings = read(tmp_path, row)
    assert len(warnings) == 1
    assert reason in warnings[0]


@pytest.fixture(params=["memory", "whoosh"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    where = tmp_path / "index" if request.param == "whoosh" else f"memory/{tmp_path.name}"
    return make_settings({}, engine=request.param, index=where)


def build(tmp_path: Path, settings: Settings, rows: str) -> BuildReport:
    folder = tmp_path / "pages"
    folder.mkdir(exist_ok=True)
    (folder / "a.txt").write_text(TEXT, "utf-8")
    (folder / "b.txt").write_text("别的一页\n\n这一页没有更正，写的是别的事情。\n", "utf-8")
    side = folder / "a.corrections.tsv"
    side.write_text(rows, "utf-8") if rows else side.unlink(missing_ok=True)
    return build_index([folder], index=settings.index, settings=settings)


@pytest.mark.parametrize(
    ("query", "corrected", "text"),
    [
        ("看见燕山飞鸟", [False], "飞鸟"),
        ('"看见燕山飞鸟"', [False], "飞鸟"),
        ("看见燕山飞鸡", [True], "飞鸡"),
        ('"山飞鸡，飞得"', [True], "飞鸡"),
        ("天山脚下", [False], "飞鸟"),
    ],
)
def test_both_readings_are_found_and_a_quote_chooses(
    tmp_path: Path, settings: Settings, query: str, corrected: list[bool], text: str
) -> None:
    build(tmp_path, settings, "3\t飞鸟\t飞鸡\t王明\t2026-01-05\n")
    with open_index(settings=settings) as index:
        results = index.search(query, exact=True)
        assert (results.total, [hit.corrected for hit in results]) == (1, corrected)
        (hit,) = results
        assert text in hit.text
        assert (hit.number, hit.lines, hit.repeats) == (2, (3, 3), ())
        (correction,) = hit.corrections
        assert (correction.printed, correction.who) == ("飞鸟", "王明")
        assert hit.text[slice(*correction.span)] == text
        assert index.page("a").page.text == TEXT
        view = index.article("a", hit.article)
        printed = next(one for one in view.documents if one.number == hit.number)
        marks = index.mark(query.strip('"'), view.documents, exact=True)[printed.id]
        marked = "".join(printed.text[slice(*mark)] for mark in marks)
        assert marked == query.strip('"').replace("飞鸡", "飞鸟")


def test_only_the_page_whose_corrections_change_is_built_again(
    tmp_path: Path, settings: Settings
) -> None:
    build(tmp_path, settings, "")
    for rows in ("3\t飞鸟\t飞鸡\n", "3\t飞鸟\t飞鹰\n", ""):
        report = build(tmp_path, settings, rows)
        assert (report.changed, report.added, report.removed) == (("a",), (), ())
    with open_index(settings=settings) as index:
        assert index.search("看见燕山飞鹰", exact=True).total == 0


RECORDS = "\n".join(
    json.dumps({"id": name, "title": f"题{name}", "text": "昨日燕山飞鸟甚多。"}, ensure_ascii=False)
    for name in ("a/1", "a/2", "a/3")
)
LINES = [[[[0, 9 * n], [90, 9 * n], [90, 9 * n + 8], [0, 9 * n + 8]], text, 0.9]
         for n, text in enumerate(("昨日燕山飞鸟甚多。", "今日无鸟。"))]  # fmt: skip
TABLE = "编号,标题,正文\n甲,题甲,昨日燕山飞鸟甚多。\n乙,题乙,今日无鸟。\n"
FILES = {
    "records by id": ("x.jsonl", RECORDS, "a/2#2", "x/a/2"),
    "records by line": ("x.jsonl", RECORDS, "2#2", "x/a/2"),
    "a page of OCR": ("x.json", json.dumps(LINES), "1", "x"),
    "a page of OCR, numbered": ("x.json", json.dumps(LINES), "1#1", "x"),
    "pages of OCR": ("x_res.json", json.dumps([LINES, LINES]), "2#1", "x/2"),
    "a table": ("x.csv", TABLE, "甲#3", "x/甲"),
}


def read_corrected(
    folder: Path, name: str, content: str, rows: str
) -> tuple[list[Page], list[str]]:
    """Return the pages of a file with a file of corrections beside it, and what was reported."""
    (folder / name).write_text(content, "utf-8")
    (folder / "x.corrections.tsv").write_text(rows, "utf-8")
    warnings: list[SourceError] = []
    return list(read_pages([folder], problem=warnings.append)), [str(one) for one in warnings]


@pytest.mark.parametrize("kind", FILES)
def test_pages_of_every_kind_of_file_are_corrected(tmp_path: Path, kind: str) -> None:
    name, content, line, wanted = FILES[kind]
    pages, warnings = read_corrected(tmp_path, name, content, f"{line}\t飞鸟\t飞鸡\n")
    found = [(page.id, one.printed, one.read) for page in pages for one in page.corrections]
    assert (found, warnings) == ([(wanted, "飞鸟", "飞鸡")], [])
    [page] = [page for page in pages if page.id == wanted]
    assert page.text[slice(*page.corrections[0].span)] == "飞鸟"
    before, _ = read_corrected(tmp_path, name, content, "")
    assert [one.digest != other.digest for one, other in zip(pages, before, strict=True)] == [
        one.id == wanted for one in pages
    ]


@pytest.mark.parametrize("kind", FILES)
def test_the_position_of_a_correction_is_named_as_it_is_read(tmp_path: Path, kind: str) -> None:
    name, content, line, wanted = FILES[kind]
    pages, _ = read_corrected(tmp_path, name, content, "")
    [page] = [page for page in pages if page.id == wanted]
    file, before_line = locate_corrections(page)
    assert file == "x.corrections.tsv"
    rows = f"{before_line}{line.rpartition('#')[2]}\t飞鸟\t飞鸡\n"
    assert read_corrected(tmp_path, name, content, rows)[1] == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a/9#2\t飞鸟\t飞鸡", "row 1: not applied, the file has no page “a/9”"),
        ("2\t飞鸟\t飞鸡", "the file has several pages; write which one, as in a/3#2"),
        ("a/1#1\t飞鸟\t飞鸡", "line 1 does not contain “飞鸟”"),
    ],
)
def test_a_row_that_fits_no_record_is_named(tmp_path: Path, row: str, reason: str) -> None:
    pages, warnings = read_corrected(tmp_path, "x.jsonl", RECORDS, row)
    assert not any(page.corrections for page in pages)
    assert len(warnings) == 1
    assert reason in warnings[0]


def test_a_corrected_record_is_found_both_ways(tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "x.jsonl").write_text(RECORDS, "utf-8")
    (folder / "x.corrections.tsv").write_text("a/2#2\t飞鸟\t飞鸡\n", "utf-8")
    build_index([folder], index=settings.index, settings=settings)
    with open_index(settings=settings) as index:
        assert [hit.page for hit in index.search("燕山飞鸡", exact=True)] == ["x/a/2"]
        assert index.search("燕山飞鸟").total == 3
