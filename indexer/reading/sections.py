"""Bound what reading a page costs: long pages are read in sections, the longest as printed.

Cost is counted in printed lines and characters, never in time, so a page is read alike everywhere.
Every stage costs at most the square of a section's length; over a page the cost is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from indexer.model import Article, Kind, Page, Paragraph, Span
from indexer.reading.line_ends import HYPHEN_CHARS, SOFT_HYPHEN, LineEnds
from indexer.reading.lines import Line

MAX_PAGE_LINES, MAX_NARROW_LINES = 100_000, 2_000
"""Lines of a page whose articles are separated, the latter of one whose lines have hardly any text;
a newspaper page has 200 to 1,500 lines."""

MIN_LINE_CHARS = 4
"""Characters that the lines of a column have on average, at least."""

MAX_SECTION_LINES, MAX_SECTION_CHARS = 4_000, 200_000
"""Lines and characters that are read together; a single line is never cut."""

BLOCK_CHARS, MIN_SPAN_CHARS = 1_000, 8
"""Characters of a block of a page that is indexed as printed, and of each of its spans, up to the
end of a line: shorter lines share a span."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|[\r\n]|$)")
_PRINTED_LINE = re.compile(r"\S[^\r\n]*")
_BLOCK = re.compile(rf"\S[\s\S]{{{BLOCK_CHARS},}}?(?=[\r\n])|\S[\s\S]*")
_SPAN = re.compile(
    rf"\S[\s\S]{{,{MIN_SPAN_CHARS}}}?[{HYPHEN_CHARS}{SOFT_HYPHEN}](?=[\r\n])"
    rf"|\S[\s\S]{{{MIN_SPAN_CHARS - 1},}}?(?=[\r\n])|\S[\s\S]*"
)
"""Lines of a block, and of a span: one also ends with a hyphen at the end of a line."""


def count_lines(page: Page) -> int:
    """Return how many lines a page has, which is what its reading costs; 0 if none is guessed."""
    text = page.text
    return 0 if page.parts else text.count("\n") + text.count("\r") - text.count("\r\n") + 1


def max_lines(page: Page) -> int:
    """Return how many lines a page may have for its articles to be separated."""
    if count_lines(page) <= MAX_NARROW_LINES:
        return MAX_PAGE_LINES
    lines = chars = 0
    for line in _PRINTED_LINE.finditer(page.text):
        lines += 1
        chars += line.end() - line.start()
    return MAX_NARROW_LINES if chars < MIN_LINE_CHARS * lines else MAX_PAGE_LINES


def is_read_as_printed(page: Page) -> bool:
    """Return whether a page has too many lines for its articles to be separated."""
    return count_lines(page) > max_lines(page)


def split_sections(page: Page) -> Iterator[Span]:
    """Yield the parts of a page that are read together; all of it unless it is very long.

    A page with hints is one section: they count in its whole text.
    """
    start, length = 0, len(page.text)
    short = length <= MAX_SECTION_CHARS and count_lines(page) <= MAX_SECTION_LINES
    while start < length:
        whole = short or page.parts or page.hints
        end = length if whole else _section_end(page.text, start)
        yield Span(start, end)
        start = end


def _section_end(text: str, start: int) -> int:
    """Return where a section ends that is as long as it may be.

    That is its widest gap of blank lines after its middle, the last of equal ones.
    """
    ends: list[int] = []
    for line in islice(_LINE.finditer(text, start), MAX_SECTION_LINES):
        line_end = line.end()
        if ends and line_end - start > MAX_SECTION_CHARS:
            break
        ends.append(line_end)
    end, widest, gap = ends[-1], 0, 0
    for line_start, line_end in pairwise(ends[len(ends) // 2 - 1 :]) if end < len(text) else ():
        if not text[line_start:line_end].strip():
            gap += 1
            continue
        if gap and gap >= widest:
            end, widest = line_start, gap
        gap = 0
    return end


def read_as_printed(page: Page) -> Article:
    """Return a page as one article whose blocks are its lines, about BLOCK_CHARS together."""
    paragraphs: list[Paragraph] = []
    for number, block in enumerate(_BLOCK.finditer(page.text), 1):
        lines = [Line(one, (Span(start, start + len(one)),), 0) for start, one in _spans(block[0])]
        text, spans = LineEnds(block[0]).set_lines(lines)
        spans = tuple(Span(block.start() + start, block.start() + end) for start, end in spans)
        paragraphs.append(Paragraph(page.id, 1, number, Kind.BODY, text, spans))
    return Article(page=page.id, number=1, paragraphs=tuple(paragraphs))


def _spans(block: str) -> Iterator[tuple[int, str]]:
    """Yield the texts of a block's spans and where they begin."""
    return ((span.start(), span[0].rstrip()) for span in _SPAN.finditer(block))
