"""Rerank the first hits of a request, on top of an engine that finds them unranked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from indexer.model import Again, Match, Matches, Request, Sort


def asked_again(request: Request) -> Again | None:
    """Return the better order where it says anything about the hits that are wanted."""
    again = request.again
    if again is None or request.sort is not Sort.RELEVANCE or not request.size:
        return None
    return again if request.start < again.block else None


def whole_block(request: Request, again: Again) -> Request:
    """Return the request for everything that is reranked, in the order before."""
    stop = max(again.block, request.start + request.size)
    return replace(request, start=0, size=stop, again=None)


def find_again(find: Callable[[Request], Matches], request: Request) -> Matches:
    """Find a page of hits, the first block in its better order."""
    again = asked_again(request)
    if again is None:
        return find(request)
    matches = find(whole_block(request, again))
    hits = reorder(matches.hits, again)[request.start : request.start + request.size]
    return replace(matches, hits=tuple(hits))


def reorder(matches: Sequence[Match], again: Again) -> list[Match]:
    """Put the first block in order again; the rest stays as it is."""
    block = [
        replace(match, score=match.score + again.bonus(match.document.folded, match.document.kind))
        for match in matches[: again.block]
    ]
    block.sort(key=lambda match: (match.tier, -match.score, match.document.order))
    return [*block, *matches[again.block :]]
