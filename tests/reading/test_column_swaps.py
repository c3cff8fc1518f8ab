"""Displaced and repeated columns of printed lines, and captions narrower than their column."""

from __future__ import annotations

from support.clean_articles import UNSEEN_NEWS, read_clean
from support.styles import BY_NAME
from support.typesetter import Faults, Role, draw_page, squeeze
from test_interrupted_lines import MORE, TEXT

from indexer.model import Kind, Page
from indexer.reading import read_articles
from indexer.reading.column_swaps import Swap
from indexer.reading.lines import split_lines
from indexer.reading.repeats import split_repeats

CAPTION = "老菜市场的清晨"


def test_undoing_a_swap_exchanges_neighbouring_columns() -> None:
    assert Swap(1, 3, 6).undone("aDEBCBf") == list("aBCBDEf")


def test_a_column_of_printed_lines_that_comes_twice_is_parted() -> None:
    lines = split_lines("\n".join((*TEXT, *MORE, *TEXT[1:5])))
    kept, repeats = split_repeats(lines, printed=True)
    assert [line.text for line in kept] == [line.strip() for line in (*TEXT, *MORE)]
    assert [repeat.original for repeat in repeats] == [line.start for line in lines[1:5]]


def test_a_line_that_is_quoted_again_is_no_repeat() -> None:
    lines = split_lines("\n".join((*TEXT, *MORE, TEXT[2])))
    assert split_repeats(lines, printed=True) == (lines, [])


def test_a_narrow_line_between_full_lines_is_a_caption() -> None:
    text = "\n".join((*TEXT[:3], CAPTION, *TEXT[3:], *MORE))
    blocks = [
        (one.kind, one.text)
        for article in read_articles(Page("page", "page.txt", text, ""))
        for one in article.paragraphs
    ]
    assert (Kind.CAPTION, CAPTION) in blocks
    assert (Kind.BODY, "".join(TEXT)) in blocks


def test_displaced_columns_of_printed_lines_are_put_back() -> None:
    restored = 0
    for seed in range(6):
        page = draw_page(
            read_clean(UNSEEN_NEWS), seed, Faults(swap=0.2, repeat=0.0), BY_NAME["daily 1998"]
        )
        printed = {squeeze(text) for text in page.texts(Role.BODY)}
        for article in read_articles(Page("page", "page.txt", page.text, "")):
            for one in article.paragraphs:
                moved = list(one.spans) != sorted(one.spans)
                restored += moved and squeeze(one.text) in printed
    assert restored >= 1
