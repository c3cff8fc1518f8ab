"""An article in, the same article out with its places: mentions, cities, giver and receiver."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace

from indexer.model import Article, Kind, Mention, Pair, Paragraph
from indexer.places.gazetteer import ancestors
from indexer.places.tagger import Tagger

WEIGHTS = {
    Kind.TITLE: 5,
    Kind.SUBTITLE: 4,
    Kind.KICKER: 3,
    Kind.HEADING: 2,
    Kind.BODY: 1,
    Kind.CAPTION: 1,
}
LEAD_WEIGHT = 2  # more for the first body paragraph
ENOUGH = 0.25  # of the weight of the heaviest city
UNTAGGED = (Kind.BYLINE,)  # names of people


def tag_article(article: Article, tagger: Tagger) -> Article:
    """Return the article with its paragraphs' mentions, its cities and its pairs."""
    first = [(paragraph, _mentions(paragraph, tagger, ())) for paragraph in article.paragraphs]
    known = _known(mention.city for _, mentions in first for mention in mentions)
    paragraphs = tuple(
        replace(paragraph, mentions=_mentions(paragraph, tagger, known))
        for paragraph in article.paragraphs
    )
    return replace(
        article,
        paragraphs=paragraphs,
        cities=_cities(paragraphs),
        pairs=tuple(dict.fromkeys(_pairs(paragraphs))),
    )


def _mentions(paragraph: Paragraph, tagger: Tagger, known: Collection[str]) -> tuple[Mention, ...]:
    return () if paragraph.kind in UNTAGGED else tagger(paragraph.text, known=known)


def _known(cities: Iterator[str]) -> frozenset[str]:
    """Return the cities with all they stand in."""
    return frozenset(
        name
        for city in cities
        for name in (city, *(path.split("/")[-1] for path in ancestors(city)))
    )


def _cities(paragraphs: tuple[Paragraph, ...]) -> tuple[str, ...]:
    """Return what the article is about: the cities with most of the weight, heaviest first."""
    weights: Counter[str] = Counter()
    lead = True
    for paragraph in paragraphs:
        if paragraph.duplicate_of is not None:
            continue
        weight = WEIGHTS.get(paragraph.kind, 0)
        if paragraph.kind is Kind.BODY and lead:
            weight, lead = weight + LEAD_WEIGHT, False
        for city in paragraph.cities:
            weights[city] += weight
    heaviest = max(weights.values(), default=0)
    return tuple(city for city, weight in weights.most_common() if weight >= ENOUGH * heaviest > 0)


_AID = re.compile("援[疆藏青]|对口支援|对口帮扶|对口合作|东西部协作|山海协作|结对帮扶|援建")


def _pairs(paragraphs: tuple[Paragraph, ...]) -> Iterator[Pair]:
    """Yield giver and receiver where a sentence says who supports whom."""
    for paragraph in paragraphs:
        for number, mention in enumerate(paragraph.mentions):
            after = paragraph.text[mention.span.end : mention.span.end + 12]
            if re.match("市?(?:第.{1,3}批)?(?:对口)?(?:援疆|援藏|援青|援建|支援|对口)", after):
                for other in paragraph.mentions[number + 1 :]:
                    if other.city != mention.city and not _same_region(other.city, mention.city):
                        yield Pair(mention.city, other.city)
                        break


def _same_region(one: str, other: str) -> bool:
    return ancestors(one)[:1] == ancestors(other)[:1]
