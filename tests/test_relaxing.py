"""What is answered when a query is not printed as typed: whole words, and only words that exist."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_samples import ANALYZER, make_index

from indexer.model import Kind
from indexer.search import Hit, Index

TEXTS = (
    "特斯拉宣布部分车型降价，新能源汽车市场竞争加剧。",
    "市长 mayor 访问 visited 了新的智能工厂，capital 与 smartphone 都展出。",
    "山东德州发生地震，多地震感明显。",
    "计算所的量体裁衣比赛，特等奖给了健儿林立。",
    "这些问题确实存在，存在的问题要改。",
    "C919大型客机完成首飞，1,200名乘客参观。",
)
WORDS = (
    *("特斯拉", "降价", "德州", "地震", "比特币", "量子计算机", "不存在", "王健林", "存在的问题"),
    *("smart", "city", "C919", "919", "mayor", "林立的健儿", "新能源汽车降价", "没有问题"),
)


@pytest.fixture(scope="module")
def index() -> Index:
    return make_index({"a": [(text, Kind.BODY, ()) for text in TEXTS]})


def noted(index: Index, query: str, code: str) -> list[str]:
    return [note.english for note in index.search(query).notes if note.code == code]


@pytest.mark.parametrize(
    "query", ["比特币", "量子计算机", "Smart City", "王健林", "不存在", "没有地震", "city", "919"]
)
def test_what_is_printed_nowhere_is_not_answered_by_parts_of_words(
    index: Index, query: str
) -> None:
    strict = index.search(query, exact=True).total
    assert index.search(query).total == strict


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("比特币", "Printed nowhere: 比特, 币."),
        ("火箭", "Printed nowhere: 火箭."),
        ("特斯拉 比特币", "Printed nowhere: 比特, 币."),
        ("Smart City", "Printed nowhere: smart, city."),
    ],
)
def test_each_word_that_is_printed_nowhere_is_named(index: Index, query: str, named: str) -> None:
    assert noted(index, query, "missing") == [named]


def test_a_wider_query_is_offered_where_nothing_is_answered(index: Index) -> None:
    results = index.search("不存在")
    assert results.total == 0
    assert results.suggestions is not None
    offered = {one.text: one.count for one in results.suggestions.relaxations}
    assert offered["存在"] == 1


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True), st.booleans())
def test_relaxed_hits_hold_whole_words_and_named_words_have_hits(
    index: Index, words: list[str], joined: bool
) -> None:
    query = ("" if joined else " ").join(words)
    hits = index.search(query, size=50).hits
    for note in noted(index, query, "relaxed"):
        named = note.rpartition(" words ")[2].rstrip(".").split(", ")
        assert hits
        assert all(_holds_one(hit, named) for hit in hits)
        assert all(index.search(f'"{word}"').total for word in named)


def _holds_one(hit: Hit, words: list[str]) -> bool:
    latin = ANALYZER.words(hit.document.folded)
    return any(word in (latin if word.isascii() else hit.document.folded) for word in words)
