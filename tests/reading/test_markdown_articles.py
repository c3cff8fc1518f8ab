"""Pages in Markdown: where their articles begin, what their blocks are, what their texts hold."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from support.clean_articles import UNSEEN_NEWS, Clean, read_clean
from test_markdown import ANY, MARKED

from indexer.model import Article, Page, locate_spans
from indexer.reading import read_articles

BODY = "援疆干部走进学校，为学生们带来新的课程，家长们纷纷点赞，认为这样的活动很有意义。"
OPEN = "援疆干部走进学校，为学生们带来新的课程，家长们纷纷点赞，认为这样的活"


def read(text: str) -> tuple[Article, ...]:
    return read_articles(Page("p", "p.md", text, ""))


def read_kinds(text: str) -> list[list[tuple[str, str]]]:
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
        (f"# 甲题\n\n{BODY}\n\n◆{BODY}\n\n◆{BODY}\n\n{BODY}", ["甲题"]),
        (f"# 甲题\n\n{BODY}\n\n本报讯 {BODY}\n\n据新华社报道，{BODY}", ["甲题", None]),
        (
            f"# 渡口日报\n\n2023年10月27日 星期五\n\n## 甲题\n\n{BODY}\n\n## 乙题\n\n{BODY}",
            [None, "甲题", "乙题"],
        ),
        (
            f"**甲题**\n\n{BODY}\n\n**乙题**\n\n{BODY}\n\n**丙题**\n\n{BODY}",
            ["甲题", "乙题", "丙题"],
        ),
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
        (f"# 题\n\n周渡生\n\n{BODY}\n\n周渡生\n\n{BODY}", "title byline body body body"),
        (f"# 题\n\n# 本报记者 王晓明\n\n{BODY}", "title byline body"),
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
    positions = locate_spans(table.text, table.spans)
    assert cells == ["姓名", "年龄", "张", "三", "18"]
    assert [
        table.text[at : at + len(cell)] for at, cell in zip(positions, cells, strict=True)
    ] == cells


def test_an_open_end_continues_but_not_where_paragraphs_are_never_closed() -> None:
    closed = "\n\n".join([BODY] * 8)
    (article,) = read(f"# 题\n\n{closed}\n\n{OPEN}\n\n动很有意义，大家都说好。")
    assert article.paragraphs[-1].text == OPEN + "动很有意义，大家都说好。"
    old = "\n\n".join(["三育中學校長之母朱太君年臻九十壽期在四月二十日海上名流、"] * 4)
    assert len(read(f"# 題\n\n{old}")[0].paragraphs) == 5


def test_a_page_without_headings_is_read_as_plain_text_is(seeds: Path) -> None:
    for path in sorted(seeds.glob("*.txt")):
        text = path.read_text("utf-8").replace("#", "")
        plain, marked = (read_articles(Page("p", name, text, "")) for name in ("p.txt", "p.md"))
        assert marked == plain


def test_tables_lists_and_captions_are_known_without_headings() -> None:
    page = (
        f"题目在此\n\n本报记者 王晓明\n\n{BODY}\n\n|甲|乙|\n|-|-|\n|丙|丁|\n\n- 一\n- 二\n\n{BODY}"
    )
    kinds = [one.kind.value for article in read(page) for one in article.paragraphs]
    assert kinds == ["title", "byline", "body", "table", "list", "body"]
    assert "甲 乙\n丙 丁" in [one.text for article in read(page) for one in article.paragraphs]


@given(MARKED | ANY)
def test_texts_are_their_spans_and_no_span_is_taken_twice(text: str) -> None:
    seen = [0] * len(text)
    for article in read(text):
        for one in article.paragraphs:
            parts = [text[start:end] for start, end in one.spans]
            positions = locate_spans(one.text, one.spans)
            for at, part in zip(positions, parts, strict=True):
                assert one.text[at : at + len(part)] == part
            assert "".join(one.text.split()) == "".join("".join(parts).split())
            for start, end in one.spans:
                seen[start:end] = [count + 1 for count in seen[start:end]]
    assert max(seen, default=0) <= 1


FLOORS = tomllib.loads((Path(__file__).parent.parent / "floors.toml").read_text("utf-8"))["reading"]
PICTURES: dict[str, Callable[[str], str]] = {
    "MinerU": "![](images/0a1b.jpg)  \n{}".format,
    "PaddleOCR-VL": (
        '<div style="text-align: center;"><img src="imgs/b.jpg" alt="Image" /></div>\n\n'
        '<div style="text-align: center;">{}</div>'
    ).format,
    "Docling": "{}\n\n<!-- image -->".format,
    "marker": "![](_page_0_Picture_1.jpeg)\n\n{}".format,
    "dots.ocr": "![](data:image/png;base64,iVBORw0KGgo=)\n\n{}".format,
}
Blocks = list[tuple[str, str]]


def write_article(article: Clean, picture: Callable[[str], str]) -> tuple[str, Blocks]:
    """Write an article in Markdown, with its first caption behind its second paragraph."""
    parts = [f"# {article.title}", f"**{article.byline}**"]
    blocks = [("title", article.title), ("byline", article.byline)]
    for number, paragraph in enumerate(article.paragraphs):
        parts.append(paragraph)
        blocks.append(("body", paragraph))
        if number == 1 and article.captions:
            parts.append(picture(article.captions[0]))
            blocks.append(("caption", article.captions[0]))
    return "\n\n".join(parts), blocks


def sets_of_three() -> Iterator[list[Clean]]:
    articles = [one for one in read_clean(UNSEEN_NEWS) if not one.byline.startswith("—")]
    yield from (articles[start : start + 3] for start in range(0, len(articles) - 2, 3))


@pytest.mark.parametrize("model", PICTURES)
def test_unseen_articles_in_markdown_are_read_as_well_as_ever(model: str) -> None:
    written = begun = right = count = 0
    for articles in sets_of_three():
        made = [write_article(article, PICTURES[model]) for article in articles]
        read_back = read_kinds("\n\n".join(text for text, _ in made))
        written += len(made)
        begun += sum(blocks[0] in {found[0] for found in read_back} for _, blocks in made)
        squeezed = {(kind, re.sub(r"\s", "", text)) for found in read_back for kind, text in found}
        wanted = [(kind, re.sub(r"\s", "", text)) for _, blocks in made for kind, text in blocks]
        right += sum(block in squeezed for block in wanted)
        count += len(wanted)
        assert {kind for kind, _ in wanted} >= {"title", "byline", "body", "caption"}
    assert begun >= FLOORS["markdown_articles"] * written
    assert right >= FLOORS["markdown_blocks"] * count
