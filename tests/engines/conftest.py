"""Every engine, empty."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.engines import ENGINES, open_engine
from indexer.engines.base import Engine
from indexer.settings import Settings


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """Each engine in turn, over a folder of its own."""
    return open_engine(Settings(index=tmp_path / "index", engine=request.param, lock_seconds=0.05))
