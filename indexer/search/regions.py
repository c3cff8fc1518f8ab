"""Find where the marked characters of a hit are printed on the scan of its page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.engines.base import Reader
from indexer.model import Box, Document, Page, Span, find_regions, locate_spans


class RegionFinder:
    """Finds regions on pages of one commit; hits of a page one after the other load it once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._page: Page | None = None

    def find(self, document: Document, marks: Sequence[Span]) -> tuple[Box, ...]:
        """Return the boxes of marks in the text of a document; none without a scan.

        Without marks, and in a corrected text, they are those of the whole paragraph.
        """
        if not document.scanned:
            return ()
        if self._page is None or self._page.id != document.page:
            record = self._reader.page(document.page)
            if record is None:
                return ()
            self._page = record.page
        exact = marks and not document.corrected
        spans = list(locate_in_page(document, marks)) if exact else document.spans
        return find_regions(self._page.text, self._page.boxes, spans)


def locate_in_page(document: Document, marks: Sequence[Span]) -> Iterator[Span]:
    """Yield where marks in the text of a document are in the text of its page."""
    offsets = locate_spans(document.text, document.spans)
    for offset, span in zip(offsets, document.spans, strict=True):
        end = offset + span.end - span.start
        for mark in marks:
            first, last = max(mark.start, offset), min(mark.end, end)
            if first < last:
                yield Span(span.start + first - offset, span.start + last - offset)
