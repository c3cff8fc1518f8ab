"""Page through articles instead of paragraphs: choose rows of a ranking, whatever a row is.

An engine gives its own ranking of rows; the same choice is made of matches and of plain numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

from indexer.model import Filter, Match, Matches, Request

ROWS_PER_ARTICLE = 4
"""Rows that are ranked for each article wanted, before more are: most articles have one or two."""

MIN_WINDOW = 50
EVERY_ROW = 1 << 30

Row = TypeVar("Row")


class RowFacts(NamedTuple, Generic[Row]):
    """What grouping needs of a row."""

    identity: Callable[[Row], Hashable]
    article: Callable[[Row], Hashable]
    in_article: Callable[[Row], int]  # hits in its article, itself included
    score: Callable[[Row], float]


def rank_by_article(
    rank: Callable[[Request], Sequence[Row]],
    rank_articles: Callable[[Request, Sequence[Row]], Sequence[Row]],
    facts: RowFacts[Row],
    request: Request,
) -> list[Row]:
    """Return the rows of the articles from `request.start` on, article by article.

    `rank` returns the rows of a request that pages through paragraphs; it is called once with the
    facets of the request, then without. `rank_articles` returns all rows of the articles of some
    rows, and perhaps others. Articles come in the order of their first rows.
    """
    groups = _groups(_enough_rows(rank, facts, request), facts)
    chosen = dict(islice(groups.items(), request.start, request.start + request.size))
    if request.most_articles:
        weights = {
            key: facts.score(one) * facts.in_article(one) for key, (one, *_) in chosen.items()
        }
        largest = sorted(chosen, key=weights.__getitem__, reverse=True)
        chosen = {key: chosen[key] for key in largest[: request.most_articles]}
    lacking = [key for key, rows in chosen.items() if _lacks(rows, facts, request)]
    if lacking:
        others = _groups(rank_articles(request, [chosen[key][0] for key in lacking]), facts)
        for key in lacking:
            known = set(map(facts.identity, chosen[key]))
            chosen[key] += [row for row in others[key] if facts.identity(row) not in known]
    return [row for rows in chosen.values() for row in rows[: request.per_article]]


def _enough_rows(
    rank: Callable[[Request], Sequence[Row]], facts: RowFacts[Row], request: Request
) -> Sequence[Row]:
    """Rank more and more rows until they are of enough articles."""
    wanted = request.start + request.size
    window = max(
        MIN_WINDOW, ROWS_PER_ARTICLE * wanted, request.rerank.block if request.rerank else 0
    )
    flat = replace(request, start=0, per_article=0)
    rows = rank(replace(flat, size=window if request.size else 0))
    while len(rows) == window and len(set(map(facts.article, rows))) < wanted:
        window *= ROWS_PER_ARTICLE
        rows = rank(replace(flat, size=window, facets=()))
    return rows


def _lacks(rows: Sequence[Row], facts: RowFacts[Row], request: Request) -> bool:
    return len(rows) < min(request.per_article, facts.in_article(rows[0]))


def _groups(rows: Iterable[Row], facts: RowFacts[Row]) -> dict[Hashable, list[Row]]:
    groups: dict[Hashable, list[Row]] = {}
    for row in rows:
        groups.setdefault(facts.article(row), []).append(row)
    return groups


MATCH_FACTS: RowFacts[Match] = RowFacts(
    identity=lambda match: match.document.id,
    article=lambda match: (match.document.page, match.document.article),
    in_article=lambda match: match.in_article,
    score=lambda match: match.score,
)


def find_by_article(find: Callable[[Request], Matches], request: Request) -> Matches:
    """Answer a request that pages through articles by an engine that pages through paragraphs."""
    answers: list[Matches] = []

    def rank(one: Request) -> Sequence[Match]:
        answers.append(find(one))
        return answers[-1].hits

    def rank_pages(one: Request, first: Sequence[Match]) -> Sequence[Match]:
        """Rank all rows on the pages of some; those of the reranked block are there already."""
        pages = Filter("page", tuple(dict.fromkeys(match.document.page for match in first)))
        flat = replace(one, start=0, size=EVERY_ROW, per_article=0, rerank=None)
        return rank(replace(flat, filters=(*one.filters, pages), facets=()))

    hits = tuple(rank_by_article(rank, rank_pages, MATCH_FACTS, request))
    return replace(answers[0], hits=hits)
