"""Long pages: read in sections, or as printed; nothing is lost, and the builder says so."""

from __future__ import annotations

from pathlib import Path

import pytest

import indexer
from indexer.errors import PageAsPrinted
from indexer.model import Page, locate_spans
from indexer.reading import read_articles, sections

ARTICLE = (
    "温室大棚第{0}期建成\n本报记者 王小明\n今年以来，全县新建了三十二座温室大棚，种上了番茄。\n\n"
)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make sections of twelve lines, and pages of forty lines too long."""
    monkeypatch.setattr(sections, "MAX_SECTION_LINES", 12)
    monkeypatch.setattr(sections, "MAX_PAGE_LINES", 40)


def check_whole(text: str) -> list[str]:
    """Return the texts of a page's blocks; each character that prints is in exactly one of them."""
    articles = read_articles(Page("page", "page.txt", text, ""))
    assert [article.number for article in articles] == list(range(1, len(articles) + 1))
    positions = []
    for article in articles:
        for block in article.paragraphs:
            assert block.article == article.number
            starts = locate_spans(block.text, block.spans)
            for at, (start, end) in zip(starts, block.spans, strict=True):
                assert block.text[at : at + end - start] == text[start:end]
                positions += range(start, end)
    printed = [position for position, char in enumerate(text) if not char.isspace() and char != "#"]
    assert sorted(position for position in positions if not text[position].isspace()) == printed
    return [block.text for article in articles for block in article.paragraphs]


@pytest.mark.usefixtures("short")
def test_sections_end_between_articles() -> None:
    text = "".join(map(ARTICLE.format, range(8)))
    assert len(list(sections.split_sections(Page("page", "page.txt", text, "")))) > 2
    check_whole(text)
    articles = read_articles(Page("page", "page.txt", text, ""))
    assert [article.title for article in articles] == [f"温室大棚第{n}期建成" for n in range(8)]


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    "text",
    ["援\n" * 35, "\n" * 35, "援疆\r\n\r\n" * 14, "援 疆" * 500, "# 题\n" * 20, "\n\n\n援\n" * 9],
    ids=["no gaps", "blank", "of Windows", "one line", "heads", "gaps"],
)
def test_every_character_of_a_page_of_sections_is_in_one_block(text: str) -> None:
    check_whole(text)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("line", ["援疆\n", "新建了温室\n\n", "the county\n", "援\r\n"])
def test_a_page_of_too_many_lines_is_whole_and_as_printed(line: str) -> None:
    texts = check_whole(line * 50)
    assert "".join("".join(texts).split()) == "".join((line * 50).split())


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("援\n" * 2_100, True),
        ("沙雅\r\n" * 2_100, True),
        ("温室大棚\n" * 2_100, False),
        ("援\n" * 1_900, False),
        ("援\r\n" * 1_900, False),
        ("援\r" * 2_100, True),
        ("今年以来，全县新建了三十二座温室大棚。\n" + "\n" * 2_100, False),
    ],
)
def test_a_page_of_thousands_of_lines_with_hardly_any_text_is_as_printed(
    text: str, *, printed: bool
) -> None:
    assert sections.is_read_as_printed(Page("page", "page.txt", text, "")) is printed
    if printed:
        check_whole(text)


def test_short_lines_of_a_page_as_printed_share_a_span() -> None:
    (article,) = read_articles(Page("page", "page.txt", "援\n" * 3_000, ""))
    assert sum(len(block.spans) for block in article.paragraphs) < 1_100
    assert not any(" " in block.text for block in article.paragraphs)


@pytest.mark.usefixtures("short")
def test_latin_words_of_two_lines_keep_their_blank_as_printed() -> None:
    (text, *_) = check_whole("The county built\ngreenhouses\n" * 25)
    assert text.startswith("The county built greenhouses The")


@pytest.mark.usefixtures("short")
def test_substrings_across_the_end_of_a_section_or_block_are_found(tmp_path: Path) -> None:
    lines = [f"第{number}座温室大棚种上了番茄辣椒和草莓" for number in range(30)]
    (tmp_path / "sections.txt").write_text("\n\n".join(lines[:15]), "utf-8")
    (tmp_path / "printed.txt").write_text("\n".join(lines * 8), "utf-8")
    report = indexer.build_index([tmp_path], index=tmp_path / "index")
    assert [type(warning) for warning in report.warnings] == [PageAsPrinted]
    assert report.warnings[0].facts["lines"] == 240
    with indexer.open_index(tmp_path / "index") as index:
        for number in range(1, 15):
            query = f'"{lines[number - 1][-4:]}{lines[number][:4]}"'
            pages = {hit.page for hit in index.search(query)}
            assert pages == {"sections", "printed"}, query


@pytest.mark.usefixtures("short")
def test_inspecting_a_page_of_too_many_lines_says_so(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text("援疆\n" * 50, "utf-8")
    (warning,) = indexer.inspect_page(path).warnings
    assert "51" in str(warning)
