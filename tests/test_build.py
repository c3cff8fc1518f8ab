"""The way in: what a build does, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import indexer
from indexer.build import BuildReport
from indexer.errors import IndexMissing, PageTwice, SourceEmpty, SourceMissing

ARTICLE = "嘉兴携手沙雅\n\n■ 张三\n\n嘉兴市援疆指挥部在沙雅县建成幼儿园。\n"

Builder = Callable[..., BuildReport]


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.txt").write_text(ARTICLE + f"这是{name}版。\n", encoding="utf-8")
    return folder


@pytest.fixture
def build(tmp_path: Path, pages: Path) -> Builder:
    def run(*sources: Path, **options: object) -> BuildReport:
        return indexer.build_index(sources or (pages,), index=tmp_path / "index", **options)

    return run


def ids(index: Path, query: str) -> set[str]:
    with indexer.open_index(index) as opened:
        return {hit.page for hit in opened.scan(query)}


def test_a_first_build_adds_every_page(build: Builder, tmp_path: Path) -> None:
    report = build()
    assert (report.added, report.changed, report.removed) == (("a", "b"), (), ())
    assert ids(tmp_path / "index", "幼儿园") == {"a", "b"}


def test_a_second_build_does_nothing(build: Builder, tmp_path: Path) -> None:
    build()
    with indexer.open_index(tmp_path / "index") as index:
        before = index.generation
        report = build()
        assert (report.unchanged, report.documents) == (("a", "b"), 0)
        assert index.generation == before


def test_only_what_changed_is_done_again(build: Builder, pages: Path, tmp_path: Path) -> None:
    build()
    (pages / "a.txt").write_text(ARTICLE + "新添一行小学。\n", encoding="utf-8")
    (pages / "b.txt").unlink()
    (pages / "c.txt").write_text(ARTICLE, encoding="utf-8")
    report = build()
    assert (report.added, report.changed, report.removed) == (("c",), ("a",), ("b",))
    assert ids(tmp_path / "index", "小学") == {"a"}
    assert ids(tmp_path / "index", "幼儿园") == {"a", "c"}


def test_full_does_every_page_again(build: Builder) -> None:
    build()
    assert build(full=True).added == ("a", "b")


def test_new_places_do_every_page_again(build: Builder, tmp_path: Path) -> None:
    build()
    words = tmp_path / "words.txt"
    words.write_text("援疆指挥部\n", encoding="utf-8")
    assert build(dictionary=words).added == ("a", "b")


def test_a_page_that_cannot_be_read_is_named_and_kept(
    build: Builder, pages: Path, tmp_path: Path
) -> None:
    build()
    (pages / "a.txt").write_bytes(b"\x00\x01\x02\xff" * 99)
    report = build()
    assert ["a.txt" in str(error) for error in report.problems] == [True]
    assert report.removed == ()
    assert ids(tmp_path / "index", "幼儿园") == {"a", "b"}


def test_two_files_of_one_name_are_reported(build: Builder, pages: Path) -> None:
    (pages / "a.md").write_text("另一个a版。\n", encoding="utf-8")
    report = build()
    assert [type(error) for error in report.problems] == [PageTwice]
    assert report.added == ("a", "b")


def test_a_source_that_is_not_there_changes_nothing(build: Builder, tmp_path: Path) -> None:
    build()
    with pytest.raises(SourceMissing, match="nowhere"):
        build(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceEmpty, match="empty"):
        build(tmp_path / "empty")
    assert ids(tmp_path / "index", "幼儿园") == {"a", "b"}


def test_progress_names_each_page(build: Builder) -> None:
    progress: list[tuple[str, int]] = []
    build(progress=lambda page, seen: progress.append((page, seen)))
    assert progress == [("a", 1), ("b", 2)]


def test_opening_what_was_never_built(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="chaquan build"):
        indexer.open_index(tmp_path / "none").search("援疆")
