"""Part lines that an engine read across the gutter between two columns or tiers.

A line is split where at least three of its neighbours begin and as many end shortly before, if its
own characters leave that place empty: a line of a wider paragraph or a heading has one there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indexer.model import Box, Span, SpanBox, enclose, find_regions, is_upright
from indexer.pages.formats.page_lines import PrintedLine, shift_unsure

MIN_NEIGHBOURS = 3
MAX_NEIGHBOUR_DISTANCE = 8
"""Lines that begin or end at a gutter, and how far they are from the line, in type sizes."""

MIN_GUTTER, MAX_GUTTER = 0.7, 3.0
"""Width of a gutter in type sizes."""

MAX_PARTED_LINES = 4_000
"""Lines of a page above which none is split: the time grows with the square."""


def split_at_gutters(lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    """Return the lines of a page, those across a gutter in two."""
    if len(lines) > MAX_PARTED_LINES:
        return list(lines)
    return [part for line in lines for part in _part(line, lines)]


def _extent(box: Box, *, upright: bool) -> tuple[int, int, int, int]:
    """Return the ends of a box along its text, and those across it."""
    x, y, w, h = box
    return (y, y + h, x, x + w) if upright else (x, x + w, y, y + h)


def _part(line: PrintedLine, lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    if line.box is None or not line.words:
        return [line]
    upright = is_upright(line.box)
    start, end, low, high = _extent(line.box, upright=upright)
    size = high - low
    if end - start < 8 * size:
        return [line]
    near = [
        _extent(one.box, upright=upright)
        for one in lines
        if one.box and one is not line and is_upright(one.box) == upright
    ]
    near = [
        one
        for one in near
        if one[2] < high + MAX_NEIGHBOUR_DISTANCE * size
        and one[3] > low - MAX_NEIGHBOUR_DISTANCE * size
        and 0.75 * size <= one[3] - one[2] <= 1.33 * size
    ]
    for place in sorted({one[0] for one in near if start + 2 * size < one[0] < end - size}):
        if _is_gutter(place, near, size) and (cut := _find_cut(line, place, size, upright)):
            parts = _cut(line, cut)
            return [parts[0], *_part(parts[1], lines)]
    return [line]


def _is_gutter(place: int, near: Sequence[tuple[int, int, int, int]], size: int) -> bool:
    begin = sum(abs(one[0] - place) <= size / 2 for one in near)
    stop = sum(MIN_GUTTER * size <= place - one[1] <= MAX_GUTTER * size for one in near)
    return min(begin, stop) >= MIN_NEIGHBOURS


def _find_cut(line: PrintedLine, place: int, size: int, upright: bool) -> int:
    """Return the number of characters before a gutter; 0 where a character is printed in it."""
    spans = [Span(at, at + 1) for at in range(len(line.text))]
    ends = [_extent(box, upright=upright) for box in find_regions(line.text, line.words, spans)]
    if len(ends) != len(line.text):
        return 0
    before = [number for number, one in enumerate(ends) if (one[0] + one[1]) / 2 < place]
    cut = len(before)
    if not 0 < cut < len(ends) or before[-1] != cut - 1:
        return 0
    return cut if ends[cut][0] - ends[cut - 1][1] >= MIN_GUTTER * size else 0


def _cut(line: PrintedLine, cut: int) -> tuple[PrintedLine, PrintedLine]:
    first: list[SpanBox] = []
    second: list[SpanBox] = []
    for span, box in line.words:
        for piece in (Span(span.start, min(span.end, cut)), Span(max(span.start, cut), span.end)):
            if piece.start < piece.end:
                own = find_regions(line.text, [SpanBox(span, box)], [piece])[0]
                (first if piece.end <= cut else second).append(SpanBox(piece, own))
    moved = [SpanBox(Span(one.start - cut, one.end - cut), box) for one, box in second]
    return _make(line, 0, cut, first), _make(line, cut, len(line.text), moved)


def _make(line: PrintedLine, start: int, end: int, words: Sequence[SpanBox]) -> PrintedLine:
    return replace(
        line,
        text=line.text[start:end],
        box=enclose(box for _, box in words),
        words=tuple(words),
        unsure=tuple(shift_unsure(line.unsure, -start, end - start)),
    )
