"""The query language: what a text is read as."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import normal_form
from indexer.errors import TooLong
from indexer.model import And, Contains, Dates, Keyword, Kind, Not, Or, Wildcard
from indexer.query import Proximity, QueryNode, Quote, Reach, Words, parse
from indexer.settings import Settings

A, B, C = Words("援疆"), Words("教育"), Words("医疗")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("", None),
        ("　 ", None),
        ("援疆", A),
        ("援疆 教育", And((A, B))),
        ("援疆　教育", And((A, B))),
        ("援疆 AND 教育", And((A, B))),
        ("援疆 与 教育", And((A, B))),
        ("援疆 OR 教育", Or((A, B))),
        ("援疆|教育｜医疗", Or((A, B, C))),
        ("援疆||教育 || 医疗", Or((A, B, C))),
        ("援疆 && 教育", And((A, B))),
        ("援疆 或 教育", Or((A, B))),
        ("援疆 教育 | 医疗", Or((And((A, B)), C))),
        ("援疆 (教育 | 医疗)", And((A, Or((B, C))))),
        ("援疆（教育|医疗）", And((A, Or((B, C))))),
        ("援疆 NOT 教育", And((A, Not(B)))),
        ("援疆 -教育", And((A, Not(B)))),
        ("援疆 非 教育", And((A, Not(B)))),
        ("援疆NOT教育", And((A, Not(B)))),
        ("援疆OR教育", Or((A, B))),
        ("NOT NOT 援疆", A),
        ("ORANGE NOTE BAND", And((Words("ORANGE"), Words("NOTE"), Words("BAND")))),
        ("非常 与其", And((Words("非常"), Words("与其")))),
        ("援疆-教育", Words("援疆-教育")),
        ("援疆 ＯＲ 教育", Or((A, B))),
        ("援疆ＮＯＴ教育", And((A, Not(B)))),
        ("援疆 －教育", And((A, Not(B)))),
        ("零下 -12.5℃", And((Words("零下"), Words("-12.5℃")))),
        ("-７日", Words("-７日")),
        ("援疆 - 教育", And((A, Words("-"), B))),
    ],
)
def test_operators(text: str, node: QueryNode | None) -> None:
    assert parse(text).node == node


@pytest.mark.parametrize(
    "text", ['"援疆"', "“援疆”", "「援疆」", "『援疆』", "＂援疆＂", '" 援疆 "']
)
def test_quotes_of_every_kind(text: str) -> None:
    assert parse(text).node == Quote("援疆")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("《援疆》", Words("《援疆》")),
        ("“援疆”教育", And((Quote("援疆", glued=True), B))),
        ("“援疆” 教育", And((Quote("援疆"), B))),
        ("援疆（教育）", And((A, B))),
        ("援疆 (教育 医疗)", And((A, B, C))),
        ('"衢州 乌什"', Quote("衢州 乌什")),
        ('"衢州 乌什"~10', Proximity(("衢州", "乌什"), distance=10)),
        ('"衢州 乌什"~句', Proximity(("衢州", "乌什"), Reach.SENTENCE)),
        ("“衢州 乌什”~p", Proximity(("衢州", "乌什"), Reach.PARAGRAPH)),
        ('"衢州"~10', Quote("衢州")),
        ("嘉*疆", Wildcard("嘉*疆")),
        ("嘉?援疆", Wildcard("嘉?援疆")),
        ("援疆*", A),
        ("援疆＊", A),
        ("嘉＊疆", Wildcard("嘉*疆")),
        ("嘉？援疆", Wildcard("嘉?援疆")),
        ("丽 水 市 发 布", Words("丽 水 市 发 布")),
        ("召 开 ， 通 过 了 15 项 决 议", Words("召 开 ， 通 过 了 15 项 决 议")),
        ("水 或 火 与 土 非 金", Words("水 或 火 与 土 非 金")),
        ("水 或 火", Or((Words("水"), Words("火")))),
        ("水 火", And((Words("水"), Words("火")))),
        ("水 火 OR 金 土", Or((And((Words("水"), Words("火"))), And((Words("金"), Words("土")))))),
        ("教\u200b育", B),
        ("\ufeff教育", B),
        ("援疆投入多少？", Words("援疆投入多少？")),
        ("援疆投入多少?", Words("援疆投入多少?")),
    ],
)
def test_substrings(text: str, node: QueryNode) -> None:
    assert parse(text).node == node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("标题:援疆", Contains("title", "援疆")),
        ("title：援疆", Contains("title", "援疆")),
        ("作者:南华", Contains("author", "南华")),
        ("城市:嘉兴", Keyword("city", "嘉兴")),
        ("city:嘉兴,沙雅", Or((Keyword("city", "嘉兴"), Keyword("city", "沙雅")))),
        ("-城市:嘉兴", Not(Keyword("city", "嘉兴"))),
        ("类型:图注", Keyword("kind", Kind.CAPTION)),
        ("kind:caption", Keyword("kind", Kind.CAPTION)),
        ("来源:000", Keyword("page", "000")),
        ("城市: 嘉兴", Keyword("city", "嘉兴")),
        ("标题：　援疆", Contains("title", "援疆")),
        ("日期:2023-10", Dates("2023-10", "2023-10")),
        ("日期:2021.9.5", Dates("2021-09-05", "2021-09-05")),
        ("日期:20210905", Dates("2021-09-05", "2021-09-05")),
        ("日期:202109..2021.12", Dates("2021-09", "2021-12")),
        ("日期:２０２１／９", Dates("2021-09", "2021-09")),
        ("日期:2023年1月", Dates("2023-01", "2023-01")),
        ("日期:2023..2024-3-1", Dates("2023", "2024-03-01")),
        ("日期:1931年..1937年", Dates("1931", "1937")),
        ("日期:1931年9月至1937年7月7日", Dates("1931-09", "1937-07-07")),
        ("日期:1931-1937", Dates("1931", "1937")),
        ("日期:1931－1937", Dates("1931", "1937")),
        ("日期:19310918-19370707", Dates("1931-09-18", "1937-07-07")),
        ("日期:二〇一二年三月", Dates("2012-03", "2012-03")),
        ("日期:民国廿六年7月7日", Dates("1937-07-07", "1937-07-07")),
        ("日期:2012-11..2012", Dates("2012-11", "2012")),
        ("日期:1980年代", Dates("1980", "1989")),
        ("日期:八十年代", Dates("1980", "1989")),
        ("日期:19世纪20年代", Dates("1820", "1829")),
        ("日期:1930年代至1950s", Dates("1930", "1959")),
        ("日期:二十世纪", Dates("1901", "2000")),
        ("日期:>1978", Dates("1979", None)),
        ("日期:＞1978-12", Dates("1979-01", None)),
        ("日期:<1978-03-01", Dates(None, "1978-02-28")),
        ("日期:≤1970年代", Dates(None, "1979")),
        ("日期:≥1978", Dates("1978", None)),
        ("日期:1978年以来", Dates("1978", None)),
        ("日期:1978年以前", Dates(None, "1977")),
        ("date:>=2023", Dates("2023", None)),
        ("date:..2023", Dates(None, "2023")),
        ("援疆 标题:教育", And((A, Contains("title", "教育")))),
    ],
)
def test_fields(text: str, node: QueryNode) -> None:
    assert parse(text).node == node


@pytest.mark.parametrize(
    "text",
    [
        "OR",
        "援疆 AND",
        "NOT",
        "| 援疆",
        "类型:诗歌",
        "日期:昨天",
        "日期:2023-13",
        "日期:2023..2021",
        "日期:二十年代",
        "日期:1978-02-30",
        "日期:>9999",
        "日期:>1978以来",
        "援疆 OR OR 教育",
    ],
)
def test_what_cannot_be_an_operator_is_taken_literally_and_said_so(text: str) -> None:
    assert [note.code for note in parse(text).notes] == ["taken_literally"]


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("非 遗", "遗"),
        ("援疆 -城市:嘉兴", "城市:嘉兴"),
        ("援疆 NOT (教育 医疗)", "( 教育 医疗 )"),
        ("NOT NOT 援疆", None),
        ("气温 -5℃", None),
    ],
)
def test_what_is_excluded_is_said(text: str, left_out: str | None) -> None:
    said = [str(note) for note in parse(text).notes if note.code == "excluded"]
    assert said == ([f"Excluded: {left_out}."] if left_out else [])


def test_a_pasted_passage_of_many_words_is_one_substring() -> None:
    text = "the quick brown fox " * 9
    assert parse(text).node == Words(text.strip())


@pytest.mark.parametrize(
    "text", ['"', "“援疆", "(", "())(", "“”", "-", "*", "?", "~", "城市:", ":"]
)
def test_open_ends_are_text(text: str) -> None:
    assert parse(text).node == Words(text)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("援" * 257, "characters"),
        ("援|" * 33, "terms"),
        ("(" * 17 + "援" + ")" * 17, "levels of brackets"),
        ("*".join("援" * 10), "wildcards"),
        ('"一 二 三 四 五 六"~句', "words near each other"),
    ],
)
def test_limits_are_said(text: str, unit: str) -> None:
    with pytest.raises(TooLong) as caught:
        parse(text)
    assert str(caught.value.facts["unit"]) == unit


def test_limits_are_settings() -> None:
    with pytest.raises(TooLong):
        parse("援疆援疆", Settings(max_query=3))


SIGNS = [
    *(
        "援",
        "疆",
        "教育",
        "“",
        "”",
        "「",
        "」",
        "(",
        ")",
        "（",
        "）",
        "|",
        "-",
        "*",
        "?",
        "OR",
        "AND",
    ),
    *("NOT", "或", "非", "与", "城市:", "日期:", "类型:", "标题：", "~3", "~句", "2023"),
]
PIECES = st.lists(st.sampled_from([*SIGNS, " ", "　", '"']), max_size=30).map("".join)


@given(PIECES | st.text(st.characters(codec=None), max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    try:
        query = parse(text)
    except TooLong:
        return
    assert (query.node is None) == (not normal_form(text))
    assert query == parse(text)
