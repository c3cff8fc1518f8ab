"""Bound what reading a page costs: long pages are read in sections, the longest as printed.

Cost is counted in printed lines and characters, never in time, so a page is read alike everywhere.
Every stage costs at most the square of a section's length; over a page the cost is linear.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.model import Article, Kind, Page, Paragraph, Span, line_spans
from indexer.reading.line_ends import LineEnds
from indexer.reading.lines import split_lines

MAX_PAGE_LINES = 100_000
"""Lines of a page whose articles are separated; a newspaper page has 200 to 1,500."""

MAX_SECTION_LINES, MAX_SECTION_CHARS = 4_000, 200_000
"""Lines and characters that are read together; a single line is never cut."""

BLOCK_CHARS = 1_000
"""Characters of a block of a page that is indexed as printed, up to the end of a line."""


def count_lines(page: Page) -> int:
    """Return how many lines a page has, which is what its reading costs; 0 if none is guessed."""
    return 0 if page.parts else page.text.count("\n") + page.text.count("\r") + 1


def is_read_as_printed(page: Page) -> bool:
    """Return whether a page has too many lines for its articles to be separated."""
    return count_lines(page) > MAX_PAGE_LINES


def split_sections(page: Page) -> list[Span]:
    """Return the parts of a page that are read together; all of it unless it is very long.

    A page with hints is one section: they count in its whole text. A section ends at its widest
    gap of blank lines after its middle, the last of equal ones.
    """
    whole = [Span(0, len(page.text))]
    if (
        page.parts
        or page.hints
        or (len(page.text) <= MAX_SECTION_CHARS and count_lines(page) <= MAX_SECTION_LINES)
    ):
        return whole
    lines = line_spans(page.text)
    sections, first = [], 0
    while first < len(lines):
        last = _fill(lines, first)
        if last < len(lines):
            last = _widest_gap(page.text, lines, first + (last - first) // 2, last)
        end = lines[last].start if last < len(lines) else len(page.text)
        sections.append(Span(lines[first].start, end))
        first = last
    return sections


def _fill(lines: Sequence[Span], first: int) -> int:
    """Return the number of the line after a section that is as long as it may be."""
    last = first + 1
    most = min(len(lines), first + MAX_SECTION_LINES)
    while last < most and lines[last].end - lines[first].start <= MAX_SECTION_CHARS:
        last += 1
    return last


def _widest_gap(text: str, lines: Sequence[Span], first: int, last: int) -> int:
    """Return the number of the line after the widest gap of a range of lines, or `last`."""
    best, widest, gap = last, 0, 0
    for number in range(first + 1, last + 1):
        if not text[slice(*lines[number - 1])].strip():
            gap += 1
            continue
        if gap >= widest and gap:
            best, widest = number - 1, gap
        gap = 0
    return best


def read_as_printed(page: Page) -> Article:
    """Return a page as one article whose blocks are its lines, about BLOCK_CHARS together."""
    paragraphs: list[Paragraph] = []
    for part in _cut_at_lines(page.text, BLOCK_CHARS):
        printed = page.text[slice(*part)]
        lines = split_lines(printed)
        if lines:
            text, spans = LineEnds(printed).set_lines(lines)
            spans = tuple(Span(part.start + start, part.start + end) for start, end in spans)
            number = len(paragraphs) + 1
            paragraphs.append(Paragraph(page.id, 1, number, Kind.BODY, text, spans))
    return Article(page=page.id, number=1, paragraphs=tuple(paragraphs))


def _cut_at_lines(text: str, chars: int) -> Iterator[Span]:
    """Yield parts of a text that end at the end of a line, where they have so many characters."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + chars)
        end = len(text) if end < 0 else end + 1
        yield Span(start, end)
        start = end
