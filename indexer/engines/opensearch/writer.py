"""One commit in the making: pages are invisible until the state names the commit.

Documents carry the generations in which they can be seen (`since`, `until`). A commit writes its
documents for the generation to come, ends the ones they replace, and is made by the one small
write of the state. What a killed writer leaves behind is used again by the next one where it is
whole, and swept away where it is not.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from indexer.engines.base import TERM_FIELDS, Make
from indexer.engines.build_processes import PageDispatcher
from indexer.engines.opensearch.aggregations import walk_hits, walk_values
from indexer.engines.opensearch.bulk import Bulk
from indexer.engines.opensearch.connection import Connection
from indexer.engines.opensearch.convert import Entry, Prepared, PreparePages, prepare
from indexer.engines.opensearch.mapping import NEVER_REPLACED, escape, unescape
from indexer.engines.opensearch.queries import Query, all_of, visible
from indexer.engines.opensearch.state import State, pages_of
from indexer.errors import IndexCorrupt
from indexer.model import Document, Page, PageRecord, Stamp

PAGES_PER_REQUEST = 500  # pages, or documents, handled in one request


class OpenSearchWriter:
    """The documents and pages of the generation to come, in the index named."""

    def __init__(
        self,
        connection: Connection,
        index: str,
        generation: int,
        *,
        fresh: bool,
        ensure: Callable[[], None] = lambda: None,
        workers: int = 0,
    ) -> None:
        self._connection = connection
        self._index = index
        self._generation = generation
        self._fresh = fresh
        self._documents = Bulk(connection, index, ensure)
        self._pages = Bulk(connection, pages_of(index), ensure)
        self._put: set[str] = set()
        self._removed: set[str] = set()
        self._whole: dict[str, str] = {}  # pages that a killed writer left complete
        self._waiting: list[Entry] = []  # pages that wait for their documents to be sent
        self._dispatcher = PageDispatcher(PreparePages(generation), workers or os.cpu_count() or 1)
        self.data: Mapping[str, str] = {}
        self._changed = False
        self.documents = 0

    @property
    def touched(self) -> bool:
        """Return whether anything was put, removed or stored with the commit."""
        return bool(self._put or self._removed or self._changed)

    def set_commit_data(self, data: Mapping[str, str]) -> None:
        self._changed |= data != self.data
        self.data = dict(data)

    def put(self, record: PageRecord, documents: Iterable[Document]) -> None:
        """Replace everything a page holds; what a killed writer sent of it is not sent again."""
        self._dispatcher.drop(record.page.id)
        if not self._taken_up(record.page.id, record.page.digest):
            self._send(prepare(0, record, documents, since=self._generation))

    def put_lazily(self, page: str, source: Any, make: Make) -> None:
        """Replace everything a page holds by what `make(source)` gives, in a worker if need be.

        A page that a killed writer left whole is not even made again.
        """
        self._dispatcher.drop(page)
        digest = source.digest if isinstance(source, Page) else None
        if digest is not None and self._taken_up(page, digest):
            return
        self._changed = True
        if not self._dispatcher.put(page, source, make):
            self.put(*make(source))
        self._send_prepared()

    def send_all(self) -> None:
        """Send all that was put."""
        self._dispatcher.finish(self.put)
        self._send_prepared()
        self._send_pages()

    def _send_prepared(self) -> None:
        """Send what the workers have prepared, without what was changed again since."""
        for prepared in self._dispatcher.answers():
            if self._dispatcher.is_newest(prepared.page, prepared.turn):
                self._send(prepared)

    def close(self) -> None:
        """End the workers."""
        self._dispatcher.abort()

    def _taken_up(self, page: str, digest: str) -> bool:
        """Take up what a killed writer left of a page, if that is whole and the same."""
        if page in self._put or self._whole.get(page) != digest:
            return False
        self._put.add(page)
        return True

    def remove(self, page: str) -> None:
        self._dispatcher.drop(page)
        if page in self._put or page in self._whole:
            self._sweep_staged([page])
        self._put.discard(page)
        self._removed.add(page)

    def _send(self, prepared: Prepared) -> None:
        page = prepared.page
        if page in self._put or page in self._whole:
            self._sweep_staged([page])
        self._put.add(page)
        self.documents += len(prepared.documents)
        for name, body in prepared.documents:
            self._documents.add(name, body)
        self._waiting.append(prepared.record)
        if len(self._waiting) >= PAGES_PER_REQUEST:
            self._send_pages()

    def _send_pages(self) -> None:
        """Send pages after their documents: a page that is there is there with all of them."""
        self._documents.flush()
        waiting, self._waiting = self._waiting, []
        for name, body in waiting:
            self._pages.add(name, body)
        self._pages.flush()

    # ------------------------------------------------------------ what others left

    def take_up(self) -> None:
        """Keep the whole pages that a killed writer left, and undo all else that it did."""
        self._refresh()
        staged = {"term": {"since": self._generation}}
        for hit in self._walk(pages_of(self._index), staged, ["page", "digest"]):
            self._whole[unescape(hit["_source"]["page"])] = hit["_source"]["digest"]
        owners = walk_values("owner", staged, partial(self._search, self._index))
        self._sweep_staged({unescape(value) for value, _ in owners} - set(self._whole))
        self._undo_ends()

    def undo(self) -> None:
        """Drop the commit: nothing of it is left."""
        self._waiting.clear()
        self._refresh()
        for index, bulk in self._both():
            bulk.drop()
            self._delete(index, bulk, {"range": {"since": {"gte": self._generation}}})
        self._undo_ends()
        self._refresh()

    def _undo_ends(self) -> None:
        """Take back ends that no commit has made true."""
        ended = {"range": {"until": {"gte": self._generation, "lt": NEVER_REPLACED}}}
        for index, bulk in self._both():
            for hit in self._walk(index, ended, []):
                bulk.update(hit["_id"], {"until": NEVER_REPLACED})
            bulk.flush()

    def _sweep_staged(self, pages: Iterable[str]) -> None:
        """Delete what was sent of pages for this generation."""
        self._send_pages()
        self._refresh()
        staged = {"term": {"since": self._generation}}
        for chunk in _chunks(pages):
            names = list(map(escape, chunk))
            for (index, bulk), field in zip(self._both(), ("owner", "page"), strict=True):
                self._delete(index, bulk, all_of([staged, {"terms": {field: names}}]))
            for page in chunk:
                self._whole.pop(page, None)
        self._refresh()

    # ------------------------------------------------------------ the commit

    def finish(self, stamp: Stamp, before: State | None) -> State:
        """Send the rest, end what is replaced, and describe the commit; nothing is visible yet."""
        self.send_all()
        self._sweep_staged(set(self._whole) - self._put)
        if not self._fresh:
            self._end_replaced()
        self._refresh()
        self._ensure_all_there()
        return self._describe(stamp, before)

    def sweep(self, oldest: int) -> None:
        """Delete what no reader from a generation on can see."""
        for index, bulk in self._both():
            self._delete(index, bulk, {"range": {"until": {"lte": oldest}}})

    def _end_replaced(self) -> None:
        old: Query = visible(self._generation - 1)
        for chunk in _chunks(self._put | self._removed):
            names = list(map(escape, chunk))
            for (index, bulk), field in zip(self._both(), ("owner", "page"), strict=True):
                query = all_of([old, {"terms": {field: names}}])
                for hit in self._walk(index, query, []):
                    bulk.update(hit["_id"], {"until": self._generation})
        for _, bulk in self._both():
            bulk.flush()

    def _ensure_all_there(self) -> None:
        """Raise `IndexCorrupt` unless every page that was put is there."""
        query: Query = {"term": {"since": self._generation}}
        body = {"size": 0, "query": query, "track_total_hits": True}
        found = self._search(pages_of(self._index), body)["hits"]["total"]["value"]
        if found != len(self._put):
            reason = f"{found} of {len(self._put)} pages have arrived"
            raise IndexCorrupt(path=self._index, reason=reason)

    def _describe(self, stamp: Stamp, before: State | None) -> State:
        totals = {name: {"extended_stats": {"field": f"lengths.{name}"}} for name in TERM_FIELDS}
        body = {
            "size": 0,
            "query": visible(self._generation),
            "track_total_hits": True,
            "aggs": {**totals, "repeats": {"filter": {"term": {"repeat": True}}}},
        }
        answer = self._search(self._index, body)
        found = answer["aggregations"]
        return State(
            generation=self._generation,
            index=self._index,
            stamp=stamp,
            documents=answer["hits"]["total"]["value"],
            repeats=found["repeats"]["doc_count"],
            lengths={name: int(found[name]["sum"] or 0) for name in TERM_FIELDS},
            squares={name: int(found[name]["sum_of_squares"] or 0) for name in TERM_FIELDS},
            oldest=before.generation if before and not self._fresh else self._generation,
            made=time.time(),
            data=self.data,
        )

    # ------------------------------------------------------------ small steps

    def _both(self) -> tuple[tuple[str, Bulk], tuple[str, Bulk]]:
        return (self._index, self._documents), (pages_of(self._index), self._pages)

    def _delete(self, index: str, bulk: Bulk, query: Query) -> None:
        for hit in self._walk(index, query, []):
            bulk.delete(hit["_id"])
        bulk.flush()

    def _walk(self, index: str, query: Query, source: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        """Yield every hit; a document changed on the way is not seen before the next refresh."""
        unique = "id" if index == self._index else "page"
        body = {
            "query": all_of([query, {"exists": {"field": unique}}]),
            "sort": [{unique: "asc"}, {"since": "asc"}],
            "size": PAGES_PER_REQUEST,
            "_source": list(source) or False,
        }
        return walk_hits(body, partial(self._search, index))

    def _search(self, index: str, body: Mapping[str, Any]) -> Any:
        return self._connection.search(index, body, allow_partial_search_results="false")

    def _refresh(self) -> None:
        path = f"/{self._index},{pages_of(self._index)}/_refresh"
        self._connection.call("POST", path)


def _chunks(names: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(sorted(names))
    while chunk := list(islice(remaining, PAGES_PER_REQUEST)):
        yield chunk
