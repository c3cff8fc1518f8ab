"""Bulk requests: bounded, sent again where the cluster was busy, each refusal named."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytest.importorskip("opensearchpy", reason="pip install 'chaquan[opensearch]'")

from indexer.engines.opensearch import bulk
from indexer.engines.opensearch.bulk import Bulk, encode
from indexer.engines.opensearch.connection import BACKGROUND_RETRIES, Connection
from indexer.errors import DocumentsRefused, EngineUnreachable, IndexLocked
from indexer.settings import Settings


class Server:
    """Takes bulk requests; `statuses` are answered by document, in turn, then 200."""

    def __init__(self, **statuses: list[int]) -> None:
        self.statuses = statuses
        self.requests: list[list[str]] = []
        self.transport = self

    def perform_request(self, method: str, path: str, params: Any, body: Any) -> Any:
        assert (method, path) == ("POST", "/index/_bulk")
        lines = [json.loads(line) for line in body.splitlines()]
        heads = [next(iter(line.items())) for line in lines if next(iter(line), "") in ACTIONS]
        self.requests.append([head["_id"] for _, head in heads])
        items = [{action: self._answer(head["_id"])} for action, head in heads]
        failed = any(item[action]["status"] >= 400 for item in items for action in item)
        return {"errors": failed, "items": items}

    def _answer(self, name: str) -> dict[str, Any]:
        status = (self.statuses.get(name) or [200]).pop(0)
        return {"status": status, "error": {"type": "t", "reason": "r"}}


ACTIONS = ("index", "update", "delete")


def make(server: Server, pauses: list[float] | None = None, **options: Any) -> Bulk:
    pauses = [] if pauses is None else pauses
    connection = Connection(Settings(url="http://a"), client=server, pause=pauses.append)
    return Bulk(connection, "index", **options)


def test_requests_are_bounded_in_number_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MAX_BATCH_OPERATIONS", 3)
    monkeypatch.setattr(bulk, "MAX_BATCH_BYTES", 1000)
    server = Server()
    made = make(server)
    for name in ("a", "b", "c", "d"):
        made.add(name, encode({"x": 1}))
    made.add("e", encode({"x": "y" * 2000}))
    made.update("f", {"x": 2})
    made.delete("g" * 300)
    made.add("援" * 300, encode({}))  # in bytes, of which it has three each
    made.add("h", encode({}))
    made.flush()
    last = ["f", "g" * 300, "援" * 300]
    assert server.requests == [["a", "b", "c"], ["d", "e"], last, ["h"]]


def test_only_what_was_turned_away_is_sent_again() -> None:
    server = Server(b=[429, 503, 200], c=[429, 200])
    made = make(server)
    for name in ("a", "b", "c"):
        made.add(name, encode({}))
    made.flush()
    assert server.requests == [["a", "b", "c"], ["b", "c"], ["b"]]


def test_a_cluster_that_stays_busy_is_an_error() -> None:
    server, pauses = Server(a=[429] * 99), list[float]()
    made = make(server, pauses)
    made.add("a", encode({}))
    with pytest.raises(EngineUnreachable, match="too busy for 1 documents"):
        made.flush()
    assert len(server.requests) == BACKGROUND_RETRIES.attempts
    assert len(pauses) == BACKGROUND_RETRIES.attempts - 1  # after the last one nothing is awaited


def test_every_refused_document_is_counted_and_the_first_are_named() -> None:
    names = [f"p:1:{n}" for n in range(7)]
    server = Server(**{f"{name}@2": [400] for name in names})
    made = make(server)
    for name in names:
        made.add(f"{name}@2", encode({}))
    with pytest.raises(DocumentsRefused, match=r"7 documents .*p:1:0, .*p:1:4 ….*t: r"):
        made.flush()


def test_what_is_gone_need_not_be_changed_or_deleted() -> None:
    made = make(Server(a=[404], b=[404]))
    made.update("a", {})
    made.delete("b")
    made.flush()


def test_nothing_is_sent_without_the_lease() -> None:
    def ensure() -> None:
        raise IndexLocked(path="p", holder="h", seconds=1)

    server = Server()
    made = make(server, ensure=ensure)
    made.add("a", encode({}))
    with pytest.raises(IndexLocked):
        made.flush()
    assert server.requests == []
