"""Share readers between threads: open one when first needed, swap at a commit, close idle ones.

A reader keeps what is the same for all answers of its commit: its pages, editions and articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from indexer.analysis import Analyzer
from indexer.bounded_cache import BoundedCache
from indexer.command_lines import index_options
from indexer.engines.base import Engine, Reader
from indexer.engines.occurrences import FacetCodes, Numbers, OccurrenceRequest
from indexer.errors import IndexClosed, IndexCorrupt, IndexOutdated
from indexer.model import (
    FACETS,
    Article,
    Document,
    Every,
    Filter,
    Matches,
    PageMeta,
    PageRecord,
    Request,
)
from indexer.model.spans import shorten
from indexer.settings import Settings

if TYPE_CHECKING:
    from indexer.suggest import Suggester


ISSUE_FACETS = ("newspaper", "date", "edition", "page")

_DIGITS_OR_REST = re.compile(r"(\d+)|(\D+)")


@dataclass(frozen=True, slots=True)
class Edition:
    """One page of an issue; empty text where the page does not carry a thing."""

    newspaper: str
    date: str  # 2023-10-27, or as much of it as is known
    edition: str
    page: str


def list_editions(reader: Reader, filters: Sequence[Filter]) -> tuple[Edition, ...]:
    """Return the editions that filters keep, by newspaper, date, number of the edition and page."""
    request = OccurrenceRequest(Every(), (), tuple(filters), ISSUE_FACETS)
    found = reader.occurrences(request)
    columns = [_column(found.facets[name], found.documents) for name in ISSUE_FACETS]
    _, first = np.unique(columns[-1], return_index=True)  # the documents of a page agree
    rows = zip(*(column[first].tolist() for column in columns), strict=True)
    editions = (Edition(*_texts(row, [found.facets[n] for n in ISSUE_FACETS])) for row in rows)
    return tuple(sorted(editions, key=_order))


def _column(codes: FacetCodes, documents: int) -> Numbers:
    """Return the code of each document, -1 for none."""
    column = np.full(documents, -1, np.int64)
    column[codes.owners] = codes.codes
    return column


def _texts(row: Iterable[int], facets: Iterable[FacetCodes]) -> Iterable[str]:
    return (
        facet.values[code] if code >= 0 else "" for code, facet in zip(row, facets, strict=True)
    )


def _order(one: Edition) -> tuple[str, str, list[tuple[int, str]], str]:
    number = [(int(n or 0), text) for n, text in _DIGITS_OR_REST.findall(one.edition)]
    return (one.newspaper, one.date, number, one.page)


MAX_CACHED_TOTALS = 100_000
MAX_CACHED_SUMS = 64


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article with its paragraphs as they were indexed."""

    article: Article
    meta: PageMeta
    documents: tuple[Document, ...]

    def __repr__(self) -> str:
        article, count = self.article, len(self.documents)
        title = shorten(article.title or "", 60)
        return f"<ArticleView {article.page[-80:]}:{article.number} {title!r}: {count} paragraphs>"


@dataclass(frozen=True, slots=True)
class PageSummary:
    """A page without its text."""

    id: str
    source: str
    meta: PageMeta
    articles: tuple[Article, ...]  # without their paragraphs
    scanned: bool = False  # boxes of its lines on a scan are known

    @classmethod
    def of(cls, record: PageRecord) -> PageSummary:
        """Make the summary of a page as it was read."""
        page = record.page
        return cls(page.id, page.source, page.meta, record.articles, bool(page.boxes))

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of its articles."""
        return tuple(article.title for article in self.articles if article.title)


MAX_EDITION_LISTS = 64
"""Lists of editions that are kept for a commit: of newspapers and years that readers browse."""

MAX_RECORDS_KEPT = 8
"""Pages with their texts that are kept for a commit: those that are read at the moment."""


class OpenReader:
    """A reader with the analyzer that its index was built with, and how many use it.

    What is the same for all answers of the commit is kept: `page` returns a page as it was read,
    `editions` the editions that filters keep, `values` every value of a facet.
    """

    def __init__(self, reader: Reader, analyzer: Analyzer) -> None:
        self.reader, self.analyzer = reader, analyzer
        self.users, self.stale = 0, False
        self.page = lru_cache(MAX_RECORDS_KEPT)(reader.page)
        self.editions = lru_cache(MAX_EDITION_LISTS)(partial(list_editions, reader))
        self.values = cache(partial(_list_values, reader))
        self.totals: dict[str, int] = BoundedCache(MAX_CACHED_TOTALS)  # see `Reader.totals`
        self.characters: dict[object, Mapping[tuple[str, ...], int]]
        self.characters = BoundedCache(MAX_CACHED_SUMS)
        self._everything: Matches | None = None

    @property
    def everything(self) -> Matches:
        """What an empty search counts, by every facet; counted once, for all who browse."""
        if self._everything is None:
            matches = self.reader.find(Request(Every(), facets=tuple(FACETS), size=0))
            if matches.partial:  # the parts that are down now may answer the next time
                return matches
            self._everything = matches
        return self._everything

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """The id of every page of this commit, in page order."""
        return tuple(self.reader.pages())

    @cached_property
    def suggester(self) -> Suggester:
        """What suggests from this commit; loaded when first needed, most searches need none."""
        from indexer.suggest import Suggester

        return Suggester(self.reader)


def _list_values(reader: Reader, facet: str) -> frozenset[str]:
    return frozenset(reader.find(Request(Every(), size=0, facets=(facet,))).facets[facet])


@dataclass(frozen=True, slots=True)
class PinnedReader:
    """A pool of one reader, so that every answer is of its commit."""

    opened: OpenReader

    @contextmanager
    def acquire(self) -> Iterator[OpenReader]:
        """Return the reader, which is kept open elsewhere."""
        yield self.opened

    def close(self) -> None:
        """Leave the reader open: it is closed where it was pinned."""


class ReaderPool:
    """Provides the reader of the newest commit and closes an old one after its last user."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._lock = Lock()
        self._current: OpenReader | None = None
        self._closed = False

    @contextmanager
    def acquire(self) -> Iterator[OpenReader]:
        """Keep the reader of the newest commit open while the block lasts.

        Raises `IndexMissing`, `IndexOutdated`, `IndexCorrupt`, or `IndexClosed` once the pool is.
        """
        if self._closed:
            raise IndexClosed(path=str(self._settings.index))
        latest = self._engine.latest() if self._current else ""  # may ask a network: no lock held
        with self._lock:
            opened = self._newest(latest)
            opened.users += 1
        try:
            yield opened
        except IndexCorrupt:
            self._give_up(opened)
            raise
        finally:
            with self._lock:
                opened.users -= 1
                _close_idle(opened)

    def close(self) -> None:
        """Close the reader permanently as soon as it is not in use."""
        with self._lock:
            self._closed = True
            self._retire()

    def _give_up(self, opened: OpenReader) -> None:
        """Open the index again for the next one: it may have been repaired by then."""
        with self._lock:
            if opened is self._current:
                self._retire()

    def _newest(self, latest: str) -> OpenReader:
        current = self._current
        if current is None or latest != current.reader.identity:
            reader = self._engine.reader()
            if current is not None and reader.identity == current.reader.identity:
                reader.close()  # another thread has opened it since `latest` was asked for
                return current
            try:
                opened = OpenReader(reader, self._analyzer(reader))
            except BaseException:
                reader.close()
                raise
            self._retire()
            self._current = current = opened
        return current

    def _retire(self) -> None:
        if self._current is not None:
            self._current.stale = True
            _close_idle(self._current)
            self._current = None

    def _analyzer(self, reader: Reader) -> Analyzer:
        """Return the analyzer that cuts queries as the documents were cut."""
        stamp, known = reader.stamp, self._current
        analyzer = (
            known.analyzer
            if known is not None and known.reader.stamp == stamp
            else Analyzer(self._settings, cutter=stamp.cutter)
        )
        found = (stamp.analysis, stamp.cutter, stamp.dictionary)
        wanted = (analyzer.version, analyzer.cutter, analyzer.dictionary)
        if found != wanted:
            raise IndexOutdated(
                path=self._settings.index,
                options=index_options(self._settings),
                found=" ".join(filter(None, found)),
                wanted=" ".join(filter(None, wanted)),
            )
        return analyzer


def _close_idle(opened: OpenReader) -> None:
    if opened.stale and not opened.users:
        opened.reader.close()
