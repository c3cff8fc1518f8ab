"""Tiers decide before scores: the documents that match in, the page of hits out.

One tier after the other gives its best until the page is full; what no page shows is not scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import repeat

from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.evaluate import evaluate
from indexer.engines.whoosh.order import Hits, Ranking, best_hits
from indexer.engines.whoosh.program import answer_kept
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.sets import intersect, to_mask
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.model import Node, Request, Sort


def answer_tiers(
    snapshot: Snapshot, request: Request, kept: Sequence[Array], stop: int | None
) -> Ranking | None:
    """Take the best by tier, then score; nothing for a request that is ordered otherwise."""
    if stop is None or not request.tiers or request.sort is not Sort.RELEVANCE:
        return None
    articles = sum(map(Segment.count_articles, snapshot.segments, kept))
    scored = replace(request, tiers=(), start=0)
    hits: list[tuple[int, int, int, float]] = []
    rest = kept
    for tier, node in enumerate((*request.tiers, None)):
        inside = rest if node is None else _inside(snapshot, rest, node)
        found = _best(snapshot, scored, inside, stop - len(hits))
        hits += zip(found.places, found.documents, repeat(tier), found.scores, strict=False)
        if len(hits) >= stop:
            break
        rest = list(map(_without, snapshot.segments, rest, inside))
    del hits[: request.start]
    columns = zip(*hits, strict=True) if hits else ((), (), (), ())
    return Ranking(sum(map(len, kept)), articles, Hits(*columns), kept, kept, {})


def _inside(snapshot: Snapshot, rest: Sequence[Array], node: Node) -> list[Array]:
    return [
        intersect(documents, evaluate(segment, node), segment.documents)
        if len(documents)
        else documents
        for segment, documents in zip(snapshot.segments, rest, strict=True)
    ]


def _without(segment: Segment, rest: Array, inside: Array) -> Array:
    """Return the rest of the documents; those inside are some of them."""
    if not len(inside):
        return rest
    return rest[~to_mask(inside, segment.documents).take(rest)]


def _best(snapshot: Snapshot, request: Request, kept: Sequence[Array], wanted: int) -> Hits:
    answer = answer_kept(snapshot, request, kept, wanted)
    return best_hits(snapshot, request, kept, wanted) if answer is None else answer.hits
