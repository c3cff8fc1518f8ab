"""Make the links of suggestions, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from indexer import Results, Suggestion
from webapp.addresses import Addresses, Search
from webapp.context import AppContext
from webapp.site_texts import Texts
from webapp.thread import find


@dataclass(frozen=True, slots=True)
class Offer:
    """A query to search for instead, and why."""

    text: str
    url: str
    reason: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Offers:
    """Everything that is offered beside the results."""

    meant: tuple[Offer, ...] = ()
    misread: tuple[Offer, ...] = ()
    written: tuple[Offer, ...] = ()
    wider: tuple[Offer, ...] = ()
    synonyms: tuple[Offer, ...] = ()
    missing: tuple[str, ...] = ()


def make_offers(results: Results, search: Search, to: Addresses, texts: Texts) -> Offers:
    """Offer corrections, readings of pinyin, misreadings and wider queries, where there are any."""
    suggestions = results.suggestions
    if suggestions is None:
        return Offers()

    def offers(group: Iterable[Suggestion]) -> tuple[Offer, ...]:
        return tuple(_offer(one, search, to, texts) for one in group)

    named = any(note.code == "missing" for note in results.notes)
    return Offers(
        meant=offers((*suggestions.corrections, *suggestions.pinyin)),
        misread=offers(suggestions.misreadings),
        written=offers(suggestions.numerals),
        wider=offers(suggestions.relaxations) if not results.total else (),
        synonyms=offers(suggestions.synonyms),
        missing=() if results.total or named else suggestions.missing,
    )


MAX_PARAGRAPHS_TO_HELP = 10
MAX_TOPIC_WORDS = 4


def offer_topics(
    context: AppContext, results: Results, search: Search, texts: Texts
) -> tuple[Offer, ...]:
    """Offer paragraphs of articles about a place of the query that do not name it themselves.

    Only where few paragraphs hold all of its words; a query with any operator is left alone.
    """
    words = search.query.split()
    plain = 2 <= len(words) <= MAX_TOPIC_WORDS and all(map(str.isalnum, words))
    if search.start or results.total >= MAX_PARAGRAPHS_TO_HELP or not plain:
        return ()
    offers = []
    for place in words:
        others = " ".join(word for word in words if word != place)
        if not (others and context.index.find_cities(place, "article_city")):
            continue
        wider = search.having("article_city", [*search.values("article_city"), place])
        wider = replace(wider, query=f"{others} -{place}", exact=True)
        count = find(context, replace(wider, size=1), facets=()).total
        if count:
            sentence = texts("topic.more", count=count, city=place)
            offers.append(Offer(sentence, context.addresses.search(wider), "", count))
    return tuple(offers)


def _offer(suggestion: Suggestion, search: Search, to: Addresses, texts: Texts) -> Offer:
    kept = Search(sort=search.sort, view=search.view) if suggestion.unfiltered else search
    return Offer(
        text=suggestion.text,
        url=to.search(replace(kept, query=suggestion.text, start=0)),
        reason=suggestion.sentence(texts.language),
        count=suggestion.count,
    )
