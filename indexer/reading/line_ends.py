"""Set printed lines one after another: what separates them, and which hyphens are left out.

Chinese lines have nothing between them. Words of an alphabetic script have a blank, unless the
page shows that the line end is within a word. A hyphen at the end of a line is left out where
the word that it parts is found elsewhere on the page, and kept where nothing says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from indexer.model import Span
from indexer.reading.lines import Line, share_text

HYPHEN_CHARS = "-\u2010"
SOFT_HYPHEN = "\u00ad"

_LATIN_WORD = re.compile(r"[^\W\d_\u2e80-\U000323af]+(?:['’][^\W\d_\u2e80-\U000323af]+)?")
_WORD_BEFORE = re.compile(rf"({_LATIN_WORD.pattern})[{HYPHEN_CHARS}]?$")
_PAUSE_BEFORE = re.compile(r"[a-zA-Z][,.;:!?)\"'”’]+$")
_BLANKS = re.compile(r"[^\S\r\n]+")
_LAST_CHARS = 40


class SetText(NamedTuple):
    """Printed lines as one text, and where its characters are on the page."""

    text: str
    spans: tuple[Span, ...]


class LineEnds:
    """Decides what the ends of a page's lines separate. `latin` has words without ideographs."""

    def __init__(self, page: str, *, latin: bool = False) -> None:
        self._page = page
        self._latin = latin

    def set_lines(self, lines: Sequence[Line], separator: str = "") -> SetText:
        """Set lines one after another with a separator, or with what their words need."""
        if len(lines) == 1 and len(lines[0].spans) == 1:
            return SetText(share_text(self._page[slice(*lines[0].spans[0])]), lines[0].spans)
        text, spans = "", list[Span]()
        for span, known in self._separators(lines, separator):
            printed = self._page[slice(*span)]
            between = known
            if between is None:
                between, hyphens = self._join(text, printed)
                if hyphens:
                    text, spans[-1] = text[:-1], Span(spans[-1].start, spans[-1].end - 1)
            text += between + printed
            spans.append(span)
        return SetText(text, tuple(spans))

    def _separators(
        self, lines: Sequence[Line], separator: str
    ) -> Iterator[tuple[Span, str | None]]:
        """Yield each span and what separates it from the one before; `None` if it is not known."""
        last: Span | None = None
        for line in lines:
            first = True
            for span, blank in self._blanks(line):
                known: str | None = blank
                if last is None:
                    known = ""
                elif first or self._is_line_end(last, span):
                    known = (separator if first else line.separator) or blank or None
                yield span, known
                last, first = span, False

    def _blanks(self, line: Line) -> Iterator[tuple[Span, str]]:
        """Yield the spans of a line with the blank before each that its text has."""
        offsets = line.offsets or ()
        blanks = {position for position, after in pairwise(offsets) if position == after}
        position = 0
        for span in line.spans:
            yield span, " " if position in blanks else ""
            position += span.end - span.start

    def _is_line_end(self, before: Span, after: Span) -> bool:
        between = self._page[before.end : min(after.start, before.end + _LAST_CHARS)]
        return after.start < before.end or "\n" in between or "\r" in between

    def _join(self, before: str, after: str) -> tuple[str, bool]:
        """Return what separates two texts, and whether the hyphen of the first goes."""
        end = before[-_LAST_CHARS:]
        start = _LATIN_WORD.match(after)
        word = start and _WORD_BEFORE.search(end)
        if end.endswith(SOFT_HYPHEN):
            return "", False
        if start and word:
            whole = (word.group(1) + start.group()).casefold() in self._words
            if end[-1] in HYPHEN_CHARS:
                return "", whole
            return "" if whole else " ", False
        spaced = _BLANKS.fullmatch(end[-2:-1] + after[1:2])  # as between any two characters
        if spaced or (start and _PAUSE_BEFORE.search(end)):
            return " ", False
        both = self._latin and end[-1:].isalnum() and after[:1].isalnum()
        return " " if both else "", False

    @cached_property
    def _words(self) -> frozenset[str]:
        """The words of the page in an alphabetic script."""
        return frozenset(word.casefold() for word in _LATIN_WORD.findall(self._page))
