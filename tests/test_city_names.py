"""City names as readers type them: query field and filter mean the same."""

from __future__ import annotations

import pytest
from support.search_samples import make_index

from indexer.model import Kind
from indexer.search import Index

PARAGRAPHS = {
    "a": [("北京市朝阳区的护士", Kind.BODY, ("北京", "朝阳（北京）"))],
    "b": [("长春市朝阳区的教师", Kind.BODY, ("长春", "朝阳（长春）"))],
    "c": [("辽宁省朝阳市的化石", Kind.BODY, ("朝阳",))],
    "d": [("南京市鼓楼区的书店", Kind.BODY, ("南京", "鼓楼（南京）"))],
    "e": [("走进沙雅县", Kind.BODY, ("沙雅",))],
    "f": [("徐州市鼓楼区的广场", Kind.BODY, ("徐州", "鼓楼（徐州）"))],
}


@pytest.fixture(scope="module")
def index() -> Index:
    return make_index(PARAGRAPHS)


NAMES = [
    ("朝阳", "c"),
    ("朝阳市", "c"),
    ("朝阳区", "ab"),
    ("朝阳（北京）", "a"),
    ("朝阳(北京)", "a"),
    ("鼓楼区", "df"),
    ("鼓楼", "df"),
    ("南京市鼓楼区", "d"),
    ("江苏", "df"),
    ("江苏省", "df"),
    ("新疆维吾尔自治区", "e"),
    ("沙雅县", "e"),
    ("火星", ""),
]


def pages(results):
    return "".join(sorted(hit.page for hit in results))


@pytest.mark.parametrize(("typed", "found"), NAMES)
def test_field_and_filter_mean_the_same(index, typed, found):
    others = "".join(page for page in sorted(PARAGRAPHS) if page not in found)
    assert pages(index.search(f"城市:{typed}")) == found
    assert pages(index.search("", city=[typed])) == found
    assert pages(index.search("", not_city=[typed])) == others
    assert pages(index.search(f"-城市:{typed}")) == others


def test_every_value_the_facet_shows_can_be_typed(index):
    values = index.search("", facets=["city"]).facets["city"]
    assert values
    for value in values:
        assert index.search(f"城市:{value.value}").total == value.count


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("(城市:朝阳（北京） | 城市:朝阳（长春）) 教师", "b"),
        ("护士 城市:朝阳（北京）", "a"),
        ("(城市:朝阳)", "c"),
        ("城市:朝阳(化石 | 护士)", "c"),
        ("-城市:朝阳（北京） 护士", ""),
    ],
)
def test_a_bracket_belongs_to_the_name_it_follows(index, query, found):
    assert pages(index.search(query, exact=True)) == found


def test_a_region_is_still_a_region(index):
    assert pages(index.search("地区:江苏")) == "df"
    assert pages(index.search("地区:新疆")) == "e"
