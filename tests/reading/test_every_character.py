"""Whatever a page is like: every character that prints is in exactly one block."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.clean_articles import read_clean
from support.styles import STYLES, Style
from support.typesetter import Faults, draw_page

from indexer.model import Page
from indexer.reading import read_articles
from indexer.reading.lines import STRIPPED_CHARACTERS

PIECES = st.sampled_from(
    [
        "渡口停航一天",
        "（渡公）",
        "（一）",
        "（",
        "◆",
        "◆今天风大，渡船停航一天。（周渡生）",
        "今天风大，渡船停航一天。",
        "今天風大、渡船停航一天、旅客改走大橋、",
        "渡船公司的经理说，明年还要再添三",
        "第二版　民國十九年六月四日",
        "江渡日报",
        "（下转第4版）",
        "（上接第1版）",
        "本报记者 周　渡",
        "本报讯 今天风大，",
        "图为渡口。周渡生 摄",
        "今 天 风 大 ， 渡 船 停 航",
        "The ferry is can-",
        "celled today.",
        "# 渡口",
        "——船夫手记",
        "遗失声明",
        "12",
        "𠮷渡",
        "　　",
        "",
    ]
)
PAGES = st.lists(PIECES, max_size=30).map("\n".join)
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=200)


NOT_PRINTED = STRIPPED_CHARACTERS + "#"


def uncovered(text: str) -> list[str]:
    """Return the characters that print and are in no block or in several."""
    articles = read_articles(Page("page", "page.txt", text, ""))
    cover = Counter(
        position
        for article in articles
        for block in article.paragraphs
        for start, end in block.spans
        for position in range(start, end)
    )
    return [
        char
        for position, char in enumerate(text)
        if cover[position] != 1
        and char not in STRIPPED_CHARACTERS
        and not char.isspace()
        and char != "#"
    ]


@given(PAGES | ANY_TEXT)
@settings(max_examples=300)
def test_every_character_is_in_one_block(text: str) -> None:
    assert uncovered(text) == []


@given(st.lists(PIECES, min_size=1, max_size=12), st.integers(4, 24), st.sampled_from(["", "\n"]))
@settings(max_examples=150)
def test_so_it_does_in_printed_lines(pieces: list[str], width: int, gap: str) -> None:
    text = "".join(pieces) * 4
    lines = [text[at : at + width] for at in range(0, len(text), width)]
    assert uncovered(f"\n{gap}".join(lines)) == []


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_so_it_does_on_damaged_pages(style: Style) -> None:
    for seed in range(6):
        page = draw_page(read_clean(), seed, Faults(), style)
        plain = page.text.replace("![](images/1.jpg)", "")
        assert uncovered(plain) == []
