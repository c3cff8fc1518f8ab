"""Make the numbered lines of a page, with the blocks they belong to.

Each line is cut into segments; a segment belongs to one printed block and says where the block
continues, so that joins, repeats and lost endings can be drawn beside the text as it was printed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from types import MappingProxyType
from typing import NamedTuple

from indexer import Document, Page, Span, Unsure, line_spans, locate_in_page
from webapp.addresses import line_mark
from webapp.marked_text import MarkedText, cut_pieces

MAX_SOURCE_LINES = 2000
"""Lines of one source view: the longest of the five pages has 171."""

MAX_SOURCE_LINE_CHARS = 20_000
"""Characters of a line that are shown: the longest of the five pages has 431. The plain text has
the rest."""


@dataclass(frozen=True, slots=True)
class LineSegment:
    """A piece of one line inside one block, or between blocks."""

    pieces: tuple[MarkedText, ...]  # the text, cut where the search marks it or it is unsure
    document: Document | None = None
    begins: bool = False  # the block's first characters
    from_line: int | None = None  # where the block came from, when this is a later piece of it
    to_line: int | None = None  # where the block continues, when this ends a piece of it
    ends: bool = False  # the block's last characters


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A numbered source line."""

    number: int
    segments: tuple[LineSegment, ...]
    marked: bool = False
    mark: str | None = None  # the name of the range that begins here

    @property
    def documents(self) -> tuple[Document, ...]:
        """The blocks of which a piece begins on this line."""
        return tuple(
            segment.document
            for segment in self.segments
            if segment.document and (segment.begins or segment.from_line)
        )


@dataclass(frozen=True, slots=True)
class _PrintedPart:
    span: Span
    document: Document
    from_line: int | None
    to_line: int | None


class PageMarks(NamedTuple):
    """What is marked in the text of a page: by a search, and as unsure; both in order."""

    found: Sequence[Span]
    unsure: Sequence[Unsure]


def make_lines(
    page: Page,
    documents: Iterable[Document],
    marked: Sequence[tuple[int, int]] = (),
    window: tuple[int, int] = (1, MAX_SOURCE_LINES),
    found: Mapping[str, Sequence[Span]] = MappingProxyType({}),
) -> tuple[SourceLine, ...]:
    """Make the lines of a page, those in `window`; the ranges `marked` are marked.

    `found` gives what a search marks in the texts of documents, by their ids.
    """
    documents = tuple(documents)
    marks = PageMarks(
        sorted(mark for one in documents for mark in locate_in_page(one, found.get(one.id, ()))),
        sorted(
            Unsure(span, doubt.others)
            for one in documents
            for doubt in one.unsure
            for span in locate_in_page(one, (doubt.span,))
        ),
    )
    parts = sorted(
        (part for document in documents for part in _parts(document)), key=lambda part: part.span
    )
    lines = []
    at = 0
    for number, line in enumerate(line_spans(page.text), 1):
        if number > window[1]:
            break
        while at < len(parts) and parts[at].span.end <= line.start:
            at += 1
        if window[0] <= number:
            line = Span(line.start, min(line.end, line.start + MAX_SOURCE_LINE_CHARS))
            segments = tuple(_segments(page.text, line, parts, at, marks))
            inside = any(first <= number <= last for first, last in marked)
            begins = [pair for pair in marked if pair[0] == number < pair[1]]
            lines.append(
                SourceLine(number, segments, inside, line_mark(begins[0]) if begins else None)
            )
    return tuple(lines)


def line_count(page: Page) -> int:
    """Count the lines of a page."""
    return len(line_spans(page.text))


def _parts(document: Document) -> Iterable[_PrintedPart]:
    came = [None, *(last for _, last in document.lines)]
    goes = [*(first for first, _ in document.lines[1:]), None]
    for span, before, after in zip(document.spans, came, goes, strict=False):
        yield _PrintedPart(Span(*span), document, before, after)


def _piece_text(text: str, start: int, end: int, marks: PageMarks) -> tuple[MarkedText, ...]:
    """Cut a part of the text of a page at its marks."""
    first = max(0, bisect_left(marks.found, (start,)) - 1)
    inside = [
        (max(mark.start, start) - start, min(mark.end, end) - start)
        for mark in takewhile(lambda mark: mark.start < end, islice(marks.found, first, None))
        if mark.end > start
    ]
    low = max(0, bisect_left(marks.unsure, start, key=_start) - 1)
    unsure = marks.unsure[low : bisect_left(marks.unsure, end, key=_start)]
    return tuple(cut_pieces(text[start:end], inside, unsure=unsure, offset=start))


def _start(unsure: Unsure) -> int:
    return unsure.span.start


NO_MARKS = PageMarks((), ())


def _segments(
    text: str, line: Span, parts: Sequence[_PrintedPart], at: int, marks: PageMarks
) -> Iterable[LineSegment]:
    done = line.start
    while at < len(parts) and parts[at].span.start < line.end:
        part = parts[at]
        start, end = max(part.span.start, done), min(part.span.end, line.end)
        if start > done:
            yield LineSegment(_piece_text(text, done, start, NO_MARKS))
        if end > start:
            yield _segment(text, part, start, end, marks)
            done = end
        at += 1
    if done < line.end or done == line.start:
        yield LineSegment(_piece_text(text, done, line.end, NO_MARKS))


def _segment(text: str, part: _PrintedPart, start: int, end: int, marks: PageMarks) -> LineSegment:
    begins, ends = start == part.span.start, end == part.span.end
    return LineSegment(
        _piece_text(text, start, end, marks),
        part.document,
        begins=begins and part.from_line is None,
        from_line=part.from_line if begins else None,
        to_line=part.to_line if ends else None,
        ends=ends and part.to_line is None,
    )
