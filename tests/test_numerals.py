"""The same numbers in the numerals of other papers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.search_samples import make_index

from indexer.analysis.numerals import other_numerals
from indexer.model import Kind


@pytest.mark.parametrize(
    ("substring", "others"),
    [
        ("1984年", ("一九八四年", "民国七十三年", "民国73年")),
        ("民国113年", ("2024年", "二〇二四年", "民国一百一十三年", "二零二四年")),
        ("一九〇五年", ("1905年", "一九零五年")),
        ("民国二十六年", ("1937年", "一九三七年", "民国廿六年", "民国26年")),
        ("民国元年", ("1912年", "一九一二年", "民国一年", "民国1年")),
        ("廿六日", ("26日", "二十六日")),
        ("三十岁", ("30岁", "卅岁")),
        ("9月18日", ("九月十八日",)),
        ("1949", ("一九四九",)),
        ("十届", ("10届",)),
        ("新四军", ()),
        ("四五年", ()),
        ("3.5日", ()),
        ("一百二十三年", ("123年",)),
        ("二万三十年", ()),
        ("援疆", ()),
    ],
)
def test_other_numerals(substring: str, others: tuple[str, ...]) -> None:
    assert other_numerals(substring) == others


@given(st.integers(1912, 2100))
def test_any_year_of_the_republic_leads_back(year: int) -> None:
    for written in other_numerals(f"{year}年"):
        assert f"{year}年" in other_numerals(written)


@given(st.integers(1, 99), st.sampled_from("月日号岁"))
def test_any_count_leads_back(number: int, unit: str) -> None:
    for written in other_numerals(f"{number}{unit}"):
        assert f"{number}{unit}" in other_numerals(written)


@given(st.integers(0, 9999), st.sampled_from(["", "民国"]), st.sampled_from("年日"))
def test_any_number_can_be_read(number: int, before: str, unit: str) -> None:
    assert all(other_numerals(f"{before}{number}{unit}"))


@given(st.text("民国元一二百十廿〇零19年月日", max_size=12))
def test_any_substring_has_other_numerals_or_none(substring: str) -> None:
    assert substring not in other_numerals(substring)


def test_numerals_that_are_printed_are_suggested_beside_any_number_of_hits() -> None:
    rows = [("1937年的报纸", Kind.BODY, ())] * 30
    index = make_index({"a": [*rows, ("民国二十六年七月", Kind.BODY, ())]})
    suggestions = index.search("报纸 1937年").suggestions
    assert suggestions is not None
    assert [(one.text, one.count) for one in suggestions.numerals] == [("报纸 民国二十六年", 1)]
    assert index.search("报纸").suggestions is None
