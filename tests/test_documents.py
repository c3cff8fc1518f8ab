"""The documents of the project name files that exist and stay short enough to be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = (
    "README.md", ".github/README.zh.md", ".github/CONTRIBUTING.md", "indexer/README.md",
    "indexer/engines/README.md", "indexer/data/README.md", "webapp/README.md",
    "tests/safety/README.md", "tests/benchmarks/README.md",
)  # fmt: skip


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def is_there(document: str, named: str) -> bool:
    folders = (ROOT, (ROOT / document).parent, ROOT / "indexer", ROOT / "indexer/engines/whoosh")
    return any((folder / named).exists() for folder in folders)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_to_a_file(document: str) -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)", read(document))
    assert [link for link in links if not ((ROOT / document).parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_named_source_file_exists(document: str) -> None:
    named = set(re.findall(r"`((?:[\w.-]+/)*[\w-]+\.py)\b", read(document)))
    named |= set(re.findall(r"\b(tests/[\w/]+\.py)\b", read(document)))
    assert sorted(name for name in named if not is_there(document, name)) == []


def test_the_readme_can_be_scanned() -> None:
    assert len(read("README.md").splitlines()) <= 150


def test_paths_in_the_architecture_exist() -> None:
    named = re.findall(
        r"`((?:[\w.-]+/)*(?:[\w-]+\.(?:py|toml|json)|[\w-]+/))`", read("indexer/README.md")
    )
    assert len(named) > 40
    assert sorted(name for name in set(named) if not is_there("indexer/README.md", name)) == []


def test_names_in_the_architecture_are_defined() -> None:
    roots = (ROOT / "indexer", ROOT / "webapp")
    code = "".join(
        path.read_text(encoding="utf-8") for root in roots for path in root.rglob("*.py")
    )
    named = re.findall(r"`([A-Z]\w+|_?[a-z]+_[a-z_]+)(?:\.(?!py)\w+)?`", read("indexer/README.md"))
    names = {name for name in named if not name.startswith("CHAQUAN") and name != "NAME"}
    assert len(names) > 10
    defined = r"^\s*(?:class |def )?{}\b(?=[\s(:=])"
    assert (
        sorted(name for name in names if not re.search(defined.format(name), code, re.MULTILINE))
        == []
    )
