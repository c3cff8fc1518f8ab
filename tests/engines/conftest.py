"""Every engine, empty."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from support.cluster import Cluster, NotObtainable, ask

from indexer.engines import ENGINES, open_engine
from indexer.engines.base import Engine
from indexer.engines.whoosh import kernels
from indexer.engines.whoosh.kernels import numpy_loops
from indexer.settings import Settings

REMOTE = {"opensearch": pytest.mark.opensearch}


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Three nodes; skipped where no server can be had, failed where one can and none starts."""
    pytest.importorskip("opensearchpy", reason="pip install 'chaquan[opensearch]'")
    try:
        made = Cluster(3)
    except NotObtainable as reason:
        pytest.skip(str(reason))
    with made:
        yield made


@pytest.fixture
def remote(cluster: Cluster) -> Iterator[Settings]:
    """Settings for an archive of its own on the cluster, swept away afterwards."""
    name = f"t{uuid.uuid4().hex[:12]}"
    yield Settings(
        index=Path(name), engine="opensearch", url=cluster.url, lock_seconds=0.05, replicas=0
    )
    ask(f"{cluster.nodes[0].url}/chaquan-{name}.*?expand_wildcards=all", "DELETE")


@pytest.fixture(
    params=[pytest.param(name, marks=[REMOTE[name]] if name in REMOTE else []) for name in ENGINES]
)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """Each engine in turn, over an index of its own."""
    if request.param in REMOTE:
        return open_engine(request.getfixturevalue("remote"))
    return open_engine(Settings(index=tmp_path / "index", engine=request.param, lock_seconds=0.05))


@pytest.fixture(scope="module", params=["numpy", "compiled"])
def loops(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """The inner loops in numpy, and compiled where numba is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "in_use", numpy_loops)
        if request.param == "compiled" and not kernels.load():
            pytest.skip("pip install 'chaquan[fast]'")
        yield kernels.loops()
