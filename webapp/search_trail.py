"""Run the searches of addresses, and lead a reader back to the results.

Every link between article, source lines and citation carries the search and the number of the
result that is read (the `onward` addresses), so that query, marks and the way back are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from indexer import PastTheEnd, Results
from webapp.addresses import Addresses, Search
from webapp.context import AppContext
from webapp.parameters import Arguments, read_number, read_search

MAX_ARTICLES_PER_PAGE = 30
MAX_CONCORDANCE_PARAGRAPHS = 30
"""Articles, or paragraphs of the concordance, on one page of results: it stays below 100 kB."""

MAX_FETCHED_PARAGRAPHS = 120
MAX_FETCHED_PER_ARTICLE = 12
"""Paragraphs that are fetched for a page of results, and for each of its articles; how many of them
unfold is decided in `result_views`."""

MAX_LISTED_PARAGRAPHS = 36
"""Paragraphs that all articles of a page list, folded ones included: a page stays below 100 kB."""


def find(context: AppContext, search: Search, **others: Any) -> Results:
    """Run the search of an address."""
    options = search.options() | {"explain": search.explain} | others
    results = context.index.search(search.query, start=search.start, size=search.size, **options)
    context.partial = any(note.code == "partial" for note in results.notes)
    return results


def find_shown(context: AppContext, search: Search, **others: Any) -> Results:
    """Find what the page of results shows: articles, or paragraphs in the concordance."""
    if search.view:
        return find(context, search, **({"per_article": 1} | others))
    most = max(1, min(MAX_FETCHED_PER_ARTICLE, MAX_FETCHED_PARAGRAPHS // search.size))
    options = {
        "group": "article",
        "per_article": most,
        "most_hits": search.limit(MAX_LISTED_PARAGRAPHS),
    }
    return find(context, search, **options | others)


def read_shown(arguments: Arguments, max_size: int) -> Search:
    """Read the state of a page of results; a size that is allowed is limited to what fits."""
    search = read_search(arguments)
    limit = MAX_CONCORDANCE_PARAGRAPHS if search.view else MAX_ARTICLES_PER_PAGE
    size = min(search.size, search.limit(limit)) if search.size <= max_size else search.size
    return replace(search, size=size, group="")


@dataclass(frozen=True, slots=True)
class Trail:
    """The links back to the results and to those before and after the one that is read."""

    back: str = ""
    previous: str = ""
    following: str = ""
    number: int = 0  # of this result, from 1; 0 when it is not known
    total: int = 0


def read_onward(context: AppContext, arguments: Arguments) -> Addresses:
    """Return the writer of addresses that follow the search a reader comes from."""
    shown = read_shown(arguments, context.index.settings.max_size)
    here = read_number(arguments, "result", -1, least=0)
    search = replace(shown, start=0, explain=False)
    result = here if here >= 0 and search.asked else None
    return replace(context.addresses, followed=search, result=result)


def make_trail(context: AppContext, onward: Addresses) -> Trail:
    """Find the results before and after the one that is read, in the order of the results page."""
    search, here = onward.followed, onward.result
    if not search.asked:
        return Trail()
    if here is None:
        return Trail(onward.search(search))
    first = max(0, here - 1)
    try:
        results = find_shown(
            context, replace(search, start=first, size=3), per_article=1, facets=()
        )
    except PastTheEnd:  # an old link into results that have become fewer
        return Trail(onward.search(search))
    if here >= results.length:
        return Trail(onward.search(search))
    shown = [group[0] for group in results.groups] if results.group else results.hits
    urls = {
        number: replace(onward, result=number).article(hit.page, hit.article, hit.number)
        for number, hit in enumerate(shown, first)
    }
    back = onward.search(search.at(here - here % search.size))
    return Trail(
        back, urls.get(here - 1, ""), urls.get(here + 1, ""), here + 1, total=results.length
    )
