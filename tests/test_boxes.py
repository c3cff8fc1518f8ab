"""Boxes of spans: kept in few bytes, and cut to the characters that are asked for."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.stored import make_record, record_facts, to_json
from indexer.model import (
    Box,
    Page,
    PageRecord,
    Sheet,
    Span,
    SpanBox,
    find_regions,
    pack_boxes,
    unpack_boxes,
)

NUMBERS = st.integers(0, 1_000_000)
SPANS = st.builds(lambda start, length: Span(start, start + length), NUMBERS, NUMBERS)
BOXES = st.lists(st.builds(SpanBox, SPANS, st.builds(Box, NUMBERS, NUMBERS, NUMBERS, NUMBERS)))


@given(BOXES)
def test_any_boxes_are_given_back(boxes: list[SpanBox]) -> None:
    assert unpack_boxes(pack_boxes(boxes)) == tuple(boxes)


def test_a_line_takes_thirteen_characters_at_most() -> None:
    lines = [SpanBox(Span(17 * n, 17 * n + 16), Box(800 * (n // 80), 40 * (n % 80), 640, 32))
             for n in range(400)]  # fmt: skip
    assert len(pack_boxes(lines)) <= 13 * len(lines)


@pytest.mark.parametrize("text", ["00", "~~~~~~~", "NO BASE"])
def test_damaged_boxes_are_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        unpack_boxes(text)


def test_a_page_record_keeps_sheet_and_boxes() -> None:
    boxes = (SpanBox(Span(0, 2), Box(1, 2, 30, 40)),)
    page = Page("a", "a.pdf#2", "支教", "0", sheet=Sheet(800, 600, "a.png", 2), boxes=boxes)
    record = PageRecord(page, ())
    assert make_record(json.loads(to_json(record_facts(record)))) == record
    without = PageRecord(Page("a", "a.txt", "支教", "0"), ())
    assert not {"sheet", "boxes", "hints"} & record_facts(without)["page"].keys()


TEXT = "援疆教育\nab学校"
LINES = (SpanBox(Span(0, 4), Box(0, 0, 400, 100)), SpanBox(Span(5, 9), Box(0, 200, 300, 100)))


@pytest.mark.parametrize(
    ("span", "wanted"),
    [
        ((1, 3), [(100, 0, 200, 100)]),
        ((3, 6), [(300, 0, 100, 100), (0, 200, 50, 100)]),
        ((7, 8), [(100, 200, 100, 100)]),
        ((4, 5), []),
    ],
)
def test_regions_are_cut_to_the_characters(
    span: tuple[int, int], wanted: list[tuple[int, ...]]
) -> None:
    assert list(find_regions(TEXT, LINES, [Span(*span)])) == wanted


def test_upright_lines_are_cut_downwards() -> None:
    lines = [SpanBox(Span(0, 4), Box(10, 0, 30, 120))]
    assert find_regions("援疆教育", lines, [Span(1, 2)]) == (Box(10, 30, 30, 30),)
