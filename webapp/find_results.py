"""Run the searches of addresses, for programs and for the pages of the site."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from indexer import Results
from webapp.addresses import Search
from webapp.context import AppContext
from webapp.parameters import Arguments, read_search

MAX_ARTICLES_PER_PAGE = 30
MAX_CONCORDANCE_PARAGRAPHS = 30
"""Articles, or paragraphs of the concordance, on one page of results: it stays below 100 kB."""

MAX_PARAGRAPHS_FOUND = 120
MAX_PARAGRAPHS_PER_ARTICLE = 12
"""Paragraphs that are found for a page of results, and for each of its articles."""


def find(context: AppContext, search: Search, **others: Any) -> Results:
    """Run the search of an address."""
    options = search.options() | {"explain": search.explain} | others
    found = context.index.search(search.query, start=search.start, size=search.size, **options)
    context.partial = any(note.code == "partial" for note in found.notes)
    return found


def find_shown(context: AppContext, search: Search, **others: Any) -> Results:
    """Find what the page of results shows: articles, or paragraphs in the concordance."""
    if search.view:
        return find(context, search, **({"per_article": 1} | others))
    most = max(1, min(MAX_PARAGRAPHS_PER_ARTICLE, MAX_PARAGRAPHS_FOUND // search.size))
    return find(context, search, **({"group": "article", "per_article": most} | others))


def read_shown(arguments: Arguments, max_size: int) -> Search:
    """Read the state of a page of results; a size that is allowed is limited to what fits."""
    search = read_search(arguments)
    limit = MAX_CONCORDANCE_PARAGRAPHS if search.view else MAX_ARTICLES_PER_PAGE
    size = min(search.size, search.limit(limit)) if search.size <= max_size else search.size
    return replace(search, size=size, group="")
