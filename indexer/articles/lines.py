"""A page in, its printed lines out: without the blanks around them, with the gaps between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.model import Page, Span, line_spans


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: its text, its span in the page, the blank lines above it."""

    text: str
    span: Span
    gap: int
    indent: int = 0  # blanks before the first character

    def cut(self, start: int, end: int) -> Line:
        """Return the line of a range of its characters, without the blanks around it."""
        part = self.text[start:end]
        start += len(part) - len(part.lstrip())
        text = part.strip()
        first = self.span.start + start
        return Line(text, Span(first, first + len(text)), self.gap if start == 0 else 0)


def split_lines(page: Page) -> list[Line]:
    """Split a page into its lines that are not blank."""
    lines, gap = [], 0
    for span in line_spans(page.text):
        raw = page.text[span.start : span.end]
        text = raw.strip()
        if not text:
            gap += 1
            continue
        indent = len(raw) - len(raw.lstrip())
        start = span.start + indent
        lines.append(Line(text, Span(start, start + len(text)), gap, indent))
        gap = 0
    return lines


def picture_gap(lines: Sequence[Line]) -> int:
    """Tell how many blank lines a picture leaves: two more than a paragraph does.

    On the five pages paragraphs stand one blank line apart and pictures leave three.
    """
    gaps = Counter(line.gap for line in lines[1:])
    return max(2, (gaps.most_common(1)[0][0] if gaps else 0) + 2)
