"""Count facets and articles exactly, in the request that asks for the hits.

One request counts each facet under the filters of the others (drill-sideways). Where a field has
more values than one answer holds, all of them are walked, so that no count is an estimate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indexer.engines.base import drill_sideways
from indexer.engines.opensearch.mapping import unescape
from indexer.engines.opensearch.queries import Query, SearchCall, all_of, compile_filters
from indexer.model import FACETS, Filter, Request

VALUES_PER_REQUEST = 1000
"""Values of a facet in one answer, of each shard: nine facets stay below the servers' 65,535."""

MAX_COUNTED_ARTICLES = 5000
ARTICLES_PER_REQUEST = 10000
"""Values in one answer of a walk."""


def counts_body(request: Request) -> dict[str, Any]:
    """Request the counts of the facets and of the articles."""
    counts = {
        name: _filtered(drill_sideways(request.filters, name), f"facets.{name}", VALUES_PER_REQUEST)
        for name in request.facets
        if name in FACETS
    }
    return {**counts, "#articles": _filtered(request.filters, "article_key", MAX_COUNTED_ARTICLES)}


def _filtered(filters: Sequence[Filter], field: str, size: int) -> dict[str, Any]:
    values = {"terms": {"field": field, "size": size, "shard_size": size}}
    return {"filter": compile_filters(filters), "aggs": {"values": values}}


def read_facets(
    answer: Mapping[str, Any], request: Request, matching: Query, search: SearchCall
) -> dict[str, dict[str, int]]:
    """Return the counts by facet and value; an unknown facet has none."""
    facets: dict[str, dict[str, int]] = {name: {} for name in request.facets}
    for name in facets:
        if name in FACETS:
            filters = compile_filters(drill_sideways(request.filters, name))
            found = _values(answer[name], f"facets.{name}", all_of([matching, filters]), search)
            facets[name] = {unescape(value): count for value, count in found}
    return facets


def count_articles(
    answer: Mapping[str, Any], request: Request, matching: Query, search: SearchCall
) -> dict[str, int]:
    """Count the kept matches of each article, by its key."""
    kept = all_of([matching, compile_filters(request.filters)])
    return dict(_values(answer["#articles"], "article_key", kept, search))


def _values(
    answer: Mapping[str, Any], field: str, query: Query, search: SearchCall
) -> Iterator[tuple[str, int]]:
    values = answer["values"]
    if values["sum_other_doc_count"] or values.get("doc_count_error_upper_bound"):
        yield from walk_values(field, query, search)
        return
    for bucket in values["buckets"]:
        yield bucket["key"], bucket["doc_count"]


def walk_hits(body: Mapping[str, Any], search: SearchCall) -> Iterator[Any]:
    """Yield every hit of a sorted search, `size` in one answer."""
    asked = dict(body)
    while hits := search(asked)["hits"]["hits"]:
        yield from hits
        if len(hits) < body["size"]:
            return
        asked["search_after"] = hits[-1]["sort"]


def walk_values(
    field: str, query: Query, search: SearchCall, after: str | None = None
) -> Iterator[tuple[str, int]]:
    """Yield every value of a field in order, with its count, beginning after `after`."""
    while True:
        sources = [{"value": {"terms": {"field": field}}}]
        walked: dict[str, Any] = {"size": ARTICLES_PER_REQUEST, "sources": sources}
        if after is not None:
            walked["after"] = {"value": after}
        body = {"size": 0, "query": query, "aggs": {"values": {"composite": walked}}}
        answer = search({**body, "track_total_hits": False})["aggregations"]["values"]
        for bucket in answer["buckets"]:
            yield bucket["key"]["value"], bucket["doc_count"]
        if "after_key" not in answer:
            return
        after = answer["after_key"]["value"]
