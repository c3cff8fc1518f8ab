"""Rank exactly: Lucene proposes candidates, the exact sum of `base` decides.

Lucene keeps the length of a field in 4 significant bits (exact below 40), we in Whoosh's byte, and
Lucene counts deleted documents. So the servers rank by their own BM25, each term's weight
corrected for their idf, and the sum of `base` is made here from frequencies and lengths. How far
the two can be apart is known (`ratio`), so documents are read in the servers' order until no
unread one can still come before: tiers, scores and order are exact, whatever the shards.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from indexer.engines.base import BM25_K1, bm25, idf, length_norm
from indexer.engines.lengths import LENGTHS_BY_BYTE
from indexer.engines.opensearch.mapping import term
from indexer.engines.opensearch.queries import Query, SearchCall, compile_node
from indexer.model import Request, Sort, Term

Json = Mapping[str, Any]

FLOAT_ERROR = 4e-6
"""Relative error of a sum of up to a hundred 32-bit floats, rounded up."""

FIRST_WINDOW = 20
MAX_CANDIDATE_WINDOW = 2000
"""How many candidates are read at once: at first beyond those wanted, and at most."""

MAX_WHOLE_CANDIDATES = 100
"""Candidates whose documents come at once with them; of more, only those wanted are fetched."""

BY_PAGE = [{"page": "asc"}, {"article": "asc"}, {"number": "asc"}]
SORT_CLAUSES: Mapping[Sort, list[Any]] = {
    Sort.RELEVANCE: [{"_score": "desc"}, *BY_PAGE],
    Sort.PAGE: BY_PAGE,
    Sort.DATE: [{"date": {"order": "asc", "missing": "_last"}}, *BY_PAGE],
    Sort.NEWEST: [{"date": {"order": "desc", "missing": "_last"}}, *BY_PAGE],
}


@dataclass(frozen=True, slots=True)
class TermStats:
    """Statistics of a term: live documents that hold it, and those of Lucene."""

    documents: int
    lucene_idf: float = 0.0
    lucene_average: float = 0.0


@dataclass(frozen=True, slots=True)
class RankedCandidate:
    """A document in its place; `key` orders as promised."""

    key: tuple[Any, ...]
    id: str
    tier: int
    source: Json | None = None  # with the document, where it came at once


class ScoredTerm(NamedTuple):
    """A term that some document holds, as the servers and we score it."""

    field: str
    name: str  # on the servers
    weight: float  # times its rarity
    boost: float  # of the servers' own score of it
    average: float  # length of the field
    stats: TermStats


@dataclass(frozen=True)
class ScoringPlan:
    """How a request is ranked; what follows from it is computed once."""

    request: Request
    documents: int
    averages: Mapping[str, float]
    stats: Mapping[Term, TermStats]

    @cached_property
    def exact(self) -> bool:
        """Whether the servers' order is already the promised one."""
        return self.request.sort != Sort.RELEVANCE or not self.scoring

    @cached_property
    def scoring(self) -> tuple[ScoredTerm, ...]:
        """The terms that some document holds, each once."""
        weights: dict[Term, float] = {}
        for one in self.request.scores:
            key = Term(one.field, one.text)
            weights[key] = weights.get(key, 0.0) + one.weight
        return tuple(
            ScoredTerm(
                key.field,
                term(key.text),
                weight * rarity,
                weight * (rarity / stats.lucene_idf if stats.lucene_idf else 1.0),
                self.averages[key.field],
                stats,
            )
            for key, weight in weights.items()
            if weight and (stats := self.stats[key]).documents
            for rarity in (idf(self.documents, stats.documents),)
        )

    @cached_property
    def fields(self) -> list[str]:
        """The term fields that scores are made of."""
        return sorted({one.field for one in self.scoring})

    @cached_property
    def step(self) -> float:
        """What one tier adds to a score on the servers: more than any score, a power of two."""
        bound = sum(one.weight for one in self.scoring) * (BM25_K1 + 1)
        factors = [1.0, *self.request.kind_factors.values()]
        return float(2 ** math.ceil(math.log2(2.5 * max(bound * max(factors), 0.5))))

    @cached_property
    def ratio(self) -> float:
        """How many times the exact score may be the servers' one, at most."""
        ratios = [1.0]
        for one in self.scoring:
            if not one.stats.lucene_idf or not one.stats.lucene_average:
                return math.inf
            ratios.append(length_ratio(one.average, one.stats.lucene_average))
        return max(ratios)

    def query(self, matching: Query) -> Query:
        """Rank what matches."""
        shoulds = [part for part in (self._tiers(), self._scores()) if part]
        return {"bool": {"filter": [matching], "should": shoulds}}

    def _tiers(self) -> Query | None:
        number, step = len(self.request.tiers), self.step
        tiers = [
            {"constant_score": {"filter": compile_node(node), "boost": step * (number - position)}}
            for position, node in enumerate(self.request.tiers)
        ]
        return {"dis_max": {"queries": tiers}} if tiers else None

    def _scores(self) -> Query | None:
        if not self.scoring:
            return None
        terms = [
            {"term": {one.field: {"value": one.name, "boost": one.boost}}} for one in self.scoring
        ]
        scored: Query = {"bool": {"should": terms}}
        functions = [
            {"filter": {"term": {"kind": kind}}, "weight": factor}
            for kind, factor in self.request.kind_factors.items()
        ]
        if not functions:
            return scored
        how = {"score_mode": "first", "boost_mode": "multiply"}
        return {"function_score": {"query": scored, "functions": functions, **how}}

    def score(self, source: Json) -> float:
        """Sum the exact score of a document from its terms and lengths."""
        score = 0.0
        for one in self.scoring:
            frequency = source[one.field].count(one.name)
            if frequency:
                score += one.weight * bm25(frequency, source["lengths"][one.field], one.average)
        return score * self.request.kind_factors.get(source["kind"], 1.0)

    def tier(self, proposed: float) -> int:
        """Read the tier off the servers' score."""
        return len(self.request.tiers) - min(len(self.request.tiers), int(proposed // self.step))


# ---------------------------------------------------------------- the stream


def window_body(plan: ScoringPlan, matching: Query, size: int) -> dict[str, Any]:
    """Request the first candidates in the servers' order."""
    source: Any = False if plan.exact else ["kind", "lengths", *plan.fields]
    return {
        "query": plan.query(matching),
        "sort": SORT_CLAUSES[plan.request.sort],
        "size": size,
        "track_scores": True,
        "track_total_hits": False,
        "_source": source,
    }


def rank(
    plan: ScoringPlan, body: dict[str, Any], first: Sequence[Json], search: SearchCall
) -> Iterator[RankedCandidate]:
    """Yield candidates in the promised order; `first` is what `body` was answered with."""
    ratio = plan.ratio if not plan.exact else 1.0
    waiting: list[tuple[tuple[Any, ...], RankedCandidate]] = []
    for hit, ends_window in _windows(body, first, search):
        candidate = _candidate(plan, hit)
        if plan.exact:
            yield candidate
            continue
        heapq.heappush(waiting, (candidate.key, candidate))
        if ends_window:
            limit = _limit(plan, hit, ratio)
            while waiting and waiting[0][0] < limit:
                yield heapq.heappop(waiting)[1]
    while waiting:
        yield heapq.heappop(waiting)[1]


def _windows(
    body: dict[str, Any], hits: Sequence[Json], search: SearchCall
) -> Iterator[tuple[Json, bool]]:
    size = body["size"]
    while hits:
        for number, hit in enumerate(hits, 1):
            yield hit, number == len(hits)
        if len(hits) < size:
            return
        size = min(MAX_CANDIDATE_WINDOW, size * 2)
        after = hits[-1]["sort"]
        hits = search({**body, "size": size, "search_after": after})["hits"]["hits"]


def _candidate(plan: ScoringPlan, hit: Json) -> RankedCandidate:
    tier, source = plan.tier(hit["_score"]), hit.get("_source", {})
    key = () if plan.exact else (tier, -plan.score(source), *hit["sort"][1:])
    return RankedCandidate(key, hit["_id"], tier, source if "kept" in source else None)


def _limit(plan: ScoringPlan, last: Json, ratio: float) -> tuple[Any, ...]:
    """Return a key that no unread document can have one before."""
    tier = plan.tier(last["_score"])
    above = (len(plan.request.tiers) - tier) * plan.step
    if last["_score"] == above == 0:  # nothing but zeros from here on, and those in page order
        return (tier, 0.0, *last["sort"][1:], math.inf)
    score = last["_score"] - above + last["_score"] * FLOAT_ERROR
    return tier, -score * ratio


@lru_cache(maxsize=256)
def length_ratio(average: float, lucene_average: float) -> float:
    """Return how many times `bm25` may be Lucene's, over every length a field may have."""
    return max(
        (1 + length_norm(lucene_length(length), lucene_average))
        / (1 + length_norm(length, average))
        for length in LENGTHS_BY_BYTE
    ) * (1 + FLOAT_ERROR)


def lucene_length(length: int) -> int:
    """Return the length that Lucene keeps: `SmallFloat.byte4ToInt(intToByte4(length))`."""
    free = 24
    if length < free:
        return length
    rest = length - free
    shift = max(0, rest.bit_length() - 4)
    return free + (rest >> shift << shift)
