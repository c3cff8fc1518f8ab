"""The whole line on a cluster: the five pages give the same JSON as without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.cluster import Cluster

import indexer
from indexer.settings import Settings

pytestmark = pytest.mark.opensearch

QUERIES = (
    "",
    "援疆",
    "新疆教育的发展",
    '"产业援疆" 教育',
    "嘉兴 沙雅 -教育",
    "援*部",
    "燕山飞鸟",
    "title:援疆",
    "没有这样的文字",
)


@pytest.fixture(scope="module")
def indexes(
    cluster: Cluster, seeds: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[indexer.Index, indexer.Index]]:
    """The five pages embedded, and on three shards."""
    folder = tmp_path_factory.mktemp("line") / "line"
    embedded = Settings(index=folder)
    remote = replace(embedded, engine="opensearch", url=cluster.url, shards=3, replicas=0)
    for settings in (embedded, remote):
        indexer.build_index([seeds], settings=settings)
    with indexer.open_index(settings=embedded) as one, indexer.open_index(settings=remote) as two:
        yield one, two


def shown(results: Any) -> dict[str, Any]:
    facts: dict[str, Any] = results.to_dict()
    del facts["took_ms"]
    for hit in facts["hits"]:
        hit["score"] = pytest.approx(hit["score"], abs=1e-6)
    return facts


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("options", [{}, {"city": ["嘉兴"], "start": 2}, {"sort": "page"}])
def test_the_json_is_the_same(
    indexes: tuple[indexer.Index, indexer.Index], query: str, options: dict[str, Any]
) -> None:
    def answer(index: indexer.Index) -> Any:
        try:
            return shown(index.search(query, **options))
        except indexer.QueryError as error:
            return str(error)

    one, two = map(answer, indexes)
    assert two == one


def test_every_hit_is_scanned(indexes: tuple[indexer.Index, indexer.Index]) -> None:
    one, two = ([hit.id for hit in index.scan("援疆")] for index in indexes)
    assert one == two
    assert len(one) > 100


def test_a_second_build_changes_nothing(
    indexes: tuple[indexer.Index, indexer.Index], seeds: Path
) -> None:
    report = indexer.build_index([seeds], settings=indexes[1].settings)
    assert (report.added, report.changed, report.removed) == ((), (), ())
    assert indexes[1].generation == 1
