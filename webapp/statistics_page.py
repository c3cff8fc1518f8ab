"""The page of statistics of a search, the table of names, and both as JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from flask import Response, jsonify, request

from indexer import (
    CONCORDANCE_SORTS,
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
from webapp.addresses import Addresses, Search, read_number, read_search, read_switch
from webapp.context import AppContext, revalidated
from webapp.downloads import stream
from webapp.result_views import name_of
from webapp.site_texts import Texts

MAX_CHART_BARS = 60
MAX_TABLE_COLUMNS = 16
MAX_TABLE_ROWS = 30
"""Values that the page shows; the files have all of them."""

ORDERED_FACETS = ("year", "month", "date")
"""Facets whose values are shown in their own order, the others by occurrences."""

FACET_CHOICES = (
    "year", "month", "newspaper", "edition", "city", "region", "article_city", "kind", "author",
    "page",
)  # fmt: skip
"""What the page offers to count by."""

HEAT_LEVELS = 5
MAX_NAMES_CHARS = 6_000
SHOWN_YEARS = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """A value with its counts; `share` is of the greatest, in hundredths."""

    name: str
    lang: str
    url: str  # of the hits after it, "" for what is no filter
    cell: Cell
    share: int


@dataclass(frozen=True, slots=True)
class Heat:
    """A cell of the table of two facets."""

    count: int
    heat: int
    url: str
    label: str


def count_page(context: AppContext) -> Response:
    """Show how often a search occurs by one facet or two, and its neighbours."""
    search, by, chars = read_search(request.args), _read_by(), _read_chars()
    return revalidated(context, lambda: _page(context, search, by, chars))


def _page(context: AppContext, search: Search, by: tuple[str, ...], chars: int) -> Response:
    to, texts, options = context.addresses, context.texts, _options(search)
    by = by or (_default(context, search),)
    counts = context.index.count(search.query, by=by, **options)
    plain = counts if len(by) == 1 else context.index.count(search.query, by=by[:1], **options)
    query = search.query.strip()
    neighbours = context.index.neighbours(query, chars=chars, **options) if query else None
    return context.show(
        "count.html",
        search=search,
        counts=counts,
        by=by,
        bars=_make_bars(plain, search, to, texts),
        more=max(0, len(plain.cells) - MAX_CHART_BARS),
        grid=_make_grid(counts, search, to, texts) if len(by) == 2 else None,
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


def _default(context: AppContext, search: Search) -> str:
    """Count by year where pages are dated, by city where they name any, else by kind."""
    for facet in ("year", "city"):
        cells = context.index.count(search.query, by=facet, **_options(search)).cells
        if any(cell.values[0] for cell in cells):
            return facet
    return "kind"


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


def _make_bars(counts: Counts, search: Search, to: Addresses, texts: Texts) -> list[Bar]:
    facet, cells = counts.by[0], _ordered(counts)[:MAX_CHART_BARS]
    greatest = max((cell.per_10000 for cell in cells), default=0.0) or 1.0
    return [
        Bar(
            name=_name(texts, facet, cell.values[0]),
            lang=_lang(facet, cell.values[0]),
            url=_hits_url(search, to, counts.by, cell.values),
            cell=cell,
            share=round(100 * cell.per_10000 / greatest),
        )
        for cell in cells
    ]


def _make_grid(counts: Counts, search: Search, to: Addresses, texts: Texts) -> dict[str, Any]:
    """Make the heat table of two facets, of the values that occur most."""
    rows = _most(counts, 0, MAX_TABLE_ROWS)
    columns = _most(counts, 1, MAX_TABLE_COLUMNS)
    held = {cell.values: cell for cell in counts.cells}
    greatest = max((cell.occurrences for cell in counts.cells), default=0) or 1

    def heat(row: str, column: str) -> Heat:
        values = (row, column)
        count = held[values].occurrences if values in held else 0
        names = (_name(texts, facet, value) for facet, value in zip(counts.by, values, strict=True))
        return Heat(
            count=count,
            heat=-(-HEAT_LEVELS * count // greatest),
            url=_hits_url(search, to, counts.by, values) if count else "",
            label=" · ".join(names),
        )

    first, second = counts.by
    return {
        "columns": [(_name(texts, second, one), _lang(second, one)) for one in columns],
        "rows": [
            (_name(texts, first, row), _lang(first, row), [heat(row, one) for one in columns])
            for row in rows
        ],
    }


def _most(counts: Counts, place: int, most: int) -> list[str]:
    """Return the values of a facet that occur most, in the order in which they are shown."""
    sums: dict[str, int] = {}
    for cell in counts.cells:
        value = cell.values[place]
        sums[value] = sums.get(value, 0) + cell.occurrences
    best = sorted(sums, key=lambda value: (-sums[value], value))[:most]
    return sorted(best) if counts.by[place] in ORDERED_FACETS else best


def _name(texts: Texts, facet: str, value: str) -> str:
    return name_of(texts, facet, value) if value else texts("count.none")


def _lang(facet: str, value: str) -> str:
    return "zh" if value and facet in FACETS and FACETS[facet].printed else ""


def _hits_url(search: Search, to: Addresses, by: Sequence[str], values: Sequence[str]) -> str:
    """Write the address of the hits that carry some values; nothing where no filter says so."""
    narrowed = replace(search, start=0)
    for facet, value in zip(by, values, strict=True):
        if not value:
            return ""
        if facet in FACETS:
            narrowed = narrowed.having(facet, [value])
        else:
            narrowed = replace(narrowed, query=f"{narrowed.query} 日期:{value}".strip())
    return to.search(narrowed)


def _sides(
    left: Iterable[Neighbour], right: Iterable[Neighbour], search: Search, to: Addresses
) -> list[tuple[str, list[tuple[Neighbour, str]]]]:
    """Return both sides with the address of the hits that print each neighbour there."""
    run = search.query.strip().strip('"“”「」')
    simple = bool(run) and not set(run) & set(' \u3000()（）|｜:：*?[]"“”「」-~')

    def url(text: str) -> str:
        return to.search(replace(search, query=f'"{text}"', start=0)) if simple else ""

    return [
        ("left", [(one, url(one.text + run)) for one in left]),
        ("right", [(one, url(run + one.text)) for one in right]),
    ]


# ---------------------------------------------------------------- files and the API


def table(context: AppContext, name: str) -> Response:
    """Answer the counts, the neighbours or the concordance of a search as CSV."""
    search, bom = read_search(request.args), read_switch(request.args, "bom")
    options = _options(search)
    if name == "count":
        counts = context.index.count(search.query, by=_read_by(), **options)
        rows = counts.rows() if counts.by else [counts.total.to_dict(())]
        cells = [[row[one] for one in counts.columns] for row in rows]
        pieces = to_table_csv(counts.columns, cells, bom=bom)
    elif name == "neighbours":
        found = context.index.neighbours(search.query, chars=_read_chars(), **options)
        cells = [[row[one] for one in found.columns] for row in found.rows()]
        pieces = to_table_csv(found.columns, cells, bom=bom)
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


def count_json(context: AppContext) -> Response:
    """Answer the counts of a search by up to two facets, with its neighbours where asked for."""
    search, by = read_search(request.args), _read_by()

    def answer() -> Response:
        body = context.index.count(search.query, by=by, **_options(search)).to_dict()
        if request.args.get("chars", "").strip():
            found = context.index.neighbours(search.query, chars=_read_chars(), **_options(search))
            body["neighbours"] = found.to_dict()
        return jsonify(body)

    return revalidated(context, answer)


# ---------------------------------------------------------------- names


def names_page(context: AppContext) -> Response:
    """Look up a list of names that was typed or pasted; with `format=csv` as a file."""
    text = request.args.get("names", "")[:MAX_NAMES_CHARS]
    search = replace(read_search(request.args), query="")
    if request.args.get("format", "") == "csv":
        rows = context.index.lookup_names(split_names(text), **_names_options(search))
        return stream(context, to_names_csv(rows, bom=True), "text/csv", "csv")
    return revalidated(context, lambda: _names(context, text, search))


def _names_options(search: Search) -> dict[str, Any]:
    options = _options(search)
    del options["aliases"]
    return options


def _names(context: AppContext, text: str, search: Search) -> Response:
    to = context.addresses
    rows = context.index.lookup_names(split_names(text), **_names_options(search)) if text else ()
    return context.show(
        "names.html",
        names=text,
        rows=[_name_view(row, search, to) for row in rows],
        found=sum(bool(row.occurrences) for row in rows),
        csv=to.to("/names", names=text, format="csv"),
        canonical=to.to("/names"),
    )


class NameView(NamedTuple):
    """A row of the table of names with the addresses of what is found."""

    row: NameRow
    url: str
    first: str
    first_name: str
    years: str


def _name_view(row: NameRow, search: Search, to: Addresses) -> NameView:
    page, article, number = row.first.rsplit(":", 2) if row.first else ("", "0", "0")
    asked = replace(search, query=f'"{row.name}"')
    return NameView(
        row=row,
        url=to.search(asked) if row.occurrences else "",
        first=to.article(page, int(article), int(number), search=asked) if row.first else "",
        first_name=row.first_date or page,
        years=_years([year for year, _ in row.years]),
    )


def _years(years: Sequence[str]) -> str:
    if len(years) <= SHOWN_YEARS:
        return ", ".join(years)
    return f"{years[0]}–{years[-1]} ({len(years)})"
