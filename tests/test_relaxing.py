"""What is answered when a query is not printed as typed: whole words, and only words that exist."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.search_samples import ANALYZER, fill, make_index

from indexer.analysis import normal_form
from indexer.engines.memory import MemoryEngine
from indexer.model import Kind
from indexer.search import Hit, Index
from indexer.search.query_relaxation import count_words
from indexer.search.query_terms import FIELD_WEIGHTS, DocumentCounts, make_scores

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
    return [str(note) for note in index.search(query).notes if note.code == code]


def test_words_are_counted_in_three_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    fill(engine := MemoryEngine(), {"a": [(text, Kind.BODY, ()) for text in TEXTS]})
    reader = engine.reader()

    def record(name: str, ask: Any, given: Any) -> Any:
        asked.append(name)
        return ask(given)

    for name in ("frequencies", "match_counts"):
        monkeypatch.setattr(reader, name, partial(record, name, getattr(reader, name)))
    units = ("特斯拉", "新能源", "市长", "能源汽", "多地震感", "震多地", "存在问题", "比特币")
    counts = count_words(units, DocumentCounts(reader), reader)
    assert [*counts] == ["特斯拉", "新能源", "市长", "能源汽", "多地震感"]
    assert sorted(asked) == ["frequencies", "frequencies", "match_counts"]


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
        ("比特币", "Not printed on any page: 比特, 币."),
        ("火箭", "Not printed on any page: 火箭."),
        ("特斯拉 比特币", "Not printed on any page: 比特, 币."),
        ("Smart City", "Not printed on any page: city."),  # smart is in smartphone
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


FIGURES = {
    "a": [
        ("全市产值1001.6亿元，增速7.0。", Kind.BODY, ()),
        ("我市有6个县。", Kind.BODY, ()),
        ("甲市1001个村。", Kind.BODY, ()),
        ("这种芯片的速度是2.4GHz。", Kind.BODY, ()),
    ]
}


@pytest.mark.parametrize(
    ("query", "numbers", "missing"),
    [
        ("1001.6", [1], []),
        ("产值1001.6", [1], []),
        ("1001.65", [], ["Not printed on any page: 1001.65."]),
        ("908.9", [], ["Not printed on any page: 908.9."]),
        ("产值 2.5", [1], []),  # the note on what is not printed as typed names it
        ("芯片 2.4GHz 产品", [4], []),
        ("7.0 芯片", [4, 1], []),
        ("1.0.1", [], ["Not printed on any page: 1.0.1."]),
        ("6.6", [], ["Not printed on any page: 6.6."]),
    ],
)
def test_a_decimal_is_one_word(query: str, numbers: list[int], missing: list[str]) -> None:
    index = make_index(FIGURES)
    assert [hit.number for hit in index.search(query)] == numbers
    assert noted(index, query, "missing") == missing


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True), st.booleans())
def test_relaxed_hits_hold_whole_words_and_named_words_have_hits(
    index: Index, words: list[str], joined: bool
) -> None:
    query = ("" if joined else " ").join(words)
    hits = index.search(query, size=50).hits
    for note in noted(index, query, "relaxed"):
        named = note.rpartition(" contains ")[2].rstrip(".").split(", ")
        assert hits
        assert all(_holds_one(hit, named) for hit in hits)
        assert all(index.search(f'"{word}"').total for word in named)


FIGURES_AND_NAMES = {
    "a": [
        ("A股11月11日成交7,700亿元，增长11%，7月7日回落。", Kind.BODY, ()),
        ("长度11米，宽7.5米，2023年10月27日验收。", Kind.BODY, ()),
        ("C919在10.27首飞，5G网络覆盖4,000个村。", Kind.BODY, ()),
        ("B站用户说iPhone15很好，3D打印第11届大会闭幕。", Kind.BODY, ()),
    ]
}
PARTS = ("7", "11", "10", "27", "5", "7.5", "11.11", "2023", "5g", "C919", "iPhone", "A", "网络")
MIXED = st.lists(st.sampled_from(PARTS), min_size=1, max_size=3)
SEPARATORS = st.sampled_from((".", "月", "-", "", "届"))


@pytest.fixture(scope="module")
def figures() -> Index:
    return make_index(FIGURES_AND_NAMES)


@given(st.lists(st.builds(str.join, SEPARATORS, MIXED), min_size=1, max_size=3, unique=True))
@example(["11.11"])
@example(["1", "1-27"])
@example(["iPhone.1", "11.27"])
def test_what_is_printed_nowhere_is_named_and_nothing_else(
    figures: Index, typed: list[str]
) -> None:
    def is_printed(word: str) -> bool:
        return figures.search(f'"{word}"', exact=True).total > 0

    results = figures.search(" ".join(typed))
    facts = {note.code: dict(note.message.facts) for note in results.notes}
    missing = facts.get("missing", {}).get("words", ())
    named = {*missing, *facts.get("relaxed", {}).get("substrings", ())}
    assert not any(map(is_printed, named))
    if not results.total or "relaxed" in facts:
        for word in map(normal_form, typed):
            assert is_printed(word) or any(one in word for one in named)


def _holds_one(hit: Hit, words: list[str]) -> bool:
    latin = ANALYZER.words(hit.document.folded)
    return any(word in (latin if word.isascii() else hit.document.folded) for word in words)


# ---------------------------------------------------------------- few strict hits


FEW = {
    "a": [
        ("俄罗斯月球25号探测器发射升空。", Kind.BODY, ()),
        ("俄罗斯宣布推迟任务。另讯：月球25号明信片发行。", Kind.BODY, ()),
        ("俄罗斯“月球-25”号进入月球轨道，俄航天局说月球任务顺利。", Kind.BODY, ()),
        ("印度探测器拍摄月球。", Kind.BODY, ()),
        ("天气晴朗。", Kind.BODY, ()),
    ],
    "b": [(f"第{number}天，俄罗斯队比赛。", Kind.BODY, ()) for number in range(20)],
}


@pytest.fixture(scope="module")
def few() -> Index:
    return make_index(FEW)


@pytest.mark.parametrize(
    ("query", "strict"),
    [("俄罗斯 月球25号", ["a:1:1", "a:1:2"]), ("印度 轨道", []), ("俄罗斯队比赛", None)],
)
def test_few_strict_hits_are_followed_by_relaxed_ones(
    few: Index, query: str, strict: list[str] | None
) -> None:
    results = few.search(query)
    if strict is None:
        assert not results.following
        assert not any(hit.relaxed for hit in results)
    elif strict:
        assert [hit.id for hit in results if not hit.relaxed] == strict
        assert [hit.relaxed for hit in results] == [False] * 2 + [True] * 8
        assert results.hits[2].id == "a:1:3"
        assert (results.total, results.following) == (2, 22)
        assert [note.code for note in results.notes] == ["following"]
    else:
        assert results.total > 0
        assert all(hit.relaxed for hit in results)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_continue_into_what_follows(few: Index, size: int) -> None:
    query = "俄罗斯 月球25号"
    whole = few.search(query, size=50)
    ids = [hit.id for hit in whole]
    assert len(set(ids)) == whole.total + whole.following
    pages = [few.search(query, start=start, size=size) for start in range(0, len(ids), size)]
    assert [hit.id for page in pages for hit in page] == ids
    assert {(page.total, page.following) for page in pages} == {(whole.total, whole.following)}


@pytest.mark.parametrize(
    "options", [{"exact": True}, {"sort": "page"}, {"size": 0}, {"page": ["b"]}]
)
def test_nothing_follows_where_it_was_not_asked_for(few: Index, options: dict[str, Any]) -> None:
    assert not few.search("俄罗斯 月球25号", **options).following


@pytest.mark.parametrize(
    "query", ['"月球25号"', "俄罗斯 OR 月球25号", "标题:月球25号", '"俄罗斯 轨道"~句']
)
def test_what_is_strict_stays_strict(few: Index, query: str) -> None:
    assert not any(hit.relaxed for hit in few.search(query))


def test_a_few_strict_hits_are_what_counts_and_what_is_exported(few: Index) -> None:
    results = few.search("俄罗斯 月球25号", facets=("page",))
    assert [(one.value, one.count) for one in results.facets["page"]] == [("a", 2)]
    assert len(list(few.scan("俄罗斯 月球25号"))) == results.total


def test_two_words_printed_joined_do_not_outrank_what_is_about_both() -> None:
    about = "山东德州发生地震。德州地震台网说，德州多地震感明显，地震未造成伤亡。"
    listed = "热榜：明星离婚、房价、股市、德州地震、影视、旅游、球赛、美食、天气、降温、菜价。"
    rows = [(listed, Kind.BODY, ()), (about.replace("德州地震台", "当地台"), Kind.BODY, ())]
    index = make_index({"a": [*rows, ("今天天气不错。", Kind.BODY, ())]})
    assert index.search("德州 地震").hits[0].id == "a:1:2"


# ---------------------------------------------------------------- what decides before scores


ASKED = {
    "a": [
        ("柳青写了《创业史》，创业史的作者柳青在1960年出版第一部。", Kind.BODY, ()),
        ("《光学》由牛顿出版，书名很短。", Kind.BODY, ()),
        ("物理的作者很多，出版物理著作的作者，出版社，作者和出版。", Kind.BODY, ()),
        ("1998年洪水之后，水利部门修建了大坝，大坝用了三年。", Kind.BODY, ()),
        ("大坝在洪水之后由水利部门修建，水利大坝的洪水，水利部门修建大坝。", Kind.BODY, ()),
        *[(f"今天是第{number}天，天气晴朗。", Kind.BODY, ()) for number in range(12)],
    ]
}


@pytest.mark.parametrize(
    ("query", "first", "reason"),
    [
        ("《光学》的作者是谁，在哪里出版？", "a:1:2", "Contains the names in marks."),
        ("1998年洪水后水利部门修建了什么大坝？", "a:1:4", "Contains the years."),
        ("水利部门怎么修建水利大坝，洪水洪水？", "a:1:5", "Contains some of the words."),
        (
            "柳青的「创业史」在1960年的作者叫什么？",
            "a:1:1",
            "Contains the names in marks and the years.",
        ),
    ],
)
def test_names_in_marks_and_years_decide_before_other_words(
    query: str, first: str, reason: str
) -> None:
    index = make_index(ASKED)
    hit = index.search(query, explain=True).hits[0]
    assert (hit.id, str(hit.explanation[0])) == (first, reason)


def test_substrings_typed_apart_are_asked_for_alike() -> None:
    scores = make_scores(("黑龙江", "水旱灾害防御"), ANALYZER.words)
    weights = {one.text: one.weight for one in scores if one.field == "chars"}
    assert weights["江"] > FIELD_WEIGHTS["chars"] > weights["旱"]


def test_a_title_is_context_of_a_question_and_no_answer() -> None:
    rows = {
        "a": [
            ("德州地震的震级和震源深度", Kind.TITLE, ()),
            ("德州的地震震级是5.5级，震源深度为10千米，未造成伤亡。", Kind.BODY, ()),
            ("当地居民说，凌晨被摇醒。", Kind.BODY, ()),
        ],
        "b": [(f"第{number}天，天气晴朗。", Kind.BODY, ()) for number in range(9)],
    }
    index = make_index(rows)
    assert index.search("德州地震的震级和震源深度是多少千米，造成伤亡了吗？").hits[0].id == "a:1:2"
    assert index.search("德州地震").hits[0].id == "a:1:1"


@pytest.mark.parametrize("query", ["洪水第三期工程", "洪水第3期工程", "洪水 工程第三期"])
def test_an_ordinal_is_one_word_in_either_spelling(query: str) -> None:
    texts = (
        "工程的第3期在洪水后开工。",
        "第三期工程遇到洪水。",
        "工程在洪水后开工，第13期没有开工，3期合同作废。",
    )
    found = make_index({f"p{n}": [(text, Kind.BODY, ())] for n, text in enumerate(texts)})
    results = found.search(query)
    assert {hit.page for hit in results[:2]} == {"p0", "p1"}
    marked = {hit.text[start:end] for hit in results[:2] for start, end in hit.marks}
    assert {"第3期", "第三期"} <= marked
