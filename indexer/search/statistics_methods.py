"""The methods of an index that count what a query finds, over all hits (see `statistics`)."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from indexer.arguments import check_arguments, check_choice, check_methods
from indexer.engines.base import Reader
from indexer.engines.budget import check_deadline, each_within
from indexer.engines.occurrences import FacetCodes, OccurrenceRequest
from indexer.errors import TooLong
from indexer.files import read_file
from indexer.messages import message
from indexer.model import FACETS, Every, Filter, Literal, Node, Or, Span, fields_to_json
from indexer.query import normal_text
from indexer.query.spellings import spellings
from indexer.search.filters import check_size
from indexer.search.marks import cross_nodes, to_printed
from indexer.search.query_execution import QueryExecution
from indexer.search.reader_pool import OpenReader
from indexer.settings import Settings
from indexer.statistics import (
    CONCORDANCE_SORTS,
    SORT_CHARS,
    Cell,
    Counts,
    Located,
    Neighbours,
    count_cells,
    count_characters,
    count_located,
    facets_to_ask,
    find_cells,
    find_neighbours,
    locate_nodes,
    sort_occurrences,
)
from indexer.statistics.concordance import KWIC_WIDTH, Kwic, make_kwic
from indexer.statistics.neighbours import MAX_NEIGHBOUR_CHARS

COUNTABLE = (*FACETS, "month", "date")
"""What `Index.count` counts by: every facet, the month (2023-10) and the date of the page."""

MAX_CROSSED_FACETS = 2
DOCUMENTS_PER_BATCH = 200
"""Documents that are read together for the lines of a concordance."""


@dataclass(frozen=True, slots=True)
class Concordance:
    """Some lines of a concordance, from `start` on, of `total` occurrences."""

    query: str
    sort: str
    total: int
    start: int
    lines: tuple[Kwic, ...]

    def rows(self) -> list[dict[str, Any]]:
        """Return the lines as flat rows."""
        return [line.to_dict() for line in self.lines]

    def to_dict(self) -> dict[str, Any]:
        """Return what the JSON of the lines is."""
        return fields_to_json(self)


@check_methods
class StatisticsMethods:
    """Counting, neighbours, concordance and lists of names, as `Index` has them.

    What is counted is what matches a query as typed, under its aliases unless `exact`; hits
    that only hold some of its words are left aside. `selection` is what of `Index.search` chooses
    and reads: filters, `exact`, `aliases`. All numbers are exact and of one commit. What an
    occurrence is, `indexer.statistics` defines.
    """

    settings: Settings

    def _asking(
        self, query: str, **options: Any
    ) -> AbstractContextManager[tuple[OpenReader, QueryExecution]]:
        raise NotImplementedError

    def count(self, query: str = "", *, by: str | Sequence[str] = (), **selection: Any) -> Counts:
        """Count occurrences, paragraphs and articles, in all and by one or two of `COUNTABLE`.

        Raises `UnknownField` for anything else to count by, and `TooLong` for more than two.
        """
        names = _check_by((by,) if isinstance(by, str) else tuple(by))
        with self._asking(query, **selection) as (opened, asked):
            request = _request(asked, facets=facets_to_ask(names))
            located = count_located(opened.reader, asked.plan.strict.counted, request)
            per_document = located.per_document
            cells = [
                count_cells(
                    located.found,
                    per_document,
                    find_cells(located.found, columns),
                    _sum_characters(opened, asked.selection.filters, columns),
                )
                for columns in ((), names)
            ]
            characters = _sum_characters(opened, asked.selection.filters, ()).get((), 0)
            total = cells[0][0] if cells[0] else Cell((), 0, 0, 0, characters)
            return Counts(query, names, total, cells[1] if names else ())

    def neighbours(
        self, query: str, *, chars: int = 2, limit: int = 20, **selection: Any
    ) -> Neighbours:
        """Return the strongest neighbours of one or two characters on either side.

        They are measured against the whole collection by Dunning's log-likelihood ratio.
        Raises `TooLong` for more than two characters.
        """
        if not 1 <= chars <= MAX_NEIGHBOUR_CHARS:
            raise TooLong(
                actual=chars, limit=MAX_NEIGHBOUR_CHARS, unit=message("unit.neighbour_characters")
            )
        with self._asking(query, **selection) as (opened, asked):
            found = _locate(opened, asked, before=chars, after=chars).found
            size = _sum_characters(opened, (), ()).get((), 0)
            sides = {
                left: find_neighbours(
                    found.contexts_before if left else found.contexts_after,
                    lambda texts: count_texts(opened, texts),
                    size=size,
                    limit=limit,
                    left=left,
                )
                for left in (True, False)
            }
            return Neighbours(query, len(found.owners), sides[True], sides[False])

    def concordance(
        self,
        query: str,
        *,
        sort: str = "page",
        start: int = 0,
        size: int = 50,
        width: int = KWIC_WIDTH,
        **selection: Any,
    ) -> Concordance:
        """Return some lines of the concordance, each occurrence with `width` characters around.

        `sort` is one of `page`, `right` (by what follows), `left` (by what precedes), `date` and
        `place` (by the first city); raises `UnknownField` for another.
        """
        check_size(size, self.settings.max_size)
        with self._asking(query, **selection) as (opened, asked):
            located = _locate_sorted(opened, asked, sort)
            order = sort_occurrences(located.found, sort, stop=start + size)[start:].tolist()
            lines = tuple(_read_lines(opened, located, order, width))
            return Concordance(query, sort, len(located.found.owners), start, lines)

    def scan_concordance(
        self, query: str, *, sort: str = "page", width: int = KWIC_WIDTH, **selection: Any
    ) -> Iterator[Kwic]:
        """Yield every line of the concordance in order, with no ceiling."""
        with self._asking(query, **selection) as (opened, asked):
            located = _locate_sorted(opened, asked, sort)
            order = sort_occurrences(located.found, sort).tolist()
            lines = _read_lines(opened, located, order, width)
            yield from each_within(self.settings.query_seconds, lines)

    def lookup_names(
        self, names: Iterable[str], *, exact: bool = False, **filters: Any
    ) -> tuple[NameRow, ...]:
        """Look up each name as typed, and return a row for each, in their order.

        A name that is given twice, or only blanks, has one row or none. Raises `TooLong` for more
        than `MAX_NAMES_COUNTED`.
        """
        wanted = list(dict.fromkeys(filter(None, (name.strip() for name in names))))
        if len(wanted) > MAX_NAMES_COUNTED:
            raise TooLong(actual=len(wanted), limit=MAX_NAMES_COUNTED, unit=message("unit.names"))
        with self._asking("", **filters) as (opened, asked):
            trees = plan_names(opened.reader, wanted, exact=exact)
            rows = (
                look_up_name(opened.reader, name, tree, asked.selection.filters)
                for name, tree in zip(wanted, trees, strict=True)
            )
            return tuple(each_within(self.settings.query_seconds, rows))


def _check_by(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        check_choice(name, COUNTABLE, "facet")
    if len(names) > MAX_CROSSED_FACETS:
        raise TooLong(
            actual=len(names), limit=MAX_CROSSED_FACETS, unit=message("unit.crossed_facets")
        )
    return tuple(dict.fromkeys(names))


def _request(asked: QueryExecution, **options: Any) -> OccurrenceRequest:
    """Return the request for the occurrences of a query, with facets or contexts."""
    return OccurrenceRequest(asked.plan.strict.sure, (), asked.selection.filters, **options)


def _locate(opened: OpenReader, asked: QueryExecution, **options: Any) -> Located:
    return locate_nodes(opened.reader, asked.plan.strict.counted, _request(asked, **options))


def _locate_sorted(opened: OpenReader, asked: QueryExecution, sort: str) -> Located:
    check_choice(sort, CONCORDANCE_SORTS, "order")
    facets = {"date": ("date",), "place": ("city",)}.get(sort, ())
    sides = {"left": {"before": SORT_CHARS}, "right": {"after": SORT_CHARS}}.get(sort, {})
    return _locate(opened, asked, facets=facets, **sides)


def _sum_characters(
    opened: OpenReader, filters: tuple[Filter, ...], by: tuple[str, ...]
) -> Mapping[tuple[str, ...], int]:
    """Add up the characters of all paragraphs that pass the filters, once for a commit."""
    key = (filters, by)
    sums = opened.characters.get(key)
    if sums is None:
        request = OccurrenceRequest(Every(), (), filters, facets_to_ask(by))
        found = opened.reader.occurrences(request)
        sums = opened.characters[key] = count_characters(found, find_cells(found, by))
    return sums


def count_texts(opened: OpenReader, texts: Sequence[str]) -> Mapping[str, int]:
    """Count texts; what is kept may be emptied by another thread at any moment."""
    kept = {text: opened.totals.get(text) for text in texts}
    known = {text: total for text, total in kept.items() if total is not None}
    known |= opened.reader.totals([text for text in texts if text not in known])
    for text, total in known.items():
        opened.totals[text] = total
    return known


def _read_lines(
    opened: OpenReader, located: Located, order: Sequence[int], width: int
) -> Iterator[Kwic]:
    """Read the documents of occurrences, some at a time, and cut the lines out of them."""
    found, numbers = located.found, iter(order)
    while some := list(islice(numbers, DOCUMENTS_PER_BATCH)):
        ids = found.ids(found.owners[some].tolist())
        documents = opened.reader.documents(list(dict.fromkeys(ids)))
        spans = zip(found.starts[some].tolist(), found.ends[some].tolist(), strict=True)
        for name, span in zip(ids, spans, strict=True):
            yield make_kwic(documents[name], to_printed([Span(*span)], documents[name])[0], width)


MAX_NAMES_COUNTED = 5_000
SHOWN_PLACES = 5
"""Places of a name that its row holds: those that most of its paragraphs name."""

HEADER_WORDS = ("name", "names", "名称", "名稱", "姓名", "人名", "地名", "名字")
COUNTED_FACETS = ("city", "date")
_YEAR_CHARS = len("2023")


@dataclass(frozen=True, slots=True)
class NameRow:
    """What is found of a name.

    `first` is the id of the first paragraph that prints it: that of the oldest date, where none is
    dated the first in page order; `first_date` is that date. `places` are the cities that most of
    its paragraphs name, with how many, `years` those of its paragraphs with how many.
    """

    name: str
    occurrences: int = 0
    paragraphs: int = 0
    articles: int = 0
    first: str | None = None
    first_date: str | None = None
    places: tuple[tuple[str, int], ...] = ()
    years: tuple[tuple[str, int], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the row with the names and counts of places and years as objects."""
        return fields_to_json(self) | {"places": dict(self.places), "years": dict(self.years)}


def read_names(path: Path) -> list[str]:
    """Read names from a file: one a line, or for a `.csv` the first column.

    A head line such as `name` or `姓名` is left out. Raises `Unreadable`.
    """
    from indexer.pages.encodings import decode  # .05 s of CPU that no search needs

    text, _ = decode(read_file(path), path)
    return split_names(text, table=path.suffix.lower() == ".csv")


@check_arguments
def split_names(text: str, *, table: bool = False) -> list[str]:
    """Split pasted text into names, at line ends, tabs and the marks `、；;`; or read CSV."""
    if table:
        found = [row[0].strip() for row in csv.reader(text.splitlines()) if row]
    else:
        found = [name.strip() for name in re.split(r"[\n\r\t、；;]", text)]
    names = [name for name in found if name]
    return names[1:] if names and names[0].lower() in HEADER_WORDS else names


def plan_names(reader: Reader, names: Sequence[str], *, exact: bool = False) -> Iterator[Node]:
    """Yield for each name what an engine is asked for: its spellings, across line ends too."""
    substrings = map(normal_text, names)
    trees = [
        Or(tuple(Literal(one) for one in ((substring,) if exact else spellings(substring)) if one))
        for substring in substrings
    ]
    return iter(cross_nodes(trees, reader))


def look_up_name(reader: Reader, name: str, node: Node, filters: tuple[Filter, ...]) -> NameRow:
    """Look one name up."""
    check_deadline()
    request = OccurrenceRequest(node, (), filters, COUNTED_FACETS)
    located = count_located(reader, (node,), request)
    found = located.found
    if not found.documents:
        return NameRow(name)
    first, date = _find_first(located)
    return NameRow(
        name=name,
        occurrences=int(located.per_document.sum()),
        paragraphs=found.documents,
        articles=1 + int(np.count_nonzero(np.diff(found.articles))),
        first=found.ids([first])[0],
        first_date=date,
        places=_count_places(located.facet("city")),
        years=_count_years(located.facet("date")),
    )


def _find_first(located: Located) -> tuple[int, str | None]:
    dates = located.facet("date")
    if not len(dates.codes):
        return 0, None
    position = int(
        dates.codes.argmin()
    )  # of equal ones the first, which is the first in page order
    return int(dates.owners[position]), dates.values[int(dates.codes[position])]


def _count_places(cities: FacetCodes) -> tuple[tuple[str, int], ...]:
    counts = np.bincount(cities.codes, minlength=len(cities.values))
    best = np.argsort(-counts, kind="stable")[:SHOWN_PLACES].tolist()
    return tuple((cities.values[position], int(counts[position])) for position in best)


def _count_years(dates: FacetCodes) -> tuple[tuple[str, int], ...]:
    counts = np.bincount(dates.codes, minlength=len(dates.values)).tolist()
    years: Counter[str] = Counter()
    for date, count in zip(dates.values, counts, strict=True):
        years[date[:_YEAR_CHARS]] += count
    return tuple(sorted(years.items()))
