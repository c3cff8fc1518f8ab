"""Readers shared by threads: opened when first needed, swapped at a new commit, closed idle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from indexer.analysis import Analyzer, make_analyzer
from indexer.commands import index_options
from indexer.engines.base import Engine, Reader
from indexer.errors import IndexCorrupt, IndexOutdated
from indexer.model import FACETS, Every, Filter, Matches, Request
from indexer.search.issues import Edition, list_editions
from indexer.settings import Settings

if TYPE_CHECKING:
    from indexer.suggest import Suggester

MAX_EDITION_LISTS = 64
"""Lists of editions that are kept for a commit: of newspapers and years that readers browse."""


@dataclass(slots=True)
class Lease:
    """A reader with the analyzer that its index was built with, and how many use it."""

    reader: Reader
    analyzer: Analyzer
    users: int = 0
    stale: bool = False
    _suggester: Suggester | None = None
    _values: dict[str, frozenset[str]] = field(default_factory=dict)

    totals: dict[str, int] = field(default_factory=dict)  # see `Reader.totals`
    characters: dict[object, Mapping[tuple[str, ...], int]] = field(default_factory=dict)
    _editions: dict[tuple[Filter, ...], tuple[Edition, ...]] = field(default_factory=dict)
    _everything: Matches | None = None
    _pages: tuple[str, ...] | None = None

    @property
    def everything(self) -> Matches:
        """What an empty search counts, by every facet; counted once, for all who browse."""
        if self._everything is None:
            matches = self.reader.find(Request(Every(), facets=tuple(FACETS), size=0))
            if matches.partial:  # the parts that are down now may answer the next time
                return matches
            self._everything = matches
        return self._everything

    @property
    def pages(self) -> tuple[str, ...]:
        """The id of every page of this commit, in page order; listed once."""
        if self._pages is None:
            self._pages = tuple(self.reader.pages())
        return self._pages

    def editions(self, filters: tuple[Filter, ...]) -> tuple[Edition, ...]:
        """Return the editions that filters keep; the last few lists are kept."""
        if filters not in self._editions:
            if len(self._editions) >= MAX_EDITION_LISTS:
                self._editions.clear()
            self._editions[filters] = list_editions(self.reader, filters)
        return self._editions[filters]

    def values(self, facet: str) -> frozenset[str]:
        """Every value that a facet has in this commit; counted once."""
        if facet not in self._values:
            counts = self.reader.find(Request(Every(), size=0, facets=(facet,))).facets[facet]
            self._values[facet] = frozenset(counts)
        return self._values[facet]

    @property
    def suggester(self) -> Suggester:
        """What suggests from this commit; loaded when first needed, most searches need none."""
        if self._suggester is None:
            from indexer.suggest import Suggester

            self._suggester = Suggester(self.reader)
        return self._suggester


@dataclass(frozen=True, slots=True)
class PinnedLease:
    """Hands out one lease again and again: every answer is of its commit."""

    lease: Lease

    @contextmanager
    def lend(self) -> Iterator[Lease]:
        """Give the lease, which is kept open elsewhere."""
        yield self.lease

    def close(self) -> None:
        """Leave the reader open: who pinned it closes it."""


class Leases:
    """Hands out the reader of the newest commit and closes an old one after its last user."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._lock = Lock()
        self._current: Lease | None = None

    @contextmanager
    def lend(self) -> Iterator[Lease]:
        """Lend the newest commit for as long as the block lasts.

        Raises `IndexMissing`, `IndexOutdated` or `IndexCorrupt`.
        """
        latest = self._engine.latest() if self._current else ""  # may ask a network: no lock held
        with self._lock:
            lease = self._newest(latest)
            lease.users += 1
        try:
            yield lease
        except IndexCorrupt:
            self._give_up(lease)
            raise
        finally:
            with self._lock:
                lease.users -= 1
                _close_idle(lease)

    def close(self) -> None:
        """Let go of the reader as soon as nobody uses it."""
        with self._lock:
            self._retire()

    def _give_up(self, lease: Lease) -> None:
        """Open the index anew for the next one: it may have been repaired by then."""
        with self._lock:
            if lease is self._current:
                self._retire()

    def _newest(self, latest: str) -> Lease:
        current = self._current
        if current is None or latest != current.reader.identity:
            reader = self._engine.reader()
            if current is not None and reader.identity == current.reader.identity:
                reader.close()  # another thread has opened it since `latest` was asked for
                return current
            try:
                lease = Lease(reader, self._analyzer(reader))
            except BaseException:
                reader.close()
                raise
            self._retire()
            self._current = current = lease
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
            else make_analyzer(self._settings, cutter=stamp.cutter)
        )
        found = (stamp.analysis, stamp.cutter, stamp.dictionary)
        wanted = (analyzer.version, analyzer.cutter, analyzer.dictionary)
        if found != wanted:
            raise IndexOutdated(
                path=self._settings.index,
                options=index_options(self._settings),
                found=" ".join(found),
                wanted=" ".join(wanted),
            )
        return analyzer


def _close_idle(lease: Lease) -> None:
    if lease.stale and not lease.users:
        lease.reader.close()
