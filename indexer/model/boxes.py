"""Boxes on a sheet: which of them hold spans of a page, and how they are kept in few bytes."""

from __future__ import annotations

import base64
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from math import sqrt
from typing import NamedTuple

from indexer.model.spans import Span

UPRIGHT_RATIO = 1.5
"""Height of a box over its width from which several characters in it run downwards."""

MIN_BLOCK_LINES = 1.8
"""Lines and characters of a line that must fit into a box, at the size of type that its area
and text give, to be the box of a paragraph: one line of Latin letters gives 1.4."""


class Box(NamedTuple):
    """A rectangle on a sheet, in pixels from its top left corner."""

    x: int
    y: int
    w: int
    h: int


class SpanBox(NamedTuple):
    """Where a span of a page's text is printed on its sheet: a line, a word or a character."""

    span: Span
    box: Box


def find_regions(text: str, boxes: Sequence[SpanBox], spans: Iterable[Span]) -> tuple[Box, ...]:
    """Return the boxes of spans of a page's text, one for each line or word that they touch.

    Of a line that a span covers in part, the part is computed from the widths of its characters.
    The box of a paragraph, which says nothing of its lines, is returned whole. `boxes` are in the
    order of their spans.
    """
    return tuple(box for span in spans for box in _cut_boxes(text, boxes, Span(*span)))


def _cut_boxes(text: str, boxes: Sequence[SpanBox], span: Span) -> Iterator[Box]:
    first = max(0, bisect_right(boxes, span.start, key=lambda one: one.span.start) - 1)
    for line, box in boxes[first:]:
        if line.start >= span.end:
            break
        start, end = max(line.start, span.start), min(line.end, span.end)
        if start >= end:
            continue
        width = text_width(text[line.start : line.end])
        if _is_paragraph(box, width):
            yield box
        else:
            before = text_width(text[line.start : start])
            yield _cut(box, before / width, (before + text_width(text[start:end])) / width)


def text_width(text: str) -> float:
    """Return the width of a text in Chinese characters; two of ASCII are as wide."""
    return len(text) - len(text.encode("ascii", "ignore")) / 2


def _is_paragraph(box: Box, width: float) -> bool:
    size = sqrt(max(1, box.w * box.h) / width)
    return min(box.w, box.h) >= MIN_BLOCK_LINES * size


def _cut(box: Box, start: float, end: float) -> Box:
    """Return the part of a line's box between two shares of its length."""
    if is_upright(box):
        top = box.y + round(box.h * start)
        return Box(box.x, top, box.w, max(1, box.y + round(box.h * end) - top))
    left = box.x + round(box.w * start)
    return Box(left, box.y, max(1, box.x + round(box.w * end) - left), box.h)


def is_upright(box: Box) -> bool:
    """Return whether text of several characters in a box runs downwards."""
    return box.h >= UPRIGHT_RATIO * box.w


def enclose(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around boxes; there must be one."""
    boxes = list(boxes)
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.w for box in boxes), max(box.y + box.h for box in boxes)
    return Box(left, top, right - left, bottom - top)


# ---------------------------------------------------------------- in few bytes


def pack_boxes(boxes: Iterable[SpanBox]) -> str:
    """Return boxes as text: differences to the one before as base-128 numbers, in base 85.

    A line of a newspaper takes 9 to 12 characters.
    """
    data, end, x, y = bytearray(), 0, 0, 0
    for span, box in boxes:
        for number in (
            _zigzag(span.start - end),
            span.end - span.start,
            _zigzag(box.x - x),
            _zigzag(box.y - y),
            box.w,
            box.h,
        ):
            _write_number(data, number)
        end, x, y = span.end, box.x, box.y
    return base64.b85encode(bytes(data)).decode("ascii")


def unpack_boxes(text: str) -> tuple[SpanBox, ...]:
    """Return the boxes that `pack_boxes` wrote; raises `ValueError` for anything else."""
    numbers = list(_read_numbers(base64.b85decode(text)))
    if len(numbers) % 6:
        raise ValueError("boxes are cut short")
    boxes, end, x, y = [], 0, 0, 0
    for at in range(0, len(numbers), 6):
        gap, length, dx, dy, w, h = numbers[at : at + 6]
        start = end + _unzigzag(gap)
        end, x, y = start + length, x + _unzigzag(dx), y + _unzigzag(dy)
        boxes.append(SpanBox(Span(start, end), Box(x, y, w, h)))
    return tuple(boxes)


def _zigzag(number: int) -> int:
    return number * 2 if number >= 0 else -number * 2 - 1


def _unzigzag(number: int) -> int:
    return -(number + 1) // 2 if number % 2 else number // 2


def _write_number(data: bytearray, number: int) -> None:
    while number >= 128:
        data.append(number & 127 | 128)
        number >>= 7
    data.append(number)


def _read_numbers(data: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in data:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield number
            number = shift = 0
    if shift:
        raise ValueError("boxes are cut short")
