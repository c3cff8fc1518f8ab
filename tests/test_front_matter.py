"""Front matter of Markdown pages: found at the top alone, and its values declared metadata."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.model import PageMeta
from indexer.pages import read_page
from indexer.pages.front_matter import find_front_matter


@pytest.mark.parametrize(
    ("source", "matter"),
    [
        ("---\nnewspaper: 嘉兴日报\nitems:\n- 甲\n---\n文", "newspaper: 嘉兴日报\nitems:\n- 甲\n"),
        ("---\n文章\n---\n", None),
        ("---\n\n---\n", None),
        ("文\n---\na: b\n---\n", None),
        ("---\na: b\n", None),
        ("---", None),
    ],
)
def test_front_matter_is_a_list_of_keys_at_the_top(source: str, matter: str | None) -> None:
    found = find_front_matter(source)
    assert (source[slice(*found)] if found else None) == matter


def read(folder: Path, matter: str, name: str = "page.md") -> PageMeta:
    path = folder / name
    path.write_text(f"---\n{matter}\n---\n# 标题\n", encoding="utf-8")
    return read_page(path).meta


@pytest.mark.parametrize(
    ("matter", "meta"),
    [
        (
            "newspaper: 嘉兴日报\ndate: 2023-10-27",
            PageMeta(newspaper="嘉兴日报", date="2023-10-27"),
        ),
        ("报纸: '嘉兴日报'\n版次: 3", PageMeta(newspaper="嘉兴日报", edition="3")),
        ("date: 昨天\ntitle: 要闻", PageMeta(title="要闻")),
        ("primary_language: zh\nis_table: False", PageMeta()),
    ],
)
def test_front_matter_declares_metadata(tmp_path: Path, matter: str, meta: PageMeta) -> None:
    assert read(tmp_path, matter) == meta


def test_a_side_car_outranks_front_matter(tmp_path: Path) -> None:
    (tmp_path / "page.toml").write_text('newspaper = "杭州日报"', encoding="utf-8")
    assert read(tmp_path, "newspaper: 嘉兴日报\nedition: 3") == PageMeta(
        newspaper="杭州日报", edition="3"
    )


def test_plain_text_has_no_front_matter(tmp_path: Path) -> None:
    assert read(tmp_path, "newspaper: 嘉兴日报", "page.txt") == PageMeta()
