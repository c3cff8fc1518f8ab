"""A list of names looked up in the collection: a row for each."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indexer.engines.base import Reader
from indexer.engines.budget import check_deadline
from indexer.engines.occurrences import FacetCodes, OccurrenceRequest
from indexer.files import read_file
from indexer.model import Filter, Literal, Node, Or, fields_to_json
from indexer.query import normal_text
from indexer.search.marks import cross_nodes
from indexer.search.query_terms import DocumentCounts
from indexer.search.spellings import spellings
from indexer.statistics import Located, count_located

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
    runs = map(normal_text, names)
    trees = [
        Or(tuple(Literal(one) for one in ((run,) if exact else spellings(run)) if one))
        for run in runs
    ]
    return iter(cross_nodes(trees, DocumentCounts(reader)))


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
    place = int(dates.codes.argmin())  # of equal ones the first, which is the first in page order
    return int(dates.owners[place]), dates.values[int(dates.codes[place])]


def _count_places(cities: FacetCodes) -> tuple[tuple[str, int], ...]:
    counts = np.bincount(cities.codes, minlength=len(cities.values))
    best = np.argsort(-counts, kind="stable")[:SHOWN_PLACES].tolist()
    return tuple((cities.values[place], int(counts[place])) for place in best)


def _count_years(dates: FacetCodes) -> tuple[tuple[str, int], ...]:
    counts = np.bincount(dates.codes, minlength=len(dates.values)).tolist()
    years: Counter[str] = Counter()
    for date, count in zip(dates.values, counts, strict=True):
        years[date[:_YEAR_CHARS]] += count
    return tuple(sorted(years.items()))
