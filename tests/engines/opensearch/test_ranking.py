"""Exact order out of a proposed one: nothing comes too soon, nothing is lost."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("opensearchpy", reason="pip install 'chaquan[opensearch]'")

from indexer.engines.base import bm25
from indexer.engines.lengths import quantised
from indexer.engines.opensearch.ranking import (
    ScoringPlan,
    TermStats,
    length_ratio,
    lucene_length,
    rank,
    window_body,
)
from indexer.engines.opensearch.reader import read_statistics
from indexer.model import Every, Literal, Request, Sort, Term, Weighted

WORD = Term("words", "援疆")
FAR = TermStats(5, 0.9, 14.0)


@pytest.mark.parametrize(
    ("length", "kept"),
    [(0, 0), (23, 23), (39, 39), (40, 40), (41, 40), (55, 54), (57, 56), (100, 96), (1000, 984)],
)
def test_lengths_as_lucene_keeps_them(length: int, kept: int) -> None:
    assert lucene_length(length) == kept


@given(st.integers(1, 60), st.integers(1, 3000), st.floats(1, 500), st.floats(1, 500))
def test_an_exact_score_is_never_above_its_bound(
    frequency: int, length: int, average: float, lucene: float
) -> None:
    proposed = bm25(frequency, lucene_length(length), lucene)
    exact = bm25(frequency, quantised(length), average)
    assert exact <= proposed * length_ratio(average, lucene)


def make_plan(stats: TermStats = FAR, **request: Any) -> ScoringPlan:
    asked = Request(Every(), scores=(Weighted("words", "援疆", 1.0),), **request)
    return ScoringPlan(asked, 40, {"words": 12.0}, {WORD: stats})


class Server:
    """Proposes documents by Lucene's BM25, window by window."""

    def __init__(self, plan: ScoringPlan, found: list[tuple[int, int, int]]) -> None:
        hits = []
        for number, (tier, frequency, length) in enumerate(found):
            score = bm25(frequency, lucene_length(length), 14.0) * plan.scoring[0].weight
            score += (len(plan.request.tiers) - tier) * plan.step
            kept = {
                "kind": "body",
                "words": ["援疆"] * frequency,
                "lengths": {"words": quantised(length)},
            }
            hit = {"_id": str(number), "_score": score, "_source": kept}
            hits.append({**hit, "sort": [score, "p", 1, number]})
        self.hits = sorted(hits, key=lambda hit: (-hit["_score"], hit["sort"][3]))
        self.asked = 0

    def search(self, body: dict[str, Any]) -> Any:
        self.asked += 1
        after = body.get("search_after")
        start = 0
        if after is not None:
            start = 1 + next(n for n, hit in enumerate(self.hits) if hit["sort"] == after)
        return {"hits": {"hits": self.hits[start : start + body["size"]]}}


documents = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 4), st.integers(4, 300)), max_size=40
)


@given(documents, st.integers(1, 7))
def test_order_is_exact_whatever_the_windows(found: list[tuple[int, int, int]], size: int) -> None:
    plan = make_plan(tiers=(Literal("x"),))
    server = Server(plan, found)
    body = window_body(plan, {}, size)
    ranked = list(rank(plan, body, server.search(body)["hits"]["hits"], server.search))
    expected = sorted(
        (tier, -plan.score(server_source(server, number)), number)
        for number, (tier, _, _) in enumerate(found)
    )
    assert [int(one.id) for one in ranked] == [number for _, _, number in expected]
    assert [one.tier for one in ranked] == [tier for tier, _, _ in expected]


def server_source(server: Server, number: int) -> Any:
    return next(hit["_source"] for hit in server.hits if hit["_id"] == str(number))


def test_the_best_are_known_before_all_is_read() -> None:
    plan = make_plan()
    server = Server(plan, [(0, 1 + n % 9, 5 + n) for n in range(500)])
    body = window_body(plan, {}, 20)
    ranked = rank(plan, body, server.search(body)["hits"]["hits"], server.search)
    assert [next(ranked).id for _ in range(3)] == ["8", "7", "6"]
    assert server.asked == 1


def test_an_order_that_the_servers_can_compute_is_used() -> None:
    assert make_plan(sort=Sort.PAGE).exact
    assert make_plan(TermStats(0)).exact
    assert not make_plan().exact


def test_an_explanation_that_cannot_be_parsed_makes_everything_be_read() -> None:
    assert make_plan(TermStats(5)).ratio == math.inf
    server = Server(make_plan(TermStats(5)), [(0, 1, 5 + n) for n in range(50)])
    plan = make_plan(TermStats(5))
    body = window_body(plan, {}, 5)
    ranked = rank(plan, body, server.search(body)["hits"]["hits"], server.search)
    assert next(ranked).id == "0"
    assert server.asked > 3


def test_statistics_are_read_off_an_explanation() -> None:
    idf = {"description": "idf, computed as log(…) from:", "value": 0.5, "details": []}
    length = {"description": "avgdl, average length of field", "value": 14.4}
    inner = {"description": "score(freq=1.0)", "value": 1.0, "details": [idf, length]}
    hit = {"_explanation": {"description": "weight(…)", "value": 1.0, "details": [inner]}}
    answer = {"hits": {"total": {"value": 7}, "hits": [hit]}}
    assert read_statistics(answer) == TermStats(7, 0.5, 14.4)
    assert read_statistics({"hits": {"total": {"value": 0}, "hits": []}}) == TermStats(0)
