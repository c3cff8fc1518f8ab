"""Files in, pages out: encodings, folders, metadata, records, and what cannot be read."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.formats import read_pages

from indexer.errors import PageTwice, SourceEmpty, SourceError, SourceMissing
from indexer.model import Kind, Page, PageMeta
from indexer.pages import read_page
from indexer.pages.encodings import decode

SIMPLE = "天山脚下，学校的操场上来了新教练。\r\n他说：这里的孩子跑得快，明年要去省城比赛。\r\n"
TRADITIONAL = "天山腳下，學校的操場上來了新教練。\n他說：這裡的孩子跑得快，明年要去省城比賽。\n"


def read_all(*sources: Path) -> tuple[list[Page], list[SourceError]]:
    problems: list[SourceError] = []
    return list(read_pages(sources, problem=problems.append)), problems


def write(path: Path, data: bytes | str = SIMPLE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


# ---------------------------------------------------------------- encodings


@pytest.mark.parametrize(
    ("text", "written", "encoding"),
    [
        (SIMPLE, "utf-8", "utf-8"),
        (SIMPLE, "utf-8-sig", "utf-8-sig"),
        (SIMPLE, "gbk", "gb18030"),
        (SIMPLE, "gb18030", "gb18030"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (SIMPLE, "utf-16", "utf-16"),
        (SIMPLE, "utf-16-le", "utf-16-le"),
        (SIMPLE, "utf-16-be", "utf-16-be"),
        (SIMPLE, "utf-32", "utf-32"),
    ],
)
def test_encodings_are_detected(tmp_path: Path, text: str, written: str, encoding: str) -> None:
    page = read_page(write(tmp_path / "a.txt", text.encode(written)))
    assert (page.text, page.encoding) == (text, encoding)


@pytest.mark.parametrize("written", ["gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-8"])
def test_the_real_pages_are_detected_in_every_encoding(seeds: Path, written: str) -> None:
    for path in sorted(seeds.glob("*.txt")):
        text = path.read_text("utf-8")
        found, encoding = decode(text.encode(written), path)
        assert (found, encoding) == (text, written)


def test_a_stray_control_character_is_text(tmp_path: Path) -> None:
    text = SIMPLE * 5 + "\x07"
    assert read_page(write(tmp_path / "a.txt", text)).text == text


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_a_source_error(data: bytes) -> None:
    with suppress(SourceError):
        text, encoding = decode(data, "a.txt")
        assert text.strip()
        assert encoding


# ---------------------------------------------------------------- folders


def test_a_folder_is_walked_in_order_without_what_is_hidden(tmp_path: Path) -> None:
    for name in ("b/c.txt", "a.md", ".hidden.txt", "notes.xls", "b/.git/d.txt", "b/e.MD"):
        write(tmp_path / name)
    pages, problems = read_all(tmp_path)
    assert [page.id for page in pages] == ["a", "b/c", "b/e"]
    assert [str(problem.facts["suffix"]) for problem in problems] == [".xls"]


def test_a_file_of_an_unknown_kind_is_read_when_it_is_named(tmp_path: Path) -> None:
    pages, _ = read_all(write(tmp_path / "page.ocr"))
    assert [page.id for page in pages] == ["page"]


def test_a_missing_source_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="nowhere"):
        read_all(tmp_path / "nowhere")
    with pytest.raises(SourceMissing):
        read_page(tmp_path / "nowhere.txt")


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceEmpty):
        read_all(tmp_path)


def test_two_files_of_one_name_are_one_page_and_a_problem(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a.md"), write(tmp_path / "a.txt")
    (page,), (problem,) = read_all(tmp_path)
    assert page.source == str(first)
    assert isinstance(problem, PageTwice)
    assert str(problem.facts["path"]) == str(second)


def test_the_digest_depends_on_bytes_name_and_metadata(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt")
    digests = {read_page(path).digest}
    digests.add(read_page(write(tmp_path / "b.txt")).digest)
    write(tmp_path / "a.toml", 'newspaper = "晚报"')
    digests.add(read_page(path).digest)
    write(path, SIMPLE + "又")
    digests.add(read_page(path).digest)
    assert len(digests) == 4
    assert read_page(path).digest == read_page(path).digest


# ---------------------------------------------------------------- what cannot be read


BAD: dict[str, tuple[bytes, str]] = {
    "an empty file": (b"", "empty"),
    "only blanks": ("\u3000\n \r\n".encode(), "empty"),
    "a byte order mark alone": (b"\xef\xbb\xbf", "empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\3\0" + bytes(range(256)), "byte 0"),
    "NULs in text": ("好\0的\0好的".encode(), "NUL"),
    "control characters": ("好的\x07好的".encode() * 9, "9 of 45 characters are control"),
    "many lone surrogates": ("好".encode() + b"\xed\xa0\x80" * 9, "byte 3"),
    "a megabyte of Latin without a blank": (b"x" * 1_000_000, "without a blank"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_file_is_named_and_the_others_are_read(tmp_path: Path, bad: str) -> None:
    data, reason = BAD[bad]
    write(tmp_path / "a.txt")
    path = write(tmp_path / "b.txt", data)
    write(tmp_path / "c.txt")
    pages, (problem,) = read_all(tmp_path)
    assert [page.id for page in pages] == ["a", "c"]
    assert str(path) in str(problem)
    assert any(part in str(problem) for part in reason.split("|"))
    with pytest.raises(SourceError):
        read_page(path)


def test_links_out_of_the_folder_are_named_and_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "outside.txt")
    write(tmp_path / "other" / "page.txt")
    write(tmp_path / "pages" / "a.txt")
    (tmp_path / "pages" / "b.txt").symlink_to(tmp_path / "outside.txt")
    (tmp_path / "pages" / "c").symlink_to(tmp_path / "other")
    (tmp_path / "pages" / "d").symlink_to(tmp_path / "pages")
    (tmp_path / "pages" / "e.txt").symlink_to(tmp_path / "pages" / "gone.txt")
    pages, problems = read_all(tmp_path / "pages")
    assert [page.id for page in pages] == ["a"]
    assert [Path(str(problem.facts["path"])).name for problem in problems] == [
        "b.txt",
        "c",
        "d",
        "e.txt",
    ]


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    os.mkfifo(tmp_path / "b.txt")
    pages, (problem,) = read_all(tmp_path)
    assert [page.id for page in pages] == ["a"]
    assert "b.txt" in str(problem)


def test_a_file_that_changes_while_it_is_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.txt")
    write(tmp_path / "b.txt")
    fstat = os.fstat
    calls: list[int] = []

    def growing(number: int) -> os.stat_result:
        calls.append(number)
        if len(calls) == 2:
            write(path, SIMPLE * 2)
        return fstat(number)

    monkeypatch.setattr("indexer.files.os.fstat", growing)
    pages, (problem,) = read_all(tmp_path)
    assert [page.id for page in pages] == ["b"]
    assert "changed while it was read" in str(problem)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path / "a.txt").chmod(0)
    write(tmp_path / "b.txt")
    pages, (problem,) = read_all(tmp_path)
    assert [page.id for page in pages] == ["b"]
    assert "a.txt" in str(problem)


def test_a_name_that_is_not_text_is_reported(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    (tmp_path / os.fsdecode(b"b\xff.txt")).write_text(SIMPLE, "utf-8")
    pages, (problem,) = read_all(tmp_path)
    assert [page.id for page in pages] == ["a"]
    assert "name" in str(problem)
    assert str(problem).encode("utf-8")


# ---------------------------------------------------------------- metadata


def test_the_nearer_word_counts(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    write(tmp_path / "b.txt")
    write(tmp_path / "pages.toml", 'newspaper = "晚报"\n[a]\nedition = 3\n["b.txt"]\ndate = 2023\n')
    write(tmp_path / "a.toml", 'date = 2023-10-27\nurl = "https://example.org/a"\n')
    pages, problems = read_all(tmp_path)
    assert [page.meta for page in pages] == [
        PageMeta("晚报", "2023-10-27", "3", url="https://example.org/a"),
        PageMeta("晚报", "2023"),
    ]
    assert problems == []


def test_nothing_is_known_without_metadata(seeds: Path) -> None:
    pages, _ = read_all(seeds)
    assert {page.meta for page in pages} == {PageMeta()}


def test_a_side_car_that_cannot_be_read_is_said_and_the_page_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt")
    write(tmp_path / "a.toml", "newspaper = 'x")
    (page,), (problem,) = read_all(tmp_path)
    assert page.meta == PageMeta()
    assert "not valid TOML" in str(problem)
    assert "a.toml" in str(problem)
    warnings: list[SourceError] = []
    assert read_page(path, warnings.append) == page
    assert list(map(str, warnings)) == [str(problem)]


def test_metadata_of_a_page_that_is_not_there_is_said(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    write(tmp_path / "pages.toml", "[b]\ndate = 2023\n")
    _, (problem,) = read_all(tmp_path)
    assert "no page 'b'" in str(problem)


# ---------------------------------------------------------------- records


def write_records(path: Path, *records: object) -> Path:
    return write(path, "\n".join(json.dumps(record, ensure_ascii=False) for record in records))


def test_records_are_pages_that_declare_their_parts(tmp_path: Path) -> None:
    record = {
        "id": 7,
        "title": "新教练",
        "byline": ["张三", "李四"],
        "text": "第一段。\n\n第二段",
        "date": "2023-10",
        "newspaper": "晚报",
    }
    (page,), problems = read_all(write_records(tmp_path / "news.jsonl", record))
    assert (page.id, page.source) == ("news/7", f"{tmp_path}/news.jsonl#1")
    assert [(part.kind, page.text[slice(*part.span)]) for part in page.parts] == [
        (Kind.TITLE, "新教练"),
        (Kind.BYLINE, "张三 李四"),
        (Kind.BODY, "第一段。"),
        (Kind.BODY, "第二段"),
    ]
    assert (page.meta.newspaper, page.meta.date, page.encoding) == ("晚报", "2023-10", "utf-8")
    assert problems == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("not json", "not JSON"),
        ('["text"]', "not an article"),
        ('{"title": "无文"}', "not an article"),
        ('{"text": "   "}', "empty"),
        ('{"text": "\\ud800\\ud800好"}', "lone surrogate"),
        ('{"text": "a\\u0000b\\u0000"}', "NUL"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_record_is_named_and_the_others_are_read(
    tmp_path: Path, line: str, reason: str
) -> None:
    good = '{"id": "a", "text": "好的。"}'
    path = write(tmp_path / "news.jsonl", "\n".join((good, line, "", '{"text": "再来。"}')))
    pages, (problem,) = read_all(path)
    assert [page.id for page in pages] == ["news/a", "news/4"]
    assert reason in str(problem)
    assert "line 2" in str(problem)


def test_records_may_be_in_other_encodings_too(tmp_path: Path) -> None:
    line = json.dumps({"id": "a", "text": SIMPLE}, ensure_ascii=False)
    for number, encoding in enumerate(("utf-8-sig", "gb18030", "utf-16")):
        path = write(tmp_path / f"{number}.jsonl", line.encode(encoding))
        (page,), problems = read_all(path)
        assert page.text.split("\n")[0] == SIMPLE.split("\r\n")[0]
        assert problems == []


def test_a_record_is_read_by_its_number(tmp_path: Path) -> None:
    path = write_records(tmp_path / "news.jsonl", {"text": "好"}, {"text": "很好"})
    assert read_page(Path(f"{path}#2")).text == "很好"
    with pytest.raises(SourceError, match="it contains 2 pages"):
        read_page(path)
