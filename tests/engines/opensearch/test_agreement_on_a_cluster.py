"""Random collections and requests: a cluster gives what brute force gives, from three shards."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.engine_samples import STAMP, record
from test_agreement import collections, exactly, requests

from indexer.engines import open_engine
from indexer.engines.base import Engine, Reader
from indexer.engines.memory import MemoryEngine
from indexer.model import Document, Request
from indexer.settings import Settings

Commit = list[tuple[str, list[Document] | None]]

pytestmark = pytest.mark.opensearch


def build(engine: Engine, commits: list[Commit]) -> Reader:
    for number, commit in enumerate(commits):
        with engine.writer(STAMP, fresh=number == 0) as writer:
            for page, held in commit:
                if held is None:
                    writer.remove(page)
                else:
                    writer.put(record(page, str(len(held))), held)
    return engine.reader()


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(commits=collections, asked=st.lists(requests, min_size=20, max_size=40))
def test_a_cluster_agrees(remote: Settings, commits: list[Commit], asked: list[Request]) -> None:
    one = build(MemoryEngine(), commits)
    two = build(open_engine(replace(remote, shards=3)), commits)
    for request in asked:
        expected, given = one.find(request), two.find(request)
        assert exactly(given) == exactly(expected)
        scores = [match.score for match in expected.hits]
        assert [match.score for match in given.hits] == pytest.approx(scores, abs=1e-9)
        assert list(two.scan(request)) == list(one.scan(request))
    assert two.pages() == one.pages()
    assert two.averages() == pytest.approx(one.averages())
    for field in ("words", "chars", "pairs", "head"):
        assert list(two.vocabulary(field)) == list(one.vocabulary(field))
    two.close()
