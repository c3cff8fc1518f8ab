"""What is asked of a cluster: nodes, filters and characters in its own language."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.engine_samples import document, record

pytest.importorskip("opensearchpy", reason="pip install 'chaquan[opensearch]'")

from dataclasses import replace

from indexer.engines.opensearch.aggregations import counts_body
from indexer.engines.opensearch.convert import document_source, pack, page_source, unpack
from indexer.engines.opensearch.mapping import (
    MAX_TERM_BYTES,
    documents_body,
    escape,
    pages_body,
    searched_fields,
    term,
    token,
    tokens,
    unescape,
)
from indexer.engines.opensearch.queries import (
    MATCH_ALL,
    MATCH_NONE,
    compile_filters,
    compile_node,
    matching,
)
from indexer.engines.opensearch.reader import OpenSearchReader
from indexer.engines.opensearch.state import State
from indexer.engines.stored import document_facts, make_document, make_record
from indexer.errors import NotAnswerable, TooLong
from indexer.model import (
    And,
    Contains,
    Dates,
    Every,
    Filter,
    Keyword,
    Kind,
    Literal,
    LookAround,
    Mention,
    Near,
    Node,
    Not,
    Or,
    PageMeta,
    Part,
    Request,
    Span,
    Stamp,
    Term,
    Terms,
    Truncation,
    Wildcard,
)
from indexer.settings import Settings

STAMP = Stamp(1, "analysis", "cutter", "", "places")
HAS_DATE = {"exists": {"field": "date"}}


def _substring(text: str) -> dict[str, Any]:
    return {"match": {"query": " ".join(text), "mode": "ordered", "max_gaps": 0}}


SOLID = {"match": {"query": "s", "mode": "ordered", "max_gaps": 0, "use_field": "solid"}}


def _beside(*sources: dict[str, Any]) -> dict[str, Any]:
    return {"all_of": {"mode": "ordered", "max_gaps": 0, "intervals": list(sources)}}


def _apart(source: dict[str, Any], longer: str) -> dict[str, Any]:
    return {"all_of": {"intervals": [source], "filter": {"not_contained_by": _substring(longer)}}}


@pytest.mark.parametrize(
    ("node", "query"),
    [
        (Every(), MATCH_ALL),
        (Term("words", "援疆"), {"term": {"words": "援疆"}}),
        (Keyword("city", "嘉兴"), {"term": {"facets.city": "嘉兴"}}),
        (Literal(""), MATCH_NONE),
        (Literal("疆"), {"term": {"text": "疆"}}),
        (Literal("援 疆"), {"match_phrase": {"text": "援 u+20 疆"}}),
        (
            LookAround("舍利", ("取",), ("弗",)),
            {"intervals": {"text": _apart(_apart(_substring("舍利"), "取舍利"), "舍利弗")}},
        ),
        (Contains("title", "兴援"), {"match_phrase": {"heads.title": "兴 援"}}),
        (Contains("title", ""), {"exists": {"field": "heads.title"}}),
        (Contains("x", "兴"), MATCH_NONE),
        (Near("", "疆"), MATCH_NONE),
        (Near("援。", "疆", sentence=True), MATCH_NONE),
        (Wildcard(""), MATCH_NONE),
        (Wildcard("**"), MATCH_ALL),
        (Wildcard("?"), {"intervals": {"solid": _substring("s")}}),
        (Wildcard("*雅"), {"intervals": {"text": _substring("雅")}}),
        (Wildcard("*援?"), {"intervals": {"text": _beside(_substring("援"), SOLID)}}),
        (And(()), MATCH_ALL),
        (And((Every(),)), MATCH_ALL),
        (Or(()), MATCH_NONE),
        (Or((Every(),), at_least=0), MATCH_ALL),
        (Or((Every(),), at_least=2), MATCH_NONE),
        (Not(Every()), {"bool": {"must_not": [MATCH_ALL]}}),
        (Dates(None, None), HAS_DATE),
        (
            Dates("2023", None),
            {
                "bool": {
                    "filter": [
                        HAS_DATE,
                        {
                            "bool": {
                                "should": [
                                    {"range": {"date": {"gte": "2023"}}},
                                    {"terms": {"date": ["", "2", "20", "202", "2023"]}},
                                ],
                                "minimum_should_match": 1,
                            }
                        },
                    ]
                }
            },
        ),
    ],
)
def test_nodes(node: Node, query: dict[str, Any]) -> None:
    assert compile_node(node) == query


def test_a_star_before_another_is_spelled_out_at_each_of_its_lengths() -> None:
    shapes = compile_node(Wildcard("援*育*县"))["intervals"]["text"]["any_of"]["intervals"]
    firsts = [shape["all_of"]["intervals"][0]["all_of"]["intervals"] for shape in shapes]
    assert [len(first) for first in firsts] == [2, *[3] * 8]


@pytest.mark.parametrize(("pattern", "filtered"), [("援?*育", "match"), ("，?*育", "all_of")])
def test_the_last_star_is_asked_for_at_once(pattern: str, filtered: str) -> None:
    asked = compile_node(Wildcard(pattern))["intervals"]["text"]["all_of"]
    assert asked["max_gaps"] == 8
    assert filtered in asked["filter"]["not_containing"]


def test_a_substring_that_overlaps_itself_beside_what_is_excluded_is_refused() -> None:
    with pytest.raises(NotAnswerable):
        compile_node(LookAround("哈", ("哈",)))


def test_too_many_stars_are_refused() -> None:
    with pytest.raises(TooLong, match="wildcard shapes: 81"):
        compile_node(Wildcard("a*b*c*d"))


@pytest.mark.parametrize(
    ("filters", "query"),
    [
        ((), MATCH_ALL),
        ((Filter("city", ("a", "b")),), {"terms": {"facets.city": ["a", "b"]}}),
        (
            (Filter("city", ("a", "b"), every=True),),
            {"bool": {"filter": [{"term": {"facets.city": one}} for one in "ab"]}},
        ),
        (
            (Filter("city", ("a",), excluded=("c",)),),
            {
                "bool": {
                    "filter": [{"terms": {"facets.city": ["a"]}}],
                    "must_not": [{"term": {"facets.city": "c"}}],
                }
            },
        ),
    ],
)
def test_filters(filters: tuple[Filter, ...], query: dict[str, Any]) -> None:
    assert compile_filters(filters) == query


def test_one_request_counts_each_facet_behind_the_filters_of_the_others() -> None:
    filters = (Filter("city", ("a",), excluded=("c",)), Filter("kind", ("body",)))
    body = counts_body(Request(Every(), filters=filters, facets=("city", "page", "nobody")))
    assert sorted(body) == ["#articles", "city", "page"]
    kept = compile_filters((Filter("city", (), excluded=("c",)), filters[1]))
    assert body["city"]["filter"] == kept
    assert body["page"]["filter"] == body["#articles"]["filter"] == compile_filters(filters)


def test_a_repeat_is_left_out_where_its_original_matches() -> None:
    query = matching(Literal("疆"), repeats=True)
    (dropped,) = query["bool"]["must_not"]
    assert {"term": {"repeated.text": "疆"}} in dropped["bool"]["filter"]
    assert matching(Literal("疆"), repeats=False) == {"term": {"text": "疆"}}


# ---------------------------------------------------------------- the mapping


@pytest.mark.parametrize("make", [documents_body, pages_body])
def test_mappings_are_strict_and_stamped(make: Any) -> None:
    settings = Settings(shards=7, replicas=2)
    body = make(STAMP, settings)
    assert body["mappings"]["dynamic"] == "strict"
    assert body["mappings"]["_meta"]["chaquan"]["stamp"]["analysis"] == "analysis"
    assert body["settings"]["number_of_replicas"] == 2
    assert body["settings"]["number_of_shards"] == (7 if make is documents_body else 1)
    assert json.dumps(body)


def fields(properties: dict[str, Any], name: str = "") -> set[str]:
    found: set[str] = set()
    for field, how in properties.items():
        below = how.get("properties")
        found |= fields(below, f"{name}{field}.") if below else {name + field}
    return found


def leaves(source: dict[str, Any], name: str = "") -> set[str]:
    found: set[str] = set()
    for field, value in source.items():
        found |= leaves(value, f"{name}{field}.") if isinstance(value, dict) else {name + field}
    return found


def test_everything_that_is_sent_is_in_the_mapping() -> None:
    original = document("援疆", title="t", heading="h", date="2023", facets={"city": ("嘉兴",)})
    repeat = replace(original, number=2, original=original.id)
    source = document_source(repeat, original, owner="a", since=3)
    mapped = fields(documents_body(STAMP, Settings())["mappings"]["properties"])
    assert leaves(source) <= mapped
    assert leaves(page_source(record("a"), since=3)) <= fields(
        pages_body(STAMP, Settings())["mappings"]["properties"]
    )
    assert fields(searched_fields()) <= mapped


# ---------------------------------------------------------------- characters

anything = st.text(st.characters(exclude_categories=()), max_size=20)


@given(anything)
def test_any_text_crosses_the_wire_and_comes_back(text: str) -> None:
    escaped = escape(text)
    assert unescape(escaped) == text
    assert escaped.encode().decode() == escaped
    assert unpack(pack({"text": text})) == {"text": text}


@given(anything, anything)
def test_page_order_survives_the_wire(one: str, two: str) -> None:
    assert (escape(one).encode() < escape(two).encode()) == (one < two)


@given(anything)
def test_every_character_is_one_token(text: str) -> None:
    made = tokens(text).split()
    assert len(made) == len(text)
    assert made == [token(char) for char in text]


@given(st.characters(exclude_categories=()), st.characters(exclude_categories=()))
def test_no_two_characters_share_a_token(one: str, two: str) -> None:
    assert (token(one) == token(two)) == (one == two)


def test_a_term_beyond_what_lucene_takes_is_kept_by_its_hash() -> None:
    long = "援" * (MAX_TERM_BYTES + 1)
    assert len(term(long)) < 100
    assert term(long) != term(long + "疆")
    assert term("援" * MAX_TERM_BYTES) == "援" * MAX_TERM_BYTES


# ---------------------------------------------------------------- there and back


def test_a_document_comes_back() -> None:
    full = replace(
        document("援疆\x00ＡＢ𠀀\n\ud800教育", page="版 一/ä:1", title="题\t目", kind=Kind.CAPTION),
        mentions=(Mention("嘉兴", "嘉", Span(1, 2)),),
        truncated=Truncation.END,
        meta=PageMeta(newspaper="n", date="2023"),
        original="版 一/ä:1:1:9",
        facets={"city": ("甲", "乙")},
    )
    again = make_document(unpack(pack(document_facts(full))))
    assert again == replace(full, terms=Terms())


def test_a_page_comes_back() -> None:
    full = record("版 一")
    page = replace(full.page, parts=(Part(Kind.TITLE, Span(0, 2)),), meta=PageMeta(date="2023"))
    full = replace(full, page=page)
    assert make_record(unpack(page_source(full, since=1)["kept"])) == full


class _CountingSnapshot:
    """Answers searches with rising totals, and keeps what was asked in each request."""

    def __init__(self) -> None:
        self.requests: list[list[dict[str, Any]]] = []

    def search_many(self, bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self.requests.append(bodies)
        return [{"hits": {"total": {"value": number}}} for number in range(len(bodies))]


@pytest.mark.parametrize("repeats", [0, 3])
def test_the_matches_of_many_nodes_are_counted_in_one_request(repeats: int) -> None:
    snapshot: Any = _CountingSnapshot()
    reader = OpenSearchReader(State(1, "index", STAMP, 9, repeats), snapshot, snapshot)
    nodes = (Literal("新疆"), And((Literal("援疆"), Literal("教育"))), Every())
    assert reader.match_counts(nodes) == [0, 1, 2]
    ((first, *_),) = snapshot.requests
    assert first["query"] == matching(nodes[0], repeats=repeats > 0)
    assert first["track_total_hits"] is True
