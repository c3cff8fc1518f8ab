"""Answer requests from one commit on a cluster.

A point in time holds the commit still; where it is lost (a node went, a pause was long) a new one
is opened, as long as the commit is still whole on the servers. Every answer must come from every
shard: what does not is an error, or with the setting `partial` an answer that says so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeVar

from indexer.bounded_cache import BoundedCache
from indexer.engines.article_groups import find_by_article
from indexer.engines.base import TERM_FIELDS
from indexer.engines.occurrences import (
    OccurrenceRequest,
    Occurrences,
    collect_occurrences,
    count_totals,
)
from indexer.engines.opensearch.aggregations import (
    count_articles,
    counts_body,
    read_facets,
    walk_hits,
    walk_values,
)
from indexer.engines.opensearch.connection import REOPENING_RETRIES
from indexer.engines.opensearch.convert import unpack
from indexer.engines.opensearch.mapping import escape, term, unescape
from indexer.engines.opensearch.queries import (
    Query,
    all_of,
    compile_filters,
    compile_node,
    matching,
)
from indexer.engines.opensearch.ranking import (
    BY_PAGE,
    FIRST_WINDOW,
    MAX_WHOLE_CANDIDATES,
    RankedCandidate,
    ScoringPlan,
    TermStats,
    rank,
    window_body,
)
from indexer.engines.opensearch.snapshot import PointInTime, PointInTimeLost
from indexer.engines.opensearch.state import State
from indexer.engines.rerank import find_reranked
from indexer.engines.stored import make_document, make_record
from indexer.model import Document, Match, Matches, Node, PageRecord, Request, Sort, Term

T = TypeVar("T")

NO_COUNTS: Mapping[str, int] = MappingProxyType({})

MAX_HITS_PER_REQUEST = 10_000  # hits in one answer: the servers' own limit
DOCUMENTS_PER_REQUEST = 500  # documents fetched at once
MAX_CACHED_STATISTICS = 20_000  # whose statistics a reader remembers


class OpenSearchReader:
    """A commit on a cluster; safe to share between threads."""

    def __init__(self, state: State, snapshot: PointInTime, pages: PointInTime) -> None:
        self._state = state
        self._snapshot = snapshot
        self._pages = pages
        self._known = BoundedCache[Term, TermStats](MAX_CACHED_STATISTICS)
        self._guard = threading.Lock()
        self.generation, self.identity, self.stamp = state.generation, state.identity, state.stamp
        self.made = datetime.fromtimestamp(state.made, UTC)

    # ------------------------------------------------------------ hits

    def find(self, request: Request) -> Matches:
        if request.per_article:
            return find_by_article(self.find, request)
        return find_reranked(lambda one: self._steadily(lambda: self._find(one)), request)

    def scan(self, request: Request) -> Iterator[Match]:
        yield from self._steady_stream(lambda: self._scan(request))

    def occurrences(self, request: OccurrenceRequest) -> Occurrences:
        """Find every occurrence in the documents that match; all of them are read."""
        asked = Request(request.match, filters=request.filters, sort=Sort.PAGE)
        return collect_occurrences((match.document for match in self.scan(asked)), request)

    def totals(self, texts: Sequence[str]) -> Mapping[str, int]:
        """Count how often texts are printed; every document that holds one is read."""
        return count_totals(self, texts)

    def _find(self, request: Request) -> Matches:
        plan, query = self._plan(request)
        wanted = request.start + request.size
        body = window_body(plan, query, _first_window(plan, request))
        asked = {**body, **_filtered(request), "aggs": counts_body(request)}
        if body["size"] <= MAX_WHOLE_CANDIDATES:
            asked["_source"] = _source_fields(plan)
        answer = self._snapshot.search({**asked, "track_total_hits": True})
        counts = answer["aggregations"]
        articles = count_articles(counts, request, query, self._snapshot.search)
        candidates: Iterable[RankedCandidate] = ()
        if request.size:
            filtered = {**body, **_filtered(request)}
            stream = rank(plan, filtered, _hits(answer), self._snapshot.search)
            candidates = islice(stream, request.start, wanted)
        return Matches(
            total=answer["hits"]["total"]["value"],
            articles=len(articles),
            hits=tuple(self._matches(plan, candidates, articles)),
            facets=read_facets(counts, request, query, self._snapshot.search),
            generation=self.generation,
            partial=self._snapshot.failed(answer),
        )

    def _scan(self, request: Request) -> Iterator[Match]:
        plan, query = self._plan(request)
        body = {**window_body(plan, query, DOCUMENTS_PER_REQUEST), **_filtered(request)}
        first = self._snapshot.search(body)
        stream = rank(plan, body, _hits(first), self._snapshot.search)
        yield from self._matches(plan, islice(stream, request.start, None))

    def _plan(self, request: Request) -> tuple[ScoringPlan, Query]:
        terms = [Term(one.field, one.text) for one in request.scores]
        query = matching(request.match, repeats=self._state.repeats > 0)
        facts = self._state.documents, self._state.averages(), self._statistics(terms)
        return ScoringPlan(request, *facts), query

    def _matches(
        self,
        plan: ScoringPlan,
        candidates: Iterable[RankedCandidate],
        articles: Mapping[str, int] = NO_COUNTS,
    ) -> Iterator[Match]:
        """Fetch the documents of candidates, batch by batch, with their repeats."""
        remaining = iter(candidates)
        while batch := list(islice(remaining, DOCUMENTS_PER_REQUEST)):
            sources = {one.id: one.source for one in batch if one.source is not None}
            sources |= self._sources([one.id for one in batch if one.source is None], plan)
            ids = [sources[one.id]["id"] for one in batch]
            repeats = self._repeats(plan.request, ids)
            for candidate in batch:
                source = sources[candidate.id]
                document = make_document(unpack(source["kept"]))
                yield Match(
                    document=document,
                    tier=candidate.tier,
                    score=plan.score(source),
                    repeats=tuple(repeats.get(source["id"], ())),
                    in_article=articles.get(_article_key(document.page, document.article), 0),
                )

    def _sources(self, names: Sequence[str], plan: ScoringPlan) -> dict[str, Any]:
        if not names:
            return {}
        body = {"query": {"ids": {"values": list(names)}}, "size": len(names)}
        answer = self._snapshot.search({**body, "_source": _source_fields(plan)})
        if len(_hits(answer)) < len(names):
            raise self._snapshot.short(answer)
        return {hit["_id"]: hit["_source"] for hit in _hits(answer)}

    def _repeats(self, request: Request, ids: Sequence[str]) -> dict[str, list[str]]:
        """Name the repeats that were folded into these documents, in page order."""
        if not self._state.repeats:
            return {}
        found: dict[str, list[str]] = {}
        asked: list[Query] = [{"term": {"repeat": True}}, {"terms": {"original": list(ids)}}]
        query = all_of([compile_node(request.match), *asked])
        for hit in self._walk(query, ["id", "original"]):
            source = hit["_source"]
            found.setdefault(source["original"], []).append(unescape(source["id"]))
        return found

    # ------------------------------------------------------------ documents and pages

    def documents(self, ids: Sequence[str]) -> Mapping[str, Document]:
        return self._steadily(lambda: self._documents_of(ids))

    def _documents_of(self, ids: Sequence[str]) -> dict[str, Document]:
        found: dict[str, Document] = {}
        for start in range(0, len(ids), DOCUMENTS_PER_REQUEST):
            wanted = [escape(one) for one in ids[start : start + DOCUMENTS_PER_REQUEST]]
            for document in self._documents({"terms": {"id": wanted}}):
                found[document.id] = document
        return found

    def article(self, page: str, number: int) -> tuple[Document, ...]:
        query = {"term": {"article_key": _article_key(page, number)}}
        held = self._steadily(lambda: tuple(self._documents(query)))
        return tuple(one for one in held if (one.page, one.article) == (page, number))

    def page(self, page: str) -> PageRecord | None:
        body = {"query": {"term": {"page": escape(page)}}, "size": 1, "_source": ["kept"]}
        for hit in _hits(self._steadily(lambda: self._pages.search(body))):
            return make_record(unpack(hit["_source"]["kept"]))
        return None

    def pages(self) -> Mapping[str, str]:
        return self._steadily(self._digests)

    def _digests(self) -> dict[str, str]:
        body = {
            "query": {"exists": {"field": "page"}},
            "sort": [{"page": "asc"}],
            "size": MAX_HITS_PER_REQUEST,
            "_source": ["digest"],
        }
        hits = walk_hits(body, self._pages.search)
        return {unescape(hit["sort"][0]): hit["_source"]["digest"] for hit in hits}

    def _documents(self, query: Query) -> Iterator[Document]:
        for hit in self._walk(query, ["kept"]):
            yield make_document(unpack(hit["_source"]["kept"]))

    def _walk(self, query: Query, source: Sequence[str]) -> Iterator[Any]:
        """Yield the hits of a query in page order, however many there are."""
        body = {
            "query": query,
            "sort": BY_PAGE,
            "size": DOCUMENTS_PER_REQUEST,
            "_source": list(source),
            "track_total_hits": False,
        }
        return walk_hits(body, self._snapshot.search)

    # ------------------------------------------------------------ numbers

    def vocabulary(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        yield from self._steady_stream(lambda: self._vocabulary(field, escape(prefix)))

    def _vocabulary(self, field: str, beginning: str) -> Iterator[tuple[str, int]]:
        query = {"prefix": {field: beginning}}
        after = _just_before(beginning) if beginning else None
        for text, count in walk_values(field, query, self._snapshot.search, after):
            if text > beginning and not text.startswith(beginning):
                return
            if text.startswith(beginning) and not text.startswith("\ue000#"):
                yield unescape(text), count

    def frequencies(self, terms: Sequence[Term]) -> Mapping[Term, int]:
        found = self._steadily(lambda: self._statistics(terms))
        return {one: stats.documents for one, stats in found.items()}

    def pair_counts(self, pairs: Sequence[str]) -> list[int]:
        terms = [Term("pairs", pair) for pair in pairs]
        found = self.frequencies(terms)
        return [found[term] for term in terms]

    def match_counts(self, nodes: Sequence[Node]) -> list[int]:
        queries = [matching(node, repeats=self._state.repeats > 0) for node in nodes]
        bodies = [{"size": 0, "query": one, "track_total_hits": True} for one in queries]
        answers = self._steadily(lambda: self._snapshot.search_many(bodies))
        return [answer["hits"]["total"]["value"] for answer in answers]

    def averages(self) -> Mapping[str, float]:
        """Return the average quantised length of each term field."""
        return self._state.averages()

    def count(self) -> int:
        return self._state.documents

    def close(self) -> None:
        """Close the points in time."""
        self._snapshot.close()
        self._pages.close()

    # ------------------------------------------------------------ steadiness

    def _steadily(self, ask: Callable[[], T]) -> T:
        """Retry from the start as often as a point in time is lost meanwhile."""
        try:
            return REOPENING_RETRIES.run(ask, PointInTimeLost, self._forget_terms)
        except PointInTimeLost as moved:
            raise self._snapshot.lost() from moved

    def _steady_stream(self, stream: Callable[[], Iterator[T]]) -> Iterator[T]:
        """Go on after what has been yielded: the order is the same each time."""
        yielded = 0
        for _ in range(REOPENING_RETRIES.attempts):
            with suppress(PointInTimeLost):
                for one in islice(stream(), yielded, None):
                    yielded += 1
                    yield one
                return
            self._forget_terms(0.0)
        raise self._snapshot.lost()

    def _forget_terms(self, _pause: float) -> None:
        """Forget how Lucene saw the terms: another copy of a shard counts other deletions."""
        with self._guard:
            self._known.clear()

    def _statistics(self, terms: Sequence[Term]) -> dict[Term, TermStats]:
        with self._guard:
            known = {one: self._known[one] for one in terms if one in self._known}
        unknown = [one for one in dict.fromkeys(terms) if one not in known]
        bodies = [_statistics_body(one) for one in unknown]
        answers = self._snapshot.search_many(bodies)
        fresh = {one: read_statistics(answer) for one, answer in zip(unknown, answers, strict=True)}
        with self._guard:
            for one, statistics in fresh.items():
                self._known[one] = statistics
        return known | fresh


def _statistics_body(one: Term) -> dict[str, Any]:
    """Request how many documents hold a term, and Lucene's explanation of one score of it."""
    if one.field not in TERM_FIELDS:
        return {"size": 0, "query": {"match_none": {}}, "track_total_hits": True}
    body = {"query": {"term": {one.field: term(one.text)}}, "size": 1, "_source": False}
    return {**body, "explain": True, "track_total_hits": True}


def read_statistics(answer: Mapping[str, Any]) -> TermStats:
    """Read the count, and idf and average length off the explanation.

    Where the explanation is not of the known form they are 0: order is exact then, too, only
    every match has to be read for it.
    """
    lucene_idf = average = 0.0
    for hit in _hits(answer):
        parts = [hit.get("_explanation", {})]
        for part in parts:
            parts += part.get("details", ())
            if part.get("description", "").startswith("idf, computed as"):
                lucene_idf = part["value"]
            if part.get("description", "").startswith("avgdl, average length"):
                average = part["value"]
    return TermStats(answer["hits"]["total"]["value"], lucene_idf, average)


def _article_key(page: str, number: int) -> str:
    return escape(f"{page}:{number}")


def _source_fields(plan: ScoringPlan) -> list[str]:
    return ["id", "kept", "kind", "lengths", *plan.fields]


def _first_window(plan: ScoringPlan, request: Request) -> int:
    wanted = request.start + request.size
    if not request.size:
        return 0
    return min(MAX_HITS_PER_REQUEST, wanted if plan.exact else wanted + FIRST_WINDOW)


def _filtered(request: Request) -> dict[str, Any]:
    return {"post_filter": compile_filters(request.filters)} if request.filters else {}


def _hits(answer: Mapping[str, Any]) -> list[Any]:
    hits: list[Any] = answer["hits"]["hits"]
    return hits


def _just_before(text: str) -> str:
    """Return a string before every one that begins with `text`, and after nearly all others."""
    before = ord(text[-1]) - 1
    if before < 0:
        return text[:-1]
    return text[:-1] + chr(0xD7FF if 0xD800 <= before <= 0xDFFF else before) + "\U0010ffff"
