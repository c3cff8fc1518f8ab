"""The documents that match in, by segment; the page of hits out, in the wanted order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.evaluate import evaluate
from indexer.engines.whoosh.kernels import largest
from indexer.engines.whoosh.scoring import Scorer
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.sets import count, to_mask
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.model import Again, Request, Sort


class Hits(NamedTuple):
    """Hits in order, as parallel lists."""

    places: Sequence[int]
    documents: Sequence[int]
    tiers: Sequence[int]
    scores: Sequence[float]


Counts = Mapping[str, Mapping[str, int]]


class Ranking(NamedTuple):
    """How many match, in how many articles; the page of hits; who matched; the counts."""

    total: int
    articles: int
    hits: Hits
    kept: Sequence[Array]  # by segment, the numbers of all hits
    matching: Sequence[Array]  # by segment, repeats included: who was folded into whom
    facets: Counts


def best_hits(
    snapshot: Snapshot, request: Request, kept: Sequence[Array], stop: int | None
) -> Hits:
    """Take the page of hits; by tiers where all hits are wanted, other pages see to `tiers`."""
    if stop is None or request.sort is not Sort.RELEVANCE:
        return _Ordering(snapshot, request).best(kept, stop)
    return _best_by_score(snapshot, request, kept, stop)


def _best_by_score(snapshot: Snapshot, request: Request, kept: Sequence[Array], stop: int) -> Hits:
    """Do what all do where scores alone decide, with little beside the scoring."""
    scorer = Scorer(snapshot, request)
    hits: list[tuple[float, int, int, int]] = []
    for place, documents in enumerate(kept):
        if len(documents):
            best, scores = scorer.best(place, documents, stop)
            orders = snapshot.orders[place].take(best)
            hits += zip((-scores).tolist(), orders.tolist(), repeat(place), best.tolist())
    hits = sorted(hits)[request.start : stop]
    return Hits(
        [place for _, _, place, _ in hits],
        [number for _, _, _, number in hits],
        [0] * len(hits),
        [-negated for negated, _, _, _ in hits],
    )


def reorder_hits(snapshot: Snapshot, hits: Hits, again: Again, start: int, stop: int) -> Hits:
    """Put the first block in order again by the texts alone; return some of all hits."""
    rows = list(zip(*hits, strict=True))
    block = []
    for place, number, tier, score in rows[: again.block]:
        segment = snapshot.segments[place]
        score += again.bonus(segment.text(number), segment.kind(number))
        order = int(snapshot.orders[place][number])
        block.append((tier, -score, order, place, number))
    ordered = [(place, number, tier, -negated) for tier, negated, _, place, number in sorted(block)]
    chosen = [*ordered, *rows[again.block :]][start:stop]
    return Hits(*zip(*chosen, strict=True)) if chosen else Hits([], [], [], [])


# ---------------------------------------------------------------- dates, everything


class _Part(NamedTuple):
    """Hits as parallel arrays; `numbers` are global, in page order."""

    places: Array
    documents: Array
    numbers: Array
    tiers: Array
    scores: Array
    dates: Array

    def take(self, chosen: Array) -> _Part:
        return _Part(*(values[chosen] for values in self))


class _Ordering:
    """Orders by date and page, or everything by tier, score and page."""

    def __init__(self, snapshot: Snapshot, request: Request) -> None:
        self._snapshot, self._request = snapshot, request
        self._scorer = Scorer(snapshot, request)
        self._relevance = request.sort is Sort.RELEVANCE
        self._dates = _DateOrder(snapshot, request.sort)

    def best(self, kept: Sequence[Array], stop: int | None) -> Hits:
        parts = [
            self._best_of_segment(place, documents, stop)
            for place, documents in enumerate(kept)
            if len(documents)
        ]
        if not parts:
            return Hits([], [], [], [])
        joined = _Part(*map(np.concatenate, zip(*parts, strict=True)))
        keys = (joined.dates,) if not self._relevance else (-joined.scores, joined.tiers)
        hits = joined.take(np.lexsort((joined.numbers, *keys))[self._request.start : stop])
        return Hits(
            hits.places.tolist(),
            hits.documents.tolist(),
            hits.tiers.tolist(),
            hits.scores.tolist(),
        )

    def _best_of_segment(self, place: int, documents: Array, stop: int | None) -> _Part:
        dates = self._dates.days(place, documents)
        if stop is not None and stop < len(documents):  # by date, or all dates are alike
            chosen = np.sort(largest(-dates.astype(np.float64), stop))
            documents, dates = documents[chosen], dates[chosen]
        return _Part(
            np.full(len(documents), place),
            documents,
            self._snapshot.orders[place].take(documents),
            _tiers(self._snapshot.segments[place], self._request, documents),
            self._scorer.scores(place, documents),
            dates,
        )


def _tiers(segment: Segment, request: Request, numbers: Array) -> Array:
    tiers = np.full(len(numbers), len(request.tiers), np.int16)
    for tier in reversed(range(len(request.tiers))):
        inside = evaluate(segment, request.tiers[tier])
        if count(inside):
            tiers[to_mask(inside, segment.documents).take(numbers)] = tier
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
        field = segment.field("date")
        for row, name in enumerate(segment.names("date")):
            days[field.postings(row)] = self._ranks[name]
        return days.take(numbers)
