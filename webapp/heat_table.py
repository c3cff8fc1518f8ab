"""Make tables of two facets whose cells are coloured by their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

HEAT_LEVELS = 5

ValuePair = tuple[str, str]
"""A value of the facet of the rows, and one of that of the columns."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """How often two values come together; `url` and `selected` are of the filter by both."""

    count: int
    heat: int  # 0 to `HEAT_LEVELS`
    label: str
    url: str
    selected: bool


@dataclass(frozen=True, slots=True)
class HeatTable:
    """The heads of the columns and the rows, each with the language of its head."""

    columns: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, str, Sequence[HeatCell]]]


def make_heat_table(
    counts: Mapping[ValuePair, int],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    heads: tuple[Callable[[str], tuple[str, str]], Callable[[str], tuple[str, str]]],
    separator: str,
    write_url: Callable[[ValuePair], str],
    chosen: Collection[ValuePair] = (),
) -> HeatTable:
    """Make the table of some values; `heads` return the name and the language of a value."""
    greatest = max(counts.values(), default=0) or 1
    name_row, name_column = heads

    def cell(row: str, column: str) -> HeatCell:
        pair = (row, column)
        count, selected = counts.get(pair, 0), pair in chosen
        label = separator.join((name_row(row)[0], name_column(column)[0]))
        url = write_url(pair) if count or selected else ""
        return HeatCell(count, -(-HEAT_LEVELS * count // greatest), label, url, selected)

    cells = ((row, tuple(cell(row, column) for column in columns)) for row in rows)
    return HeatTable(
        tuple(map(name_column, columns)), tuple((*name_row(row), held) for row, held in cells)
    )


def find_busiest(counts: Mapping[ValuePair, int], axis: int, most: int) -> list[str]:
    """Return the values of an axis (0 rows, 1 columns) with the greatest sums, these first."""
    sums = Counter[str]()
    for pair, count in counts.items():
        sums[pair[axis]] += count
    return sorted(sums, key=lambda value: (-sums[value], value))[:most]
