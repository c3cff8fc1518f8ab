"""BM25 by numbers: the operations of `base.bm25` in their order, so equal to the bit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.kernels import add_term, contributions
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.model import Request

_SEEK = 8
"""Postings so many times more than the documents to be scored are looked up, not walked."""


class Scorer:
    """Scores documents of any segment for one request."""

    def __init__(self, snapshot: Snapshot, request: Request) -> None:
        self._snapshot = snapshot
        self._factors = request.kind_factors
        self._terms = []
        for weighted in request.scores:
            rows, rarity = snapshot.term(weighted.field, weighted.text)
            self._terms.append((weighted.field, rows, weighted.weight * rarity))

    def scores(self, place: int, documents: Array) -> Array:
        """Score documents of a segment, given by sorted numbers."""
        segment = self._snapshot.segments[place]
        terms = [
            (field, rows[place], rarity) for field, rows, rarity in self._terms if rows[place] >= 0
        ]
        scores = self._sum(segment, documents, terms)
        if not self._factors:
            return scores
        factors = segment.kind_factors(self._factors)
        return scores if factors is None else scores * factors[segment.kinds[documents]]

    def _sum(
        self, segment: Segment, documents: Array, terms: Sequence[tuple[str, int, float]]
    ) -> Array:
        """Add up the terms in their order; over all documents from the first common term on."""
        scores = np.zeros(len(documents))
        dense: Array | None = None
        for field, row, rarity in terms:
            holders, frequencies = segment.weighted_postings(field, row)
            if len(holders) > _SEEK * len(documents):
                places, found = _look_up(documents, holders)
                held = documents[found]
                more = contributions(
                    held, frequencies[places], *self._lengths(segment, field), rarity
                )
                if dense is None:
                    scores[found] += more
                else:
                    dense[held] += more
                continue
            if dense is None and np.array_equal(holders, documents):
                lengths = self._lengths(segment, field)
                scores += contributions(holders, frequencies, *lengths, rarity)
                continue
            if dense is None:
                dense = np.zeros(segment.documents)
                dense[documents] = scores
            add_term(dense, holders, frequencies, *self._lengths(segment, field), rarity)
        return scores if dense is None else dense.take(documents)

    def _lengths(self, segment: Segment, field: str) -> tuple[Array, Array]:
        return segment.postings_of(field).lengths, self._snapshot.length_table(field)


def _look_up(documents: Array, holders: Array) -> tuple[Array, Array]:
    """Return where documents stand among holders, and which of them do."""
    places = holders.searchsorted(documents.astype(holders.dtype, copy=False))
    places[places == len(holders)] = 0
    found = np.flatnonzero(holders[places] == documents)
    return places[found], found
