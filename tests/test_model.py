"""Lines of a source are numbered one way, whatever its line ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.model import Span, find_line_range, line_spans, locate_spans

TEXTS = st.text(alphabet="甲乙 \n\r\u2028\x0b", max_size=40)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("甲", ["甲"]),
        ("甲\n", ["甲", ""]),
        ("甲\r\n乙\r丙\n丁", ["甲", "乙", "丙", "丁"]),
        ("甲\u2028乙\x0b丙", ["甲\u2028乙\x0b丙"]),
    ],
)
def test_lines(text: str, lines: list[str]) -> None:
    assert [text[start:end] for start, end in line_spans(text)] == lines


@given(TEXTS)
def test_every_character_is_on_one_line_or_ends_one(text: str) -> None:
    inside = {position for start, end in line_spans(text) for position in range(start, end)}
    assert all((position in inside) != (text[position] in "\r\n") for position in range(len(text)))


@given(TEXTS, st.data())
def test_every_span_is_within_its_lines(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    lines = line_spans(text)
    first, last = find_line_range(lines, Span(start, end))
    assert 1 <= first <= last <= len(lines)
    assert lines[first - 1].start <= start
    assert end <= max(lines[last - 1].end + 2, start)


@pytest.mark.parametrize(
    ("text", "spans", "offsets"),
    [
        ("甲乙丙丁", [(0, 2), (5, 7)], (0, 2)),
        ("甲乙 丙丁", [(0, 2), (5, 7)], (0, 3)),
        ("姓名 年龄\n张三 18", [(2, 4), (7, 9), (20, 22), (24, 26)], (0, 3, 6, 9)),
        ("the city of甲\n乙", [(0, 3), (4, 11), (11, 12), (13, 14)], (0, 4, 11, 13)),
        ("", [], ()),
    ],
)
def test_spans_are_located_by_the_blanks_between_them(
    text: str, spans: list[tuple[int, int]], offsets: tuple[int, ...]
) -> None:
    assert locate_spans(text, spans) == offsets
