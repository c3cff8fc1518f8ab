"""The lines of a concordance: key words in their context (KWIC)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.model import Document, Span, locate_spans

if TYPE_CHECKING:
    from indexer.search.results import Hit

KWIC_WIDTH = 20  # characters of either side


@dataclass(frozen=True, slots=True)
class Kwic:
    """One occurrence in its context: `left + keyword + right` stands in the paragraph as it is.

    `lines` are the first and last source line of the pieces of print that hold the keyword;
    `start` is where the keyword begins in the paragraph.
    """

    id: str
    page: str
    article: int
    number: int
    title: str | None
    left: str
    keyword: str
    right: str
    lines: tuple[int, int]
    start: int
    newspaper: str | None = None
    date: str | None = None
    edition: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what the JSON of the line is."""
        names = ("id", "title", "left", "keyword", "right", "start", "newspaper", "date", "edition")
        values = {name: getattr(self, name) for name in names}
        return {**values, "lines": list(self.lines)}


def to_kwic(hits: Iterable[Hit], *, width: int = KWIC_WIDTH) -> Iterator[Kwic]:
    """Yield a row for each mark of each hit, with up to `width` characters of either side."""
    for hit in hits:
        for mark in hit.marks:
            yield make_kwic(hit.document, mark, width)


def make_kwic(document: Document, mark: Span, width: int) -> Kwic:
    """Cut one mark out of its paragraph."""
    start, end = mark
    text, meta = document.text, document.meta
    return Kwic(
        id=document.id,
        page=document.page,
        article=document.article,
        number=document.number,
        title=document.title,
        left=text[max(start - width, 0) : start],
        keyword=text[start:end],
        right=text[end : end + width],
        lines=find_lines(text, document.spans, document.lines, mark),
        start=start,
        newspaper=meta.newspaper,
        date=meta.date,
        edition=meta.edition,
    )


def find_lines(
    text: str,
    spans: Sequence[Span],
    line_ranges: Sequence[tuple[int, int]],
    mark: Span,
) -> tuple[int, int]:
    """Return the first and last source line of the spans that a mark of the paragraph touches."""
    offsets = locate_spans(text, spans)
    touched = [
        lines
        for at, (start, end), lines in zip(offsets, spans, line_ranges, strict=True)
        if at < mark.end and mark.start < at + end - start
    ] or list(line_ranges)
    return min(first for first, _ in touched), max(last for _, last in touched)
