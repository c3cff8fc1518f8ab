"""Add places to an article: mentions, cities, givers and receivers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from indexer.model import Article, Kind, Paragraph
from indexer.places.gazetteer import ancestors
from indexer.places.pairs import find_pairs, without_prefixes
from indexer.places.tagger import Tagger

KIND_WEIGHTS = {
    Kind.TITLE: 5,
    Kind.SUBTITLE: 4,
    Kind.KICKER: 3,
    Kind.HEADING: 2,
    Kind.BODY: 1,
    Kind.CAPTION: 1,
}
LEAD_WEIGHT = 2  # more for the first body paragraph
MIN_CITY_SHARE = 0.25  # of the weight of the heaviest city; 杭州 of 杭州市余杭区 counts half
UNCOUNTED_KINDS = (Kind.BYLINE,)  # names of people


def tag_article(article: Article, tagger: Tagger, *, date: str | None = None) -> Article:
    """Return the article with its paragraphs' mentions, its cities and its pairs.

    `date` (ISO 8601) is the page's: a name means the place that had it then.
    """
    year = int(date[:4]) if date else None
    own = ("" if one.kind in UNCOUNTED_KINDS else one.text for one in article.paragraphs)
    texts = [tagger.prepare(text, year=year) for text in own]
    mentions = [text.tag(()) for text in texts]
    known = _known(mention.city for found in mentions for mention in found)
    known = known.union(*(text.provinces for text in texts))
    if known:
        mentions = [text.tag(known) for text in texts]
    if not any(mentions):
        return article
    paragraphs = tuple(
        replace(paragraph, mentions=found) if found else paragraph
        for paragraph, found in zip(article.paragraphs, mentions, strict=True)
    )
    return replace(
        article, paragraphs=paragraphs, cities=_cities(paragraphs), pairs=find_pairs(paragraphs)
    )


def _known(cities: Iterator[str]) -> frozenset[str]:
    """Return the cities with everything that contains them."""
    return frozenset(
        name
        for city in cities
        for name in (city, *(path.split("/")[-1] for path in ancestors(city)))
    )


def _cities(paragraphs: tuple[Paragraph, ...]) -> tuple[str, ...]:
    """Return what the article is about: the cities with most of the weight, heaviest first."""
    weights: Counter[str] = Counter()
    lead = LEAD_WEIGHT
    for paragraph in paragraphs:
        if paragraph.duplicate_of is not None:
            continue
        weight = KIND_WEIGHTS.get(paragraph.kind, 0)
        if paragraph.kind is Kind.BODY:
            weight, lead = weight + lead, 0
        own = {mention.city for mention in without_prefixes(paragraph.mentions)}
        for city in paragraph.cities:
            weights[city] += 2 * weight if city in own else weight
    heaviest = max(weights.values(), default=0)
    return tuple(
        city for city, weight in weights.most_common() if weight >= MIN_CITY_SHARE * heaviest > 0
    )
