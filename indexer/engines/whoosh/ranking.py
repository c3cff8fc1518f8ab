"""A request and a snapshot in, numbers out: who matches, in which order, counted by facet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from indexer.engines.base import K1
from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.evaluate import evaluate
from indexer.engines.whoosh.schema import FACET_PREFIX
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.model import FACETS, Filter, Request, Sort


@dataclass(frozen=True, slots=True)
class Ranking:
    """The hits in order: parallel arrays of segment, document, tier and score."""

    total: int
    articles: int
    places: Array
    documents: Array
    tiers: Array
    scores: Array
    facets: Mapping[str, Mapping[str, int]]
    matching: Sequence[Array]  # by segment, repeats included: who was folded into whom


def rank(snapshot: Snapshot, request: Request, *, stop: int | None) -> Ranking:
    """Answer a request by numbers, hits from `request.start` up to `stop`."""
    matching = [evaluate(segment, request.match) for segment in snapshot.segments]
    found = [
        _without_repeats(segment, mask)
        for segment, mask in zip(snapshot.segments, matching, strict=True)
    ]
    filters = _Filters(snapshot, request.filters)
    kept = [np.flatnonzero(mask & filters.mask(n)) for n, mask in enumerate(found)]
    scores = _Scorer(snapshot, request)
    columns = _Hits.collect(snapshot, request, kept, scores)
    order = columns.order(request.sort)[request.start : stop]
    return Ranking(
        total=sum(map(len, kept)),
        articles=sum(
            _count_articles(segment, docs)
            for segment, docs in zip(snapshot.segments, kept, strict=True)
        ),
        places=columns.places[order],
        documents=columns.documents[order],
        tiers=columns.tiers[order],
        scores=columns.scores[order],
        facets={name: _count_facet(snapshot, name, found, filters) for name in request.facets},
        matching=matching,
    )


def _without_repeats(segment: Segment, mask: Array) -> Array:
    """Drop the repeats whose original matches as well."""
    originals = segment.columns["originals"]
    repeats = np.flatnonzero(mask & (originals >= 0))
    folded = mask.copy()
    folded[repeats[mask[originals[repeats]]]] = False
    return folded


def _count_articles(segment: Segment, docs: Array) -> int:
    """Count changes of page or article along documents in page order."""
    if not len(docs):
        return 0
    pages = segment.columns["page.held"][segment.columns["page.held_start"][docs]]
    articles = segment.columns["article"][docs]
    changes = (pages[1:] != pages[:-1]) | (articles[1:] != articles[:-1])
    return int(np.count_nonzero(changes)) + 1


# ---------------------------------------------------------------- filters and counts


class _Filters:
    """The masks of filters, made once for a request."""

    def __init__(self, snapshot: Snapshot, filters: Sequence[Filter]) -> None:
        self._snapshot, self.filters = snapshot, filters

    def mask(self, place: int, *, aside: str | None = None) -> Array:
        """Return who passes; the any-of values of the facet `aside` are not asked for."""
        segment = self._snapshot.segments[place]
        mask = segment.live.copy()
        for one in self.filters:
            asked = replace(one, values=()) if one.facet == aside and not one.every else one
            _narrow(segment, mask, asked)
        return mask

    def concerns(self, facet: str) -> bool:
        """Tell whether leaving the facet aside makes a difference."""
        return any(one.facet == facet and one.values and not one.every for one in self.filters)


def _narrow(segment: Segment, mask: Array, one: Filter) -> None:
    values = [_carriers(segment, one.facet, value) for value in one.values]
    if one.every:
        for carriers in values:
            mask &= carriers
    elif values:
        mask &= np.logical_or.reduce(values)
    for value in one.excluded:
        mask &= ~_carriers(segment, one.facet, value)


def _carriers(segment: Segment, facet: str, value: str) -> Array:
    mask = np.zeros(segment.documents, bool)
    if facet in FACETS:
        mask[segment.find(FACET_PREFIX + facet, value)] = True
    return mask


def _count_facet(
    snapshot: Snapshot, name: str, found: Sequence[Array], filters: _Filters
) -> dict[str, int]:
    counts: dict[str, int] = {}
    if name not in FACETS:
        return counts
    field = FACET_PREFIX + name
    for place, (segment, mask) in enumerate(zip(snapshot.segments, found, strict=True)):
        docs = np.flatnonzero(mask & filters.mask(place, aside=name))
        for row, number in _count_rows(segment, field, docs):
            value = segment.term(field, row)
            counts[value] = counts.get(value, 0) + number
    return counts


def _count_rows(segment: Segment, field: str, docs: Array) -> Iterable[tuple[int, int]]:
    held, start = segment.columns[f"{field}.held"], segment.columns[f"{field}.held_start"]
    begins = start[docs].astype(np.int64)
    rows = held[_ranges(begins, start[docs + 1] - begins)]
    numbers = np.bincount(rows, minlength=len(segment.columns[f"{field}.start"]) - 1)
    present = np.flatnonzero(numbers)
    return zip(present.tolist(), numbers[present].tolist(), strict=True)


def _ranges(begins: Array, sizes: Array) -> Array:
    """Return the numbers `begin … begin + size - 1` of every range, end to end."""
    total = int(sizes.sum())
    before = np.cumsum(sizes) - sizes
    return np.repeat(begins - before, sizes) + np.arange(total)


# ---------------------------------------------------------------- scores and order


class _Scorer:
    """BM25 by numbers: the operations of `base.bm25` in their order, so equal to the bit."""

    def __init__(self, snapshot: Snapshot, request: Request) -> None:
        self._snapshot = snapshot
        self._factors = request.kind_factors
        self._terms = []
        for weighted in request.scores:
            rows = snapshot.rows(weighted.field, weighted.text)
            rarity = weighted.weight * snapshot.rarity(weighted.field, rows)
            self._terms.append((weighted.field, rows, rarity))

    def scores(self, place: int, docs: Array) -> Array:
        """Score documents of a segment."""
        segment = self._snapshot.segments[place]
        scores = np.zeros(segment.documents)
        for field, rows, rarity in self._terms:
            if rows[place] >= 0:
                holders = segment.postings(field, rows[place])
                frequencies = segment.frequencies(field, rows[place])
                lengths = segment.columns[f"{field}.lengths"][holders]
                norms = self._snapshot.length_table(field)[lengths]
                scores[holders] += rarity * (frequencies * (K1 + 1) / (frequencies + norms))
        return scores[docs] * self._kind_factors(segment)[docs]

    def _kind_factors(self, segment: Segment) -> Array:
        factors = np.ones(segment.documents)
        for kind, factor in self._factors.items():
            factors[segment.find("kind", str(kind))] = factor
        return factors


@dataclass(frozen=True, slots=True)
class _Hits:
    """All hits as parallel arrays, in no order."""

    snapshot: Snapshot
    places: Array
    documents: Array
    numbers: Array
    tiers: Array
    scores: Array

    @classmethod
    def collect(
        cls, snapshot: Snapshot, request: Request, kept: Sequence[Array], scores: _Scorer
    ) -> _Hits:
        """Gather the hits of every segment."""
        segments = snapshot.segments
        return cls(
            snapshot,
            _join([np.full(len(docs), place) for place, docs in enumerate(kept)]),
            _join(kept),
            _join([order[docs] for order, docs in zip(snapshot.orders, kept, strict=True)]),
            _join([_tiers(segments[place], request, docs) for place, docs in enumerate(kept)]),
            _join([scores.scores(place, docs) for place, docs in enumerate(kept)]),
        )

    def order(self, sort: Sort) -> Array:
        """Return the hits' order."""
        if sort is Sort.PAGE:
            return np.argsort(self.numbers, kind="stable")
        if sort is Sort.RELEVANCE:
            return np.lexsort((self.numbers, -self.scores, self.tiers))
        dates = self._dates(newest=sort is Sort.NEWEST)
        return np.lexsort((self.numbers, dates))

    def _dates(self, *, newest: bool) -> Array:
        """Give each hit the place of its date in the wanted order, the undated last."""
        names = {text for segment in self.snapshot.segments for text, _ in segment.terms("date")}
        ranks = {name: n for n, name in enumerate(sorted(names, reverse=newest))}
        dates = np.full(len(self.documents), len(ranks))
        for place, segment in enumerate(self.snapshot.segments):
            column = np.full(segment.documents, len(ranks))
            for text, row in segment.terms("date"):
                column[segment.postings("date", row)] = ranks[text]
            here = self.places == place
            dates[here] = column[self.documents[here]]
        return dates


def _join(parts: Sequence[Array]) -> Array:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _tiers(segment: Segment, request: Request, docs: Array) -> Array:
    tiers = np.full(len(docs), len(request.tiers))
    for tier in reversed(range(len(request.tiers))):
        tiers[evaluate(segment, request.tiers[tier])[docs]] = tier
    return tiers
