"""Whatever is in a folder of pages is reported by name, and the rest is indexed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer import build_index, open_index
from indexer.cli import main

GOOD = "嘉兴援疆\n\n嘉兴援疆教育在沙雅县，大家都说很好。\n"
CHANGED = "杭州援疆\n\n杭州援疆医院在阿克苏，大家都说很好。\n"


def file(data: bytes | str) -> Callable[[Path], None]:
    content = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    return lambda path: path.write_bytes(content) and None


def link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


BAD: dict[str, Callable[[Path], None]] = {
    "empty": file(""),
    "blank": file(" \n\t\n\u3000\n"),
    "nul": file("援\0疆\0教\0育\n"),
    "control": file("\x1b[31m援疆\x1b[0m教育\n"),
    "surrogate": file("援疆\ud800" + "\udc00\ud800" * 20 + "教育\n"),
    "endless-latin": file("a" * 1_000_000),
    "image": file(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40),
    "zeros": file(bytes(4096)),
    "link-out": link("/etc/passwd"),
    "link-nowhere": link("/nowhere/at/all.txt"),
    "link-to-itself": lambda path: path.symlink_to(path.name),
    "pipe": lambda path: os.mkfifo(path),
    "device": link("/dev/zero"),
}


FORGIVEN: dict[str, Callable[[Path], None]] = {
    "nul": file("援疆教育\0\n"),
    "control": file("援疆教育\x07\n"),
    "surrogate": file("援疆教育\ud800\n"),
    "endless": file("援疆教育" * 250_000),
    "half-utf-16": file("嘉兴援疆教育".encode("utf-16") + b"\x00"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD, "utf-8")
    return folder


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named_and_the_rest_is_indexed(folder: Path, name: str) -> None:
    BAD[name](folder / f"{name}.txt")
    report = build_index([folder], index=folder.parent / "index")
    assert [Path(str(error.facts["path"])).name for error in report.problems] == [f"{name}.txt"]
    assert report.added == ("good",)
    with open_index(folder.parent / "index") as index:
        assert index.search("援疆教育").total == 1


@pytest.mark.parametrize("name", FORGIVEN)
def test_a_file_with_a_little_wrong_is_indexed(folder: Path, name: str) -> None:
    FORGIVEN[name](folder / f"{name}.txt")
    report = build_index([folder], index=folder.parent / "index")
    assert (report.problems, report.added) == ((), tuple(sorted(["good", name])))
    with open_index(folder.parent / "index") as index:
        assert index.search("援疆教育").total == 2 - name.startswith("latin-1")


def test_all_of_them_at_once_are_listed_and_the_exit_code_says_so(folder: Path) -> None:
    for name, make in BAD.items():
        make(folder / f"{name}.txt")
    index = str(folder.parent / "index")
    ended = CliRunner().invoke(main, ["build", str(folder), "--index", index, "--json"])
    assert ended.exit_code == 1, ended.output
    report = json.loads(ended.stdout)
    assert report["added"] == ["good"]
    messages = "\n".join(problem["message"] for problem in report["problems"])
    assert len(report["problems"]) == len(BAD)
    assert all(f"{name}.txt" in messages for name in BAD)
    reported = CliRunner().invoke(main, ["build", str(folder), "--index", index])
    assert reported.exit_code == 1
    assert all(f"{name}.txt" in reported.output for name in BAD)
    checked = CliRunner().invoke(main, ["check", str(folder), "--index", index, "--json"])
    assert checked.exit_code == 1
    assert len(json.loads(checked.stdout)["problems"]) == len(BAD)


@pytest.mark.parametrize("name", BAD)
def test_a_page_that_turns_bad_stays_as_it_was(folder: Path, name: str) -> None:
    index, page = folder.parent / "index", folder / "turning.txt"
    page.write_text(CHANGED, "utf-8")
    build_index([folder], index=index)
    page.unlink()
    BAD[name](page)
    report = build_index([folder], index=index)
    assert len(report.problems) == 1
    assert report.removed == ()
    with open_index(index) as opened:
        assert opened.search("杭州援疆医院").total == 1


def test_a_file_that_changes_while_it_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, known = folder / "growing.txt", os.fstat
    page.write_text(CHANGED, "utf-8")

    def grow(descriptor: int) -> os.stat_result:
        found = known(descriptor)
        if os.path.samestat(found, page.stat()):
            with page.open("a", encoding="utf-8") as file:
                file.write("又来了一行。")
        return found

    monkeypatch.setattr(os, "fstat", grow)
    report = build_index([folder], index=folder.parent / "index")
    monkeypatch.undo()
    assert ["changed while it was read" in str(error) for error in report.problems] == [True]
    assert report.added == ("good",)
    assert build_index([folder], index=folder.parent / "index").added == ("growing",)


RECORDS = [
    "{",
    "null",
    '{"text": 1}',
    '{"text": ""}',
    '{"text": "\\ud800"}',
    '{"text": "\\u0000"}',
    "[" * 100_000,
    '{"text": ' + "1" * 10_000 + "}",
    '{"text": "' + "x" * 300_000 + '"}',
]
FORGIVEN_RECORDS = [
    '{"text": "第二篇援疆", "date": "gestern"}',
    '{"text": "第二篇援疆", "id": ["a"]}',
    '{"text": "第二篇援疆", "id": "../../etc/passwd"}',
    '{"text": "第二篇援疆", "id": "a//b"}',
    '{"id": "../../etc/passwd\\n", "text": "' + "援疆" * 150_000 + '"}',
]


@pytest.mark.parametrize("number", range(len(RECORDS)))
def test_a_bad_line_of_records_is_named_and_the_rest_is_indexed(folder: Path, number: int) -> None:
    lines = ['{"text": "第一篇援疆"}', RECORDS[number], '{"text": "第三篇援疆"}']
    (folder / "records.jsonl").write_text("\n".join(lines), "utf-8")
    report = build_index([folder], index=folder.parent / "index")
    (problem,) = report.problems
    assert problem.facts["line"] == 2
    assert len(report.added) == 3


@pytest.mark.parametrize("record", FORGIVEN_RECORDS)
def test_an_odd_field_of_a_record_costs_the_field_alone(folder: Path, record: str) -> None:
    (folder / "records.jsonl").write_text(record, "utf-8")
    report = build_index([folder], index=folder.parent / "index")
    assert report.problems == ()
    (page,) = set(report.added) - {"good"}
    assert page.startswith("records/")
    assert {"", ".", ".."}.isdisjoint(page.split("/"))


SIDES: dict[str, Callable[[Path], None]] = {
    "pipe": lambda path: os.mkfifo(path),
    "device": link("/dev/zero"),
    "link-out": link("/etc/passwd"),
    "folder": lambda path: path.mkdir(),
    "binary": file(bytes(range(256))),
    "deep": file("a = " + "[" * 100_000),
    "deep-keys": file(".".join(["a"] * 50_000) + " = 1"),
    "deep-tables": file("[" + ".".join(["a"] * 50_000) + "]"),
    "endless-number": file("edition = " + "9" * 5_000),
    "endless-hexadecimal": file("edition = 0x" + "f" * 5_000),
    "code": file('url = "javascript:alert(1)"'),
}


@pytest.mark.parametrize("name", SIDES)
@pytest.mark.parametrize("name_of_side", ["good.toml", "pages.toml"])
def test_bad_metadata_is_named_and_the_page_is_indexed(
    folder: Path, name: str, name_of_side: str
) -> None:
    SIDES[name](folder / name_of_side)
    report = build_index([folder], index=folder.parent / "index")
    reported = (*report.problems, *report.warnings)
    assert {Path(str(error.facts["path"])).name for error in reported} == {name_of_side}
    assert report.added == ("good",)


def test_pipes_and_endless_files_of_records(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.pages.articles_jsonl.MAX_FILE_BYTES", 10_000)
    monkeypatch.setattr("indexer.files.MAX_FILE_BYTES", 10_000)
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "device.jsonl").symlink_to("/dev/zero")
    (folder / "line.jsonl").write_bytes(b"x" * 10_001)
    (folder / "wide.jsonl").write_bytes(b"\xff\xfe" + b"x" * 10_000)
    (folder / "large.txt").write_bytes(b"x\n" * 5_001)
    report = build_index([folder], index=folder.parent / "index")
    names = {Path(str(error.facts["path"])).stem for error in report.problems}
    assert names == {"pipe", "device", "line", "wide", "large"}
    assert report.added == ("good",)


def test_folders_within_folders_without_end(folder: Path) -> None:
    deep = folder.joinpath(*"a" * 80)
    deep.mkdir(parents=True)
    (deep / "page.txt").write_text(GOOD, "utf-8")
    report = build_index([folder], index=folder.parent / "index")
    (problem,) = report.problems
    assert "folders deep" in str(problem)
    assert report.added == ("good",)


def test_a_file_given_by_a_name_that_is_not_text(folder: Path) -> None:
    odd = folder.parent / "\x1b[31m换\n行.txt"
    odd.write_text(CHANGED, "utf-8")
    report = build_index([folder, odd], index=folder.parent / "index")
    (problem,) = report.problems
    assert str(problem).isprintable()
    assert report.added == ("good",)


def test_names_that_are_not_text(folder: Path) -> None:
    for name in (b"\xff\xfe.txt", "换\n行.txt".encode(), "\x1b[31m红.txt".encode()):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text(GOOD, "utf-8")
    report = build_index([folder], index=folder.parent / "index")
    assert len(report.problems) == 3
    assert report.added == ("good",)
    assert all("\x1b" not in str(error) and "\n" not in str(error) for error in report.problems)


def test_links_in_circles_end(folder: Path) -> None:
    (folder / "inner").mkdir()
    (folder / "inner" / "circle").symlink_to(folder, target_is_directory=True)
    (folder / "inner" / "page.txt").write_text(CHANGED, "utf-8")
    report = build_index([folder], index=folder.parent / "index")
    assert set(report.added) == {"good", "inner/page"}
    assert len(report.problems) == 1
