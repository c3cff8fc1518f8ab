"""Lead what is found in the corrected text of a paragraph back to what is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indexer.model import CORRECTED_READING, Document, Span
from indexer.snippets import merge_spans


def is_corrected(name: str) -> bool:
    """Return whether an id is that of the corrected text of a paragraph."""
    return int(name.rpartition(":")[2]) >= CORRECTED_READING


def add_corrected_marks(
    marks: Mapping[str, tuple[Span, ...]], documents: Sequence[Document]
) -> dict[str, tuple[Span, ...]]:
    """Mark in printed paragraphs what matches in their corrected texts, too."""
    joined = dict(marks)
    for one in documents:
        if one.corrected and one.original in joined and marks[one.id]:
            found = printed_marks(one, marks[one.id])
            joined[one.original] = merge_spans([*joined[one.original], *found])
    return joined


def printed_marks(document: Document, marks: Sequence[Span]) -> tuple[Span, ...]:
    """Return where marks in the text of a document are in the printed text."""
    if not document.corrected:
        return tuple(marks)
    return tuple(_to_printed(document, mark) for mark in marks)


def _to_printed(document: Document, mark: Span) -> Span:
    """Mark whole corrections."""
    return Span(_printed(document, mark.start, edge=0), _printed(document, mark.end, edge=1))


def _printed(document: Document, offset: int, *, edge: int) -> int:
    """Return the printed offset of one in a corrected text, at an edge of what is corrected."""
    shift = 0
    for span, printed, *_ in document.corrections:
        if offset <= span.start:
            break
        if offset < span.end:
            return span.start + shift + edge * len(printed)
        shift += len(printed) - (span.end - span.start)
    return offset + shift
