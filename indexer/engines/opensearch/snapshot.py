"""Search a point in time: one unchanging set of documents, opened again when it is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from indexer.engines.opensearch.connection import Connection, Json, MissingOnServer, RequestTimedOut
from indexer.engines.opensearch.queries import Query, all_of, visible
from indexer.engines.opensearch.state import Names, State, load_state
from indexer.errors import EngineUnreachable, IndexMissing

T = TypeVar("T")

POINT_IN_TIME_KEEP_ALIVE = "5m"
"""How long the servers keep a point in time that is not used."""

SHARD_RECHECK_SECONDS = 5.0
"""Seconds after which shards that were down are looked for again."""

GLOBAL_STATISTICS = "dfs_query_then_fetch"
"""Statistics of all shards together, so that a score does not depend on the shard."""


class PointInTimeLost(Exception):
    """The point in time was lost and another has been opened: retry from the start."""


class IndexReplaced(EngineUnreachable):
    """A commit that the servers no longer hold, two commits later."""


class PointInTime:
    """The documents of one generation, held still; safe to share between threads.

    What other generations see is left out of every search, unless there is no such document.
    """

    def __init__(
        self, connection: Connection, names: Names, state: State, index: str, *, partial: bool
    ) -> None:
        self._connection = connection
        self._index = index
        self._names = names
        self._state = state
        self._partial = partial
        self._guard = threading.Lock()
        self._closed = False
        self._point = ""
        self._missing = 0  # shards that were down when the point was opened
        self._opened = 0.0
        self._seen: Sequence[Query] = (visible(state.generation),)
        self._open()
        self._look_for_others()

    def search(self, body: Mapping[str, Any]) -> Any:
        """Search the point in time; raises `PointInTimeLost` when another one replaced it."""
        search, params = self._connection.search, self._params()
        return self._ask(lambda held: self._checked(search(None, held[0], **params)), [body])

    def search_many(self, bodies: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Search several times in one request; raises `PointInTimeLost` like `search`."""
        search, params = self._connection.search_many, self._params()
        return self._ask(
            lambda held: list(map(self._checked, search(None, held, **params))), bodies
        )

    def _ask(self, ask: Callable[[list[Json]], T], bodies: Sequence[Json]) -> T:
        point = self._point
        try:
            return ask([self._held(body, point) for body in bodies])
        except RequestTimedOut:
            raise
        except (MissingOnServer, EngineUnreachable) as error:
            self._open_again(point, error)
            raise PointInTimeLost from error

    def short(self, answer: Mapping[str, Any]) -> EngineUnreachable:
        """Return the error for found documents that could not be fetched."""
        reason = f"{self.failed(answer) or 'some'} shards went away"
        return EngineUnreachable(url=self._connection.where, reason=reason)

    def lost(self) -> EngineUnreachable:
        """Return the error for points in time that are lost again and again."""
        return EngineUnreachable(url=self._connection.where, reason="its shards keep moving")

    def failed(self, answer: Mapping[str, Any]) -> int:
        """Count the shards that had no part in an answer."""
        return self._missing + int(answer["_shards"]["failed"])

    def ensure_whole(self) -> None:
        """Raise `IndexMissing` or `IndexReplaced` unless the servers have the whole commit."""
        newest = load_state(self._connection, self._names)
        if newest is None:
            raise IndexMissing(path=self._names.alias, options=self._names.options)
        other = newest.index != self._state.index
        if other or not newest.oldest <= self._state.generation <= newest.generation:
            reason = f"generation {self._state.generation} has been replaced, open the index again"
            raise IndexReplaced(url=self._connection.where, reason=reason)

    def close(self) -> None:
        """Close the point in time."""
        with self._guard:
            closed, self._closed = self._closed, True
        if not closed:
            self._drop(self._point)

    def _held(self, body: Mapping[str, Any], point: str) -> dict[str, Any]:
        held = {**body, "pit": {"id": point, "keep_alive": POINT_IN_TIME_KEEP_ALIVE}}
        if self._seen:
            held["query"] = {"bool": {"must": [body["query"]], "filter": list(self._seen)}}
        return held

    def _params(self) -> dict[str, str]:
        allowed = "true" if self._partial else "false"
        return {"search_type": GLOBAL_STATISTICS, "allow_partial_search_results": allowed}

    def _checked(self, answer: Any) -> Any:
        """Refuse an answer that some shards of the point in time had no part in.

        One that was opened without all shards (`partial`) answers for the others, for a while.
        """
        shards = answer["_shards"]
        stale = self._missing and time.monotonic() > self._opened + SHARD_RECHECK_SECONDS
        if answer["timed_out"] or shards["failed"] or stale:
            reason = f"{self.failed(answer)} of {shards['total']} shards did not answer"
            raise EngineUnreachable(url=self._connection.where, reason=reason)
        return answer

    def _open_again(self, lost: str, error: Exception) -> None:
        """Open another point in time for one that is lost, unless the commit is gone."""
        with self._guard:
            if self._closed:
                raise EngineUnreachable(url=self._connection.where, reason="closed") from error
            if self._point != lost:
                return  # another thread was faster
            self._seen = (visible(self._state.generation),)
            self._open()

    def _open(self) -> None:
        partial = "true" if self._partial else "false"
        params = {"keep_alive": POINT_IN_TIME_KEEP_ALIVE, "allow_partial_pit_creation": partial}
        path = f"/{self._index}/_search/point_in_time"
        try:
            made = self._connection.call("POST", path, params=params, patient=False)
        except MissingOnServer:
            self.ensure_whole()
            raise
        shards = made["_shards"]
        self._point, self._missing = made["pit_id"], shards["total"] - shards["successful"]
        self._opened = time.monotonic()
        self.ensure_whole()  # nothing of the commit had been swept away before

    def _look_for_others(self) -> None:
        """See whether the point in time holds anything of another generation."""
        others = all_of([], none_of=self._seen)
        body = {"size": 0, "query": others, "track_total_hits": 1}
        seen, self._seen = self._seen, ()
        with suppress(PointInTimeLost):
            if self.search(body)["hits"]["total"]["value"]:
                self._seen = seen

    def _drop(self, point: str) -> None:
        with suppress(MissingOnServer, EngineUnreachable):  # it expires by itself
            body = {"pit_id": [point]}
            self._connection.call("DELETE", "/_search/point_in_time", body, patient=False)
