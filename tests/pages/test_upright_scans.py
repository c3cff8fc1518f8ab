"""Upright pages as an engine reads them: marks not read, headings in pieces, commas turned."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.model import Box, Kind, Page, PageMeta
from indexer.pages.formats.layout import set_in_order
from indexer.pages.formats.page_lines import PrintedPage, make_page
from indexer.pages.formats.scan import make_printed
from indexer.pages.recognition import RecognisedChar, RecognisedLine, RecognisedPage

SIZE, STEP = 30, 40
NOT_READ = "。、"


def column(text: str, number: int, *, top: int = 200) -> RecognisedLine:
    """Return an upright line, counted from the right, in whose box some marks were not read."""
    left = 1100 - STEP * number
    positions = [(at, char) for at, char in enumerate(text) if char not in NOT_READ]
    chars = tuple(
        RecognisedChar(n, n + 1, Box(left, top + SIZE * at, SIZE, SIZE), 0.99)
        for n, (at, _) in enumerate(positions)
    )
    read = "".join(char for _, char in positions)
    return RecognisedLine(read, Box(left, top, SIZE, SIZE * len(text)), 0.99, chars)


def heading(text: str, left: int, *, size: int = 70) -> RecognisedLine:
    chars = tuple(
        RecognisedChar(n, n + 1, Box(left + size * n, 60, size, size), 0.99)
        for n in range(len(text))
    )
    return RecognisedLine(text, Box(left, 60, size * len(text), size), 0.99, chars)


def read_page(*lines: RecognisedLine) -> PrintedPage:
    return set_in_order(make_printed(RecognisedPage(1200, 900, lines), 1, single=True))


BODY = [
    "　　入冬以后，村里的人都忙着修水渠",
    "，大家把石头从山上运下来，再一块一",
    "块地砌好。",
    "　　老人说，这条水渠修了二十年，今",
    "年总算通水了。",
    "　　孩子们放学以后，也来搬石头，谁",
    "也不肯先回家，天黑了才走。",
]
TEXTS = [line.strip("　").translate(dict.fromkeys(map(ord, NOT_READ))) for line in BODY]


def columns() -> list[RecognisedLine]:
    found = []
    for number, text in enumerate(BODY):
        indent = len(text) - len(text.lstrip("　"))
        found.append(column(text.lstrip("　"), number, top=200 + SIZE * indent))
    return found


@pytest.mark.parametrize(
    "pieces", [["水渠修好以后"], ["水渠修好", "以后"], ["水渠", "修好", "以后"]]
)
def test_a_heading_across_upright_text_is_one_however_it_was_read(pieces: list[str]) -> None:
    heads = [
        heading(text, 700 + 70 * len("".join(pieces[:n])) + 25 * n) for n, text in enumerate(pieces)
    ]
    lines = read_page(*columns(), *reversed(heads)).lines
    assert [line.text for line in lines[: len(pieces)]] == pieces
    assert {(line.kind, line.block) for line in lines[: len(pieces)]} == {(Kind.HEADING, 1)}
    assert [line.opens for line in lines] == [True] + [False] * (len(lines) - 1)


def test_paragraphs_end_where_a_mark_was_not_read() -> None:
    lines = read_page(heading("水渠修好以后", 720), *columns()).lines[1:]
    assert [line.text for line in lines] == TEXTS
    assert [line.kind for line in lines] == [None] * len(BODY)
    blocks = [line.block for line in lines]
    assert blocks == [2, 2, 2, 3, 3, 4, 4]


def test_a_line_of_which_marks_were_not_read_is_no_larger_type() -> None:
    marked = [*columns(), column("入冬、以后、村里、的人", 7)]
    lines = read_page(heading("水渠修好以后", 720), *marked).lines[1:]
    assert {line.kind for line in lines} == {None}


def read_text(line: RecognisedLine) -> str:
    page: Page = make_page(read_page(line), Path("p"), "p", PageMeta(), print)
    return page.text


def test_a_comma_of_upright_text_is_a_comma() -> None:
    assert read_text(column("入冬以后’村里的人", 0)) == "入冬以后，村里的人"
    assert read_text(heading("it’s", 100)) == "it’s"
