"""Write each search as one canonical, readable address; `parameters` reads them.

The order of parameters is fixed and defaults are left out, so that one state has one address.
Pages carry Chinese as it reads; for programs (`Addresses.encoded`) it is percent-encoded. The names
are those of `Index.search`, so that an address, a call in Python and a call of the API say the same
thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import quote

from indexer import FACETS

FILTER_PARAMETERS = tuple(name for spec in FACETS.values() for name in spec.parameters)
"""Parameters that may be repeated, in the order of the address."""

_PARAMETERS = (
    *("q", "exact", "aliases"),
    *(one for name in FILTER_PARAMETERS for one in (name, "every_city")[: 1 + (name == "city")]),
    *("sort", "view", "explain", "group", "start", "size"),
)
_PARAMETER_ORDER = {name: position for position, name in enumerate(_PARAMETERS)}

OPPOSITE_PARAMETERS = {
    name: opposite
    for spec in FACETS.values()
    if spec.can_exclude
    for name, opposite in zip(spec.parameters, reversed(spec.parameters), strict=True)
}
"""A filter that keeps values, and that which leaves them out."""

PART_PARAGRAPHS = 50
"""Paragraphs of an article that are read at once: with their links below 100 kB."""

SHORT_SEARCH_BYTES = 50
"""Bytes of a search in an address that leave a page of results below 100 kB."""


@dataclass(frozen=True)
class Search:
    """The whole state of a search."""

    query: str = ""
    exact: bool = False
    aliases: bool = True
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)  # none empty
    every_city: bool = False
    sort: str = "relevance"
    start: int = 0
    size: int = 10
    view: str = ""  # "" is the list, "lines" the concordance
    explain: bool = False  # explain the rank of each hit
    group: str = ""  # of the API: "article" pages through articles

    @property
    def filtered(self) -> bool:
        """Whether anything but the query narrows the search."""
        return bool(self.filters)

    @property
    def asked(self) -> bool:
        """Whether there is a query or a filter; without one the archive is browsed."""
        return bool(self.query.strip()) or self.filtered

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of a filter."""
        return self.filters.get(name, ())

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments of `Index.search` but for start and size."""
        return {
            **self.filters,
            "every_city": self.every_city,
            "sort": self.sort,
            "exact": self.exact,
            "aliases": self.aliases,
        }

    def parameters(self) -> list[tuple[str, str]]:
        """Return what the address must carry, in order, defaults left out."""
        pairs = [("q", self.query)] if self.query else []
        pairs += [("exact", "1")] if self.exact else []
        pairs += [] if self.aliases else [("aliases", "0")]
        for name in FILTER_PARAMETERS if self.filters else ():
            values = self.filters.get(name, ())
            pairs += [(name, value) for value in values]
            if name == "city" and self.every_city and len(values) > 1:
                pairs.append(("every_city", "1"))
        pairs += [("sort", self.sort)] if self.sort != "relevance" else []
        pairs += [("view", self.view)] if self.view else []
        pairs += [("explain", "1")] if self.explain else []
        pairs += [("group", self.group)] if self.group else []
        pairs += [("start", str(self.start))] if self.start else []
        pairs += [("size", str(self.size))] if self.size != 10 else []
        return pairs

    @cached_property
    def _ordered(self) -> list[tuple[int, str]]:
        """The parameters as an address carries them, each with its place in the order."""
        return [
            (_PARAMETER_ORDER[name], f"{name}={_write_value(value)}")
            for name, value in self.parameters()
        ]

    @cached_property
    def written(self) -> str:
        """The parameters as an address carries them: a page repeats them in most of its links."""
        return "&".join([written for _, written in self._ordered])

    @cached_property
    def first_page(self) -> Search:
        """The search from its first result on."""
        return self.at(0)

    def around(self, name: str) -> tuple[str, str]:
        """Return the parameters of the first page as written: before those of a filter, after."""
        position, first = _PARAMETER_ORDER[name], self.first_page._ordered
        before = [written for other, written in first if other < position]
        return "&".join(before), "&".join([written for other, written in first if other > position])

    def limit(self, most: int) -> int:
        """Return how many of so many things that link to the search a page can hold.

        A pasted passage of 200 characters takes 600 bytes in every link; explained hits take twice
        as many as others.
        """
        most = most // 2 if self.explain else most
        return max(1, most * SHORT_SEARCH_BYTES // max(SHORT_SEARCH_BYTES, len(self.written_bytes)))

    @cached_property
    def written_bytes(self) -> bytes:
        """The parameters as a page holds them."""
        return self.written.encode("utf-8", "replace")

    @cached_property
    def plain(self) -> Search:
        """The search without how it is paged and shown."""
        plain = replace(self, start=0, size=10, view="", explain=False)
        return self if plain == self else plain

    def at(self, start: int) -> Search:
        """Go to a place in the results."""
        return self if start == self.start else replace(self, start=max(0, start))

    def having(self, name: str, values: Iterable[str]) -> Search:
        """Set the values of a filter and go back to the first result."""
        filters = {**self.filters, name: canonical_values(values)}
        return replace(self, start=0, filters={key: kept for key, kept in filters.items() if kept})

    def toggle(self, name: str, value: str) -> Search:
        """Add a value to a filter, or take it away when it is there."""
        values = {*self.values(name)} ^ {value}
        toggled = self.having(name, values)
        opposite = OPPOSITE_PARAMETERS.get(name)
        if opposite and value in values:
            toggled = toggled.having(opposite, {*self.values(opposite)} - {value})
        return toggled


def canonical_values(values: Iterable[str]) -> tuple[str, ...]:
    """Return each value once, in the order in which addresses have them."""
    return tuple(sorted(set(values)))


# ---------------------------------------------------------------- writing

_ASCII_CHARACTERS = "".join(map(chr, range(128)))
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_UNQUOTED_IN_PATH = _UNRESERVED | frozenset("/:@!$(),*")
_UNQUOTED_IN_QUERY = _UNRESERVED | frozenset("/:@!$(),*?")


@lru_cache(maxsize=10_000)
def readable(text: str, keep: frozenset[str] = _UNRESERVED) -> str:
    """Percent-encode what an address cannot carry and keep Chinese as it reads."""
    return "".join(
        char
        if char in keep or (char > "\x7f" and char.isprintable())
        else quote(char, safe="", errors="replace")
        for char in text
    )


def encode_address(address: str) -> str:
    """Percent-encode what of a readable address is not ASCII; the rest stays as it is."""
    return quote(address, safe=_ASCII_CHARACTERS)


def write_parameters(parameters: Iterable[tuple[str, str]]) -> str:
    """Write parameters as they follow the question mark of an address."""
    return "&".join([f"{name}={_write_value(value)}" for name, value in parameters])


Toggle = Callable[[str], str]
"""Writes the address that adds a value to a filter, or takes it away."""


@lru_cache(maxsize=10_000)
def _encode_value(value: str) -> str:
    return encode_address(_write_value(value))


@lru_cache(maxsize=10_000)
def _write_value(value: str) -> str:
    return readable(value, _UNQUOTED_IN_QUERY).replace("%20", "+")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Writes every address of the site, below `root` and in the reader's language."""

    root: str = ""  # the path the site is mounted under, "" for the top
    lang: str = ""  # "" is the reader's own, which addresses do not carry
    encoded: bool = False  # for programs: nothing but ASCII, to be requested as it is
    followed: Search = Search()  # which links to what is read carry, for marks and the way back
    result: int | None = None  # the number of the result of that search which is read

    def _to(self, path: str, *further: str, search: Search | None = None, mark: str = "") -> str:
        """Write an address: a search's parameters, then others as written, then the language."""
        parts = (search.written if search else "", *further, self._language)
        written = "&".join(filter(None, parts))
        address = f"{self.root}{path}{'?' if written else ''}{written}{mark}"
        return encode_address(address) if self.encoded else address

    def _to_read(self, path: str, *further: str, mark: str = "") -> str:
        """Write the address of something to read, with the search that leads to it."""
        result = _unless(None, "result", self.result)
        return self._to(path, result, *further, search=self.followed, mark=mark)

    @property
    def _language(self) -> str:
        return f"lang={self.lang}" if self.lang else ""

    def toggles(self, search: Search, name: str, path: str = "/") -> Toggle:
        """Return what writes the address of a search with a value of a filter toggled.

        A facet may have thousands of values, and their addresses differ in one place only: it is
        found once. A value that is excluded, or one of several that must all be there, changes
        more.
        """
        chosen = frozenset(search.values(name))
        opposed = frozenset(search.values(OPPOSITE_PARAMETERS.get(name, "")))
        before, after = search.around(name)
        start = f"{self.root}{path}?{before}{'&' if before else ''}"
        end = "".join([f"&{part}" for part in (after, self._language) if part])
        if self.encoded:
            start, end = encode_address(start), encode_address(end)
        write_value = _encode_value if self.encoded else _write_value
        if not (chosen or opposed):
            return lambda value: f"{start}{name}={write_value(value)}{end}"

        def toggle(value: str) -> str:
            if value in opposed or value in chosen or (name == "city" and search.every_city):
                return self._to(path, search=search.toggle(name, value))
            values = sorted((*chosen, value)) if chosen else (value,)
            return start + "&".join([f"{name}={write_value(one)}" for one in values]) + end

        return toggle

    def search(self, search: Search | None = None) -> str:
        """Write the address of a search; without one, of the browsing page."""
        return self._to("/", search=search)

    def browse(self, first: int) -> str:
        """Write the address of the list of pages from one on."""
        return self._to("/", _unless(1, "from", first))

    def issues(self, newspaper: str = "", year: str = "", date: str = "") -> str:
        """Write the address of a newspaper's years, the calendar of a year, or a day's editions."""
        given = (("newspaper", newspaper), ("year", year), ("date", date))
        return self._to("/issues", write_parameters(pair for pair in given if pair[1]))

    def export(self, search: Search, form: str, *, bom: bool = False) -> str:
        """Write the address of all results of a search as `csv`, `jsonl` or `atom`."""
        return self._to(f"/export.{form}", "bom=1" if bom else "", search=search.plain)

    def count(
        self, search: Search, by: Sequence[str] = (), chars: int = 2, path: str = "/count"
    ) -> str:
        """Write the address of the statistics of a search by some facets."""
        facets = write_parameters(("by", name) for name in by)
        return self._to(path, facets, _unless(2, "chars", chars), search=search.plain)

    def compare(self, search: Search, then: str = "") -> str:
        """Write the address that compares a search with a record, or makes one."""
        return self._to("/compare", _unless("", "then", then), search=search.plain)

    def table(self, name: str, search: Search, by: Sequence[str] = (), **others: str) -> str:
        """Write the address of a table of a search as CSV."""
        further = [*(("by", one) for one in by), *others.items()]
        return self._to(f"/tables/{name}.csv", write_parameters(further), search=search.plain)

    def values(self, facet: str, search: Search, first: int = 1, named: str = "") -> str:
        """Write the address of all values of a facet of a search, or of those named so."""
        further = _unless("", "named", named), _unless(1, "from", first)
        return self._to(f"/values/{facet}", *further, search=search.first_page)

    def api(self, search: Search) -> str:
        """Write the address of the JSON twin of a search."""
        return self._to("/api/v1/search", search=search)

    def page(
        self, page: str, lines: Sequence[tuple[int, int]] = (), first: int | None = None
    ) -> str:
        """Write the address of a page's numbered lines: with ranges marked, or from one on."""
        further = _unless(None, "from", first)
        if not lines:
            return self._to_read(_page_path(page), further)
        ranges = "lines=" + ",".join([line_range(one) for one in lines])
        return self._to_read(_page_path(page), further, ranges, mark=f"#{line_mark(lines[0])}")

    def sheet(self, page: str, zoom: int = 1) -> str:
        """Write the address of a page's scan, with the hits of a search marked."""
        return self._to_read(f"{_page_path(page)}/sheet", _unless(1, "zoom", zoom))

    def image(self, page: str, box: Sequence[int] = (), *, thumbnail: bool = False) -> str:
        """Write the address of a page's image: all of it, the part in a box, or a thumbnail."""
        further = f"box={','.join(map(str, box))}" if box else "", "thumbnail=1" * thumbnail
        return self._to(_page_path(page, "images"), *further)

    def manifest(self, page: str) -> str:
        """Write the address of a page as a manifest of IIIF, which is in all languages."""
        return replace(self, lang="")._to(f"/iiif{_page_path(page)}/manifest")

    def raw(self, page: str) -> str:
        """Write the address of a page's text as it was read."""
        return replace(self, lang="")._to(_page_path(page, "raw"))

    def article(
        self, page: str, article: int, paragraph: int | None = None, *, beside: bool = False
    ) -> str:
        """Write the address of an article or of a paragraph in it."""
        first = _unless(1, "from", first_of_part(paragraph or 1))
        mark = f"#p{paragraph}" if paragraph is not None else ""
        path = f"{_page_path(page, 'articles')}/{article}"
        return self._to_read(path, first, "beside=1" if beside else "", mark=mark)

    def cite(self, page: str, article: int, paragraph: int, style: str = "") -> str:
        """Write the address of a citation."""
        path = f"{_page_path(page, 'cite')}/{article}/{paragraph}"
        return self._to_read(path, _unless("", "style", style))

    def same(self, path: str, parameters: Iterable[tuple[str, str]]) -> str:
        """Write the address of a page given by its path, in this language."""
        return self._to(readable(path, _UNQUOTED_IN_PATH), write_parameters(parameters))

    def to(self, path: str, **parameters: str) -> str:
        """Write the address of a fixed page of the site."""
        return self._to(path, write_parameters(parameters.items()))


def _page_path(page: str, folder: str = "pages") -> str:
    return f"/{folder}/{readable(page, _UNQUOTED_IN_PATH)}"


def _unless(default: str | int | None, name: str, value: str | int | None) -> str:
    """Write a parameter, unless it is the default."""
    return "" if value == default else f"{name}={_write_value(str(value))}"


def first_of_part(paragraph: int) -> int:
    """Return the number of the first paragraph of the part of an article that holds this one."""
    return (paragraph - 1) // PART_PARAGRAPHS * PART_PARAGRAPHS + 1


def line_mark(lines: tuple[int, int]) -> str:
    """Name the place of a range of lines on its page: `L12` or `L12-L18`."""
    return "L" + line_range(lines).replace("-", "-L")


def line_range(lines: tuple[int, int]) -> str:
    """Write a range of lines: `12` or `12-18`."""
    first, last = lines
    return str(first) if first == last else f"{first}-{last}"
