"""The page of statistics of a search, the table of names, and both as JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Response, jsonify, request

from indexer import (
    CONCORDANCE_SORTS,
    COUNTABLE,
    FACETS,
    Cell,
    Counts,
    NameRow,
    Neighbour,
    NotFound,
    message,
    split_names,
    to_kwic_csv,
    to_names_csv,
    to_table_csv,
)
from webapp.addresses import Addresses, Search
from webapp.context import AppContext, revalidated
from webapp.downloads import stream
from webapp.facet_views import Head, HeatTable, find_busiest, make_heat_table
from webapp.parameters import read_number, read_search, read_switch
from webapp.result_views import SearchView, name_of
from webapp.site_texts import Texts

MAX_CHART_BARS = 60
MAX_TABLE_COLUMNS = 16
MAX_TABLE_ROWS = 30
"""Values that the page shows; the files have all of them."""

ORDERED_FACETS = ("year", "month", "date")
"""Facets whose values are shown in their own order, the others by occurrences."""

FACET_CHOICES = tuple(name for name in COUNTABLE if name not in ("pair", "review"))
"""What the page offers to count by."""

MAX_NAMES_CHARS = 6_000
SHOWN_YEARS = 3


Bar = tuple[Head, str, Cell, int]
"""A value of a facet, the address of the hits after it ("" for what is no filter), its counts, and
its share of the greatest, in hundredths."""


@revalidated()
def count_page(context: AppContext) -> Response:
    """Show how often a search occurs by one facet or two, and its neighbours."""
    search, by, chars = read_search(request.args), _read_by(), _read_chars()
    to, texts, options = context.addresses, context.texts, _options(search)
    view = SearchView(search, to, texts)
    counts = _count(context, search, by)
    by = counts.by
    plain = counts if len(by) == 1 else context.index.count(search.query, by=by[:1], **options)
    query = search.query.strip()
    neighbours = context.index.neighbours(query, chars=chars, **options) if query else None
    return context.show(
        "count.html",
        search=search,
        counts=counts,
        by=by,
        bars=_make_bars(plain, view),
        more=max(0, len(plain.cells) - MAX_CHART_BARS),
        table=_make_table(counts, view) if len(by) == 2 else None,
        sides=_sides(neighbours.left, neighbours.right, search, to) if neighbours else (),
        chars=chars,
        other_chars=to.count(search, by, 3 - chars),
        choices=[(name, texts(f"facet.{name}")) for name in FACET_CHOICES],
        orders=[
            (name, to.table("concordance", search, order=name, bom="1"))
            for name in CONCORDANCE_SORTS
        ],
        csv=to.table("count", search, by=by, bom="1"),
        neighbours_csv=to.table("neighbours", search, chars=str(chars), bom="1"),
        json=to.count(search, by, chars, path="/api/v1/count"),
        back=to.search(replace(search, start=0)),
        canonical=to.count(search, by, chars),
    )


def _count(context: AppContext, search: Search, by: tuple[str, ...]) -> Counts:
    """Count by what is asked, else by year, city or kind: the first that pages carry."""
    for facets in [by] if by else [("year",), ("city",), ("kind",)]:
        counts = context.index.count(search.query, by=facets, **_options(search))
        if any(cell.values[0] for cell in counts.cells):
            break
    return counts


def _read_by() -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, request.args.getlist("by"))))


def _read_chars() -> int:
    return read_number(request.args, "chars", 2, least=1)


def _options(search: Search) -> dict[str, Any]:
    """Return what narrows a search, but not its order."""
    return {name: value for name, value in search.options().items() if name != "sort"}


# ---------------------------------------------------------------- bars and the table


def _ordered(counts: Counts) -> Sequence[Cell]:
    if counts.by[0] in ORDERED_FACETS:
        return counts.cells
    return sorted(counts.cells, key=lambda cell: (-cell.occurrences, -cell.paragraphs, cell.values))


def _make_bars(counts: Counts, view: SearchView) -> list[Bar]:
    facet, cells = counts.by[0], _ordered(counts)[:MAX_CHART_BARS]
    greatest = max((cell.per_10000 for cell in cells), default=0.0) or 1.0
    return [
        (
            _head(view.texts, facet, cell.values[0]),
            _hits_url(view, counts.by, cell.values),
            cell,
            round(100 * cell.per_10000 / greatest),
        )
        for cell in cells
    ]


def _make_table(counts: Counts, view: SearchView) -> HeatTable:
    """Make the heat table of two facets, of the values that occur most."""
    occurrences = {(cell.values[0], cell.values[1]): cell.occurrences for cell in counts.cells}
    rows, columns = (
        sorted(best) if facet in ORDERED_FACETS else best
        for facet, best in (
            (counts.by[0], find_busiest(occurrences, 0, MAX_TABLE_ROWS)),
            (counts.by[1], find_busiest(occurrences, 1, MAX_TABLE_COLUMNS)),
        )
    )
    return make_heat_table(
        occurrences,
        rows,
        columns,
        heads=(partial(_head, view.texts, counts.by[0]), partial(_head, view.texts, counts.by[1])),
        separator=" · ",
        write_url=partial(_hits_url, view, counts.by),
    )


def _head(texts: Texts, facet: str, value: str) -> Head:
    """Return the name of a value and the language that it is in, "" for that of the page."""
    if not value:
        return texts("count.none"), ""
    printed = facet in FACETS and FACETS[facet].printed
    return name_of(texts, facet, value), "zh" if printed else ""


def _hits_url(view: SearchView, by: Sequence[str], values: Sequence[str]) -> str:
    """Write the address of the hits that carry some values; nothing where no filter says so."""
    narrowed = replace(view.search, start=0)
    for facet, value in zip(by, values, strict=True):
        if not value:
            return ""
        if facet in FACETS:
            narrowed = narrowed.having(facet, [value])
        else:
            narrowed = replace(narrowed, query=f"{narrowed.query} 日期:{value}".strip())
    return view.to.search(narrowed)


def _sides(
    left: Iterable[Neighbour], right: Iterable[Neighbour], search: Search, to: Addresses
) -> list[tuple[str, list[tuple[Neighbour, str]]]]:
    """Return both sides with the address of the hits that print each neighbour there."""
    substring = search.query.strip().strip('"“”「」')
    simple = bool(substring) and not set(substring) & set(' \u3000()（）|｜:：*?[]"“”「」-~')

    def url(text: str) -> str:
        return to.search(replace(search, query=f'"{text}"', start=0)) if simple else ""

    return [
        ("left", [(one, url(one.text + substring)) for one in left]),
        ("right", [(one, url(substring + one.text)) for one in right]),
    ]


# ---------------------------------------------------------------- files and the API


def table(context: AppContext, name: str) -> Response:
    """Answer the counts, the neighbours or the concordance of a search as CSV."""
    search, bom = read_search(request.args), read_switch(request.args, "bom")
    options = _options(search)
    if name == "count":
        counts = context.index.count(search.query, by=_read_by(), **options)
        rows = counts.rows() if counts.by else [counts.total.to_dict(())]
        pieces = to_table_csv(counts.columns, rows, bom=bom)
    elif name == "neighbours":
        neighbours = context.index.neighbours(search.query, chars=_read_chars(), **options)
        pieces = to_table_csv(neighbours.columns, neighbours.rows(), bom=bom)
    elif name == "concordance":
        order = request.args.get("order", "") or "page"
        pieces = _concordance_file(context, search.query, order, bom=bom, **options)
    else:
        raise NotFound(what=message("what.format"), value=name)
    return stream(context, pieces, "text/csv", "csv")


def _concordance_file(
    context: AppContext, query: str, order: str, *, bom: bool, **options: Any
) -> Iterator[str]:
    """Yield the concordance of a search as CSV, all of one commit."""
    with context.streamed_index() as index:
        yield from to_kwic_csv(index.scan_concordance(query, sort=order, **options), bom=bom)


@revalidated()
def count_json(context: AppContext) -> Response:
    """Answer the counts of a search by up to two facets, with its neighbours where asked for."""
    search, by = read_search(request.args), _read_by()
    body = context.index.count(search.query, by=by, **_options(search)).to_dict()
    if request.args.get("chars", "").strip():
        chars = _read_chars()
        neighbours = context.index.neighbours(search.query, chars=chars, **_options(search))
        body["neighbours"] = neighbours.to_dict()
    return jsonify(body)


# ---------------------------------------------------------------- names


def names_page(context: AppContext) -> Response:
    """Look up a list of names that was typed or pasted; with `format=csv` as a file."""
    text = request.args.get("names", "")[:MAX_NAMES_CHARS]
    search = replace(read_search(request.args), query="")
    if request.args.get("format", "") == "csv":
        rows = context.index.lookup_names(split_names(text), **_names_options(search))
        return stream(context, to_names_csv(rows, bom=True), "text/csv", "csv")
    return _names(context, text=text, search=search)


def _names_options(search: Search) -> dict[str, Any]:
    options = _options(search)
    del options["aliases"]
    return options


@revalidated()
def _names(context: AppContext, *, text: str, search: Search) -> Response:
    to = context.addresses
    rows = context.index.lookup_names(split_names(text), **_names_options(search)) if text else ()
    return context.show(
        "names.html",
        names=text,
        rows=[_link_name(row, search, to) for row in rows],
        found=sum(bool(row.occurrences) for row in rows),
        csv=to.to("/names", names=text, format="csv"),
        canonical=to.to("/names"),
    )


NameLinks = tuple[NameRow, str, str, str, str]
"""A row of the table of names, the addresses of what is found and of the first, the name of the
first, and the years."""


def _link_name(row: NameRow, search: Search, to: Addresses) -> NameLinks:
    asked = replace(search, query=f'"{row.name}"')
    years = _years([year for year, _ in row.years])
    if not row.first:
        return row, to.search(asked) if row.occurrences else "", "", row.first_date or "", years
    page, article, number = row.first.rsplit(":", 2)
    first = replace(to, followed=asked).article(page, int(article), int(number))
    return row, to.search(asked) if row.occurrences else "", first, row.first_date or page, years


def _years(years: Sequence[str]) -> str:
    if len(years) <= SHOWN_YEARS:
        return ", ".join(years)
    return f"{years[0]}–{years[-1]} ({len(years)})"
