"""Whoosh's own query trees over our columns: a collector that never steps through postings.

Handed to `Searcher.search_with_collector`. Terms, boolean trees, phrases, prefixes and everything
that expands to terms are evaluated with numpy; a query of any other kind is asked for its
matcher, as Whoosh would. Totals are exact, and scores are those of `base`, times the boosts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from whoosh import query as queries
from whoosh.collectors import Collector

from indexer.engines.base import TERM_FIELDS
from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.evaluate import evaluate
from indexer.engines.whoosh.guard import guarded
from indexer.engines.whoosh.kernels import add_term, largest, mark
from indexer.engines.whoosh.schema import FIELDS, from_bytes
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.sets import to_mask
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.model import Literal

_Scored = tuple[Array, Array]  # a mask and the scores, zero outside it


class ArrayCollector(Collector):  # type: ignore[misc]
    """Collects the best `limit` documents; `total` and `items` hold after the search."""

    def __init__(self, snapshot: Snapshot, limit: int = 10) -> None:
        self._snapshot, self._limit = snapshot, limit
        self.total = 0
        self.items: list[tuple[float, int]] = []  # score and Whoosh's number, best first

    def run(self) -> None:
        """Evaluate the query on every segment."""
        scores, numbers = [np.zeros(0)], [np.zeros(0, np.int64)]
        try:
            with guarded():
                for (searcher, offset), segment in zip(
                    self.top_searcher.leaf_searchers(), self._snapshot.segments, strict=True
                ):
                    mask, held = _Evaluation(self, searcher, segment).evaluate(self.q)
                    documents = np.flatnonzero(mask)
                    numbers.append(documents + offset)
                    scores.append(held[documents])
                    self.docset.update(numbers[-1].tolist())
        finally:
            self.finish()
        self._choose(np.concatenate(scores), np.concatenate(numbers))

    def _choose(self, scores: Array, numbers: Array) -> None:
        self.total = len(numbers)
        best = largest(scores, self._limit)
        self.items = list(zip(scores[best].tolist(), numbers[best].tolist(), strict=True))

    def rarity(self, field: str, text: str) -> float:
        """Weigh a term over the whole index."""
        return self._snapshot.term(field, text).rarity

    def weights(self, field: str) -> Array:
        """Return what a term weighs by frequency and length, before rarity."""
        return self._snapshot.weights(field).values

    def results(self) -> Any:
        """Return Whoosh's results over the best."""
        return self._results(self.items, docset=self.docset)


class _Evaluation:
    """A query on one segment."""

    def __init__(self, collector: ArrayCollector, searcher: Any, segment: Segment) -> None:
        self._collector, self._searcher, self._segment = collector, searcher, segment
        self._live = segment.live | segment.live_records

    def evaluate(self, query: Any) -> _Scored:
        """Return who matches, and their scores."""
        kind = type(query)
        if kind is queries.Term and query.fieldname in FIELDS:
            return self._term(query)
        if kind is queries.And or (kind is queries.Or and not query.minmatch):
            return self._compound(query)
        if kind in (queries.AndNot, queries.AndMaybe, queries.Require):
            return self._pair(query)
        if kind is queries.Not:
            return self._live & ~self.evaluate(query.query)[0], self._zeros()
        if kind is queries.Every and query.fieldname in (None, "*"):
            return self._live, self._live * float(query.boost)
        if kind is queries.ConstantScoreQuery:
            mask = self.evaluate(query.child)[0]
            return mask, mask * float(query.score)
        if kind is queries.Phrase and query.fieldname == "words" and query.slop == 1:
            return self._phrase(query)
        if isinstance(query, queries.MultiTerm) and query.fieldname in FIELDS:
            return self._terms(query, query._btexts(self._searcher.reader()))
        return self._matcher(query)

    def _zeros(self) -> Array:
        return np.zeros(self._segment.documents)

    def _none(self) -> _Scored:
        return np.zeros(self._segment.documents, np.bool_), self._zeros()

    def _term(self, query: Any) -> _Scored:
        field, text = query.fieldname, _as_text(query.text)
        mask, scores = self._none()
        held = self._segment.field(field)
        begin, end = held.find(text)
        documents, freqs = held.docs[begin:end], held.freqs(begin, end)
        mark(mask, documents)
        rarity = float(query.boost) * self._collector.rarity(field, text)
        if field in TERM_FIELDS:
            add_term(scores, documents, freqs, held.lengths, self._collector.weights(field), rarity)
        else:
            scores[documents] = rarity
        return mask & self._live, scores * self._live

    def _terms(self, query: Any, texts: Iterable[bytes | str]) -> _Scored:
        mask, field = self._none()[0], self._segment.field(query.fieldname)
        for text in texts:
            row = field.find_row(_as_text(text))
            if row >= 0:
                mark(mask, field.postings(row))
        mask &= self._live
        return mask, mask * float(query.boost)

    def _compound(self, query: Any) -> _Scored:
        parts = [self.evaluate(one) for one in query.subqueries]
        if not parts:
            return self._none()
        join = np.logical_and if type(query) is queries.And else np.logical_or
        mask = join.reduce([mask for mask, _ in parts])
        scores: Array = np.sum([scores for _, scores in parts], axis=0)
        return mask, scores * mask * float(query.boost)

    def _phrase(self, query: Any) -> _Scored:
        """Find words that stand side by side, by the text, as no field keeps positions."""
        terms = [queries.Term(query.fieldname, word) for word in query.words]
        mask, scores = self._compound(queries.And(terms, boost=query.boost))
        run = Literal("".join(map(_as_text, query.words)))
        mask = mask & to_mask(evaluate(self._segment, run), self._segment.documents)
        return mask, scores * mask

    def _pair(self, query: Any) -> _Scored:
        (one, scores), (two, more) = self.evaluate(query.a), self.evaluate(query.b)
        if type(query) is queries.AndMaybe:
            return one, scores + more * one
        mask = one & (two if type(query) is queries.Require else ~two)
        return mask, scores * mask

    def _matcher(self, query: Any) -> _Scored:
        """Step through what Whoosh makes of the query."""
        mask, scores = self._none()
        matcher = query.matcher(self._searcher, self._collector.context)
        while matcher.is_active():
            mask[matcher.id()], scores[matcher.id()] = True, matcher.score()
            matcher.next()
        return mask, scores


def _as_text(text: bytes | str) -> str:
    """Return a term as text: Whoosh speaks of terms now as bytes, now as text."""
    return from_bytes(text) if isinstance(text, bytes) else text
