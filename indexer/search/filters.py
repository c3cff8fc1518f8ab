"""Check options, and resolve values that were chosen or typed in a field to those of an index."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from indexer.analysis import fold, normal_form
from indexer.arguments import check_arguments, check_choice
from indexer.engines.base import Reader
from indexer.engines.counted_values import most_common
from indexer.errors import TooLong, UnknownField
from indexer.messages import message
from indexer.model import DEFAULT_FACETS, FACETS, Filter, Keyword, Kind, Lookup, Node, Or, Sort
from indexer.query import KIND_NAMES
from indexer.search.plan import Resolve
from indexer.search.results import FacetValue
from indexer.settings import Settings


def resolve_cities(typed: str, known: Collection[str], places: Path | None) -> tuple[str, ...]:
    """Return the cities that a name means, of those (`known`) that the index holds if it can.

    The first of these that gives any: the value as the facet shows it; the cities that have the
    name, by the gazetteer (沙雅县, all districts for 朝阳区, 第一师); every known city of a
    province or prefecture (江苏); the last place of a longer name (南京市鼓楼区). An unknown
    value is returned as it was typed.
    """
    value = normal_form(typed)
    same = tuple(city for city in known if _city_form(city) == value)
    if same:
        return same
    from indexer.places import find_cities, load_tagger  # a gazetteer is needed for few queries

    named = find_cities(typed, places)
    indexed = tuple(city for city in named if city in known)
    found = indexed or _cities_in(typed, known, places) or named
    if found:
        return found
    return tuple(mention.city for mention in load_tagger(places)(typed)[-1:]) or (typed,)


_city_form = lru_cache(maxsize=20_000)(normal_form)
"""Returns the form in which a name is compared; those of all cities are wanted again and again."""


def _cities_in(typed: str, known: Collection[str], places: Path | None) -> tuple[str, ...]:
    cities = _cities_by_region(frozenset(known), places)
    found = {*cities.get(normal_form(typed), ()), *cities.get(_region_key(typed, places), ())}
    return tuple(sorted(found))


@lru_cache(maxsize=8)
def _cities_by_region(known: frozenset[str], places: Path | None) -> Mapping[str, list[str]]:
    """List the cities in each region, by the names of the region; made once for a commit."""
    from indexer.places import ancestors

    found: dict[str, list[str]] = {}
    for city in known:
        for name in {name for path in ancestors(city, places) for name in _region_names(path)}:
            found.setdefault(name, []).append(city)
    return found


def _region_names(path: str) -> tuple[str, ...]:
    """Return what a region is found by: its path or last name as typed, or by `_region_key`."""
    last = path.rpartition("/")[2]
    return _city_form(path), _city_form(last), f"/{last}"


def _region_key(typed: str, places: Path | None) -> str:
    """Return what a region is found by whose name was typed in full or abbreviated."""
    from indexer.places import find_region

    return f"/{find_region(typed, places) or ''}"


MAX_FACET_VALUES = 200
"""Values of a facet that are returned; the chosen ones always are."""

Values = str | Iterable[str]
ValuesOf = Callable[[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Selection:
    """What is searched and how: filters, the facets to count, the order, how a query is read."""

    filters: tuple[Filter, ...]
    facets: tuple[str, ...]
    sort: Sort
    exact: bool
    aliases: bool


@check_arguments
def make_selection(
    *,
    not_city: Values = (),
    every_city: bool = False,
    facets: Iterable[str] | None = (),
    sort: str = Sort.RELEVANCE,
    exact: bool = False,
    aliases: bool = True,
    **filters: Values,
) -> Selection:
    """Check what was chosen; raises `UnknownField` for an unknown kind, facet or order."""
    for name in filters:
        check_choice(name, FACETS, "filter")
    wanted = {
        name: tuple(dict.fromkeys(map(FACETS[name].canonical, _values(values))))
        for name, values in filters.items()
    }
    wanted.setdefault("city", ())
    wanted["kind"] = tuple(map(_read_kind, wanted.get("kind", ())))
    excluded = _values(not_city)
    chosen = tuple(
        Filter(
            name, values, excluded if name == "city" else (), every=every_city and name == "city"
        )
        for name, values in wanted.items()
        if values or (name == "city" and excluded)
    )
    counted = DEFAULT_FACETS if facets is None else tuple(facets)
    for name in counted:
        check_choice(name, FACETS, "facet")
    check_choice(sort, tuple(map(str, Sort)), "order")
    return Selection(chosen, counted, Sort(sort), exact, aliases)


def make_selection_without(options: Collection[str], chosen: Mapping[str, Any]) -> Selection:
    """Check what was chosen where some options have no effect; one of them is an unknown filter."""
    for name in chosen.keys() & options:
        check_choice(name, FACETS, "filter")
    return make_selection(**chosen)


def name_cities(
    filters: tuple[Filter, ...], values: ValuesOf, places: Path | None
) -> tuple[Filter, ...]:
    """Put the facet's own values where a reader chose cities by other names."""

    def rename(facet: str, chosen: tuple[str, ...]) -> tuple[str, ...]:
        named = (resolve_cities(city, values(facet), places) for city in chosen)
        return tuple(dict.fromkeys(name for names in named for name in names))

    return tuple(
        replace(one, values=rename(one.facet, one.values), excluded=rename(one.facet, one.excluded))
        if FACETS[one.facet].lookup is Lookup.CITY
        else one
        for one in filters
    )


def select(
    counts: Mapping[str, Mapping[str, int]],
    filters: Iterable[Filter],
    most: int | Mapping[str, int],
) -> dict[str, tuple[FacetValue, ...]]:
    """Order the values of each facet by count, the chosen ones marked and always there."""
    chosen = {one.facet: one.values for one in filters}
    return {
        name: _select(
            values,
            chosen.get(name, ()),
            most if isinstance(most, int) else most.get(name, MAX_FACET_VALUES),
        )
        for name, values in counts.items()
    }


def _select(counts: Mapping[str, int], chosen: Sequence[str], most: int) -> tuple[FacetValue, ...]:
    shown = {**most_common(counts, most), **{value: counts.get(value, 0) for value in chosen}}
    return tuple(FacetValue(value, count, value in chosen) for value, count in shown.items())


def _values(values: Values) -> tuple[str, ...]:
    return tuple(dict.fromkeys((values,) if isinstance(values, str) else values))


def _read_kind(name: str) -> str:
    kind = KIND_NAMES.get(fold(name))
    if kind is None:
        check_choice(name, tuple(map(str, Kind)), "kind")
        raise AssertionError(name)
    return kind.value


def check_grouping(group: str | None, per_article: int, most: int) -> int:
    """Return how many hits of an article are wanted, 0 where hits are not grouped."""
    if group is None:
        return 0
    if group != "article":
        raise UnknownField(what=message("what.grouping"), value=group, choices="article")
    check_size(per_article, most)
    return max(1, per_article)


def check_size(size: int, most: int) -> None:
    """Raise `TooLong` for a page of more hits than are allowed."""
    if size > most:
        raise TooLong(actual=size, limit=most, unit=message("unit.hits"))


def make_resolver(reader: Reader, values: ValuesOf, settings: Settings) -> Resolve:
    """Return the function that says which documents carry a value, by whichever name."""

    @cache  # a value is looked up once a query
    def resolve(tag: Keyword) -> Node:
        value = normal_form(tag.value)
        match FACETS[tag.facet].lookup:
            case Lookup.CITY:
                found = list(_cities(values, tag.facet, tag.value, settings))
            case Lookup.REGION:
                found = list(_regions(values, tag.value, settings)) or list(
                    _cities(values, "city", tag.value, settings)
                )
            case Lookup.PAGE:
                found = [Keyword("page", one) for one in _pages(reader, value, settings)]
            case Lookup.PAIR:
                found = [Keyword("pair", one) for one in _pairs(values, value)]
            case _:
                found = []
        nodes = found or [Keyword(tag.facet, FACETS[tag.facet].canonical(tag.value))]
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    return resolve


def _cities(values: ValuesOf, facet: str, typed: str, settings: Settings) -> Iterator[Keyword]:
    for city in resolve_cities(typed, values(facet), settings.places):
        yield Keyword(facet, city)


def _regions(values: ValuesOf, typed: str, settings: Settings) -> Iterator[Keyword]:
    """Find the regions of that name, with or without its suffix."""
    wanted = {normal_form(typed), _region_key(typed, settings.places)}
    named = (path for path in values("region") if not wanted.isdisjoint(_region_names(path)))
    return (Keyword("region", path) for path in named)


def _pages(reader: Reader, value: str, settings: Settings) -> list[str]:
    """Find the pages whose name has the value in it; the very name alone, where there is one."""
    pages = [page for page in reader.pages() if value in normal_form(page)]
    return [page for page in pages if normal_form(page) == value] or pages[: settings.max_expansion]


def _pairs(values: ValuesOf, value: str) -> Iterator[str]:
    """Accept 嘉兴-沙雅 and 嘉兴>沙雅 for 嘉兴→沙雅."""
    wanted = value.replace("->", "→").replace("-", "→").replace(">", "→")
    return (pair for pair in values("pair") if normal_form(pair) == wanted)
