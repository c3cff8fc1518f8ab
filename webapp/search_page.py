"""The search page: results with their facets and links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from flask import Response, request
from werkzeug.urls import iri_to_uri

from indexer import (
    FACETS,
    FormFields,
    Hit,
    Kwic,
    Note,
    NotFound,
    PageSummary,
    Panel,
    Results,
    describe_query,
    form_to_query,
    message,
    query_to_form,
    to_kwic,
)
from webapp.addresses import Addresses, Search
from webapp.comparing import make_repeat
from webapp.context import AppContext, revalidated
from webapp.facet_views import (
    MAX_LISTED_VALUES,
    VALUES_PER_PAGE,
    find_values,
    make_facet,
    make_pair_table,
    make_values,
    open_regions,
)
from webapp.issues import list_contents
from webapp.parameters import MAX_VALUE_CHARS, read_number, read_search
from webapp.result_views import Step, group_hits, make_chips, make_steps, print_facts
from webapp.site_texts import Texts
from webapp.suggestion_links import make_offers, offer_topics
from webapp.thread import find, find_shown, read_shown

HIT_SORTS = ("relevance", "page", "date", "newest")
UNDO_CHANGES: dict[str, dict[str, Any]] = {
    "alias": {"aliases": False},
    "relaxed": {"exact": True},
    "following": {"exact": True},
}
"""Notes on expansions, by code, with the change of state that does without."""

SITE_KWIC_WIDTH = 24  # characters of either side: what the wide screen holds

CONCORDANCE_BYTES, KWIC_ROW_BYTES = 50_000, 500
"""What the rows of a concordance may take on a page, and a row without the search in its links."""

MAX_PAGES_LISTED = 20  # pages listed at once when browsing

MAX_PAGES_COUNTED = 200
"""Pages beyond which a search page does not count them: of 11,000 that took 3 of its 13 ms."""

UNLISTED_PANELS = (Panel.GRID, Panel.REPORT)
"""Panels whose facets a page of results does not list."""

LISTED_FACETS = tuple(
    spec.name
    for spec in sorted(FACETS.values(), key=lambda spec: spec.position)
    if spec.panel is Panel.MORE
)
"""The facets under "More filters", in order."""

SHOWN_VALUES = {
    spec.name: spec.max_values for spec in FACETS.values() if spec.panel not in UNLISTED_PANELS
}
"""How many values of each facet a page of results needs."""


@dataclass(frozen=True, slots=True)
class Paging:
    """The links to the other pages of results."""

    steps: tuple[Step, ...]
    previous: str | None
    following: str | None


@dataclass(frozen=True, slots=True)
class KwicView:
    """The rows of a paragraph in the concordance: each with the addresses of article and lines."""

    rows: tuple[tuple[Kwic, str, str], ...]
    rest: int  # marks of the paragraph that have no row
    url: str


def _make_concordance(results: Results, search: Search, to: Addresses) -> tuple[KwicView, ...]:
    """Make a row for each mark of each hit, as many as leave the page below 100 kB."""
    thread = replace(to, followed=replace(search, start=0, explain=False))
    row_bytes = KWIC_ROW_BYTES + 2 * len(search.written_bytes)  # both links hold the search
    most = max(1, CONCORDANCE_BYTES // row_bytes // max(1, len(results.hits)))
    return tuple(
        _make_kwic_view(hit, replace(thread, result=number), most)
        for number, hit in enumerate(results.hits, results.start)
    )


def _make_kwic_view(hit: Hit, thread: Addresses, most: int) -> KwicView:
    url = thread.article(hit.page, hit.article, hit.number)
    rows = islice(to_kwic([hit], width=SITE_KWIC_WIDTH), most)
    return KwicView(
        rows=tuple((row, url, thread.page(row.page, [row.lines])) for row in rows),
        rest=max(0, len(hit.marks) - most),
        url=url,
    )


@dataclass(frozen=True, slots=True)
class NoteView:
    """A sentence on how the query was understood, and the address of the search without that."""

    code: str
    sentence: str
    url: str


@revalidated()
def search_page(context: AppContext) -> Response:
    """Show results, or browse the archive when nothing is asked."""
    search = read_shown(request.args, context.index.settings.max_size)
    options = {"facets": _facets_of(context, search), "most_values": SHOWN_VALUES}
    if search.asked:
        results = find_shown(context, search, **options)
    else:
        results = find(context, replace(search, start=0, size=0), **options)
    to, texts = context.addresses, context.texts
    template = (
        ("concordance.html" if search.view else "search.html") if search.asked else "browse.html"
    )
    values = _facets(results, search, to, texts) | _understood(results, search, to, texts)
    values |= {"concordance": _make_concordance(results, search, to)} if search.view else {}
    values |= {} if search.asked else _browse(context, to, results)
    return context.show(
        template,
        search=search,
        focus=True,
        results=results,
        groups=group_hits(results, search, to, texts),
        **_paging(context, results, search, to),
        offers=make_offers(results, search, to, texts),
        topics=offer_topics(context, results, search, texts),
        canonical=to.search(search),
        repeat=make_repeat(search, to, request.host_url.rstrip("/")),
        sorts=_sorts(results, search, to),
        explained=to.search(replace(search, explain=not search.explain)),
        other_view=to.search(replace(search, view="" if search.view else "lines", start=0)),
        **values,
    )


def make_paging(start: int, size: int, total: int, write: Callable[[int], str]) -> Paging:
    """Make the links to the other pages of a list, of which `write` gives the addresses."""
    return Paging(
        steps=make_steps(start, size, total, write),
        previous=write(max(0, start - size)) if start else None,
        following=write(start + size) if start + size < total else None,
    )


def _facets_of(context: AppContext, search: Search) -> tuple[str, ...]:
    """Choose what is counted: of many pages the list is one link away, so they are not."""
    many = context.index.page_count > MAX_PAGES_COUNTED and not search.values("page")
    return tuple(
        name
        for name, spec in FACETS.items()
        if spec.panel is not Panel.REPORT and (name != "page" or not many)
    )


def _facets(results: Results, search: Search, to: Addresses, texts: Texts) -> dict[str, Any]:
    facets = {
        spec.name: make_facet(results, spec.name, search, to, texts)
        for spec in FACETS.values()
        if spec.panel not in UNLISTED_PANELS
    }
    return {
        "cities": facets["city"],
        "regions": open_regions(facets["region"]),
        "kinds": facets["kind"],
        "others": [facets[name] for name in LISTED_FACETS],
        "timeline": sorted(facets["year"].values, key=lambda value: value.value),
        "dated": bool(facets["year"].values),
        "pair_table": make_pair_table(results, search, to),
        "either": to.search(replace(search, every_city=not search.every_city, start=0)),
    }


def _understood(results: Results, search: Search, to: Addresses, texts: Texts) -> dict[str, Any]:
    return {
        "chips": make_chips(search, to, texts),
        "form": query_to_form(search.query),
        "understood": _said(describe_query(search.query), texts) if search.query else "",
        "notes": [
            _note(note, search, to, texts)
            for note in results.notes
            if note.code != "excluded"  # `understood` says it
        ],
        "all_off": to.search(Search(search.query, search.exact, sort=search.sort)),
        "relaxations": _relaxations(results, search, to, texts),
    }


def _note(note: Note, search: Search, to: Addresses, texts: Texts) -> NoteView:
    """Return a note in the reader's language, with the address that undoes what it says."""
    undone = UNDO_CHANGES.get(note.code)
    url = to.search(replace(search, start=0, **undone)) if undone and not search.exact else ""
    return NoteView(note.code, _said(note, texts), url)


def _said(note: Note, texts: Texts) -> str:
    return note.sentence(texts.language)


def _relaxations(
    results: Results, search: Search, to: Addresses, texts: Texts
) -> list[tuple[str, str]]:
    """Offer what one click can loosen when nothing is found, and is not offered with a count."""
    offers = []
    wider = results.suggestions.relaxations if results.suggestions else ()
    if search.filtered and not any(one.unfiltered for one in wider):
        offers.append((texts("nothing.unfiltered"), to.search(Search(search.query, search.exact))))
    if search.exact:
        offers.append((texts("nothing.inexact"), to.search(replace(search, exact=False, start=0))))
    return offers


def _sorts(results: Results, search: Search, to: Addresses) -> list[tuple[str, str]]:
    """Offer the orders that make sense: by date only where pages carry dates."""
    dated = bool(results.facets.get("year")) or search.sort in ("date", "newest")
    names = HIT_SORTS if dated else HIT_SORTS[:2]
    return [(name, to.search(replace(search, sort=name, start=0))) for name in names]


_PARAMETERS_BY_FIELD = {"first": "from", "last": "until"}
"""Fields of the advanced form whose parameter in the address has another name."""


def compose_query(context: AppContext) -> Response:
    """Write the query that the fields of the advanced form mean, and go to its results."""
    fields = {
        name: request.args.get(_PARAMETERS_BY_FIELD.get(name, name), "")
        for name in FormFields._fields
    }
    written = form_to_query(FormFields(**fields))
    search = replace(read_search(request.args), query=written, start=0)
    address = iri_to_uri(context.addresses.search(search))
    return Response(status=302, headers={"Location": address})


def _paging(context: AppContext, results: Results, search: Search, to: Addresses) -> dict[str, Any]:
    """Page through the results, or through the archive when it is browsed."""
    if search.asked:
        size, total = results.size, results.length
        paging = make_paging(results.start, size, total, lambda at: to.search(search.at(at)))
        return {"steps": paging}
    first = read_number(request.args, "from", 1, least=1) - 1
    total = context.index.page_count
    return {"steps": make_paging(first, MAX_PAGES_LISTED, total, lambda at: to.browse(at + 1))}


def _browse(context: AppContext, to: Addresses, results: Results) -> dict[str, Any]:
    """List the pages of the archive with their articles, in page order, some at a time."""
    first = read_number(request.args, "from", 1, least=1)
    shown = context.index.pages(first - 1, MAX_PAGES_LISTED)
    return {
        "pages": [
            (one, _page_name(one, context.texts), to.page(one.id), list_contents(one.articles, to))
            for one in shown
        ],
        "pages_total": context.index.page_count,
        "examples": [(text, to.search(Search(text))) for text in _examples(results)],
    }


def _examples(results: Results) -> list[str]:
    """Make a few queries that the archive surely answers, of the values it holds most of."""
    cities = [one.value for one in results.facets.get("city", ())[:2]]
    authors = [f"作者:{one.value}" for one in results.facets.get("author", ())[:1]]
    return [*cities[:1], *([" ".join(cities)] if len(cities) > 1 else []), *authors]


def _page_name(page: PageSummary, texts: Texts) -> str:
    """Name a page by what it carries; a title that its only article has already is not said."""
    title = page.meta.title if (page.meta.title,) != page.titles else None
    return " ".join(filter(None, (print_facts(page.meta, texts), title))) or page.id


@revalidated()
def values_page(context: AppContext, facet: str) -> Response:
    """Show all values of a facet of a search, with their counts."""
    if facet not in FACETS or FACETS[facet].panel in UNLISTED_PANELS:
        raise NotFound(what=message("what.filter"), value=facet)
    search = read_search(request.args)
    asked = replace(search, start=0, size=1)
    to, texts = context.addresses, context.texts
    named = request.args.get("named", "").strip()[:MAX_VALUE_CHARS]
    first = min(read_number(request.args, "from", 1, least=1), MAX_LISTED_VALUES)
    most = MAX_LISTED_VALUES if named else first - 1 + VALUES_PER_PAGE
    results = find(context, asked, facets=(facet,), most_values=most)
    found = find_values(results.facets[facet], facet, named) if named else results.facets[facet]
    total = len(found) if named else results.facet_sizes[facet]
    shown = found[first - 1 : first - 1 + VALUES_PER_PAGE]
    paging = make_paging(
        first - 1, VALUES_PER_PAGE, total, lambda at: to.values(facet, search, at + 1, named)
    )
    return context.show(
        "values.html",
        search=search,
        facet=make_values(shown, len(shown), facet, search, to, texts, VALUES_PER_PAGE),
        total=total,
        named=named,
        action=f"{to.root}/values/{facet}",
        before=paging.previous,
        after=paging.following,
        back=to.search(search),
        canonical=to.values(facet, search, first, named),
    )
