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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from indexer.engines.base import BM25_K1, bm25, idf, length_norm
from indexer.engines.lengths import LENGTHS_BY_BYTE
from indexer.engines.opensearch.mapping import term
from indexer.engines.opensearch.queries import Query, compile_node
from indexer.model import Request, Sort, Term, Weighted

Hit = Mapping[str, Any]
Search = Callable[[dict[str, Any]], Mapping[str, Any]]

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
class Corpus:
    """What scores are made of beside the terms."""

    documents: int
    averages: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class RankedCandidate:
    """A document in its place; `key` orders as promised."""

    key: tuple[Any, ...]
    id: str
    tier: int
    source: Hit | None = None  # with the document, where it came at once


@dataclass(frozen=True)
class ScoringPlan:
    """How a request is ranked; what follows from it is computed once."""

    request: Request
    corpus: Corpus
    stats: Mapping[Term, TermStats]

    @cached_property
    def exact(self) -> bool:
        """Return whether the servers' order is already the promised one."""
        return self.request.sort != Sort.RELEVANCE or not self.scoring

    @cached_property
    def scoring(self) -> tuple[Weighted, ...]:
        """The terms that some document holds, each once."""
        weights: dict[Term, float] = {}
        for one in self.request.scores:
            key = Term(one.field, one.text)
            weights[key] = weights.get(key, 0.0) + one.weight
        return tuple(
            Weighted(key.field, key.text, weight)
            for key, weight in weights.items()
            if weight and self.stats[key].documents
        )

    @cached_property
    def _weights(self) -> tuple[tuple[str, str, float, float], ...]:
        """Field, name on the server, weight times rarity and average length of every term."""
        averages = self.corpus.averages
        return tuple(
            (one.field, term(one.text), one.weight * self._idf(one), averages[one.field])
            for one in self.scoring
        )

    @cached_property
    def fields(self) -> list[str]:
        """The term fields that scores are made of."""
        return sorted({one.field for one in self.scoring})

    @cached_property
    def step(self) -> float:
        """What one tier adds to a score on the servers: more than any score, a power of two."""
        bound = sum(one.weight * self._idf(one) for one in self.scoring) * (BM25_K1 + 1)
        factors = [1.0, *self.request.kind_factors.values()]
        return float(2 ** math.ceil(math.log2(2.5 * max(bound * max(factors), 0.5))))

    @cached_property
    def ratio(self) -> float:
        """How many times the exact score may be the servers' one, at most."""
        ratios = [1.0]
        for one in self.scoring:
            stats = self.stats[Term(one.field, one.text)]
            if not stats.lucene_idf or not stats.lucene_average:
                return math.inf
            ratios.append(length_ratio(self.corpus.averages[one.field], stats.lucene_average))
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
        boosts = [(one.field, term(one.text), self._boost(one)) for one in self.scoring]
        if not boosts:
            return None
        terms = [{"term": {name: {"value": text, "boost": b}}} for name, text, b in boosts]
        scored: Query = {"bool": {"should": terms}}
        functions = [
            {"filter": {"term": {"kind": kind}}, "weight": factor}
            for kind, factor in self.request.kind_factors.items()
        ]
        if not functions:
            return scored
        how = {"score_mode": "first", "boost_mode": "multiply"}
        return {"function_score": {"query": scored, "functions": functions, **how}}

    def _idf(self, one: Weighted) -> float:
        return idf(self.corpus.documents, self.stats[Term(one.field, one.text)].documents)

    def _boost(self, one: Weighted) -> float:
        lucene = self.stats[Term(one.field, one.text)].lucene_idf
        return one.weight * (self._idf(one) / lucene if lucene else 1.0)

    def score(self, source: Hit) -> float:
        """Sum the exact score of a document from its terms and lengths."""
        score = 0.0
        for field, name, weight, average in self._weights:
            frequency = source[field].count(name)
            if frequency:
                score += weight * bm25(frequency, source["lengths"][field], average)
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
    plan: ScoringPlan, body: dict[str, Any], first: Sequence[Hit], search: Search
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
    body: dict[str, Any], hits: Sequence[Hit], search: Search
) -> Iterator[tuple[Hit, bool]]:
    size = body["size"]
    while hits:
        for number, hit in enumerate(hits, 1):
            yield hit, number == len(hits)
        if len(hits) < size:
            return
        size = min(MAX_CANDIDATE_WINDOW, size * 2)
        after = hits[-1]["sort"]
        hits = search({**body, "size": size, "search_after": after})["hits"]["hits"]


def _candidate(plan: ScoringPlan, hit: Hit) -> RankedCandidate:
    tier, source = plan.tier(hit["_score"]), hit.get("_source", {})
    key = () if plan.exact else (tier, -plan.score(source), *hit["sort"][1:])
    return RankedCandidate(key, hit["_id"], tier, source if "kept" in source else None)


def _limit(plan: ScoringPlan, last: Hit, ratio: float) -> tuple[Any, ...]:
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
