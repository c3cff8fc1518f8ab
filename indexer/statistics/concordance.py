"""Sort the lines of a concordance by what follows, what precedes, date, place or page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.engines.occurrences import FacetCodes, Occurrences
from indexer.model import Document, Span, fields_to_json

if TYPE_CHECKING:
    from indexer.search import Hit

KWIC_WIDTH = 20  # characters of either side


@dataclass(frozen=True, slots=True)
class Kwic:
    """One occurrence in its context: `left + keyword + right` is in the paragraph as it is.

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
        return fields_to_json(self, "page", "article", "number")


def to_kwic(hits: Iterable[Hit], *, width: int = KWIC_WIDTH) -> Iterator[Kwic]:
    """Yield a row for each mark of each hit, with up to `width` characters of either side."""
    for hit in hits:
        for mark in hit.marks:
            yield make_kwic(hit.document, mark, width)


def make_kwic(document: Document, mark: Span, width: int) -> Kwic:
    """Cut one mark out of its paragraph."""
    start, end = mark
    text, meta = document.text, document.meta
    touched = document.lines_of(mark) or document.lines
    return Kwic(
        id=document.id,
        page=document.page,
        article=document.article,
        number=document.number,
        title=document.title,
        left=text[max(start - width, 0) : start],
        keyword=text[start:end],
        right=text[end : end + width],
        lines=(min(first for first, _ in touched), max(last for _, last in touched)),
        start=start,
        newspaper=meta.newspaper,
        date=meta.date,
        edition=meta.edition,
    )


Numbers = NDArray[np.int64]

CONCORDANCE_SORTS = ("page", "right", "left", "date", "place")
"""`right` and `left` by the characters after or before an occurrence, nearest first; `date` oldest
first, undated last; `place` by the first of the paragraph's cities, none last."""

SORT_CHARS = 12
"""Characters of a context that are compared; lines that agree so far are in page order."""

_CHARS_PER_KEY = 3  # of 21 bits each in a 64-bit number


def sort_occurrences(found: Occurrences, sort: str, *, stop: int | None = None) -> Numbers:
    """Return the numbers of the occurrences, which are in page order, in the order of `sort`.

    Only so many are returned as are before `stop`.
    """
    every = np.arange(len(found.owners))
    if sort in ("right", "left"):
        contexts = found.contexts_after if sort == "right" else found.contexts_before
        return _sort_contexts(contexts, stop)[:stop]
    if sort in ("date", "place"):
        facet = found.facets["date" if sort == "date" else "city"]
        codes = _first_codes(facet, found.documents)[found.owners]
        return np.argsort(codes, kind="stable")[:stop]
    return every[:stop]


def _sort_contexts(contexts: NDArray[np.uint32], stop: int | None) -> Numbers:
    """Sort rows of code points, all or at least those before `stop`; equal rows stay in order."""
    rows = np.arange(len(contexts))
    if stop and stop < len(rows):
        key = _make_key(contexts[:, :_CHARS_PER_KEY])
        rows = np.flatnonzero(key <= np.partition(key, stop - 1)[stop - 1])
    chosen = contexts[rows]
    begins = range(0, contexts.shape[1], _CHARS_PER_KEY)
    keys = [_make_key(chosen[:, begin : begin + _CHARS_PER_KEY]) for begin in begins]
    return rows[np.lexsort(keys[::-1])] if keys else rows


def _make_key(contexts: NDArray[np.uint32]) -> Numbers:
    """Return rows of code points as one number each, in their order."""
    key = np.zeros(len(contexts), np.int64)
    for column in contexts.T:
        key = (key << 21) | column
    return key


def _first_codes(facet: FacetCodes, documents: int) -> Numbers:
    """Return the first value of each document, after all others for one without any."""
    codes = np.full(documents, len(facet.values))
    codes[facet.owners[::-1]] = facet.codes[::-1]
    return codes
