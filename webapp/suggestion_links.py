"""Make the links of suggestions, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

from indexer import Results, Suggestion
from webapp.addresses import Search
from webapp.context import AppContext
from webapp.result_views import SearchView
from webapp.search_trail import find


@dataclass(frozen=True, slots=True)
class Offer:
    """A query to search for instead, and why."""

    text: str
    url: str
    reason: str
    count: int | None


def make_offers(results: Results, view: SearchView) -> dict[str, tuple[Offer | str, ...]]:
    """Offer corrections, readings of pinyin, misreadings and wider queries, where there are any."""
    suggestions = results.suggestions
    if suggestions is None:
        return {}
    named = any(note.code == "missing" for note in results.notes)
    groups = {
        "meant": (*suggestions.corrections, *suggestions.pinyin),
        "misread": suggestions.misreadings,
        "written": suggestions.numerals,
        "wider": suggestions.relaxations if not results.total else (),
        "synonyms": suggestions.synonyms,
    }
    offers = {name: tuple(_offer(one, view) for one in group) for name, group in groups.items()}
    return {**offers, "missing": () if results.total or named else suggestions.missing}


MAX_PARAGRAPHS_TO_HELP = 10
MAX_TOPIC_WORDS = 4


def offer_topics(context: AppContext, results: Results, view: SearchView) -> list[tuple[str, str]]:
    """Offer paragraphs of articles about a place of the query that do not name it themselves.

    Only where few paragraphs hold all of its words; a query with any operator is left alone.
    """
    search = view.search
    words = search.query.split()
    plain = 2 <= len(words) <= MAX_TOPIC_WORDS and all(map(str.isalnum, words))
    if search.start or results.total >= MAX_PARAGRAPHS_TO_HELP or not plain:
        return []
    offers = []
    for place in words:
        others = " ".join(word for word in words if word != place)
        if not (others and context.index.find_cities(place, "article_city")):
            continue
        wider = search.having("article_city", [*search.values("article_city"), place])
        wider = replace(wider, query=f"{others} -{place}", exact=True)
        count = find(context, replace(wider, size=1), facets=()).total
        if count:
            sentence = view.texts("topic.more", count=count, city=place)
            offers.append((sentence, view.to.search(wider)))
    return offers


def _offer(suggestion: Suggestion, view: SearchView) -> Offer:
    search = view.search
    kept = Search(sort=search.sort, view=search.view) if suggestion.unfiltered else search
    return Offer(
        text=suggestion.text,
        url=view.to.search(replace(kept, query=suggestion.text, start=0)),
        reason=suggestion.sentence(view.texts.language),
        count=suggestion.count,
    )
