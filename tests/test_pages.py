"""Files in, pages out."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import SourceError, SourceMissing
from indexer.model import Kind, Page, PageMeta
from indexer.pages import read_page, read_pages

TEXT = "天山脚下，学校的操场上来了新教练。\n他说：这里的孩子跑得快。\n"


def read_all(*sources: Path) -> tuple[list[Page], list[SourceError]]:
    problems: list[SourceError] = []
    return list(read_pages(sources, problem=problems.append)), problems


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_encodings_are_told(tmp_path: Path, data: bytes, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    page = read_page(path)
    assert (page.text, page.encoding) == (TEXT, encoding)


def test_a_folder_is_walked_in_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/c.txt", "a.md", ".hidden.txt", "notes.csv", "b/.git.txt"):
        (tmp_path / name).write_text(TEXT, "utf-8")
    pages, problems = read_all(tmp_path)
    assert [page.id for page in pages] == ["a", "b/c"]
    assert problems == []


def test_a_missing_source_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing):
        read_all(tmp_path / "nowhere")


def test_metadata_is_read_from_the_side(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    (tmp_path / "pages.toml").write_text('newspaper = "晚报"\n[a]\nedition = 3\n', "utf-8")
    (tmp_path / "a.toml").write_text("date = 2023-10-27\n", "utf-8")
    (page,), problems = read_all(tmp_path)
    assert page.meta == PageMeta(newspaper="晚报", date="2023-10-27", edition="3")
    assert problems == []


def test_records_are_pages_that_tell_their_parts(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text(
        '{"id": 7, "title": "新教练", "text": "第一段。\\n第二段"}\nnot json\n', "utf-8"
    )
    (page,), (problem,) = read_all(path)
    assert page.id == "news/7"
    assert [(part.kind, page.text[slice(*part.span)]) for part in page.parts] == [
        (Kind.TITLE, "新教练"),
        (Kind.BODY, "第一段。"),
        (Kind.BODY, "第二段"),
    ]
    assert "line 2" in str(problem)
