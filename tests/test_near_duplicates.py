"""Near-duplicates among hits: named and gathered, never hidden, moved or left out of a total."""

from __future__ import annotations

import pytest
from support.search_samples import make_index

from indexer.model import Kind
from indexer.search import Index, Results

REPORT = (
    "新华社北京8月3日电，全国防汛总指挥部昨天召开会议，部署长江流域防汛工作，"
    "要求各地加强堤坝巡查，及时转移低洼地带的居民，确保水库和下游城市的安全。"
)
COPY = REPORT.replace("新华社北京8月3日电", "本报综合消息").replace("昨天召开", "昨日召开")
FORM = "截至8月{day}日收盘，{name}报收于{price}元，上涨{price}%，换手率{day}%，成交额{price}亿元。"
ARCHIVE = {
    "a": [("防汛会议召开", Kind.TITLE, ()), (REPORT, Kind.BODY, ())],
    "b": [("各地部署防汛", Kind.TITLE, ()), (COPY, Kind.BODY, ())],
    "c": [
        ("堤坝上的一天", Kind.TITLE, ()),
        ("防汛人员每天在长江流域的堤坝上走三十公里，" * 2 + "手里只有一盏灯。", Kind.BODY, ()),
        ("防汛人员每天在长江流域的堤坝上走三十公里，" * 2 + "手里只有一根竹竿。", Kind.BODY, ()),
    ],
    "d": [
        ("收盘快报", Kind.TITLE, ()),
        (FORM.format(day=3, name="长江", price=5.2), Kind.BODY, ()),
    ],
    "e": [
        ("收盘快报", Kind.TITLE, ()),
        (FORM.format(day=4, name="黄河", price=7.9), Kind.BODY, ()),
    ],
    "f": [("防汛会议召开", Kind.TITLE, ()), ("会议从长江说起，到防汛为止。", Kind.BODY, ())],
}


@pytest.fixture(scope="module")
def index() -> Index:
    return make_index(ARCHIVE)


def named(results: Results) -> dict[str, str]:
    return {hit.id: hit.near_duplicate_of for hit in results if hit.near_duplicate_of}


@pytest.mark.parametrize("group", [None, "article"])
def test_a_copy_names_the_better_hit_and_keeps_its_rank(index: Index, group: str | None) -> None:
    results = index.search("长江流域 防汛工作", group=group)
    first, second = [hit for hit in results if hit.page in "ab"]
    assert named(results) == {second.id: first.id}
    plain = index.search('"长江流域" "防汛工作"', group=group)
    assert [hit.id for hit in results][: len(plain)] == [hit.id for hit in plain]
    assert (results.total, results.articles) == (plain.total, plain.articles) == (2, 2)


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ('"长江流域" "防汛工作"', {}),
        ("长江流域 防汛工作", {"exact": True}),
        ("长江流域 防汛工作", {"sort": "page"}),
        ("每天 三十公里", {}),  # two paragraphs of one article
        ("收盘 成交额", {}),  # one form, two shares
        ("会议召开", {"kind": "title"}),  # the same headline
    ],
)
def test_what_is_quoted_sorted_or_only_alike_names_nothing(
    index: Index, query: str, options: dict[str, object]
) -> None:
    results = index.search(query, **options)  # type: ignore[arg-type]
    assert len(results) >= 2
    assert named(results) == {}


def test_a_hit_of_some_words_repeats_none_of_all_words(index: Index) -> None:
    results = index.search("新华社北京 防汛总指挥部")
    assert [hit.relaxed for hit in results if hit.page in "ab"] == [False, True]
    assert named(results) == {}


def test_the_json_of_hits_and_groups_names_what_is_repeated(index: Index) -> None:
    answer = index.search("长江流域 防汛工作", group="article").to_dict()
    assert [one["near_duplicate_of"] for one in answer["groups"][:2]] == [
        None,
        answer["hits"][0]["id"],
    ]
    assert answer["hits"][1]["near_duplicate_of"] == answer["hits"][0]["id"]
