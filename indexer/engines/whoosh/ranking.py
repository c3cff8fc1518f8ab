"""A request and a snapshot in, numbers out: who matches, in which order, counted by facet.

One pass answers everything: the total, the articles, the counts of every facet, the page of hits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.counting import add_counts, passing, stands_aside
from indexer.engines.whoosh.evaluate import evaluate
from indexer.engines.whoosh.kernels import smallest
from indexer.engines.whoosh.scoring import Scorer
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.sets import count, to_mask, to_numbers
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.model import Filter, Request, Sort


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
    kept: Sequence[Array]  # by segment, the numbers of all hits


def rank(snapshot: Snapshot, request: Request, *, stop: int | None) -> Ranking:
    """Answer a request by numbers, hits from `request.start` up to `stop`."""
    segments, filters = snapshot.segments, request.filters
    matching = [evaluate(segment, request.match) for segment in segments]
    found = [
        _without_repeats(segment, documents)
        for segment, documents in zip(segments, matching, strict=True)
    ]
    kept = [
        to_numbers(passing(segment, documents, filters) if filters else documents)
        for segment, documents in zip(segments, found, strict=True)
    ]
    hits = _best(snapshot, request, kept, stop)
    return Ranking(
        total=sum(map(len, kept)),
        articles=sum(
            segment.count_articles(documents)
            for segment, documents in zip(segments, kept, strict=True)
        ),
        places=hits.places,
        documents=hits.documents,
        tiers=hits.tiers,
        scores=hits.scores,
        facets={
            name: _count(segments, name, found if stands_aside(name, filters) else kept, filters)
            for name in request.facets
        },
        matching=matching,
        kept=kept,
    )


def _without_repeats(segment: Segment, documents: Array) -> Array:
    """Drop the repeats whose original matches as well."""
    repeats = segment.repeats
    if not len(repeats):
        return documents
    mask = to_mask(documents, segment.documents)
    originals = segment.columns["originals"][repeats]
    dropped = repeats[mask[repeats] & mask[originals]]
    if not len(dropped):
        return documents
    kept = mask.copy()
    kept[dropped] = False
    return kept


def _count(
    segments: Sequence[Segment], name: str, documents: Sequence[Array], filters: Sequence[Filter]
) -> dict[str, int]:
    counts: dict[str, int] = {}
    aside = stands_aside(name, filters)
    for segment, held in zip(segments, documents, strict=True):
        chosen = passing(segment, held, filters, aside=name) if aside else held
        add_counts(counts, segment, name, chosen)
    return counts


# ---------------------------------------------------------------- the best hits


@dataclass(frozen=True, slots=True)
class _Hits:
    """Hits as parallel arrays; `numbers` are global, in page order."""

    places: Array
    documents: Array
    numbers: Array
    tiers: Array
    scores: Array
    dates: Array

    def order(self, sort: Sort) -> Array:
        if sort is Sort.RELEVANCE:
            return np.lexsort((self.numbers, -self.scores, self.tiers))
        return np.lexsort((self.numbers, self.dates))

    def take(self, chosen: Array | slice) -> _Hits:
        return _Hits(
            self.places[chosen],
            self.documents[chosen],
            self.numbers[chosen],
            self.tiers[chosen],
            self.scores[chosen],
            self.dates[chosen],
        )


def _best(snapshot: Snapshot, request: Request, kept: Sequence[Array], stop: int | None) -> _Hits:
    """Order the best of every segment and take the page of hits from them."""
    scorer = Scorer(snapshot, request)
    dates = _DateOrder(snapshot, request.sort)
    parts = [
        _best_of_segment(snapshot, request, place, documents, stop, scorer, dates)
        for place, documents in enumerate(kept)
        if len(documents)
    ]
    hits = parts[0] if len(parts) == 1 else _join(parts)
    order = hits.order(request.sort)[request.start : stop]
    return hits.take(order)


def _best_of_segment(
    snapshot: Snapshot,
    request: Request,
    place: int,
    numbers: Array,
    stop: int | None,
    scorer: Scorer,
    dates: _DateOrder,
) -> _Hits:
    tiers = _tiers(snapshot.segments[place], request, numbers)
    scores = scorer.scores(place, numbers)
    relevance = request.sort is Sort.RELEVANCE
    days = tiers if relevance else dates.days(place, numbers)  # relevance does not look at them
    if stop is not None and stop < len(numbers):
        chosen = _smallest(tiers, -scores, stop) if relevance else smallest(days, stop)
        numbers, tiers = numbers[chosen], tiers[chosen]
        scores, days = scores[chosen], days[chosen]
    orders = snapshot.orders[place][numbers]
    return _Hits(np.zeros(len(numbers), np.int64) + place, numbers, orders, tiers, scores, days)


def _smallest(tiers: Array, keys: Array, wanted: int) -> Array:
    """Return the places of the smallest by tier, then key, then place, in no order."""
    if int(tiers.min()) == int(tiers.max()):
        return smallest(keys, wanted)
    chosen: list[Array] = []
    for tier in range(int(tiers.min()), int(tiers.max()) + 1):
        places = np.flatnonzero(tiers == tier)
        chosen.append(places[smallest(keys[places], wanted)])
        wanted -= len(chosen[-1])
    return np.concatenate(chosen)


def _join(parts: Sequence[_Hits]) -> _Hits:
    if not parts:
        empty = np.zeros(0, np.int64)
        return _Hits(empty, empty, empty, empty, empty.astype(np.float64), empty)
    return _Hits(
        np.concatenate([part.places for part in parts]),
        np.concatenate([part.documents for part in parts]),
        np.concatenate([part.numbers for part in parts]),
        np.concatenate([part.tiers for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.dates for part in parts]),
    )


def _tiers(segment: Segment, request: Request, numbers: Array) -> Array:
    if not request.tiers:
        return np.zeros(len(numbers), np.int16)
    tiers = np.full(len(numbers), len(request.tiers), np.int16)
    for tier in reversed(range(len(request.tiers))):
        inside = evaluate(segment, request.tiers[tier])
        if count(inside):
            tiers[to_mask(inside, segment.documents)[numbers]] = tier
    return tiers


class _DateOrder:
    """The dates of all segments in the wanted order, the undated last."""

    def __init__(self, snapshot: Snapshot, sort: Sort) -> None:
        self._snapshot = snapshot
        self._ranks: dict[str, int] | None = None
        if sort in (Sort.DATE, Sort.NEWEST):
            names = {name for segment in snapshot.segments for name in segment.names("date")}
            order = sorted(names, reverse=sort is Sort.NEWEST)
            self._ranks = {name: number for number, name in enumerate(order)}

    def days(self, place: int, numbers: Array) -> Array:
        """Return the place of each document's date; all alike when dates do not matter."""
        if self._ranks is None:
            return np.zeros(len(numbers), np.int32)
        segment = self._snapshot.segments[place]
        days = np.full(segment.documents, len(self._ranks), np.int32)
        for row, name in enumerate(segment.names("date")):
            days[segment.postings("date", row)] = self._ranks[name]
        return days[numbers]
