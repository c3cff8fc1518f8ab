"""Resolve what a reader types for a city to values of the city facets.

The query's field (城市:朝阳区) and the filter (`--city 朝阳区`, `?city=朝阳区`) both ask here, so
that the same words always mean the same cities.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from indexer.analysis import normal_form


def resolve_cities(typed: str, known: Collection[str], places: Path | None) -> tuple[str, ...]:
    """Return the cities that a name means, of those (`known`) that the index holds if it can.

    The first of these that gives any: the value as the facet shows it; the cities that bear the
    name, by the gazetteer (沙雅县, all districts for 朝阳区, 第一师); every known city of a
    province or prefecture (江苏); the last place of a longer name (南京市鼓楼区). What nobody knows
    is returned as it was typed.
    """
    value = normal_form(typed)
    same = tuple(city for city in known if normal_form(city) == value)
    if same:
        return same
    from indexer.places import find_cities, load_tagger  # a gazetteer is needed for few queries

    named = find_cities(typed, places)
    indexed = tuple(city for city in named if city in known)
    found = indexed or _cities_in(typed, known, places) or named
    if found:
        return found
    return tuple(mention.city for mention in load_tagger(places)(typed)[-1:]) or (typed,)


def bears_name(path: str, typed: str, places: Path | None) -> bool:
    """Return whether a region's path, or its last name, is what was typed, by any of its names."""
    value, last = normal_form(typed), path.rpartition("/")[2]
    from indexer.places import find_region

    return value in (normal_form(path), normal_form(last)) or find_region(typed, places) == last


def _cities_in(typed: str, known: Collection[str], places: Path | None) -> tuple[str, ...]:
    from indexer.places import ancestors

    return tuple(
        sorted(
            city
            for city in known
            if any(bears_name(path, typed, places) for path in ancestors(city, places))
        )
    )
