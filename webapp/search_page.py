"""The search page: results with their facets and links."""

from __future__ import annotations

from dataclasses import replace
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
from webapp.comparing import write_elsewhere
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
from webapp.result_views import Paging, SearchView, group_hits, make_chips, make_paging, print_facts
from webapp.search_trail import find, find_shown, read_shown
from webapp.site_texts import Texts
from webapp.suggestion_links import make_offers, offer_topics

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


KwicRows = tuple[list[tuple[Kwic, str, str]], int, str]
"""The rows of a paragraph in the concordance, each with the addresses of article and lines; how
many marks of the paragraph have no row, and its address."""


def _make_concordance(results: Results, view: SearchView) -> list[KwicRows]:
    """Make a row for each mark of each hit, as many as leave the page below 100 kB."""
    search = view.search
    onward = replace(view.to, followed=replace(search, start=0, explain=False))
    row_bytes = KWIC_ROW_BYTES + 2 * len(search.written_bytes)  # both links hold the search
    most = max(1, CONCORDANCE_BYTES // row_bytes // max(1, len(results.hits)))
    return [
        _make_kwic_rows(hit, replace(onward, result=number), most)
        for number, hit in enumerate(results.hits, results.start)
    ]


def _make_kwic_rows(hit: Hit, onward: Addresses, most: int) -> KwicRows:
    url = onward.article(hit.page, hit.article, hit.number)
    rows = islice(to_kwic([hit], width=SITE_KWIC_WIDTH), most)
    linked = [(row, url, onward.page(row.page, [row.lines])) for row in rows]
    return linked, max(0, len(hit.marks) - most), url


@revalidated()
def search_page(context: AppContext) -> Response:
    """Show results, or browse the archive when nothing is asked."""
    search = read_shown(request.args, context.index.settings.max_size)
    options = {"facets": _facets_of(context, search), "most_values": SHOWN_VALUES}
    if search.asked:
        results = find_shown(context, search, **options)
    else:
        results = find(context, replace(search, start=0, size=0), **options)
    to = context.addresses
    view = SearchView(search, to, context.texts)
    template = (
        ("concordance.html" if search.view else "search.html") if search.asked else "browse.html"
    )
    values = _facets(results, view) | _understood(results, view) | make_offers(results, view)
    values |= {"concordance": _make_concordance(results, view)} if search.view else {}
    values |= {} if search.asked else _browse(context, results, view)
    return context.show(
        template,
        search=search,
        focus=True,
        results=results,
        groups=group_hits(results, view),
        paging=_make_paging(context, results, view),
        topics=offer_topics(context, results, view),
        canonical=to.search(search),
        repeat=write_elsewhere(search, to, request.host_url.rstrip("/")),
        sorts=_sorts(results, view),
        explained=to.search(replace(search, explain=not search.explain)),
        other_view=to.search(replace(search, view="" if search.view else "lines", start=0)),
        **values,
    )


def _facets_of(context: AppContext, search: Search) -> tuple[str, ...]:
    """Choose what is counted: of many pages the list is one link away, so they are not."""
    many = context.index.page_count > MAX_PAGES_COUNTED and not search.values("page")
    return tuple(
        name
        for name, spec in FACETS.items()
        if spec.panel is not Panel.REPORT and (name != "page" or not many)
    )


def _facets(results: Results, view: SearchView) -> dict[str, Any]:
    facets = {
        spec.name: make_facet(results, spec.name, view)
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
        "pair_table": make_pair_table(results, view),
        "either": view.to.search(
            replace(view.search, every_city=not view.search.every_city, start=0)
        ),
    }


def _understood(results: Results, view: SearchView) -> dict[str, Any]:
    search, language = view.search, view.texts.language
    return {
        "chips": make_chips(view),
        "form": query_to_form(search.query),
        "understood": describe_query(search.query).sentence(language) if search.query else "",
        "notes": [
            (note.code, note.sentence(language), _undo(note, view))
            for note in results.notes
            if note.code != "excluded"  # `understood` says it
        ],
        "all_off": view.to.search(Search(search.query, search.exact, sort=search.sort)),
        "relaxations": _relaxations(results, view),
    }


def _undo(note: Note, view: SearchView) -> str:
    """Return the address of the search without what a note says, "" where there is none."""
    undone = None if view.search.exact else UNDO_CHANGES.get(note.code)
    return view.to.search(replace(view.search, start=0, **undone)) if undone else ""


def _relaxations(results: Results, view: SearchView) -> list[tuple[str, str]]:
    """Offer what one click can loosen when nothing is found, and is not offered with a count."""
    offers, search, to = [], view.search, view.to
    wider = results.suggestions.relaxations if results.suggestions else ()
    if search.filtered and not any(one.unfiltered for one in wider):
        unfiltered = to.search(Search(search.query, search.exact))
        offers.append((view.texts("nothing.unfiltered"), unfiltered))
    if search.exact:
        inexact = to.search(replace(search, exact=False, start=0))
        offers.append((view.texts("nothing.inexact"), inexact))
    return offers


def _sorts(results: Results, view: SearchView) -> list[tuple[str, str]]:
    """Offer the orders that make sense: by date only where pages carry dates."""
    search = view.search
    dated = bool(results.facets.get("year")) or search.sort in ("date", "newest")
    names = HIT_SORTS if dated else HIT_SORTS[:2]
    return [(name, view.to.search(replace(search, sort=name, start=0))) for name in names]


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


def _make_paging(context: AppContext, results: Results, view: SearchView) -> Paging:
    """Page through the results, or through the archive when it is browsed."""
    search, to = view.search, view.to
    if search.asked:
        size, total = results.size, results.length
        return make_paging(results.start, size, total, lambda at: to.search(search.at(at)))
    first = read_number(request.args, "from", 1, least=1) - 1
    total = context.index.page_count
    return make_paging(first, MAX_PAGES_LISTED, total, lambda at: to.browse(at + 1))


def _browse(context: AppContext, results: Results, view: SearchView) -> dict[str, Any]:
    """List the pages of the archive with their articles, in page order, some at a time."""
    to = view.to
    first = read_number(request.args, "from", 1, least=1)
    shown = context.index.pages(first - 1, MAX_PAGES_LISTED)
    return {
        "pages": [
            (one, _page_name(one, view.texts), to.page(one.id), list_contents(one.articles, to))
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
    to = context.addresses
    named = request.args.get("named", "").strip()[:MAX_VALUE_CHARS]
    first = min(read_number(request.args, "from", 1, least=1), MAX_LISTED_VALUES)
    most = MAX_LISTED_VALUES if named else first - 1 + VALUES_PER_PAGE
    results = find(context, asked, facets=(facet,), most_values=most)
    found = find_values(results.facets[facet], facet, named) if named else results.facets[facet]
    total = len(found) if named else results.facet_sizes[facet]
    shown = found[first - 1 : first - 1 + VALUES_PER_PAGE]
    view = SearchView(search, to, context.texts)
    return context.show(
        "values.html",
        search=search,
        facet=make_values(shown, len(shown), facet, view, VALUES_PER_PAGE),
        total=total,
        named=named,
        paging=make_paging(
            first - 1, VALUES_PER_PAGE, total, lambda at: to.values(facet, search, at + 1, named)
        ),
        back=to.search(search),
        canonical=to.values(facet, search, first, named),
    )
