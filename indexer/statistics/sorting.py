"""Sort the lines of a concordance by what follows, what precedes, date, place or page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.engines.occurrences import FacetCodes, Occurrences

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
