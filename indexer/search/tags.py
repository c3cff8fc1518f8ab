"""A value of a facet as a reader writes it in, the values that the index has out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from indexer.analysis import normal_form
from indexer.engines.base import Reader
from indexer.model import Every, Keyword, Node, Or, Request
from indexer.query import Tag
from indexer.search.plan import Resolve
from indexer.settings import Settings

SUFFIXES = ("", "市", "县", "区", "省", "州", "地区", "自治州", "自治区", "自治县", "特别行政区")


def make_resolver(reader: Reader, settings: Settings) -> Resolve:
    """Return the function that says which documents carry a value, by whichever name."""

    @cache  # a value is looked up once a query
    def resolve(tag: Tag) -> Node:
        value = normal_form(tag.value)
        match tag.facet:
            case "city" | "region":
                found = list(_places(reader, value)) or list(_tagged(reader, value, settings))
            case "article_city":
                found = [Keyword("article_city", one) for one in _named(reader, tag.facet, value)]
            case "page":
                found = [Keyword("page", one) for one in _pages(reader, value, settings)]
            case "pair":
                found = [Keyword("pair", one) for one in _pairs(reader, value)]
            case _:
                found = []
        nodes = found or [Keyword(tag.facet, tag.value)]
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    return resolve


def _values(reader: Reader, facet: str) -> Iterable[str]:
    return reader.find(Request(Every(), size=0, facets=(facet,))).facets[facet]


def _named(reader: Reader, facet: str, value: str) -> Iterator[str]:
    for known in _values(reader, facet):
        name = normal_form(known)
        if any(value == name + suffix for suffix in SUFFIXES):
            yield known


def _places(reader: Reader, value: str) -> Iterator[Keyword]:
    """Find the cities of that name, and the regions, whose counties count for them."""
    for city in _named(reader, "city", value):
        yield Keyword("city", city)
    for path in _values(reader, "region"):
        names = (normal_form(path), normal_form(path).rpartition("/")[2])
        if any(value == name + suffix for name in names for suffix in SUFFIXES):
            yield Keyword("region", path)


def _tagged(reader: Reader, value: str, settings: Settings) -> Iterator[Keyword]:
    """Ask the gazetteer what a name means: 第一师 is 阿拉尔."""
    from indexer.places import load_tagger  # a gazetteer is needed for few queries

    for mention in load_tagger(settings.places)(value):
        yield from _places(reader, normal_form(mention.city))


def _pages(reader: Reader, value: str, settings: Settings) -> list[str]:
    """Find the pages whose name has the value in it; the very name alone, where there is one."""
    pages = [page for page in reader.pages() if value in normal_form(page)]
    return [page for page in pages if normal_form(page) == value] or pages[: settings.max_expansion]


def _pairs(reader: Reader, value: str) -> Iterator[str]:
    """Accept 嘉兴-沙雅 and 嘉兴>沙雅 for 嘉兴→沙雅."""
    wanted = value.replace("->", "→").replace("-", "→").replace(">", "→")
    return (pair for pair in _values(reader, "pair") if normal_form(pair) == wanted)
