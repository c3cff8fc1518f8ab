"""A request and a snapshot in, numbers out: who matches, in which order, counted by facet.

One pass answers everything: the total, the articles, the counts of every facet, the page of hits.
"""

from __future__ import annotations

from collections.abc import Sequence

from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.counting import add_counts, passing, stands_aside
from indexer.engines.whoosh.evaluate import evaluate
from indexer.engines.whoosh.kernels import warm
from indexer.engines.whoosh.order import Counts, Ranking, best_hits
from indexer.engines.whoosh.program import answer_kept, answer_terms
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.sets import to_mask, to_numbers
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.engines.whoosh.tiers import answer_tiers
from indexer.model import Filter, Request


def rank(snapshot: Snapshot, request: Request, *, stop: int | None) -> Ranking:
    """Answer a request by numbers, hits from `request.start` up to `stop`."""
    ranking = answer_terms(snapshot, request, stop)
    if ranking is not None:
        if not request.facets:
            return ranking
        facets = _count_facets(snapshot, request, ranking.kept, ranking.kept)
        return ranking._replace(facets=facets)
    warm()
    segments, filters = snapshot.segments, request.filters
    matching = [evaluate(segment, request.match) for segment in segments]
    found = list(map(_without_repeats, segments, matching))
    kept = [
        to_numbers(passing(segment, documents, filters) if filters else documents)
        for segment, documents in zip(segments, found, strict=True)
    ]
    ranking = answer_kept(snapshot, request, kept, stop)
    ranking = ranking or answer_tiers(snapshot, request, kept, stop)
    if ranking is None:
        articles = sum(map(Segment.count_articles, segments, kept))
        hits = best_hits(snapshot, request, kept, stop)
        ranking = Ranking(sum(map(len, kept)), articles, hits, kept, matching, {})
    facets = _count_facets(snapshot, request, found, kept)
    return ranking._replace(facets=facets, matching=matching)


def _count_facets(
    snapshot: Snapshot, request: Request, found: Sequence[Array], kept: Sequence[Array]
) -> Counts:
    filters = request.filters
    return {
        name: _count(
            snapshot.segments, name, found if stands_aside(name, filters) else kept, filters
        )
        for name in request.facets
    }


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
