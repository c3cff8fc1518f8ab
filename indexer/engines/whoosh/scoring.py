"""BM25 by numbers: the operations of `base.bm25` in their order, so equal to the bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.kernels import add_found, add_term, contributions, largest
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.model import Request

_SEEK = 8
"""Postings so many times more than the documents to be scored are looked up, not walked."""


_FEW = 64
"""Documents that Python puts in order in less time than it takes to choose the best of them."""


class _Part(NamedTuple):
    """A term in one segment: its postings there, and what weighs them."""

    docs: Array
    freqs: Array
    lengths: Array
    table: Array
    rarity: float


class Scorer:
    """Scores documents of any segment for one request."""

    def __init__(self, snapshot: Snapshot, request: Request) -> None:
        self._segments, self._factors = snapshot.segments, request.kind_factors
        self._terms = []
        for one in request.scores:
            found = snapshot.term(one.field, one.text)
            table, rarity = snapshot.weights(one.field).values, one.weight * found.rarity
            self._terms.append((one.field, found.spans, table, rarity))

    def best(self, place: int, documents: Array, wanted: int) -> tuple[Array, Array]:
        """Return the documents that score best, and their scores; of few documents all."""
        scores = self.scores(place, documents)
        if len(scores) <= _FEW:
            return documents, scores
        places = largest(scores, wanted)
        return documents[places], scores[places]

    def scores(self, place: int, documents: Array) -> Array:
        """Score documents of a segment, given by sorted numbers."""
        segment = self._segments[place]
        scores = _sum(self._parts(place), documents, segment.documents)
        factors = segment.kind_factors(self._factors) if self._factors else None
        return scores if factors is None else scores * factors[segment.kinds[documents]]

    def _parts(self, place: int) -> list[_Part]:
        segment: Segment = self._segments[place]
        parts = []
        for name, spans, table, rarity in self._terms:
            begin, end = spans[place]
            if begin < end:
                field = segment.field(name)
                docs, freqs = field.docs[begin:end], field.freqs(begin, end)
                parts.append(_Part(docs, freqs, field.lengths, table, rarity))
        return parts


def _sum(parts: Sequence[_Part], documents: Array, size: int) -> Array:
    """Add up the terms in their order: for a few documents alone, or else for all there are."""
    alone = len(parts) == 1 and len(parts[0].docs) == len(documents)
    if alone and (parts[0].docs == documents).all():
        return contributions(*parts[0])
    few = sum([len(part.docs) for part in parts]) > _SEEK * len(documents)
    scores = np.zeros(len(documents) if few else size)
    for part in parts:
        if few:
            add_found(scores, documents, *part)
        else:
            add_term(scores, *part)
    return scores if few else scores.take(documents)
