"""A point in time: searches come in, answers of one unchanging set of documents go out."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from indexer.engines.opensearch.connection import Absent, Connection
from indexer.engines.opensearch.queries import Query, all_of, visible
from indexer.engines.opensearch.state import Names, State, load_state
from indexer.errors import EngineUnreachable, IndexMissing

KEEP = "5m"
"""How long the servers keep a point in time that nobody uses."""

TRIES = 5

GLOBAL = "dfs_query_then_fetch"
"""Statistics of all shards together, so that a score does not depend on the shard."""


class Replaced(EngineUnreachable):
    """A commit that the servers no longer hold, two commits later."""


class Snapshot:
    """The documents of one generation, held still; safe to share between threads.

    `seen` are the queries that leave out what other generations see: none, when the point in time
    holds this generation alone.
    """

    def __init__(
        self,
        connection: Connection,
        names: Names,
        state: State,
        *,
        index: str,
        partial: bool = False,
    ) -> None:
        self._connection = connection
        self._index = index
        self._names = names
        self._state = state
        self._partial = partial
        self._guard = threading.Lock()
        self._closed = False
        self._point = ""
        self.seen: Sequence[Query] = (visible(state.generation),)
        self._open()
        self._look_for_others()

    def search(self, body: Mapping[str, Any]) -> Any:
        """Search the point in time; opens another one when it is lost."""
        for _ in range(TRIES):
            point = self._point
            try:
                answer = self._connection.search(None, self._held(body, point), **self._params())
            except (Absent, EngineUnreachable) as error:
                self._open_again(point, error)
                continue
            return self._checked(answer)
        raise EngineUnreachable(url=self._connection.where, reason="no point in time holds")

    def search_many(self, bodies: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Search several times in one request."""
        for _ in range(TRIES):
            point = self._point
            held = [self._held(body, point) for body in bodies]
            try:
                answers = self._connection.search_many(None, held, search_type=GLOBAL)
            except (Absent, EngineUnreachable) as error:
                self._open_again(point, error)
                continue
            return [self._checked(answer) for answer in answers]
        raise EngineUnreachable(url=self._connection.where, reason="no point in time holds")

    def failed(self, answer: Mapping[str, Any]) -> int:
        """Count the shards that did not answer."""
        return int(answer["_shards"]["failed"])

    def ensure_whole(self) -> None:
        """Raise `IndexMissing` or `Replaced` unless the commit is still whole on the servers."""
        newest = load_state(self._connection, self._names)
        if newest is None:
            raise IndexMissing(path=self._names.alias)
        other = newest.index != self._state.index
        if other or not newest.oldest <= self._state.generation <= newest.generation:
            reason = f"generation {self._state.generation} has been replaced, open the index again"
            raise Replaced(url=self._connection.where, reason=reason)

    def close(self) -> None:
        """Let go of the point in time."""
        with self._guard:
            closed, self._closed = self._closed, True
        if not closed:
            self._drop(self._point)

    def _held(self, body: Mapping[str, Any], point: str) -> dict[str, Any]:
        return {**body, "pit": {"id": point, "keep_alive": KEEP}}

    def _params(self) -> dict[str, str]:
        allowed = "true" if self._partial else "false"
        return {"search_type": GLOBAL, "allow_partial_search_results": allowed}

    def _checked(self, answer: Any) -> Any:
        if answer["timed_out"] or (answer["_shards"]["failed"] and not self._partial):
            shards = answer["_shards"]
            reason = f"{shards['failed']} of {shards['total']} shards did not answer"
            raise EngineUnreachable(url=self._connection.where, reason=reason)
        return answer

    def _open_again(self, lost: str, error: Exception) -> None:
        """Open another point in time for one that is lost, unless the commit is gone."""
        with self._guard:
            if self._closed:
                raise EngineUnreachable(url=self._connection.where, reason="closed") from error
            if self._point != lost:
                return  # another thread was faster
            self.seen = (visible(self._state.generation),)
            self._open()

    def _open(self) -> None:
        params = {"keep_alive": KEEP, "allow_partial_pit_creation": "false"}
        if self._partial:
            params["allow_partial_pit_creation"] = "true"
        path = f"/{self._index}/_search/point_in_time"
        try:
            self._point = self._connection.call("POST", path, params=params)["pit_id"]
        except Absent:
            self.ensure_whole()
            raise
        self.ensure_whole()  # nothing of the commit had been swept away before

    def _look_for_others(self) -> None:
        """See whether the point in time holds anything of another generation."""
        others = all_of([], none_of=self.seen)
        body = {"size": 0, "query": others, "track_total_hits": 1}
        if not self.search(body)["hits"]["total"]["value"]:
            self.seen = ()

    def _drop(self, point: str) -> None:
        try:
            body = {"pit_id": [point]}
            self._connection.call("DELETE", "/_search/point_in_time", body, attempts=1)
        except (Absent, EngineUnreachable):
            return  # it runs out by itself
