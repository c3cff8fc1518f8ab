"""What is sent to a cluster does not depend on how many processes prepared it."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytest.importorskip("opensearchpy", reason="pip install 'chaquan[opensearch]'")

from support.engine_samples import document, record

from indexer.engines import build_processes
from indexer.engines.opensearch.writer import OpenSearchWriter
from indexer.errors import IndexCorrupt
from indexer.model import Document, PageRecord


class Cluster:
    """Keeps what it is sent."""

    where = "nowhere"
    pause = None

    def __init__(self) -> None:
        self.held: dict[str, dict[str, Any]] = {}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        lines = body.splitlines() if body else []
        heads = [json.loads(line)["index"]["_id"] for line in lines[::2]]
        self.held |= dict(zip(heads, map(json.loads, lines[1::2]), strict=True))
        items = [{"index": {"status": 200}} for _ in heads]
        return {"errors": False, "items": items}

    def search(self, *_request: Any, **_options: Any) -> Any:
        return {"hits": {"hits": []}}


def make(number: int) -> tuple[PageRecord, list[Document]]:
    """Make a page out of its number."""
    if number < 0:
        raise IndexCorrupt(path="page", reason="a page that cannot be made")
    page = f"p{number % 100:03d}"
    return record(page, str(number)), [
        document(f"援疆{number}", page=page, number=n, original=1 if n == 2 else None)
        for n in range(1, 4)
    ]


def write(workers: int, numbers: list[int]) -> tuple[dict[str, dict[str, Any]], int]:
    cluster: Any = Cluster()
    writing = OpenSearchWriter(cluster, "i", 1, fresh=True, workers=workers)
    try:
        for number in numbers:
            writing.put_lazily(f"p{number % 100:03d}", number, make)
        writing.put(*make(7))
        assert writing.touched
        writing.send_all()
    finally:
        writing.close()
    return cluster.held, writing.documents


@pytest.mark.parametrize("numbers", [[1, 2], [*range(100), *range(150, 160)]])
def test_workers_prepare_what_one_process_prepares(
    numbers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_processes, "MIN_PAGES_FOR_POOL", 9)
    held, documents = write(2, numbers)
    assert held == write(1, numbers)[0]
    assert documents >= len(held) * 3 // 4
    assert {source["digest"] for source in held.values() if "digest" in source} >= {"7"}


def test_an_error_in_a_worker_is_the_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_processes, "MIN_PAGES_FOR_POOL", 0)
    with pytest.raises(IndexCorrupt, match="cannot be made"):
        write(2, [1, -1, *range(2, 60)])
