"""Places: what is found in a text, what is left alone, and what an article is about."""

from __future__ import annotations

import pytest

from indexer.model import Article, Kind, Pair, Paragraph, Span
from indexer.places import ancestors, load_tagger, tag_article


@pytest.fixture(scope="module")
def tagger():
    return load_tagger()


def cities(tagger, text, known=()):
    return list(dict.fromkeys(mention.city for mention in tagger(text, known=known)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("浙江嘉兴与新疆沙雅，东西相隔4000多公里", ["嘉兴", "沙雅"]),
        ("杭州市余杭区仓前街道", ["杭州", "余杭"]),
        ("浙阿基础教育大联盟", ["阿克苏"]),
        ("绍阿同心绘新卷", ["绍兴", "阿瓦提"]),
        ("在阿克苏地区和兵团第一师全面推广", ["阿克苏", "阿拉尔"]),
        ("在阿克苏地区新和县", ["阿克苏", "新和"]),
        ("科技创新和人才培养", []),
        ("创新和县域经济", []),
        ("开创浙新合作新局面，我爱浙疆", []),
        ("温宿县金华新村", ["温宿"]),
        ("嘉泰纺织、友盛新材料", []),
    ],
)
def test_tagger_finds(tagger, text, found):
    assert cities(tagger, text) == found


def test_a_mention_carries_its_evidence(tagger):
    (mention,) = tagger("走进沙雅县莫买力镇")
    assert (mention.city, mention.evidence, mention.span) == ("沙雅", "沙雅县", Span(2, 5))


@pytest.mark.parametrize(
    ("city", "paths"),
    [
        ("沙雅", ("新疆", "新疆/阿克苏")),
        ("阿克苏", ("新疆", "新疆/阿克苏")),
        ("余杭", ("浙江", "浙江/杭州")),
        ("阿拉尔", ("新疆", "新疆/阿拉尔")),
        ("朝阳（北京）", ("北京",)),
        ("nowhere", ()),
    ],
)
def test_ancestors(city, paths):
    assert ancestors(city) == paths


def make_article(*blocks: tuple[Kind, str]) -> Article:
    paragraphs = tuple(
        Paragraph("page", 1, number, kind, text, (Span(0, len(text)),))
        for number, (kind, text) in enumerate(blocks, start=1)
    )
    return Article("page", 1, paragraphs=paragraphs)


def test_an_article_knows_its_cities_and_pairs(tagger):
    article = tag_article(
        make_article(
            (Kind.TITLE, "泱泱秀水润沙雅"),
            (Kind.BYLINE, "■ 南华"),
            (Kind.BODY, "三年来，嘉兴市援疆指挥部紧紧围绕沙雅县产业布局，助力受援地。"),
        ),
        tagger,
    )
    assert article.cities == ("沙雅", "嘉兴")
    assert article.pairs == (Pair("嘉兴", "沙雅"),)
    assert article.paragraphs[1].mentions == ()
