"""Rerank the first hits of a request, for an engine that does not rerank them itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from indexer.model import Match, Matches, Request, Rerank, Sort


def wanted_rerank(request: Request) -> Rerank | None:
    """Return the better order where it says anything about the hits that are wanted."""
    rerank = request.rerank
    if rerank is None or request.sort is not Sort.RELEVANCE or not request.size:
        return None
    return rerank if request.start < rerank.block else None


def whole_block(request: Request, rerank: Rerank) -> Request:
    """Return the request for everything that is reranked, in the order before."""
    stop = max(rerank.block, request.start + request.size)
    return replace(request, start=0, size=stop, rerank=None)


def find_reranked(find: Callable[[Request], Matches], request: Request) -> Matches:
    """Find a page of hits, the first block in its better order."""
    rerank = wanted_rerank(request)
    if rerank is None:
        return find(request)
    matches = find(whole_block(request, rerank))
    hits = reorder(matches.hits, rerank)[request.start : request.start + request.size]
    return replace(matches, hits=tuple(hits))


def reorder(matches: Sequence[Match], rerank: Rerank) -> list[Match]:
    """Put the first block in order again; the rest stays as it is."""
    block = [
        replace(match, score=match.score + rerank.bonus(match.document.folded, match.document.kind))
        for match in matches[: rerank.block]
    ]
    block.sort(key=lambda match: (match.tier, -match.score, match.document.order))
    return [*block, *matches[rerank.block :]]
