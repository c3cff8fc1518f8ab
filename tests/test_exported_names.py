"""Every name that is exported exists, and those of the contract are exported."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

import indexer

CONTRACT = {"build_index", "open_index", "inspect_page"}


@pytest.mark.parametrize("name", indexer.__all__)
def test_every_promised_name_is_there(name: str) -> None:
    assert getattr(getattr(indexer, name), "__name__", name) == name


def test_the_contract_is_promised() -> None:
    assert set(indexer.__all__) >= CONTRACT
    assert dir(indexer) == sorted(indexer.__all__)


def test_no_other_name_is_made_up() -> None:
    with pytest.raises(AttributeError, match="poem"):
        _ = indexer.poem


def test_importing_it_loads_nothing_heavy() -> None:
    code = "import indexer, sys; print(*{'numpy', 'whoosh', 'jieba', 'flask'} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert loaded.stdout.split() == []


def test_chaquan_is_the_same_library() -> None:
    chaquan = import_module("chaquan")
    assert chaquan is indexer
    assert chaquan.open_index is indexer.open_index
