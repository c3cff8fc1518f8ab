"""Pages in Markdown: where their articles begin, what their blocks are, what their texts hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from test_markdown import ANY, MARKED

from indexer.model import Article, Page, locate_spans
from indexer.reading import read_articles

BODY = "援疆干部走进学校，为学生们带来新的课程，家长们纷纷点赞，认为这样的活动很有意义。"
OPEN = "援疆干部走进学校，为学生们带来新的课程，家长们纷纷点赞，认为这样的活"


def read(text: str) -> tuple[Article, ...]:
    return read_articles(Page("p", "p.md", text, ""))


def told(text: str) -> list[list[tuple[str, str]]]:
    return [[(one.kind.value, one.text) for one in article.paragraphs] for article in read(text)]


@pytest.mark.parametrize(
    ("page", "titles"),
    [
        (f"# 甲题\n\n{BODY}\n\n# 乙题\n\n{BODY}", ["甲题", "乙题"]),
        (f"# 甲题\n\n{BODY}\n\n## 小题\n\n{BODY}\n\n## 又题\n\n{BODY}", ["甲题"]),
        (f"# 甲题\n\n{BODY}\n\n# 一、小题\n\n{BODY}\n\n# 二、又题\n\n{BODY}", ["甲题"]),
        (
            f"# 甲题\n\n本报记者 王晓明\n\n{BODY}\n\n# 小题\n\n{BODY}\n\n# 乙题\n\n"
            f"本报记者 李明\n\n{BODY}",
            ["甲题", "乙题"],
        ),
        (
            f"# 甲题\n\n{BODY}\n\n## 乙题\n\n本报记者 李明\n\n{BODY}\n\n## 丙题\n\n本报讯 {BODY}",
            ["甲题", "乙题", "丙题"],
        ),
        (f"# 引题在上面\n# 主题\n\n{BODY}", ["引题在上面"]),
        (f"# 甲题\n\n{BODY}\n\n◆{BODY}\n\n◆{BODY}", ["甲题", None, None]),
        (f"# 甲题\n\n◆{BODY}\n\n◆{BODY}", ["甲题"]),
        (f"# 简讯，止于此。（王明）\n# 乙题\n\n{BODY}", ["简讯，止于此。（王明）", "乙题"]),
        ("# 甲题", ["甲题"]),
        ("", []),
        ("---\na: b\n---\n<!-- -->", []),
    ],
)
def test_headings_open_articles_or_sections(page: str, titles: list[str | None]) -> None:
    assert [article.title for article in read(page)] == titles


@pytest.mark.parametrize(
    ("page", "blocks"),
    [
        (
            f"第3版 要闻\n\n## 引题在此\n# **大标题**\n## 副题在此\n\n"
            f"**本报记者 王晓明**\n\n{BODY}",
            "furniture kicker title subtitle byline body",
        ),
        (f"# 题\n\n（丹翁）\n\n{BODY}\n\n## 小题\n\n{BODY}", "title byline body heading body"),
        (
            f"# 题\n\n{BODY}\n\n![](a.jpg)\n\n学生在校园里。\n\n{BODY * 2}",
            "title body body caption",
        ),
        (f"# 题\n\n{BODY}\n\n![](a.jpg)\n\n{BODY * 2}", "title body body"),
        (
            f"# 题\n\n{BODY}\n\n图为校园一角。\n\n<!-- image -->\n\n{BODY}",
            "title body body caption",
        ),
        (f"# 题\n\n{BODY}\n\n|甲|乙|\n|-|-|\n|丙|丁|\n\n- 一\n- 二", "title body table list"),
        (f"# 题\n\n{BODY}\n\n**小标题**\n\n{BODY}", "title body heading body"),
        (f"# 题\n\n{BODY}\n\n<footer>第3版</footer>", "title body furniture"),
    ],
)
def test_blocks_have_the_kinds_that_marks_and_forms_say(page: str, blocks: str) -> None:
    kinds = [one.kind.value for article in read(page) for one in article.paragraphs]
    assert kinds == blocks.split()


def test_rows_and_items_keep_their_lines_and_lead_to_them() -> None:
    page = "# 题\n\n| 姓名 | 年龄 |\n|---|---|\n| **张**三 | 18 |\n\n- 第一项\n- 第二项\n"
    _, table, items = read(page)[0].paragraphs
    assert table.text == "姓名 年龄\n张三 18"
    assert items.text == "第一项\n第二项"
    cells = [page[start:end] for start, end in table.spans]
    places = locate_spans(table.text, table.spans)
    assert cells == ["姓名", "年龄", "张", "三", "18"]
    assert [
        table.text[at : at + len(cell)] for at, cell in zip(places, cells, strict=True)
    ] == cells


def test_an_open_end_goes_on_but_not_where_paragraphs_are_never_closed() -> None:
    closed = "\n\n".join([BODY] * 8)
    (article,) = read(f"# 题\n\n{closed}\n\n{OPEN}\n\n动很有意义，大家都说好。")
    assert article.paragraphs[-1].text == OPEN + "动很有意义，大家都说好。"
    old = "\n\n".join(["三育中學校長之母朱太君年臻九十壽期在四月二十日海上名流、"] * 4)
    assert len(read(f"# 題\n\n{old}")[0].paragraphs) == 5


@given(MARKED | ANY)
def test_texts_are_their_spans_and_no_span_is_taken_twice(text: str) -> None:
    seen = [0] * len(text)
    for article in read(text):
        for one in article.paragraphs:
            parts = [text[start:end] for start, end in one.spans]
            places = locate_spans(one.text, one.spans)
            for at, part in zip(places, parts, strict=True):
                assert one.text[at : at + len(part)] == part
            assert "".join(one.text.split()) == "".join("".join(parts).split())
            for start, end in one.spans:
                seen[start:end] = [count + 1 for count in seen[start:end]]
    assert max(seen, default=0) <= 1
