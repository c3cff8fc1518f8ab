"""A request and a snapshot in, numbers out: who matches, in which order, counted by facet.

One pass answers everything: the total, the articles, the counts of every facet, the page of hits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.counting import add_counts, passing, stands_aside
from indexer.engines.whoosh.evaluate import evaluate
from indexer.engines.whoosh.order import Hits, best_hits
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.sets import to_mask, to_numbers
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.model import Filter, Request


@dataclass(frozen=True, slots=True)
class Ranking:
    """The page of hits, the counts, and who matched."""

    total: int
    articles: int
    hits: Hits
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
    return Ranking(
        total=sum(map(len, kept)),
        articles=sum(
            segment.count_articles(documents)
            for segment, documents in zip(segments, kept, strict=True)
        ),
        hits=best_hits(snapshot, request, kept, stop),
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
