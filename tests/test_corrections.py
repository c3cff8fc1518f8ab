"""Corrections beside a page: both readings are found, the file stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer import build_index, make_settings, open_index
from indexer.build import BuildReport
from indexer.errors import SourceError
from indexer.model import Span
from indexer.pages.corrections import read_corrections
from indexer.settings import Settings

TEXT = (
    "燕山飞鸟志\n\n记者在天山脚下看见燕山飞鸟，飞得很高，大家都很高兴。\n\n"
    "第二段写的是沙雅的学校，也很好。\n"
)
HEAD = "line\tprinted\tread\twho\twhen\n"


def read(tmp_path: Path, rows: str) -> tuple[list[tuple[str, str, Span]], list[str]]:
    (tmp_path / "a.corrections.tsv").write_text(rows, "utf-8")
    told: list[SourceError] = []
    found = read_corrections(tmp_path / "a.corrections.tsv", TEXT, told.append)
    return [(one.printed, one.read, one.span) for one in found], [str(one) for one in told]


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
        given, told = read(tmp_path, rows)
        assert ([one[:2] for one in given], told) == ([one[:2] for one in found], [])
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
    _, told = read(tmp_path, row)
    assert len(told) == 1
    assert reason in told[0]


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
