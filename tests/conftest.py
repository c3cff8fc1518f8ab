"""What many tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from indexer.engines.whoosh import kernels

# The same examples every time, and no wall clock: a slow machine is no failure.
settings.register_profile("chaquan", deadline=None, derandomize=True, database=None)
settings.load_profile("chaquan")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder with the five real pages."""
    return ROOT / "seeds"


@pytest.fixture(autouse=True, scope="session")
def numba_is_loaded_by_tests_alone() -> None:
    """Start no thread that loads numba, whose errors would be those of any test."""
    kernels.WARMUP_REQUESTS = 0
