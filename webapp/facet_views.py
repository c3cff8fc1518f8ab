"""Make the facets of a search page: values with bars and links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from indexer import FACETS, FacetValue, Results, read_word
from webapp.addresses import Addresses, Search
from webapp.result_views import SearchView, name_of

MAX_OPEN_VALUES = 12
"""Values that a facet shows; the others unfold."""
MAX_LISTED_VALUES = 100_000
VALUES_PER_PAGE = 120
"""Values of one facet that can be listed, and how many a page of them carries: 60 kB."""
PAIR_TABLE_SIDE = 12
"""Givers and receivers in the heat grid: what fits a column of the wide screen."""


class ValueView(NamedTuple):
    """A facet value with its count."""

    value: str
    name: str
    printed: bool  # a word of the print, no name of ours
    keys: str  # what finds it in the filter box: its name, or with its pinyin and initials
    number: str  # how many, with separators: 1,234
    selected: bool
    excluded: bool
    share: int  # of the greatest count, in hundredths
    url: str  # toggles it
    without: str  # toggles its exclusion, "" where a facet has none


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet: values in force first, then by count."""

    name: str
    values: tuple[ValueView, ...]
    more: int = 0  # values the page does not carry
    url: str = ""  # of the page that carries all of them

    @property
    def shown(self) -> tuple[ValueView, ...]:
        """The values that are shown."""
        return self.values[:MAX_OPEN_VALUES]

    @property
    def folded(self) -> tuple[ValueView, ...]:
        """The values that unfold."""
        return self.values[MAX_OPEN_VALUES:]


def make_facet(results: Results, name: str, view: SearchView) -> FacetView:
    """Make one facet, empty when nothing was counted; what is in force comes first."""
    counted = results.facets.get(name, ())
    size = results.facet_sizes.get(name, len(counted))
    return make_values(counted, size, name, view, view.search.limit(FACETS[name].max_values))


def make_values(
    counted: Sequence[FacetValue], size: int, name: str, view: SearchView, most: int
) -> FacetView:
    """Make a facet of counted values, the first of `size`; `most` of them are listed."""
    search, to = view.search, view.to
    greatest = max((value.count for value in counted), default=0) or 1
    spec = FACETS[name]
    excluded = search.values(f"not_{name}")
    chosen = {*search.values(name), *excluded}
    ordered = sorted(counted, key=lambda value: value.value not in chosen) if chosen else counted
    toggle = to.toggles(search, name)
    exclude = to.toggles(search, f"not_{name}") if spec.can_exclude else None
    values = tuple(
        ValueView(  # in the order of its fields: names would take as long as all the rest
            value,
            shown := name_of(view.texts, name, value),
            spec.printed,
            _keys(value) if spec.by_pinyin else shown,
            f"{one.count:,}",
            value in chosen and value not in excluded,
            value in excluded,
            max(1, round(100 * one.count / greatest)) if one.count else 0,
            toggle(value),
            exclude(value) if exclude else "",
        )
        for one in ordered[:most]
        for value in (one.value,)
    )
    return FacetView(name, values, max(0, size - len(values)), to.values(name, search))


def find_values(counted: Sequence[FacetValue], name: str, wanted: str) -> Sequence[FacetValue]:
    """Keep the values whose name contains something, or that are read so."""
    low = wanted.lower()
    spelt = FACETS[name].by_pinyin and low.isascii()
    return [one for one in counted if low in (_keys(one.value) if spelt else one.value).lower()]


def open_regions(regions: FacetView) -> tuple[ValueView, ...]:
    """Keep the provinces, and below a chosen one its parts."""
    chosen = [value.value for value in regions.values if value.selected]
    tops = [value for value in regions.values if "/" not in value.value]
    opened: dict[str, list[ValueView]] = {top.value: [] for top in tops}
    for value in regions.values:
        top, _, rest = value.value.partition("/")
        if rest and top in opened and any(one.split("/")[0] == top for one in chosen):
            opened[top].append(value)
    return tuple(value for top in tops for value in (top, *opened[top.value]))


@lru_cache(maxsize=10_000)
def _keys(name: str) -> str:
    """Return a name with its pinyin and initials: 嘉兴 jiaxing jx."""
    syllables = read_word(name)
    initials = "".join(syllable[0] for syllable in syllables)
    return " ".join(filter(None, (name, "".join(syllables), initials)))


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


Head = tuple[str, str]
"""The name of a row or a column, and the language that it is in."""

HeatTable = tuple[Sequence[Head], Sequence[tuple[Head, Sequence[HeatCell]]]]
"""The heads of the columns, and the rows."""


def make_heat_table(
    counts: Mapping[ValuePair, int],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    heads: tuple[Callable[[str], Head], Callable[[str], Head]],
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

    cells = [(name_row(row), [cell(row, column) for column in columns]) for row in rows]
    return list(map(name_column, columns)), cells


def find_busiest(counts: Mapping[ValuePair, int], axis: int, most: int) -> list[str]:
    """Return the values of an axis (0 rows, 1 columns) with the greatest sums, these first."""
    sums = Counter[str]()
    for pair, count in counts.items():
        sums[pair[axis]] += count
    return sorted(sums, key=lambda value: (-sums[value], value))[:most]


def make_pair_table(results: Results, view: SearchView) -> HeatTable | None:
    """Make the table of givers and receivers, the busiest first; `None` without any."""
    counts = {
        (giver, receiver): value.count
        for value in results.facets.get("pair", ())
        for giver, arrow, receiver in (value.value.partition("→"),)
        if arrow
    }
    if not counts:
        return None
    side = view.search.limit(PAIR_TABLE_SIDE)
    toggle = view.to.toggles(view.search, "pair")
    chosen = {pair for pair in counts if "→".join(pair) in view.search.values("pair")}
    return make_heat_table(
        counts,
        find_busiest(counts, 0, side),
        find_busiest(counts, 1, side),
        heads=(lambda giver: (giver, "zh"), lambda receiver: (receiver, "zh")),
        separator="→",
        write_url=lambda pair: toggle("→".join(pair)),
        chosen=chosen,
    )


def facet_json(
    results: Results, search: Search, to: Addresses
) -> dict[str, Sequence[Mapping[str, object]]]:
    """Return the facets of the API: value, count, selected and the address that toggles it."""
    return {
        name: [
            {"value": one.value, "count": one.count, "selected": one.selected}
            | {"toggle_url": toggle(one.value)}
            for one in values
        ]
        for name, values in results.facets.items()
        for toggle in (to.toggles(search, name, "/api/v1/search"),)
    }
