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

Operation = tuple[str, bytes]  # the document's name; the line that says what to do, and the source


class ClusterBusy(EngineUnreachable):
    """The cluster rejected some operations because it is overloaded; they may be retried."""


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
        self._lines: list[Operation] = []
        self._bytes = 0

    def add(self, name: str, source: bytes) -> None:
        """Write a document, replacing one of that name; `source` is what `encode` returned."""
        self._put(name, "index", source)

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
        pending = self._lines
        self.drop()

        def send() -> None:
            pending[:] = self._send(pending)
            if pending:
                reason = f"too busy for {len(pending)} documents"
                raise ClusterBusy(url=self._connection.where, reason=reason)

        BACKGROUND_RETRIES.run(send, ClusterBusy, self._connection.pause)

    def drop(self) -> None:
        """Forget what is collected."""
        self._lines, self._bytes = [], 0

    def _put(self, name: str, action: str, body: bytes) -> None:
        operation = encode({action: {"_id": name}}) + body
        self._lines.append((name, operation))
        self._bytes += len(operation)
        if self._bytes >= MAX_BATCH_BYTES or len(self._lines) >= MAX_BATCH_OPERATIONS:
            self.flush()

    def _send(self, lines: list[Operation]) -> list[Operation]:
        """Send a batch and return what was turned away for now."""
        if not lines:
            return []
        self._ensure()
        body = b"".join(operation for _, operation in lines)
        answer = self._connection.call("POST", f"/{self._index}/_bulk", body)
        return _sort_out(lines, answer["items"]) if answer["errors"] else []


def encode(source: Mapping[str, Any]) -> bytes:
    """Write a source as the line of a bulk request that it is."""
    return json.dumps(source, ensure_ascii=False).encode() + b"\n"


def _sort_out(lines: Iterable[Operation], items: Iterable[Mapping[str, Any]]) -> list[Operation]:
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
