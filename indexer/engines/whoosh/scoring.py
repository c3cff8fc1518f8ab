"""BM25 by numbers: the operations of `base.bm25` in their order, so equal to the bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.field import Postings
from indexer.engines.whoosh.kernels import add_found, add_term, largest, largest_of_term
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.model import Request

_SEEK = 8
"""Postings so many times more than the documents to be scored are looked up, not walked."""


class _Part(NamedTuple):
    """A term in one segment: its postings there, and what weighs them."""

    postings: Postings
    lengths: Array
    table: Array
    rarity: float


class Scorer:
    """Scores documents of any segment for one request."""

    def __init__(self, snapshot: Snapshot, request: Request) -> None:
        self._segments, self._factors = snapshot.segments, request.kind_factors
        self._terms = []
        for field, text, weight in ((one.field, one.text, one.weight) for one in request.scores):
            postings, rarity = snapshot.term(field, text)
            self._terms.append((field, postings, snapshot.weights(field), weight * rarity))

    def scores(self, place: int, documents: Array) -> Array:
        """Score documents of a segment, given by sorted numbers."""
        segment = self._segments[place]
        scores = _sum(self._parts(place), documents, segment.documents)
        factors = segment.kind_factors(self._factors) if self._factors else None
        return scores if factors is None else scores * factors[segment.kinds[documents]]

    def best(self, place: int, documents: Array, wanted: int) -> tuple[Array, Array]:
        """Return the documents of a segment that score best, best first, and their scores."""
        parts = self._parts(place)
        if len(parts) == 1 and parts[0].postings.docs is documents and not self._factors:
            ((postings, lengths, table, rarity),) = parts
            places, scores = largest_of_term(*postings, lengths, table, rarity, wanted)
            return documents[places], scores
        scores = self.scores(place, documents)
        places = largest(scores, wanted)
        return documents[places], scores[places]

    def _parts(self, place: int) -> list[_Part]:
        segment = self._segments[place]
        return [
            _Part(postings, segment.field(field).lengths, table, rarity)
            for field, found, table, rarity in self._terms
            if (postings := found[place]) is not None
        ]


def _sum(parts: Sequence[_Part], documents: Array, size: int) -> Array:
    """Add up the terms in their order: for a few documents alone, or else for all there are."""
    if sum(len(part.postings.docs) for part in parts) > _SEEK * len(documents):
        scores = np.zeros(len(documents))
        for postings, lengths, table, rarity in parts:
            add_found(scores, documents, *postings, lengths, table, rarity)
        return scores
    dense = np.zeros(size)
    for postings, lengths, table, rarity in parts:
        add_term(dense, *postings, lengths, table, rarity)
    return dense.take(documents)
