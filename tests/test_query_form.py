"""The advanced form: fields and queries say the same, and nothing is lost between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import FormFields, form_to_query, query_to_form
from indexer.query import parse

BOTH_WAYS = [
    ("", FormFields()),
    ("援疆", FormFields(all="援疆")),
    ("援疆 教育", FormFields(all="援疆 教育")),
    ("援疆 (教育 OR 医疗) -足球", FormFields(all="援疆", any="教育 医疗", none="足球")),
    ('"对口支援" -足球 -篮球', FormFields(phrase="对口支援", none="足球 篮球")),
    ('"嘉兴 沙雅"~10', FormFields(near="嘉兴 沙雅")),
    ("援疆 标题:沙雅 作者:傅静之", FormFields(all="援疆", in_title="沙雅", by="傅静之")),
    ("援疆 日期:2023-01..2023-06", FormFields(all="援疆", first="2023-01", last="2023-06")),
]


@pytest.mark.parametrize(("query", "fields"), BOTH_WAYS)
def test_a_query_opens_the_form_and_the_form_writes_it(query: str, fields: FormFields) -> None:
    assert query_to_form(query) == fields
    assert form_to_query(fields) == query


@pytest.mark.parametrize(
    "query",
    [
        '"嘉兴 沙雅"~5', '"嘉兴 沙雅"~句', '"嘉兴 沙雅"~>10', "舍利[!弗]", "[!创|常]新和[!县] 援疆",
        '"一句" "两句"', "援*部", "城市:嘉兴 援疆",
        "-城市:嘉兴 援疆",
        "(甲 OR 乙) (丙 OR 丁)", "甲 OR (乙 丙)", '-"一句话" 援疆', "标题:甲 标题:乙",
    ],
)  # fmt: skip
def test_what_no_field_can_say_stays_whole_in_the_first(query: str) -> None:
    assert query_to_form(query) == FormFields(all=query)


QUERIES = st.lists(
    st.sampled_from(
        ["援疆", "教育", "OR", "-", "(", ")", '"', "标题:", "作者:", "日期:2023..", "~10", "~句",
         "~>9", "[!弗]",
         "*",
         "AB", "1,200", "城市:嘉兴", "NOT", "|", "或", "：", "?"]
    ), max_size=8,
)  # fmt: skip


@given(QUERIES, st.sampled_from(["", " "]))
def test_opening_and_sending_the_form_never_changes_a_query(parts: list[str], blank: str) -> None:
    query = blank.join(parts)
    assert parse(form_to_query(query_to_form(query))).node == parse(query).node
