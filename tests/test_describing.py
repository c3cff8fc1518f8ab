from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query import parse
from indexer.query.describing import describe


@pytest.mark.parametrize(
    ("query", "chinese"),
    [
        ("", "全部段落。"),
        ("援疆", "查找段落：含“援疆”。"),
        ("援疆 教育", "查找段落：含“援疆”，含“教育”。"),
        ("援疆 -医疗", "查找段落：含“援疆”，不含“医疗”。"),
        ("援疆 (教育 OR 医疗)", "查找段落：含“援疆”，（含“教育”或含“医疗”）。"),
        ('"产业援疆"', "查找段落：含“产业援疆”（须完全一致）。"),
        ('"衢州 乌什"~10', "查找段落：含“衢州”与“乌什”且相距不超过 10 字。"),
        ('"衢州 乌什"~句', "查找段落：含“衢州”与“乌什”且在同一句。"),
        ('"衢州 乌什"~>10', "查找段落：含依次出现的“衢州”与“乌什”且相距不超过 10 字。"),
        ("舍利[!弗]", "查找段落：含后面不是“弗”的“舍利”。"),
        ("[!创|常]新和[!县]", "查找段落：含前面不是“创”或“常”且后面不是“县”的“新和”。"),
        ("城市:嘉兴", "查找段落：城市为“嘉兴”。"),
        ("援疆 -城市:嘉兴", "查找段落：含“援疆”，排除城市为“嘉兴”的段落。"),
        ("援疆 -(标题:教育)", "查找段落：含“援疆”，排除标题含“教育”的段落。"),
        ("标题:援疆", "查找段落：标题含“援疆”。"),
        ("日期:2023..", "查找段落：日期不早于 2023。"),
        ("日期:2023", "查找段落：日期为 2023。"),
        ("日期:2023..2024-05", "查找段落：日期在 2023 至 2024-05 之间。"),
        ("援*疆", "查找段落：含形如“援*疆”的文字。"),
    ],
)
def test_says_how_a_query_was_read(query: str, chinese: str) -> None:
    assert describe(parse(query)).sentence("zh") == chinese


@given(st.text(max_size=40))
def test_any_query_can_be_described(text: str) -> None:
    note = describe(parse(text))
    assert note.sentence().startswith(("Paragraphs", "All"))
