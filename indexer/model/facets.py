"""The table of facets: how each is named, shown, looked up and counted.

The query language, the engines, the site, the API and the command line are driven by it. To add a
facet, add its row here, its values in `documents.make_facets` and its names in `messages.json`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from indexer.messages import Message, message
from indexer.model.chinese_numbers import read_number


class Lookup(StrEnum):
    """How a value that a reader typed is resolved to values of the index."""

    EXACT = "exact"
    CITY = "city"  # by any name of the gazetteer, or that of the region around it
    REGION = "region"  # a path or its last name; a city where no region has the name
    PAGE = "page"  # all pages whose id contains the value
    PAIR = "pair"  # 嘉兴-沙雅 and 嘉兴>沙雅 for 嘉兴→沙雅


class Panel(StrEnum):
    """Where a search page shows a facet."""

    PLACES = "places"  # the list beside the results
    REGIONS = "regions"  # the tree above that list
    MORE = "more"  # a list under "More filters"
    TIMELINE = "timeline"
    GRID = "grid"  # the table of givers and receivers
    REPORT = "report"  # only the page that says what was read


@dataclass(frozen=True, slots=True)
class FacetSpec:
    """One facet.

    `query_names` are its field names in queries (报纸:嘉兴日报); `position` orders the facets of a
    panel.
    """

    name: str  # in the index, and as parameter of addresses, the API, Python and the command line
    query_names: tuple[str, ...]
    panel: Panel = Panel.MORE
    position: int = 0
    lookup: Lookup = Lookup.EXACT
    canonical: Callable[[str], str] = str  # from a given value to the one that is indexed
    max_values: int = 12  # values in the list; the others have a page of their own
    named_in_chips: bool = False  # where the value alone does not say which facet it filters
    by_pinyin: bool = False  # values are found by their pinyin too
    can_exclude: bool = False  # the parameter `not_<name>` leaves values out
    printed: bool = True  # values are text of the print, never translated

    @property
    def noun(self) -> Message:
        """Its name within a sentence."""
        return message(f"facet.{self.name}.noun")

    @property
    def heading(self) -> Message:
        """Its name above the list of its values."""
        return message(f"facet.{self.name}.heading")

    @property
    def help(self) -> Message:
        """What it is as a filter."""
        return message(f"facet.{self.name}.help")

    @property
    def parameters(self) -> tuple[str, ...]:
        """The filters of this facet: its own, and that which excludes."""
        return (self.name, f"not_{self.name}") if self.can_exclude else (self.name,)


_FIGURES_ONE_TO_NINE = "一二三四五六七八九"
_EDITION_VALUE = re.compile(
    rf"第?\s*(?:([A-Z]?)0*([1-9]\d*)|((?:[{_FIGURES_ONE_TO_NINE}]?十)?[{_FIGURES_ONE_TO_NINE}]?))\s*[版页]?"
)


def canonical_edition(given: str) -> str:
    """Return the number of an edition (第03版, 三版: 3; A03: A3), or a name as it is (要闻版)."""
    text = unicodedata.normalize("NFKC", given).strip()
    found = _EDITION_VALUE.fullmatch(text.upper())
    if not found or not any(found.groups()):
        return text
    return found[1] + found[2] if found[2] else str(read_number(found[3]))


def list_editions(given: str) -> tuple[str, ...]:
    """Return the editions that metadata names, each for itself: A1、A2; 第3、4版."""
    return tuple(filter(None, map(str.strip, re.split("[、,，;；]", given))))


_FACET_SPECS = (
    FacetSpec(
        "city",
        ("城市", "city"),
        panel=Panel.PLACES,
        lookup=Lookup.CITY,
        max_values=24,
        by_pinyin=True,
        can_exclude=True,
    ),
    FacetSpec(
        "region",
        ("地区", "region"),
        panel=Panel.REGIONS,
        lookup=Lookup.REGION,
        max_values=24,
        named_in_chips=True,
    ),
    FacetSpec(
        "article_city",
        ("文章城市", "article_city"),
        position=1,
        lookup=Lookup.CITY,
        named_in_chips=True,
        by_pinyin=True,
    ),
    FacetSpec("kind", ("类型", "kind"), printed=False),
    FacetSpec(
        "page", ("来源", "版面", "page"), position=3, lookup=Lookup.PAGE, named_in_chips=True
    ),
    FacetSpec(
        "author", ("作者", "记者", "author"), position=2, named_in_chips=True, by_pinyin=True
    ),
    FacetSpec("pair", ("结对", "pair"), panel=Panel.GRID, lookup=Lookup.PAIR),
    FacetSpec("newspaper", ("报纸", "newspaper"), position=4, named_in_chips=True),
    FacetSpec(
        "edition", ("版次", "edition"), position=5, canonical=canonical_edition, named_in_chips=True
    ),
    FacetSpec("review", ("复核", "review"), panel=Panel.REPORT, named_in_chips=True, printed=False),
    FacetSpec(
        "year",
        ("年份", "year"),
        panel=Panel.TIMELINE,
        max_values=150,  # as long as newspapers in today's Chinese have been printed
    ),
)

FACETS: Mapping[str, FacetSpec] = MappingProxyType({spec.name: spec for spec in _FACET_SPECS})
"""The facets by name. `region` contains every ancestor of the cities as a path (新疆, 新疆/阿克苏);
`newspaper`, `edition` and `year` have values only where a page's metadata has them."""

DEFAULT_FACETS = tuple(name for name, spec in FACETS.items() if spec.panel is not Panel.REPORT)
"""The facets that are counted where nothing else is asked for."""
