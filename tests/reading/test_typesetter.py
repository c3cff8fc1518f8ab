"""Pages that are set for tests say truly what was printed on them."""

from __future__ import annotations

import pytest
from support.clean_articles import Clean, read_clean
from support.styles import BY_NAME, STYLES, Style
from support.typesetter import UNDAMAGED, Damaged, Faults, Role, draw_page, squeeze

from indexer.reading import patterns

ARTICLES = read_clean()


def printed(page: Damaged, block: int) -> str:
    return "".join(
        character
        for character, owner in zip(page.text, page.owners, strict=True)
        if owner == block and not character.isspace()
    )


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_every_character_names_its_block(style: Style) -> None:
    for seed in range(4):
        page = draw_page(ARTICLES, seed, Faults(repeat=0.0), style)
        for number, block in enumerate(page.blocks):
            assert sorted(printed(page, number)) == sorted(squeeze(block.text))


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_an_undamaged_page_is_in_order(style: Style) -> None:
    page = draw_page(ARTICLES, 1, UNDAMAGED, style)
    owners = [owner for owner in page.owners if owner >= 0]
    assert owners == sorted(owners)
    assert not page.cut


def test_the_same_seed_sets_the_same_page() -> None:
    style = BY_NAME["daily 1998"]
    assert draw_page(ARTICLES, 7, Faults(), style) == draw_page(ARTICLES, 7, Faults(), style)


def test_columns_end_with_full_lines_where_lines_are_broken() -> None:
    page = draw_page(ARTICLES, 3, Faults(caption=0.0, swap=0.0, repeat=0.0), BY_NAME["daily 1957"])
    lines = [line for line in page.text.split("\n") if line]
    assert page.cut
    assert max(len(line) for line in lines[4:]) <= 18 + 2


def test_a_page_that_continues_elsewhere_breaks_its_last_paragraph_off() -> None:
    style = BY_NAME["daily 1957"]
    pages = (draw_page(ARTICLES, seed, UNDAMAGED, style) for seed in range(20))
    page = next(page for page in pages if style.jump in page.texts(Role.FURNITURE))
    texts = [block.text for block in page.blocks]
    assert not patterns.is_closed(texts[texts.index(style.jump) - 1])


def test_names_of_a_byline_are_without_roles() -> None:
    assert Clean("题", "本报记者 林若溪 通讯员 邵春来", ()).names == ("林若溪", "邵春来")
