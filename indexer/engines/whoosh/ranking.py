"""Answer a request over a snapshot: which documents match, in which order, counted by facet.

One pass gives the total, the articles, the counts of every facet and the page of hits (top k).
BM25 is defined in `engines/base.py`; `kernels` add it up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from indexer.engines.base import TERM_FIELDS
from indexer.engines.whoosh.columns import Array, as_numbers
from indexer.engines.whoosh.facet_counts import apply_filters, count_facets
from indexer.engines.whoosh.kernels import loops, numpy_loops, warm
from indexer.engines.whoosh.match import evaluate, intersect, subtract, to_mask, to_numbers
from indexer.engines.whoosh.segment import KINDS, Segment
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.model import Filter, Node, Request, Rerank, Sort, Weighted

_MAX_SELECTED = 256
"""Hits that are selected one by one; beyond, sorting all of them is faster."""


RankedRow = tuple[int, int, int, float]
"""A hit: segment, document number, tier and score."""


class MatchingDocuments(NamedTuple):
    """The documents that match, by segment.

    `matching` includes repeats, to find which was folded into which. `found` are those before any
    filter, `kept` the sorted numbers of those that pass.
    """

    matching: Sequence[Array]
    found: Sequence[Array]
    kept: Sequence[Array]


class Ranking(NamedTuple):
    """How many match, in how many articles; the page of hits; what matched; the counts."""

    total: int
    articles: int
    hits: Sequence[RankedRow]
    kept: Sequence[Array]  # by segment, the numbers of all hits
    matching: Sequence[Array]  # by segment, repeats included
    facets: Mapping[str, Mapping[str, int]]


def rank(snapshot: Snapshot, request: Request, *, stop: int | None) -> Ranking:
    """Answer a request, hits from `request.start` up to `stop`, or all of them."""
    warm()
    matching, found, kept = match_documents(snapshot, request.match, request.filters)
    hits, articles = _order(snapshot, request, kept, stop)
    facets = count_facets(snapshot, request, found, kept) if request.facets else {}
    return Ranking(sum(map(len, kept)), articles, hits, kept, matching, facets)


def rank_kept(snapshot: Snapshot, request: Request, kept: Sequence[Array]) -> list[RankedRow]:
    """Rank all of some documents that match a request, whatever page of hits it asks for."""
    return _sort_all(snapshot, replace(request, start=0), kept, None)


def match_documents(snapshot: Snapshot, node: Node, filters: Sequence[Filter]) -> MatchingDocuments:
    """Find the documents that match and pass the filters."""
    matching = found = evaluate(snapshot, node)
    if not snapshot.has_no_repeats:
        found = list(map(_drop_repeats, snapshot.segments, matching))
    kept = apply_filters(snapshot, found, filters) if filters else found
    return MatchingDocuments(matching, found, kept)


def _drop_repeats(segment: Segment, documents: Array) -> Array:
    """Drop the repeats whose original matches as well."""
    mask, repeats = to_mask(documents, segment.documents), segment.repeats
    dropped = repeats[mask[repeats] & mask[segment.originals]]
    mask[dropped] = False
    return to_numbers(mask) if len(dropped) else documents


def _order(
    snapshot: Snapshot, request: Request, kept: Sequence[Array], stop: int | None
) -> tuple[list[RankedRow], int]:
    """Return the page of hits, and in how many articles all hits are."""
    if stop is None or stop > _MAX_SELECTED or request.sort is not Sort.RELEVANCE:
        return _sort_all(snapshot, request, kept, stop), _count_articles(snapshot, kept)
    scorer, hits, rest = Scorer(snapshot, request), list[RankedRow](), kept
    for tier, node in enumerate(request.tiers):
        inside = list(map(intersect, rest, evaluate(snapshot, node)))
        hits += scorer.best(inside, stop - len(hits), tier)[0]
        if len(hits) >= stop:
            return hits[request.start :], _count_articles(snapshot, kept)
        rest = list(map(subtract, rest, inside, snapshot.sizes))
    best, articles = scorer.best(rest, stop - len(hits), len(request.tiers))
    if request.tiers:
        articles = _count_articles(snapshot, kept)
    return [*hits, *best][request.start :], articles


def _count_articles(snapshot: Snapshot, kept: Sequence[Array]) -> int:
    return sum(map(Segment.count_articles, snapshot.segments, kept))


# ---------------------------------------------------------------- scores


class Scorer:
    """Scores documents of any segment for one request: the sum of BM25, as `base` defines it."""

    def __init__(self, snapshot: Snapshot, request: Request) -> None:
        self.snapshot = snapshot
        factors = request.kind_factors
        self._factors = _NO_FACTORS
        if factors:
            self._factors = np.array([*(factors.get(kind, 1.0) for kind in KINDS), 1.0])
        self._terms = _join_terms(snapshot, request.scores)

    def best(self, kept: Sequence[Array], wanted: int, tier: int) -> tuple[list[RankedRow], int]:
        """Return the hits of a tier that score best, at most so many, and the articles of all."""
        if not wanted:
            return [], _count_articles(self.snapshot, kept)
        rows, held, articles = np.empty((wanted * len(kept), 4)), 0, 0
        for position, documents in enumerate(kept):
            if len(documents):
                module, scoring = self._prepare(position)
                ordering = position, *self.snapshot.ordering[position]
                free = rows[held : held + wanted]
                found, counted = module.rank_documents(documents, scoring, ordering, free)
                held, articles = held + found, articles + counted
        best = sorted(rows[:held].tolist())[:wanted]  # as rows of one tier sort like their hits
        return [(int(at), int(number), tier, -score) for score, _, at, number in best], articles

    def scores(self, position: int, documents: Array) -> Array:
        """Score documents of a segment, given by sorted numbers."""
        module, scoring = self._prepare(position)
        scores: Array = module.score_documents(documents, scoring)
        return scores

    def _prepare(self, position: int) -> tuple[ModuleType, tuple[Any, ...]]:
        """Return the loops that take a segment, and what they score it by.

        numba takes a plain tuple in a fifth of the time of one with names.
        """
        segment = self.snapshot.segments[position]
        module = loops() if segment.has_small_freqs else numpy_loops
        weights, terms = self.snapshot.weights, self._terms[position]
        return module, (segment.scored, weights, terms, self._factors)


_NO_FACTORS = np.zeros(0)


def _join_terms(snapshot: Snapshot, scores: Sequence[Weighted]) -> Array:
    """Return the terms of a request as the loops take them: segments x terms x 4.

    A row is where its postings begin and end, the index of its field in `TERM_FIELDS`, and its
    weight times its rarity (`idf`).
    """
    rows = []
    for one in scores:
        spans, field = snapshot.spans(one.field, one.text), TERM_FIELDS.index(one.field)
        weight = one.weight * snapshot.rarity(one.field, one.text)
        rows.append([(begin, end, field, weight) for begin, end in spans])
    shape = len(snapshot.segments), len(rows), 4
    return np.array(list(zip(*rows, strict=True)), np.float64).reshape(shape)


def rerank(
    snapshot: Snapshot, hits: Sequence[RankedRow], wanted: Rerank, start: int, stop: int
) -> list[RankedRow]:
    """Put the first block in a better order by the texts alone; return some of all hits."""
    block = []
    for position, number, tier, score in hits[: wanted.block]:
        segment = snapshot.segments[position]
        score += wanted.bonus(segment.text(number), segment.kind(number))
        block.append((tier, -score, int(snapshot.orders[position][number]), position, number))
    ordered = [(at, number, tier, -negated) for tier, negated, _, at, number in sorted(block)]
    return [*ordered, *hits[wanted.block :]][start:stop]


# ---------------------------------------------------------------- by date, by page, all hits


def _sort_all(
    snapshot: Snapshot, request: Request, kept: Sequence[Array], stop: int | None
) -> list[RankedRow]:
    """Sort hits by date or page, or all hits by tier, score and page."""
    scorer, date_ranks = Scorer(snapshot, request), _rank_dates(snapshot, request.sort)
    insides = [evaluate(snapshot, node) for node in request.tiers]
    relevance, parts = request.sort is Sort.RELEVANCE, []
    for position, (segment, documents) in enumerate(zip(snapshot.segments, kept, strict=True)):
        dates = _dates(segment, documents, date_ranks)
        if stop is not None and stop < len(documents) and not relevance:
            chosen = np.sort(numpy_loops.largest(-dates, stop))
            documents, dates = as_numbers(documents[chosen], segment.documents), dates[chosen]
        if len(documents):
            tiers = _tiers([inside[position] for inside in insides], documents, segment.documents)
            positions = np.full(len(documents), position)
            scores, order = scorer.scores(position, documents), snapshot.orders[position][documents]
            parts.append((positions, documents, tiers, scores, order, dates))
    if not parts:
        return []
    positions, numbers, tiers, scores, order, dates = map(np.concatenate, zip(*parts, strict=True))
    keys = (order, -scores, tiers) if relevance else (order, dates)
    best = np.lexsort(keys)[request.start : stop]
    columns = (positions, numbers, tiers, scores)
    return list(zip(*(values[best].tolist() for values in columns), strict=True))


def _tiers(insides: Sequence[Array], numbers: Array, size: int) -> Array:
    """Return the tier of each document, given the documents inside each tier."""
    tiers = np.full(len(numbers), len(insides), np.int16)
    for tier in reversed(range(len(insides))):
        tiers[to_mask(insides[tier], size).take(numbers)] = tier
    return tiers


def _dates(segment: Segment, numbers: Array, date_ranks: Mapping[str, int] | None) -> Array:
    """Return the rank of each document's date; all alike when dates do not matter."""
    if date_ranks is None:
        return np.zeros(len(numbers))
    ranks = np.full(segment.documents, len(date_ranks), np.float64)
    for row, name in enumerate(segment.names("date")):
        ranks[segment.documents_of("date", row)] = date_ranks[name]
    return ranks.take(numbers)


def _rank_dates(snapshot: Snapshot, sort: Sort) -> dict[str, int] | None:
    """Assign numbers to the dates of all segments in the wanted order; the undated come last."""
    if sort not in (Sort.DATE, Sort.NEWEST):
        return None
    names = {name for segment in snapshot.segments for name in segment.names("date")}
    order = sorted(names, reverse=sort is Sort.NEWEST)
    return {name: number for number, name in enumerate(order)}
