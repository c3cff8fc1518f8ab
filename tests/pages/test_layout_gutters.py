"""Lines that an engine read across a gutter are parted, wider ones are not."""

from __future__ import annotations

from indexer.model import Box, Span, SpanBox
from indexer.pages.formats.layout_gutters import split_at_gutters
from indexer.pages.formats.page_lines import PrintedLine

LEFT, RIGHT = "昨天上午十名老师来到山村小学", "孩子们很高兴地收下了新的课本"


def make_line(
    text: str, row: int, *, start: int = 0, step: int = 20, gap: int = 0, at: int = 0
) -> PrintedLine:
    """Return a line of characters 20 pixels wide; from the one `at`, or the middle, all are `gap`
    pixels further on.
    """
    half = (at or len(text) // 2) if gap else len(text)
    words = tuple(
        SpanBox(Span(n, n + 1), Box(start + step * n + gap * (n >= half), 30 * row, 20, 20))
        for n in range(len(text))
    )
    last = words[-1].box
    return PrintedLine(text, Box(start, 30 * row, last.x + last.w - start, 20), words)


def make_columns(middle: PrintedLine) -> list[PrintedLine]:
    """Return two columns of lines with one line across both."""
    rows = [0, 1, 2, 4, 5, 6]
    left = [make_line(LEFT, row) for row in rows]
    return [*left, middle, *(make_line(RIGHT, row, start=310) for row in rows)]


def test_a_line_across_a_gutter_is_parted() -> None:
    parted = split_at_gutters(make_columns(make_line(LEFT + RIGHT, 3, gap=30)))
    assert [line.text for line in parted[6:8]] == [LEFT, RIGHT]
    assert parted[7].box == Box(310, 90, 280, 20)
    assert parted[7].words[0].span == Span(0, 1)


def test_a_line_that_prints_in_the_gutter_is_kept() -> None:
    wide = make_line(LEFT + RIGHT + "一", 3)
    assert split_at_gutters(make_columns(wide))[6] is wide


def test_a_blank_alone_is_no_gutter() -> None:
    line = make_line(LEFT + RIGHT, 3, gap=30)
    assert split_at_gutters([line]) == [line]


def test_lines_that_are_all_read_across_a_gutter_are_parted() -> None:
    across = [make_line(LEFT + RIGHT, row, gap=30) for row in range(6)]
    parted = split_at_gutters(across)
    assert [line.text for line in parted] == [LEFT, RIGHT] * 6


def test_gaps_of_marks_that_were_not_read_are_no_gutter() -> None:
    lines = [
        make_line(LEFT + RIGHT, row, gap=20, at=at) for row, at in enumerate((8, 10, 12, 13, 9, 11))
    ]
    assert split_at_gutters(lines) == lines
