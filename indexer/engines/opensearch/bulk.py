"""Send many small changes in few requests of bounded size.

What a busy cluster rejects is sent again later; documents that it refuses are reported by name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from indexer.engines.opensearch.connection import BACKGROUND_RETRIES, BUSY_STATUSES, Connection
from indexer.errors import DocumentsRefused, EngineUnreachable

MAX_BATCH_BYTES = 4_000_000
MAX_BATCH_OPERATIONS = 1000
"""One request of a batch at most; the servers hold a few times that much."""

MAX_NAMED_REFUSALS = 5  # refused documents that an error names

Line = tuple[str, str, bytes]  # the document's name, the line that says what to do, the source


class Bulk:
    """Collects operations on one index and sends them; `flush` sends the rest.

    `ensure` is asked before each request and raises when nothing may be sent any more.
    """

    def __init__(
        self, connection: Connection, index: str, ensure: Callable[[], None] = lambda: None
    ) -> None:
        self._connection = connection
        self._index = index
        self._ensure = ensure
        self._lines: list[Line] = []
        self._bytes = 0

    def add(self, name: str, source: Mapping[str, Any]) -> None:
        """Write a document, replacing one of that name."""
        self.add_body(name, encode(source))

    def add_body(self, name: str, body: bytes) -> None:
        """Write a document that is encoded already."""
        self._put(name, "index", body)

    def update(self, name: str, changes: Mapping[str, Any]) -> None:
        """Change some fields of a document; one that is gone stays so."""
        self._put(name, "update", encode({"doc": changes}))

    def delete(self, name: str) -> None:
        """Delete a document, if it is there."""
        self._put(name, "delete", b"")

    def flush(self) -> None:
        """Send what is collected; returns when every operation is done.

        Raises `DocumentsRefused` or, when the cluster stays busy or away, `EngineUnreachable`.
        """
        lines, self._lines, self._bytes = self._lines, [], 0
        for attempt in range(1, BACKGROUND_RETRIES.attempts + 1):
            lines = self._send(lines)
            if not lines:
                return
            self._connection.pause(BACKGROUND_RETRIES.pause(attempt))
        where = self._connection.where
        raise EngineUnreachable(url=where, reason=f"too busy for {len(lines)} documents")

    def _put(self, name: str, action: str, body: bytes) -> None:
        what = json.dumps({action: {"_id": name}}, ensure_ascii=False)
        self._lines.append((name, what, body))
        self._bytes += len(body) + len(what)
        if self._bytes >= MAX_BATCH_BYTES or len(self._lines) >= MAX_BATCH_OPERATIONS:
            self.flush()

    def _send(self, lines: list[Line]) -> list[Line]:
        """Send a batch and return what was turned away for now."""
        if not lines:
            return []
        body = b"".join(what.encode() + b"\n" + source for _, what, source in lines)
        self._ensure()
        answer = self._connection.call("POST", f"/{self._index}/_bulk", body.decode())
        if not answer["errors"]:
            return []
        return _sort_out(lines, answer["items"])


def encode(source: Mapping[str, Any]) -> bytes:
    """Write a source as the line of a bulk request that it is."""
    return json.dumps(source, ensure_ascii=False).encode() + b"\n"


def _sort_out(lines: Iterable[Line], items: Iterable[Mapping[str, Any]]) -> list[Line]:
    later, refused = [], []
    for line, item in zip(lines, items, strict=True):
        ((action, result),) = item.items()
        if result["status"] in BUSY_STATUSES:
            later.append(line)
        elif result["status"] >= 400 and (action == "index" or result["status"] != 404):
            refused.append((line[0], result["error"]))
    if refused:
        raise DocumentsRefused(
            count=len(refused),
            documents=", ".join(name.rpartition("@")[0] for name, _ in refused[:MAX_NAMED_REFUSALS])
            + (" …" if len(refused) > MAX_NAMED_REFUSALS else ""),
            reason=f"{refused[0][1]['type']}: {str(refused[0][1].get('reason'))[:200]}",
        )
    return later
