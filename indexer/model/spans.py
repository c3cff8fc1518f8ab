"""Ranges of characters and lines of a text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import AnyStr, NamedTuple

_END_OF_LINE = re.compile(r"\r\n|\n|\r")


class Span(NamedTuple):
    """A half-open range `[start, end)` of characters."""

    start: int
    end: int


_make_span: Callable[[tuple[int, int]], Span] = partial(tuple.__new__, Span)
"""Makes a span of its ends: ten times as fast as by their names."""


def locate_spans(text: str, spans: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """Return where each span of a block begins in the block's text.

    Since no span begins with a blank, one at the end of a span separates it from the next.
    """
    offsets, at = [], 0
    for start, end in spans:
        at += at > 0 and text[at : at + 1].isspace()
        offsets.append(at)
        at += end - start
    return tuple(offsets)


def line_spans(text: str) -> tuple[Span, ...]:
    """Return the lines of a source text without their ends: LF, CR LF or CR, nothing else."""
    ends = [end.span() for end in _END_OF_LINE.finditer(text)]
    starts = (0, *(after for _, after in ends))
    return tuple(map(_make_span, zip(starts, (*(end for end, _ in ends), len(text)), strict=True)))


def find_line_range(lines: Sequence[Span], span: Span) -> tuple[int, int]:
    """Return the first and the last 1-based line that a span of the source touches."""
    last = max(span.start, span.end - 1)
    return bisect_left(lines, (span.start + 1,)), bisect_left(lines, (last + 1,))


def merge_ranges(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Sort ranges of lines and merge those that overlap or touch."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def find_starts(
    text: AnyStr, substring: AnyStr, start: int = 0, end: int | None = None
) -> Iterator[int]:
    """Yield where a substring begins in a part of a text; occurrences may overlap."""
    at = text.find(substring, start, end)
    while at >= 0:
        yield at
        at = text.find(substring, at + 1, end)


def count_shared(one: str, other: str) -> int:
    """Count the characters that two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def shorten(text: str, most: int) -> str:
    """Return a text of at most so many characters, the last one "…" where it was cut."""
    return text if len(text) <= most else text[: most - 1] + "…"
