"""Part lines that an engine read across the gutter between two columns or tiers.

A line is split where at least three of its neighbours begin and as many end shortly before, if its
own characters leave that position empty: a line of a wider paragraph or a heading has one there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from indexer.model import Box, Span, SpanBox, enclose, find_regions, is_upright
from indexer.pages.formats.page_lines import PrintedLine, shift_unsure

MIN_NEIGHBOURS = 3
MAX_NEIGHBOUR_DISTANCE = 8
"""Lines that begin or end at a gutter, and how far they are from the line, in type sizes."""

MIN_ACROSS, MIN_EMPTY_SHARE = 4, 0.85
"""Lines read across a gutter that leave it empty, and their share of all that are read across it:
where a mark was not read there is a gap too, but not in line after line."""

MIN_GUTTER, MAX_GUTTER = 0.7, 3.0
"""Width of a gutter in type sizes."""

MAX_PARTED_LINES = 4_000
"""Lines of a page above which none is split: the time grows with the square."""


def split_at_gutters(lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    """Return the lines of a page, those across a gutter in two."""
    if len(lines) > MAX_PARTED_LINES:
        return list(lines)
    sides = [_measure(line) for line in lines if line.box]
    return [part for line in lines for part in _part(line, sides)]


class _LineExtent(NamedTuple):
    """The extent of a line along its text and across it, and of each of its characters."""

    line: PrintedLine
    upright: bool
    start: int
    end: int
    low: int
    high: int
    chars: tuple[tuple[int, int], ...]  # empty where a line has no boxes of its words

    @property
    def size(self) -> int:
        return self.high - self.low

    def leaves_empty(self, position: int, size: int) -> bool:
        """Return whether a character begins at a position, and the gutter before it is empty."""
        after = bisect_left(self.chars, (position - size // 2, 0))
        if not 0 < after < len(self.chars):
            return False
        return self.chars[after][0] - self.chars[after - 1][1] >= MIN_GUTTER * size

    def is_across(self, position: int, size: int) -> bool:
        return self.start + 2 * size < position < self.end - size


def _measure(line: PrintedLine) -> _LineExtent:
    x, y, w, h = line.box or (0, 0, 0, 0)
    upright = is_upright(Box(x, y, w, h))
    ends = (y, y + h, x, x + w) if upright else (x, x + w, y, y + h)
    spans = [Span(at, at + 1) for at in range(len(line.text))]
    boxes = find_regions(line.text, line.words, spans)
    chars = [(box.y, box.y + box.h) if upright else (box.x, box.x + box.w) for box in boxes]
    return _LineExtent(line, upright, *ends, tuple(chars) if len(chars) == len(spans) else ())


def _part(line: PrintedLine, lines: Sequence[_LineExtent]) -> list[PrintedLine]:
    if line.box is None or not line.words:
        return [line]
    own = _measure(line)
    size = own.size
    if own.end - own.start < 8 * size:
        return [line]
    near = [
        one
        for one in lines
        if one.line is not line
        and one.upright == own.upright
        and one.low < own.high + MAX_NEIGHBOUR_DISTANCE * size
        and one.high > own.low - MAX_NEIGHBOUR_DISTANCE * size
        and 0.75 * size <= one.size <= 1.33 * size
    ]
    positions = {one.start for one in near} | {start for start, _ in own.chars}
    for position in sorted(position for position in positions if own.is_across(position, size)):
        if _is_gutter(position, near, size) and (cut := _find_cut(own, position)):
            parts = _cut(line, cut)
            return [parts[0], *_part(parts[1], lines)]
    return [line]


def _is_gutter(position: int, near: Sequence[_LineExtent], size: int) -> bool:
    """Return whether enough lines begin at a position and end before it, or leave it empty."""
    begin = sum(abs(one.start - position) <= size / 2 for one in near)
    stop = sum(MIN_GUTTER * size <= position - one.end <= MAX_GUTTER * size for one in near)
    if min(begin, stop) >= MIN_NEIGHBOURS:
        return True
    across = [one.leaves_empty(position, size) for one in near if one.is_across(position, size)]
    return sum(across) >= MIN_ACROSS and sum(across) >= MIN_EMPTY_SHARE * len(across)


def _find_cut(own: _LineExtent, position: int) -> int:
    """Return the number of characters before a gutter; 0 where a character is printed in it."""
    before = [number for number, one in enumerate(own.chars) if (one[0] + one[1]) / 2 < position]
    cut = len(before)
    if not 0 < cut < len(own.chars) or before[-1] != cut - 1:
        return 0
    return cut if own.chars[cut][0] - own.chars[cut - 1][1] >= MIN_GUTTER * own.size else 0


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
