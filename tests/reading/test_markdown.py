"""Markdown as people and OCR models write it: its marks are read and never printed."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.model import Span
from indexer.reading.lines import Line
from indexer.reading.markdown import is_markdown, read_markdown


def read_kinds(source: str) -> list[tuple[str, str]]:
    """Return the kind and the text of each line; the level of a heading follows its kind."""
    return [
        (f"{line.kind or 'text'}{line.level or ''}", line.text) for line in read_markdown(source)
    ]


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("**“教育”**为先，*人才*兴疆", "“教育”为先，人才兴疆"),
        ('见[全文](https://a.cn/b_(c).html "题")和<https://a.cn>', "见全文和https://a.cn"),
        ("`代码`与~~删去~~的字", "代码与删去的字"),
        (r"1998\. 年\_表\*", "1998. 年_表*"),
        ("甲&amp;乙&nbsp;丙", "甲&乙 丙"),
        ("占$5 . 2 \\%$，$\\mathrm{km}^{2}$", "占5.2%，km2"),
        ("第 $ 1 9 9 8 $ 年 $ ^{3} $", "第 1998 年 3"),
        ("注[^1]", "注1"),
        ("<u>线</u>下<sup>2</sup>", "线下2"),
        ("图data:image/png;base64,iVBORw0KGgo=文", "图文"),
    ],
)
def test_marks_within_a_line_do_not_print(source: str, printed: str) -> None:
    assert [line.text for line in read_markdown(source)] == [printed]


@pytest.mark.parametrize(
    "text",
    [
        "原告张**，被告李**，案由借款",
        "3*5*2=30，2*3=6",
        "售价$50，现价$30",
        "[编者按]: 近日有读者来信",
        "[注](见下页)和（下转第3版）",
        "#援疆进行时#",
        "气温-5℃至3℃，a<b且c>d",
        "snake_case_name",
        "1. 加强领导",
        "本报讯（记者 王明）3~5日",
        "\\sim",
    ],
)
def test_what_only_looks_like_a_mark_is_print(text: str) -> None:
    assert [line.text for line in read_markdown(text)] == [text]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        (
            "# 一版\n## 二题 ##\n###### 六",
            [("heading1", "一版"), ("heading2", "二题"), ("heading6", "六")],
        ),
        ("#标题", [("heading1", "标题")]),
        ("标题\n====\n正文", [("heading1", "标题"), ("text", "正文")]),
        ("正文\n---\n正文", [("text", "正文"), ("text", "正文")]),
        ("- 一\n- [x] 二\n\n* 三", [("list", "一"), ("list", "二"), ("list", "三")]),
        ("1. 一\n2. 二", [("list", "1. 一"), ("list", "2. 二")]),
        ("- " + "长" * 200, [("text", "长" * 200)]),
        ("> 引言\n> 续", [("text", "引言"), ("text", "续")]),
        (
            "| 甲 | 乙 |\n|:--|--:|\n| 丙 | **丁** |\n|戊||",
            [("table", "甲 乙"), ("table", "丙 丁"), ("table", "戊")],
        ),
        ("甲|乙\n---|---\n丙|丁\n\n文", [("table", "甲 乙"), ("table", "丙 丁"), ("text", "文")]),
        (
            "<table><caption>表1</caption>\n<tr>\n <td>甲</td>\n <td>乙<br/>丙</td></tr>"
            "<tr><td><table><tr><td>丁</td></tr></table></td></tr></table>后",
            [("caption", "表1"), ("table", "甲 乙 丙"), ("table", "丁"), ("text", "后")],
        ),
        ("```markdown\n# 题\n```\n文", [("heading1", "题"), ("text", "文")]),
        (
            "<h2>题</h2><p>甲</p><p>乙</p><li>丙</li>",
            [("heading2", "题"), ("text", "甲"), ("text", "乙"), ("list", "丙")],
        ),
        ("$$\nx ^ { 2 }\n$$\n文", [("text", "x2"), ("text", "文")]),
        ("第一行<br>第二行", [("text", "第一行"), ("text", "第二行")]),
        ("    缩进四格", [("text", "缩进四格")]),
        ("<!-- 不印\n# 的 -->文", [("text", "文")]),
    ],
)
def test_the_structure_is_read(source: str, lines: list[tuple[str, str]]) -> None:
    assert read_kinds(source) == lines


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        pytest.param(  # MinerU: captions under the picture, in its paragraph; tables of HTML
            "# 春耕\n\n![](images/0f3a.jpg)  \n农机手在田间作业。\n\n正文\n\n"
            "<html><body><table><tr><td>甲</td><td>1</td></tr></table></body></html>\n",
            [
                ("heading1", "春耕"),
                ("caption", "农机手在田间作业。"),
                ("text", "正文"),
                ("table", "甲 1"),
            ],
            id="mineru",
        ),
        pytest.param(  # PP-StructureV3 and PaddleOCR-VL: centred divisions
            '<div style="text-align: center;"><img src="imgs/b_1_2.jpg" alt="Image" /></div>\n\n'
            '\n<div style="text-align: center;">图1 新校舍</div>\n\n正文',
            [("caption", "图1 新校舍"), ("text", "正文")],
            id="paddle",
        ),
        pytest.param(
            "## 题\n\n图说\n\n<!-- image -->\n\n正文\\_文\n\n- 甲\n- 乙\n",
            [
                ("heading2", "题"),
                ("text", "图说"),
                ("text", "正文_文"),
                ("list", "甲"),
                ("list", "乙"),
            ],
            id="docling",
        ),
        pytest.param(
            "{0}" + "-" * 48 + '\n\n<span id="page-0-1"></span># **题**\n\n'
            "![](_page_0_Picture_1.jpeg)\n\n文<sup>1</sup>",
            [("heading1", "题"), ("text", "文1")],
            id="marker",
        ),
        pytest.param(
            "---\nprimary_language: zh\nis_rotation_valid: True\nis_table: False\n---\n题\n\n"
            "\\(x^2\\)文（\\(注\\)）",
            [("text", "题"), ("text", "x2文（(注)）")],
            id="olmocr",
        ),
        pytest.param(
            "![](data:image/png;base64,iVBORw0KGgo"
            + "A" * 999
            + "=)\n\n## 题\n\n$$E = m c ^ {2}$$",
            [("heading2", "题"), ("text", "E=mc2")],
            id="dots.ocr",
        ),
    ],
)
def test_what_ocr_models_write_is_read(source: str, lines: list[tuple[str, str]]) -> None:
    assert read_kinds(source) == lines


def test_lines_beside_pictures_are_marked_as_such() -> None:
    before, after = read_markdown("前\n\n![](a.jpg)\n\n后")
    assert (before.picture_below, after.picture_above) == (True, True)


def test_front_matter_does_not_print() -> None:
    assert read_kinds("---\nnewspaper: 嘉兴日报\n---\n文") == [("text", "文")]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.md", "文", True),
        ("a.MD", "文", True),
        ("a.txt", "# 题\n文\n## 题\n## 题\n## 题", False),
        ("a.txt", "# 题\n\n![](a.jpg)\n\n<table>\n", True),
        ("a.md", "\ufdd0", False),
    ],
)
def test_a_page_is_markdown_by_name_or_by_many_marks(name: str, text: str, expected: bool) -> None:
    assert is_markdown(name, text) is expected


MARKED = st.text("援疆，。“”《》（）12.*_~`#->|+= \n", max_size=80)
MARKS = [
    *("# ", "**", "*", "- ", "|", "|---|", "<td>", "<table>", "</table>", "<tr>", "<br>", "!["),
    *("](", ")", "[", "$", "\\", "$$", "<!--", "-->", "&nbsp;", "`", "> ", "---", "\n", "\n\n"),
    *("\r\n", "\r"),
]
ANY = st.lists(st.sampled_from(MARKS) | st.text(max_size=4), max_size=40).map("".join)


def check(source: str, lines: tuple[Line, ...]) -> list[Span]:
    """Spans are in order, stripped, and hold what the texts say."""
    spans = [span for line in lines for span in line.spans]
    for line in lines:
        parts = [source[start:end] for start, end in line.spans]
        assert all(part and part == part.strip() and "\n" not in part for part in parts)
        assert re.fullmatch(" ?".join(map(re.escape, parts)), line.text)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    return spans


@given(MARKED)
def test_emphasis_lists_and_pipes_never_lose_a_word(source: str) -> None:
    spans = check(source, read_markdown(source))
    words = [position for position, char in enumerate(source) if char in "援疆，。“”《》（）12"]
    assert [
        position for start, end in spans for position in range(start, end) if position in words
    ] == words


@given(ANY)
def test_any_text_gives_spans_in_order(source: str) -> None:
    if is_markdown("a.md", source):
        check(source, read_markdown(source))


@pytest.mark.parametrize(
    "mark", ["[", "![", "`a", "*a ", "$a", "\\(", "<", "<!--", "](", "<table>"]
)
def test_many_unmatched_marks_take_linear_time(mark: str) -> None:
    assert read_markdown("文" + mark * 20_000) is not None
