"""Words of one meaning from a list of the reader: offered with their counts, never used unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import indexer
from indexer.cli import main
from indexer.errors import BadMetadata, SourceMissing
from webapp import create_app

TEXTS = (
    "嘉兴市援疆指挥部帮助沙雅县兴办教育。",
    "湖州市对口支援柯坪县，教育是第一件事。",
    "杭州市支援新疆的教师办起了学校。",
    "沙雅县的棉花今年获得了很好的收成。",
)
WORDS = "# 同义词\n援疆\t对口支援\t支援新疆\n教育\t办学\t办起了学校\n\n孤词\n"


@pytest.fixture
def archive(tmp_path: Path) -> indexer.Settings:
    (tmp_path / "pages").mkdir()
    for number, text in enumerate(TEXTS):
        (tmp_path / "pages" / f"{number}.txt").write_text(f"标题\n\n{text}", "utf-8")
    (tmp_path / "words.tsv").write_text(WORDS, "utf-8")
    (tmp_path / "chaquan.toml").write_text('synonyms = "words.tsv"\n', "utf-8")
    settings = indexer.make_settings({}, index=tmp_path / "index")
    indexer.build_index([tmp_path / "pages"], settings=settings)
    return settings


def offers(settings: indexer.Settings, query: str, **options: object) -> dict[str, int | None]:
    with indexer.open_index(settings=settings) as index:
        found = index.search(query, **options).suggestions
        return {one.text: one.count for one in found.synonyms} if found else {}


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        ("援疆", {"援疆 OR 对口支援 OR 支援新疆": 3}),
        ("对口支援 教育", {"(对口支援 OR 援疆 OR 支援新疆) 教育": 2}),
        ("支援新疆的教师", {}),
        ("棉花", {}),
        ('"援疆"', {}),
        ("标题:援疆", {}),
        ("援疆 -教育", {}),
        ("", {}),
    ],
)
def test_what_finds_more_is_offered_with_its_count(
    archive: indexer.Settings, query: str, offered: dict[str, int]
) -> None:
    found = offers(archive, query)
    assert {text: found.get(text) for text in offered} == offered
    assert bool(found) == bool(offered)


def test_the_count_is_what_one_finds(archive: indexer.Settings) -> None:
    for query, city in (("援疆", []), ("援疆", ["湖州"]), ("援疆 教育", []), ("援疆的教育", [])):
        for text, count in offers(archive, query, city=city).items():
            with indexer.open_index(settings=archive) as index:
                assert index.search(text, city=city).total == count


def test_nothing_is_searched_for_unasked(archive: indexer.Settings) -> None:
    with indexer.open_index(settings=archive) as index:
        assert index.search("援疆").total == 1


def test_the_page_and_the_command_offer_it(archive: indexer.Settings) -> None:
    page = create_app(archive).test_client().get("/?q=援疆").text
    assert "含“援疆”或“对口支援、支援新疆”的共 3 段" in page
    words = ["search", "援疆", "--lang", "zh", "--index", str(archive.index)]
    printed = CliRunner().invoke(main, words, catch_exceptions=False).output
    assert "放宽一步：援疆 OR 对口支援 OR 支援新疆" in printed


@pytest.mark.parametrize(("data", "error"), [(None, SourceMissing), (b"\xff\xfe\xff", BadMetadata)])
def test_a_list_that_cannot_be_read_is_named(
    archive: indexer.Settings, tmp_path: Path, data: bytes | None, error: type[Exception]
) -> None:
    path = tmp_path / "other.tsv"
    if data is not None:
        path.write_bytes(data)
    settings = indexer.make_settings({}, index=archive.index, synonyms=path)
    with indexer.open_index(settings=settings) as index, pytest.raises(error, match=r"other\.tsv"):
        index.search("援疆")
