"""Files that look as they did are not read again; whatever may have changed is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.archives import HOUR, OTHER, TEXT, Archive, keep_times, make_archive, rewrite

import indexer
import indexer.pages
from indexer.engines import open_engine
from indexer.pages.seen import MTIME_GRANULARITY_NS
from indexer.settings import make_settings
from indexer.sources import find_missing_lists


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    return make_archive(tmp_path, monkeypatch)


def test_what_looks_as_it_did_is_not_read(archive: Archive) -> None:
    report = archive.build()
    assert archive.read == []
    assert report.unchanged == ("a", "b", "c/d", "e/1", "e/2")
    assert (report.added, report.changed, report.removed) == ((), (), ())


def test_progress_counts_pages_that_are_not_read(archive: Archive) -> None:
    progress: list[tuple[str, int]] = []
    archive.build(progress=lambda page, seen: progress.append((page, seen)))
    assert progress == [("a", 1), ("b", 2), ("c/d", 3), ("e/1", 4), ("e/2", 5)]


def test_only_the_file_that_changed_is_read(archive: Archive) -> None:
    archive.write("b.txt", TEXT * 2)
    report = archive.build()
    assert (archive.read, report.changed) == (["b.txt"], ("b",))
    archive.build()
    assert archive.read == []


@pytest.mark.parametrize("together", [1, 2, 512])
def test_files_are_distinguished_however_many_are_checked_together(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr("indexer.pages.folders.FILES_PER_BATCH", together)
    for name in ("b.md", "c.txt", "d.txt"):
        archive.write(name)
    first = archive.build()
    archive.write("d.txt", OTHER)
    report = archive.build()
    assert (archive.read, report.changed) == (["d.txt"], ("d",))
    assert sorted(report.unchanged) == ["a", "b", "c", "c/d", "e/1", "e/2"]
    (problem,), (before,) = report.problems, first.problems
    assert str(problem) == str(before)  # b.md and b.txt are one page
    assert "b.md" in str(problem)


def replace_it(path: Path) -> None:
    other = path.with_name("draft")
    other.write_text(OTHER, encoding="utf-8")
    other.replace(path)


@pytest.mark.parametrize("act", [rewrite, replace_it])
@pytest.mark.parametrize("back", [True, False])
def test_another_text_of_the_same_size_is_read(
    archive: Archive, act: Callable[[Path], None], back: bool
) -> None:
    path = archive.pages / "a.txt"
    if back:
        keep_times(path, lambda: act(path))
    else:
        act(path)
        os.utime(path, ns=(0, 0))
    assert archive.build().changed == ("a",)
    assert archive.finds("体育馆") == {"a"}


def test_a_file_that_was_touched_is_read_once(archive: Archive) -> None:
    os.utime(archive.pages / "a.txt", ns=(0, 0))
    assert (archive.build().changed, archive.read) == ((), ["a.txt"])
    archive.build()
    assert archive.read == []


def test_a_file_that_is_gone_is_taken_out(archive: Archive) -> None:
    (archive.pages / "a.txt").unlink()
    (archive.pages / "e.jsonl").unlink()
    report = archive.build()
    assert (report.removed, archive.read) == (("a", "e/1", "e/2"), [])
    assert archive.finds("小学") == set()


def test_a_file_that_was_renamed_is_another_page(archive: Archive) -> None:
    (archive.pages / "a.txt").rename(archive.pages / "z.txt")
    report = archive.build()
    assert (report.added, report.removed, archive.read) == (("z",), ("a",), ["z.txt"])


def test_two_files_that_change_their_names_are_read(archive: Archive) -> None:
    archive.write("b.txt", OTHER)
    archive.build()
    a, b, other = (archive.pages / name for name in ("a.txt", "b.txt", "draft"))
    for path, target in ((a, other), (b, a), (other, b)):
        path.rename(target)
    assert archive.build().changed == ("a", "b")
    assert archive.finds("体育馆") == {"a"}


@pytest.mark.parametrize("name", ["a.toml", "pages.toml"])
def test_a_side_car_that_comes_changes_or_goes_is_read(archive: Archive, name: str) -> None:
    newspapers = []
    for text in ('newspaper = "甲"\n', 'newspaper = "乙"\n', ""):
        path = archive.write(name, text)
        if not text:
            path.unlink()
        assert "a" in archive.build().changed
        assert ("d.md" in archive.read) == (name == "pages.toml")  # which holds for folders below
        with indexer.open_index(archive.index) as index:
            newspapers.append(index.search("幼儿园").hits[0].meta.newspaper)
        archive.build()
        assert archive.read == []
    assert newspapers == ["甲", "乙", None]


@pytest.mark.parametrize("name", ["A.toml", "a.TOML", "Pages.toml"])
def test_a_name_that_some_file_systems_take_for_a_side_cars(archive: Archive, name: str) -> None:
    archive.write(name, 'newspaper = "甲"\n')
    archive.build()  # it is one, or it is not
    archive.build()
    assert archive.read == []


def test_a_side_car_that_is_a_link_is_read_when_its_target_changes(archive: Archive) -> None:
    (archive.pages / "a.toml").symlink_to(archive.write("about", 'newspaper = "甲"\n'))
    archive.build()
    archive.write("about", 'newspaper = "乙"\n')
    assert archive.build().changed == ("a",)
    assert archive.read == ["a.txt"]


def test_a_side_car_that_becomes_a_broken_link_is_reported(archive: Archive) -> None:
    (archive.pages / "a.toml").symlink_to(archive.pages.parent / "nowhere.toml")
    assert len(archive.build().problems) == 1
    assert len(archive.build().problems) == 1


def test_a_record_that_changes_leaves_the_others(archive: Archive) -> None:
    archive.write("e.jsonl", '{"id": "1", "text": "沙雅大学"}\n{"text": "库车中学"}\n')
    report = archive.build()
    assert (report.changed, archive.read) == (("e/1",), ["e.jsonl"])
    assert "e/2" in report.unchanged


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bad.txt", "\0\1" * 99),
        ("bad.jsonl", '{"text": "好"}\n{}\n'),
        ("a.toml", "colour = "),
        ("pages.toml", "['no such page']\ndate = '2023'"),
        ("c/d.txt", TEXT),  # d.md has its name
    ],
)
def test_problems_are_reported_at_every_build(archive: Archive, name: str, text: str) -> None:
    archive.write(name, text)
    problems = [[str(error) for error in archive.build().problems] for _ in range(3)]
    assert problems[0]
    assert problems == [problems[0]] * 3


def test_what_was_mended_is_no_problem_any_more(archive: Archive) -> None:
    archive.write("bad.txt", "\0\1" * 99)
    archive.build()
    archive.write("bad.txt")
    report = archive.build()
    assert (report.problems, report.added) == ((), ("bad",))


# ---------------------------------------------------------------- when a fingerprint shows nothing


@pytest.mark.parametrize("after", [-HOUR, 0, MTIME_GRANULARITY_NS // 2])
def test_a_file_that_was_new_when_it_was_read_is_read_again(archive: Archive, after: int) -> None:
    path = archive.write("a.txt", TEXT * 2)
    archive.now = path.stat().st_ctime_ns + after  # also a clock that was set back
    archive.build()
    assert "a.txt" in archive.read
    archive.build()
    assert "a.txt" in archive.read  # which also finds what was written in the same tick


def test_a_file_is_trusted_when_it_was_read_late_enough(archive: Archive) -> None:
    path = archive.write("a.txt", TEXT * 2)
    for after, read in (
        (0, ["a.txt"]),
        (2 * MTIME_GRANULARITY_NS, ["a.txt"]),
        (2 * MTIME_GRANULARITY_NS, []),
    ):
        archive.now = path.stat().st_ctime_ns + after
        archive.build()
        assert [name for name in archive.read if name == "a.txt"] == read


def test_a_file_from_the_future_is_read_each_time(archive: Archive) -> None:
    later = archive.now + HOUR
    os.utime(archive.pages / "a.txt", ns=(later, later))
    for _ in range(3):
        archive.build()
        assert archive.read == ["a.txt"]


def test_full_reads_everything_and_so_does_a_check(archive: Archive) -> None:
    archive.build(full=True)
    assert len(archive.read) == 4
    archive.build()
    assert archive.read == []
    assert indexer.check_index([archive.pages], index=archive.index).healthy
    assert len(archive.read) == 4


def test_a_build_with_less_says_so(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.txt").write_text("标题\n\n湖柯两地的教师在乌镇上课。", "utf-8")
    (tmp_path / "places.toml").write_text('[[place]]\nname = "乌镇"\nparent = "桐乡"\n', "utf-8")
    (tmp_path / "words.txt").write_text("湖柯\n", "utf-8")
    lists = {"places": tmp_path / "places.toml", "dictionary": tmp_path / "words.txt"}
    index = tmp_path / "index"

    def warnings(**given: object) -> list[str]:
        report = indexer.build_index([tmp_path / "pages"], index=index, **given)
        return [str(one) for one in report.warnings]

    assert warnings(**lists) == []
    assert warnings(**lists) == []
    (sentence,) = warnings(places=lists["places"])
    assert "dictionary = " in sentence
    assert "CHAQUAN_DICTIONARY" in sentence
    assert warnings(places=lists["places"]) == []
    (sentence,) = warnings()
    assert "places.toml" in sentence


def test_a_build_by_another_cutter_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = make_settings({}, engine="memory", index=tmp_path / "index")
    engine = open_engine(settings)
    data = {"built_with": '{"cutter": "rjieba-0.2.2"}'}
    monkeypatch.setattr(type(engine), "commit_data", lambda self: data)
    (warning,) = find_missing_lists(engine, settings, "jieba-0.42.1")
    assert "chaquan[fast]" in str(warning)
    assert find_missing_lists(engine, settings, "rjieba-0.2.3") == []
