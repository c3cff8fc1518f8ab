"""A folder of pages that is built again and again, by a clock that can be set."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import indexer
import indexer.pages
from indexer.build import BuildReport

SECOND = 1_000_000_000
HOUR = 3600 * SECOND
TEXT = "嘉兴援疆指挥部建成幼儿园。\n"
OTHER = "嘉兴援疆指挥部建成体育馆。\n"  # as long


class Archive:
    """Pages in a folder, built by a clock that can be set; records what each build has read."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pages, self.index = folder / "pages", folder / "index"
        self.now = time.time_ns() + HOUR  # files written just now are old by this clock
        self.read: list[str] = []
        plain = indexer.pages.read_source_file

        def telling(path: Path, *others: object) -> object:
            self.read.append(path.name)
            return plain(path, *others)  # type: ignore[arg-type]

        monkeypatch.setattr("indexer.pages.read_source_file", telling)
        monkeypatch.setattr("indexer.build.time_ns", lambda: self.now)

    def write(self, name: str, text: str = TEXT) -> Path:
        path = self.pages / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def build(self, *sources: Path, **options: Any) -> BuildReport:
        self.read.clear()
        return indexer.build_index(sources or (self.pages,), index=self.index, **options)

    def finds(self, query: str) -> set[str]:
        with indexer.open_index(self.index) as opened:
            return {hit.page for hit in opened.scan(query)}


def make_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """Make an archive of four files and build it."""
    made = Archive(tmp_path, monkeypatch)
    for name in ("a.txt", "b.txt", "c/d.md"):
        made.write(name)
    made.write("e.jsonl", '{"id": "1", "text": "沙雅小学"}\n{"text": "库车中学"}\n')
    made.build()
    return made


def keep_times(path: Path, act: Callable[[], object]) -> None:
    """Do something to a file and set its time of modification back, in another tick."""
    facts = path.stat()
    while path.stat().st_ctime_ns == facts.st_ctime_ns:
        act()
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def rewrite(path: Path) -> None:
    """Write another text of the same length."""
    path.write_text(OTHER, encoding="utf-8")
