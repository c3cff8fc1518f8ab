"""What separates printed lines of one block, and that their spans say where each character is."""

from __future__ import annotations

import pytest

from indexer.model import Kind, Page, Paragraph, Span, locate_spans
from indexer.reading import read_articles
from indexer.reading.line_ends import LineEnds
from indexer.reading.lines import join_lines, split_lines
from indexer.reading.markdown import read_markdown


def set_lines(page: str, *, separator: str = "", latin: bool = False, count: int = 2) -> str:
    """Set the first lines of a page; the others are there for their words."""
    lines = split_lines(page)[:count]
    text, spans = LineEnds(page, latin=latin).set_lines(lines, separator)
    for at, (start, end) in zip(locate_spans(text, spans), spans, strict=True):
        assert text[at : at + end - start] == page[start:end]
    return text


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("援疆工\n作", "援疆工作"),
        ("the city\nof Shanghai", "the city of Shanghai"),
        ("Shanghai,\nthe city", "Shanghai, the city"),
        ("于19\n98年", "于1998年"),
        ("用5\nG网络", "用5G网络"),
        ("使用Open\nAI的\n成果归OpenAI所有", "使用OpenAI的"),
        ("all mem-\nbers of it\nMembers met.", "all members of it"),
        ("all mem-\nbers of it", "all mem-bers of it"),
        ("a well-\nknown man\na well-known city", "a well-known man"),
        ("soft\u00ad\nware", "soft\u00adware"),
        ("caf\u00e9\nau lait", "caf\u00e9 au lait"),
        ("3-\n5 日", "3-5 日"),
        ("援疆—\nthe city", "援疆—the city"),
    ],
)
def test_lines_have_between_them_what_their_words_need(page: str, text: str) -> None:
    assert set_lines(page) == text


def test_figures_of_an_english_page_are_words() -> None:
    assert set_lines("in 1998\n300 men", latin=True) == "in 1998 300 men"


def test_a_separator_is_between_lines_of_heads_and_tables() -> None:
    assert set_lines("甲题\n乙题", separator=" ") == "甲题 乙题"
    assert set_lines("甲 1\n乙 2", separator="\n") == "甲 1\n乙 2"


def test_a_displaced_line_is_set_like_the_next_one() -> None:
    page = "of Shanghai\nthe city"
    lines = split_lines(page)
    assert LineEnds(page).set_lines([join_lines(lines[::-1])]) == (
        "the city of Shanghai",
        (Span(12, 20), Span(0, 11)),
    )


def test_spans_of_one_line_have_the_blanks_of_its_text() -> None:
    page = "| 甲 | 乙*丙* |"
    (line,) = read_markdown(page)
    assert LineEnds(page).set_lines([line]).text == "甲 乙丙"


def test_verses_and_speakers_keep_their_lines() -> None:
    verse = "床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。"
    assert verse in [one.text for one in read(f"诗一首\n\n{verse}\n\n好诗。")]


def read(text: str) -> list[Paragraph]:
    return [
        one for article in read_articles(Page("p", "p.txt", text, "")) for one in article.paragraphs
    ]


def test_a_conversation_keeps_its_lines() -> None:
    talk = [
        "问：你们为什么要到这么远的地方来工作",
        "呢，家里人都同意吗，孩子由谁来照顾。",
        "答：家里人都很支持我们到这里来工作，孩",
        "子由老人照顾。",
    ] * 3
    texts = [one.text for one in read("\n".join(talk)) if one.kind is Kind.BODY]
    assert texts == ["".join(talk[:2]), "".join(talk[2:4])] * 3


@pytest.mark.parametrize("edge", ["\ufeff", "\u200b", "\u2060", "\u3000", "\u3000\ufeff "])
def test_a_line_neither_begins_nor_ends_with_what_prints_nothing(edge: str) -> None:
    page = f"{edge}新桥通车{edge}\n{edge}　　昨天上午。{edge}\n{edge}\n"
    lines = split_lines(page)
    assert [line.text for line in lines] == ["新桥通车", "昨天上午。"]
    assert [page[slice(*span)] for line in lines for span in line.spans] == [
        "新桥通车",
        "昨天上午。",
    ]
    assert lines[1].indent == 2 + sum(map(str.isspace, edge)) - edge.count(" ") / 2
