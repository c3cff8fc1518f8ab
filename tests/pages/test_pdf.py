"""PDF files with a text layer: a page a page, each character with its position on the sheet."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.formats import blocks, make_pdf, read_file, regions, write_file

from indexer import build_index, inspect_page
from indexer.model import Page
from indexer.pages.formats.pdf import render_page

FIRST = [
    (50, 500, 30, "山村小学迎来新老师"),
    (70, 450, 10, "昨天上午，十名支教老师来到山"),
    (50, 435, 10, "村小学，带来了两百本图书和九台"),
    (50, 420, 10, "电脑，孩子们很高兴。"),
]
SECOND = [(50, 500, 10, "第二版的文字在这里，不多也不少。")]


@pytest.fixture(autouse=True)
def _without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.pages.formats.pdf.can_recognise", lambda: False)


def test_paragraphs_and_positions_come_from_the_text_layer(tmp_path: Path) -> None:
    page = read_file(tmp_path, "a.pdf", make_pdf(FIRST))
    assert isinstance(page, Page)
    assert page.sheet is not None
    assert (page.id, page.sheet.width, page.sheet.height) == ("a", 800, 1200)
    body = "".join(text for *_, text in FIRST[1:])
    assert blocks(inspect_page(tmp_path / "a.pdf")) == [("title", FIRST[0][3]), ("body", body)]
    (region,) = regions(page, "两百本")
    assert abs(region.x - 2 * (50 + 10 * 7)) <= 5
    assert abs(region.w - 2 * 30) <= 5
    assert abs(region.y + region.h - 2 * (600 - 435)) <= 6


def test_each_page_of_a_file_is_a_page(tmp_path: Path) -> None:
    write_file(tmp_path / "pages", "a.pdf", make_pdf(FIRST, SECOND))
    assert build_index([tmp_path / "pages"], index=tmp_path / "index").added == ("a/1", "a/2")
    page = inspect_page(tmp_path / "pages" / "a.pdf#2").page
    assert (page.text, page.sheet and page.sheet.number) == (SECOND[0][3], 2)


def test_pages_without_text_are_named(tmp_path: Path) -> None:
    write_file(tmp_path / "pages", "a.pdf", make_pdf([], SECOND))
    report = build_index([tmp_path / "pages"], index=tmp_path / "index")
    assert report.added == ("a/2",)
    assert "page 1," in str(*report.warnings)


SCRIPT = "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"
BAD = {
    "cut": make_pdf(FIRST)[:300],
    "not a PDF": b"hello",
    "images alone": make_pdf([]),
    "empty": b"",
    "locked": make_pdf(FIRST).replace(
        b"trailer<<",
        b"trailer<</Encrypt<</Filter/Standard/V 1/R 2/P -4/O<"
        + b"11" * 32
        + b">/U<"
        + b"22" * 32
        + b">>>/ID[<00><00>]",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_costs_one_sentence(tmp_path: Path, name: str) -> None:
    write_file(tmp_path / "pages", "bad.pdf", BAD[name])
    write_file(tmp_path / "pages", "good.pdf", make_pdf(SECOND))
    report = build_index([tmp_path / "pages"], index=tmp_path / "index")
    assert (report.added, len(report.problems)) == (("good",), 1)


def test_scripts_are_not_run(tmp_path: Path) -> None:
    page = read_file(tmp_path, "a.pdf", make_pdf(SECOND, extra=SCRIPT))
    assert page.text == SECOND[0][3]


def test_a_page_of_a_kilometre_is_rendered_within_limits() -> None:
    huge = make_pdf(FIRST).replace(b"/MediaBox[0 0 400 600]", b"/MediaBox[0 0 9e6 9e6]")
    assert max(render_page(huge, 1, scale=9).size) <= 5_001


def test_a_page_is_rendered_in_the_size_of_its_sheet() -> None:
    assert render_page(make_pdf(FIRST, SECOND), 2).size == (800, 1200)


def test_a_text_of_the_same_name_comes_first(tmp_path: Path) -> None:
    write_file(tmp_path / "pages", "a.pdf", make_pdf(FIRST))
    write_file(tmp_path / "pages", "a.txt", "支教队昨天到达。")
    report = build_index([tmp_path / "pages"], index=tmp_path / "index")
    assert (report.added, report.warnings) == (("a",), ())
