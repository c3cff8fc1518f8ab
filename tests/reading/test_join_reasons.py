"""Each join of lines and pieces keeps why it was made."""

from __future__ import annotations

import pytest
from support.clean_articles import UNSEEN_NEWS, read_clean
from support.styles import STYLES, Style
from support.typesetter import Faults, draw_page

from indexer.model import Page
from indexer.reading import Joins, read_articles
from indexer.reading.join_reasons import JoinRule

COLUMN = "今年以来全县新建了三十二座\n温室大棚，种上番茄和辣椒，\n产量比去年多了两成，干部们\n"
CUT_STYLES = [style for style in STYLES if not style.brief]
VERSES = "春眠不觉晓，\n处处闻啼鸟。\n夜来风雨声，\n花落知多少。\n"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (COLUMN + "都说好。\n\n" + COLUMN + "也高兴。\n", JoinRule.FULL_LINE),
        (COLUMN + "说（他们是\n常来的）好。\n" + COLUMN + "也高兴。\n", JoinRule.MARKS),
        ("孟浩然诗\n\n" + VERSES, JoinRule.VERSE),
    ],
)
def test_the_rule_of_a_join_of_printed_lines_is_kept(text: str, rule: JoinRule) -> None:
    joins: Joins = {}
    read_articles(Page("p", "p.txt", text, ""), joins=joins)
    assert rule in {join.rule for join in joins.values()}


@pytest.mark.parametrize("style", CUT_STYLES, ids=[style.name for style in CUT_STYLES])
def test_every_join_has_its_reason(style: Style) -> None:
    """All spans of a paragraph but the first were joined to it."""
    text = draw_page(read_clean(UNSEEN_NEWS), 7, Faults(), style).text
    joins: Joins = {}
    articles = read_articles(Page("p", "p.txt", text, ""), joins=joins)
    bodies = [one for article in articles for one in article.paragraphs if one.kind == "body"]
    starts = {span.start for body in bodies for span in body.spans[1:]}
    assert starts
    assert starts <= joins.keys()
