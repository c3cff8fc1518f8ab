"""What might be searched for instead: suggestions come in, links with their reasons go out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from indexer import Results, Suggestion
from webapp.addresses import Addresses, Search
from webapp.texts import Texts


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
    missing: tuple[str, ...] = ()


def make_offers(results: Results, search: Search, to: Addresses, texts: Texts) -> Offers:
    """Offer corrections, readings of pinyin, misreadings and wider queries, where there are any."""
    suggestions = results.suggestions
    if suggestions is None:
        return Offers()

    def offers(group: Iterable[Suggestion]) -> tuple[Offer, ...]:
        return tuple(_offer(one, search, to, texts) for one in group)

    return Offers(
        meant=offers((*suggestions.corrections, *suggestions.pinyin)),
        misread=offers(suggestions.misreadings),
        written=offers(suggestions.numerals),
        wider=offers(suggestions.relaxations) if not results.total else (),
        missing=suggestions.missing if not results.total else (),
    )


def _offer(suggestion: Suggestion, search: Search, to: Addresses, texts: Texts) -> Offer:
    kept = Search(sort=search.sort, view=search.view) if suggestion.unfiltered else search
    return Offer(
        text=suggestion.text,
        url=to.search(replace(kept, query=suggestion.text, start=0)),
        reason=suggestion.sentence(texts.language),
        count=suggestion.count,
    )
