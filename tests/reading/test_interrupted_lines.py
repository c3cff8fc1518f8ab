"""Printed lines that a caption or a displaced column interrupts, and what an indent shows."""

from __future__ import annotations

import pytest

from indexer.model import Kind, Page
from indexer.reading import read_articles
from indexer.reading.paragraph_end_scores import ends_paragraph

TEXT = (
    "入冬以来，城北的老菜市场又热闹起来。摊主们",
    "说，自从屋顶换成了透光的瓦片，市场里白天不",
    "用开灯，一个月能省下三百多元电费。市场管理",
    "员郑春燕每天早上五点开门，先检查消防通道，",
    "再给各个摊位的电子秤校一遍零。她在这里干了",
    "十一年，谁家卖什么、几点上货，全记在心里。",
)
MORE = (
    "　　去年夏天，市场门口的马路改成了单行道，",
    "货车要绕一大圈才能进来。几位菜贩找到街道办",
    "事处，提出能不能在清晨留出两个小时卸货，工",
    "作人员当天就到现场看了路口，第二周便竖起了",
    "新的标牌，司机们再也不用凌晨三点排队了。",
)

LAST = ("　　傍晚收摊以前，郑春燕还要再走一圈，看看", "水龙头关没关、卷帘门落没落到底。")


def read(lines: tuple[str, ...]) -> list[tuple[Kind, str]]:
    articles = read_articles(Page("page", "page.txt", "\n".join(lines), ""))
    return [(block.kind, block.text) for article in articles for block in article.paragraphs]


@pytest.mark.parametrize(
    "caption", ["翻修后的菜市场明亮宽敞", "郑春燕正在校准电子秤。", "摊主展示新到的冬笋"]
)
@pytest.mark.parametrize("above", [1, 2, 4])
def test_a_caption_between_printed_lines_is_not_joined_over(caption: str, above: int) -> None:
    first = "　　" + TEXT[0][:-2]
    blocks = read(("菜市场的冬天", first, *TEXT[1:above], caption, *TEXT[above:], *MORE))
    assert (Kind.CAPTION, caption) in blocks
    body = first.strip() + "".join(TEXT[1:])
    assert (Kind.BODY, body) in blocks


def test_a_line_with_an_indent_continues_nothing() -> None:
    blocks = read(("菜市场的冬天", "　　" + TEXT[0][:-2], *TEXT[1:5], *MORE, *LAST))
    assert (Kind.BODY, "".join(MORE).strip()) in blocks


def test_a_line_without_an_indent_continues_after_a_whole_sentence_and_a_picture() -> None:
    first, rest = "　　" + TEXT[0][:-2], MORE[1:]
    blocks = read(("菜市场的冬天", first, *TEXT[1:], "图为翻修后的菜市场", *rest, *LAST))
    assert (Kind.BODY, first.strip() + "".join((*TEXT[1:], *rest))) in blocks


@pytest.mark.parametrize(
    ("length", "after", "ends"),
    [
        (120, "记者在现场看到，桥面已经铺好。", True),
        (150, "工程队今年春天进场，先修便道。", True),
        (30, "他说，桥修好了，孩子上学就近了。", False),
        (20, "工程队今年春天进场，先修便道。", False),
    ],
)
def test_a_paragraph_ends_with_a_full_line_about_where_others_of_its_page_do(
    length: int, after: str, ends: bool
) -> None:
    assert ends_paragraph(length, after, usual=100) is ends
