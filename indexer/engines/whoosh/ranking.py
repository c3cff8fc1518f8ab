"""A request and a snapshot in, numbers out: who matches, in which order, counted by facet.

One pass answers everything: the total, the articles, the counts of every facet, the page of hits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.counting import add_counts, passing, stands_aside
from indexer.engines.whoosh.evaluate import evaluate
from indexer.engines.whoosh.order import Hits, best_hits
from indexer.engines.whoosh.program import Answer, answer_kept, answer_terms
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.sets import to_mask, to_numbers
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.engines.whoosh.tiers import answer_tiers
from indexer.model import Filter, Request

Counts = Mapping[str, Mapping[str, int]]


class Ranking(NamedTuple):
    """The page of hits, the counts, and who matched."""

    total: int
    articles: int
    hits: Hits
    facets: Counts
    matching: Sequence[Array]  # by segment, repeats included: who was folded into whom
    kept: Sequence[Array]  # by segment, the numbers of all hits


def rank(snapshot: Snapshot, request: Request, *, stop: int | None) -> Ranking:
    """Answer a request by numbers, hits from `request.start` up to `stop`."""
    answer = answer_terms(snapshot, request, stop)
    if answer is not None:
        facets = _count_facets(snapshot, request, answer.kept, answer.kept)
        return _ranking(answer, facets, answer.kept)
    segments, filters = snapshot.segments, request.filters
    matching = [evaluate(segment, request.match) for segment in segments]
    found = list(map(_without_repeats, segments, matching))
    kept = [
        to_numbers(passing(segment, documents, filters) if filters else documents)
        for segment, documents in zip(segments, found, strict=True)
    ]
    answer = answer_kept(snapshot, request, kept, stop)
    answer = answer or answer_tiers(snapshot, request, kept, stop)
    if answer is None:
        articles = sum(map(Segment.count_articles, segments, kept))
        total = sum(map(len, kept))
        answer = Answer(total, articles, kept, best_hits(snapshot, request, kept, stop))
    return _ranking(answer, _count_facets(snapshot, request, found, kept), matching)


def _ranking(answer: Answer, facets: Counts, matching: Sequence[Array]) -> Ranking:
    return Ranking(answer.total, answer.articles, answer.hits, facets, matching, answer.kept)


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
