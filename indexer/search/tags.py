"""Resolve the value of a facet that a reader typed to values of the index."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache

from indexer.analysis import normal_form
from indexer.engines.base import Reader
from indexer.model import FACETS, Every, Keyword, Lookup, Node, Or, Request
from indexer.search.city_names import bears_name, resolve_cities
from indexer.search.plan import Resolve
from indexer.settings import Settings


def make_resolver(reader: Reader, settings: Settings) -> Resolve:
    """Return the function that says which documents carry a value, by whichever name."""

    @cache  # a value is looked up once a query
    def resolve(tag: Keyword) -> Node:
        value = normal_form(tag.value)
        match FACETS[tag.facet].lookup:
            case Lookup.CITY:
                found = list(_cities(reader, tag.facet, tag.value, settings))
            case Lookup.REGION:
                found = list(_regions(reader, tag.value, settings)) or list(
                    _cities(reader, "city", tag.value, settings)
                )
            case Lookup.PAGE:
                found = [Keyword("page", one) for one in _pages(reader, value, settings)]
            case Lookup.PAIR:
                found = [Keyword("pair", one) for one in _pairs(reader, value)]
            case _:
                found = []
        nodes = found or [Keyword(tag.facet, FACETS[tag.facet].canonical(tag.value))]
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    return resolve


def _values(reader: Reader, facet: str) -> Collection[str]:
    return reader.find(Request(Every(), size=0, facets=(facet,))).facets[facet]


def _cities(reader: Reader, facet: str, typed: str, settings: Settings) -> Iterator[Keyword]:
    for city in resolve_cities(typed, _values(reader, facet), settings.places):
        yield Keyword(facet, city)


def _regions(reader: Reader, typed: str, settings: Settings) -> Iterator[Keyword]:
    """Find the regions of that name, with or without its suffix."""
    for path in _values(reader, "region"):
        if bears_name(path, typed, settings.places):
            yield Keyword("region", path)


def _pages(reader: Reader, value: str, settings: Settings) -> list[str]:
    """Find the pages whose name has the value in it; the very name alone, where there is one."""
    pages = [page for page in reader.pages() if value in normal_form(page)]
    return [page for page in pages if normal_form(page) == value] or pages[: settings.max_expansion]


def _pairs(reader: Reader, value: str) -> Iterator[str]:
    """Accept 嘉兴-沙雅 and 嘉兴>沙雅 for 嘉兴→沙雅."""
    wanted = value.replace("->", "→").replace("-", "→").replace(">", "→")
    return (pair for pair in _values(reader, "pair") if normal_form(pair) == wanted)
