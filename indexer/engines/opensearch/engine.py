"""An archive on a cluster: its commits are opened for reading, and new ones are made.

On the cluster an archive called `index` is the alias `chaquan-index` (documents) and the alias
`chaquan-index.pages` (pages and state), over indexes named by the generation that filled them; a
fresh build fills new ones and moves both aliases in one step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from indexer.command_lines import index_options
from indexer.engines.base import Engine
from indexer.engines.opensearch.connection import (
    REOPENING_RETRIES,
    Conflict,
    Connection,
    MissingOnServer,
)
from indexer.engines.opensearch.mapping import documents_body, meta, pages_body
from indexer.engines.opensearch.queries import visible
from indexer.engines.opensearch.reader import OpenSearchReader
from indexer.engines.opensearch.snapshot import IndexReplaced, PointInTime
from indexer.engines.opensearch.state import (
    Names,
    State,
    WriteLease,
    hold_lease,
    load_latest,
    load_state,
    make_index,
    pages_of,
    save_state,
)
from indexer.engines.opensearch.writer import OpenSearchWriter
from indexer.errors import ChaquanError, EngineUnreachable, IndexCorrupt, IndexLocked, IndexMissing
from indexer.model import Stamp
from indexer.settings import Settings


def alias_of(settings: Settings) -> str:
    """Name an archive on the cluster after the last part of the `index` setting."""
    name = re.sub(r"[^\w-]+", "-", settings.index.name.lower())
    return f"chaquan-{name or 'index'}"


class OpenSearchEngine(Engine):
    """An index on a cluster; safe to share between threads."""

    def __init__(self, settings: Settings, *, connection: Connection | None = None) -> None:
        self._settings = settings
        self._names = Names(alias_of(settings), index_options(settings))
        self._connection = connection or Connection(settings)

    def exists(self) -> bool:
        return bool(self.latest())

    def latest(self) -> str:
        return load_latest(self._connection, self._names)[1]

    def reader(self) -> OpenSearchReader:
        """Open the newest commit.

        Raises `IndexMissing`, `IndexOutdated` or `EngineUnreachable`.
        """
        return REOPENING_RETRIES.run(self._open, IndexReplaced)

    def _open(self) -> OpenSearchReader:
        state = self._state()
        pages = self._snapshot(state, pages_of(state.index))
        return OpenSearchReader(state, self._snapshot(state, state.index), pages)

    def commit_data(self) -> Mapping[str, str]:
        state = load_state(self._connection, self._names)
        return state.data if state else {}

    def check(self) -> int:
        """Count everything again; returns the number of shards that were asked.

        Raises `IndexMissing`, `IndexOutdated`, `IndexCorrupt` or `EngineUnreachable`.
        """
        state = self._state()
        totals = {name: {"sum": {"field": f"lengths.{name}"}} for name in state.lengths}
        body = {"size": 0, "track_total_hits": True, "aggs": totals}
        seen = {**body, "query": visible(state.generation)}
        answer = self._connection.search(state.index, seen, allow_partial_search_results="false")
        found = {name: int(answer["aggregations"][name]["value"]) for name in state.lengths}
        if answer["hits"]["total"]["value"] != state.documents or found != state.lengths:
            total = answer["hits"]["total"]["value"]
            reason = f"{total} documents where {state.documents} were written"
            raise IndexCorrupt(path=self._names.alias, options=self._names.options, reason=reason)
        return int(answer["_shards"]["total"])

    @contextmanager
    def writer(self, stamp: Stamp, *, fresh: bool = False) -> Iterator[OpenSearchWriter]:
        """Begin a commit, made when the block ends without an error.

        What was sent is forgotten after an error, and kept for the next writer when the cluster
        went away or the process was interrupted.
        """
        with hold_lease(self._connection, self._names, self._settings.lock_seconds) as lease:
            before = load_state(self._connection, self._names) if not fresh else self._any_state()
            newest, _ = load_latest(self._connection, self._names)
            generation = max(newest, before.generation if before else 0) + 1
            fresh = fresh or before is None
            writer = self._make_writer(stamp, before, generation, lease, fresh=fresh)
            try:
                yield writer
                if fresh or writer.touched:
                    lease.renew()
                    state = writer.finish(stamp, before)
                    lease.renew()
                    self._commit(state, before)
            except EngineUnreachable:
                raise
            except Exception:
                self._forget(writer, lease, self._names.index(generation) if fresh else None)
                raise
            finally:
                writer.close()
            if fresh or writer.touched:
                self._sweep(writer, state)

    def _state(self) -> State:
        state = load_state(self._connection, self._names)
        if state is None:
            raise IndexMissing(path=self._names.alias, options=self._names.options)
        return state

    def _any_state(self) -> State | None:
        """Return the state that a fresh commit replaces, if it can still be read."""
        with suppress(ChaquanError, KeyError, ValueError, TypeError):
            return load_state(self._connection, self._names)
        return None

    def _snapshot(self, state: State, index: str) -> PointInTime:
        partial = self._settings.partial
        return PointInTime(self._connection, self._names, state, index=index, partial=partial)

    # ------------------------------------------------------------ making a commit

    def _make_writer(
        self, stamp: Stamp, before: State | None, generation: int, lease: WriteLease, *, fresh: bool
    ) -> OpenSearchWriter:
        make = partial(
            OpenSearchWriter, self._connection, ensure=lease.ensure, workers=self._settings.workers
        )
        if before is not None and not fresh:
            writer = make(before.index, generation, fresh=False)
            writer.data = before.data
            if not self._same_stamp(before.index, stamp):
                writer.undo()
                path = f"/{before.index},{pages_of(before.index)}/_mapping"
                self._connection.call("PUT", path, {"_meta": meta(stamp)})
        else:
            index = self._names.index(generation)
            self._prepare(index, stamp)
            writer = make(index, generation, fresh=True)
        writer.take_up()
        return writer

    def _prepare(self, index: str, stamp: Stamp) -> None:
        """Make the indexes that a fresh commit fills, or find those that a killed one left."""
        if not self._same_stamp(index, stamp):
            self._drop(index)
        make_index(self._connection, index, documents_body(stamp, self._settings))
        make_index(self._connection, pages_of(index), pages_body(stamp, self._settings))

    def _same_stamp(self, index: str, stamp: Stamp) -> bool:
        try:
            answer = self._connection.call("GET", f"/{index}/_mapping")
        except MissingOnServer:
            return False
        return bool(answer[index]["mappings"].get("_meta") == meta(stamp))

    def _commit(self, state: State, before: State | None) -> None:
        """Make the commit visible, by one write of the state or one move of the aliases."""
        try:
            save_state(self._connection, state, before)
        except Conflict as error:
            holder = "another writer"
            raise IndexLocked(path=self._names.alias, holder=holder, seconds=0) from error
        if before is None or before.index != state.index:
            self._move_aliases(state.index)

    def _move_aliases(self, index: str) -> None:
        actions: list[dict[str, Any]] = []
        names = self._names
        for alias, target in ((names.alias, index), (names.pages_alias, pages_of(index))):
            every = {"index": f"{self._names.alias}.*", "alias": alias, "must_exist": False}
            actions += [{"remove": every}, {"add": {"index": target, "alias": alias}}]
        self._connection.call("POST", "/_aliases", {"actions": actions})

    def _forget(self, writer: OpenSearchWriter, lease: WriteLease, index: str | None) -> None:
        """Undo what was sent, unless the lease is lost; where that fails the next writer does."""
        with suppress(ChaquanError, MissingOnServer):
            lease.renew()
            if index:
                self._drop(index)
            else:
                writer.undo()

    def _sweep(self, writer: OpenSearchWriter, state: State) -> None:
        """Delete what no reader can see any more; where that fails the next commit does it."""
        with suppress(ChaquanError, MissingOnServer):
            writer.sweep(state.oldest)
            for index in self._old_indexes(state):
                self._drop(index)

    def _old_indexes(self, state: State) -> list[str]:
        """Name indexes of commits before, but for the one that readers may just be leaving."""
        answer = self._connection.call("GET", f"/{self._names.alias}.*/_alias")
        own = re.compile(re.escape(self._names.alias) + r"\.\d{6,}")
        others = sorted(name for name in answer if own.fullmatch(name) and name != state.index)
        just_left = state.index == self._names.index(state.generation)
        return others[:-1] if just_left else others

    def _drop(self, index: str) -> None:
        for name in (index, pages_of(index)):
            with suppress(MissingOnServer):
                self._connection.call("DELETE", f"/{name}")
