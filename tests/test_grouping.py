"""Paging through articles: every article comes once, whatever is asked and however it is paged."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.search_samples import make_index

from indexer import build_index, make_settings, open_index
from indexer.errors import PastTheEnd, TooLong, UnknownField
from indexer.model import Kind
from indexer.search import Index, Results

SENTENCES = ("嘉兴支援沙雅。", "沙雅的学校。", "医生来了。", "嘉兴的医生。", "学校与医院。")
ARCHIVE = {
    f"p{page:02}": [
        (f"第{page}版", Kind.TITLE, ()),
        *(
            ("".join(SENTENCES[(page * 3 + n * n) % 5 :][: 1 + (page + n) % 3]), Kind.BODY, ())
            for n in range(page % 6)
        ),
    ]
    for page in range(14)
}


@pytest.fixture(scope="module")
def index() -> Index:
    return make_index(ARCHIVE)


def pages_of(index: Index, query: str, size: int, **options: object) -> list[Results]:
    first = index.search(query, size=size, group="article", **options)  # type: ignore[arg-type]
    starts = range(size, first.length, size)
    return [first, *(index.search(query, start=at, size=size, group="article", **options)  # type: ignore[arg-type]
                     for at in starts)]  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 9])
def test_a_strict_hit_that_repeats_a_related_one_comes_first(tmp_path: Path, size: int) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in "abc":
        text = f"{name}的标题\n\n记者看见燕山飞鸟，飞得很高，大家都很高兴。\n"
        (pages / f"{name}.txt").write_text(text, "utf-8")
    (pages / "c.corrections.tsv").write_text("3\t飞鸟\t飞鸡\n", "utf-8")
    where = make_settings({}, engine="memory", index=f"memory/{tmp_path.name}")
    build_index([pages], index=where.index, settings=where)
    with open_index(settings=where) as index:
        flat = index.search("看见燕山飞鸡")
        pages_found = pages_of(index, "看见燕山飞鸡", size)
        groups = [group for page in pages_found for group in page.groups]
        assert [group[0].page for group in groups] == ["c", "a", "b"]
        assert [group[0].relaxed for group in groups] == [False, True, True]
        assert [one.following for one in pages_found] == [flat.following] * len(pages_found)
        if size == 9:
            assert groups[0][0].in_article == len([hit for hit in flat if hit.page == "c"])


@pytest.mark.parametrize("most", [1, 7, 11, 50])
def test_many_articles_come_with_fewer_hits_of_each(index: Index, most: int) -> None:
    whole = index.search("医生", group="article", per_article=9)
    some = index.search("医生", group="article", per_article=9, most_hits=most)
    assert len(whole.hits) > 7
    of_each = max(1, most // len(whole.groups))
    assert [group[:of_each] for group in whole.groups] == list(some.groups)
    assert (some.total, some.facets, some.length) == (whole.total, whole.facets, whole.length)


queries = st.sampled_from(
    ["嘉兴", "沙雅 医生", "嘉兴支援沙雅 医生", "学校医生沙雅", "医院", '"学校"', "", "没有的词"]
)


@settings(max_examples=60, deadline=None)
@given(
    query=queries,
    size=st.integers(1, 7),
    per_article=st.integers(1, 9),
    sort=st.sampled_from(["relevance", "page"]),
)
def test_every_article_comes_once_and_every_hit_is_there(
    index: Index, query: str, size: int, per_article: int, sort: str
) -> None:
    flat = index.search(query, size=200, sort=sort)
    pages = pages_of(index, query, size, per_article=per_article, sort=sort)
    groups = [group for page in pages for group in page.groups]
    articles = [(group[0].page, group[0].article) for group in groups]
    assert articles == list(dict.fromkeys((hit.page, hit.article) for hit in flat))
    assert {one.length for one in pages} == {len(articles)}
    assert {(one.total, one.articles) for one in pages} == {(flat.total, flat.articles)}
    assert {one.following for one in pages} == {flat.following}
    for group in groups:
        expected = [hit for hit in flat if (hit.page, hit.article) == (group[0].page, 1)]
        assert [hit.id for hit in group] == [hit.id for hit in expected][:per_article]
        assert [hit.relaxed for hit in group] == [hit.relaxed for hit in expected][:per_article]
        assert group[0].in_article == len(expected)


def test_following_articles_are_those_that_hold_only_some_words(index: Index) -> None:
    results = index.search("嘉兴支援沙雅 医生", size=50, group="article")
    strict = [group for group in results.groups if not group[0].relaxed]
    assert 0 < len(strict) == results.articles
    assert len(results.groups) - len(strict) == results.following_articles > 0


def test_the_json_names_the_groups(index: Index) -> None:
    answer = index.search("医生", size=2, group="article", per_article=2).to_dict()
    assert [one["hits"] for one in answer["groups"]] == [
        [hit["id"] for hit in answer["hits"] if hit["page"] == one["page"]]
        for one in answer["groups"]
    ]
    assert "groups" not in index.search("医生", size=2).to_dict()


def test_a_page_past_the_last_article_is_named(index: Index) -> None:
    length = index.search("医生", group="article").length
    with pytest.raises(PastTheEnd):
        index.search("医生", group="article", start=length)


@pytest.mark.parametrize(
    ("options", "error"),
    [({"group": "page"}, UnknownField), ({"group": "article", "per_article": 10_000}, TooLong)],
)
def test_what_cannot_be_grouped_is_named(
    index: Index, options: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        index.search("医生", **options)  # type: ignore[arg-type]
