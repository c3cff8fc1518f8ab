"""Pages broken into printed lines are set into paragraphs again, and nothing else is joined."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from support.clean_articles import UNSEEN_NEWS, read_clean
from support.page_scores import add, hold
from support.styles import BY_NAME
from support.typesetter import UNDAMAGED, draw_page

from indexer.model import Article, Kind, Page
from indexer.reading import read_articles

FLOORS = tomllib.loads((Path(__file__).parent.parent / "floors.toml").read_text("utf-8"))
STYLES = FLOORS["reading"]["undamaged"]

PARAGRAPHS = (
    "渡船每天早上六点从南岸开出，一船能坐四十个人，票价是两块钱，老人和学生减半。",
    "船夫姓周，今年五十七岁，在这条江上撑了三十多年的船，闭着眼睛也认得出每一处浅滩。",
    "大桥通车以后，坐船的人少了一半，可是赶早市的菜农还是喜欢坐船，因为码头离市场近。",
    "公司说，渡船不会停，明年还要换一条新船，装上空调，冬天坐船不再受冻。",
)


def read(text: str) -> tuple[Article, ...]:
    return read_articles(Page("page", "page.txt", text, ""))


def bodies(text: str) -> list[str]:
    return [
        "".join(block.text.split())
        for article in read(text)
        for block in article.paragraphs
        if block.kind is Kind.BODY
    ]


def broken(paragraph: str, width: int, *, indent: str = "") -> list[str]:
    text = indent + paragraph
    return [text[at : at + width] for at in range(0, len(text), width)]


@pytest.mark.parametrize("width", [9, 13, 17])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize("indent", ["", "　　"])
def test_a_page_of_one_width(width: int, gap: str, indent: str) -> None:
    lines = [line for one in PARAGRAPHS for line in broken(one, width, indent=indent)]
    assert bodies(gap.join(lines)) == list(PARAGRAPHS)


@pytest.mark.parametrize(("first", "second"), [(11, 20), (21, 14)])
def test_columns_of_two_widths_on_a_page(first: int, second: int) -> None:
    widths = (first, first, second, second)
    parts = zip(PARAGRAPHS, widths, strict=True)
    lines = [line for one, width in parts for line in broken(one, width, indent="　　")]
    assert bodies("\n".join(lines)) == list(PARAGRAPHS)


def test_a_note_of_five_lines() -> None:
    note = PARAGRAPHS[1]
    assert bodies("\n".join(broken(note, 9))) == [note]


def test_blanks_between_characters() -> None:
    lines = [" ".join(line) for one in PARAGRAPHS for line in broken(one, 16)]
    assert bodies("\n".join(lines)) == list(PARAGRAPHS)


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_heads_and_names_are_not_part_of_the_text(gap: str) -> None:
    lines = ["渡口见闻", "（船夫）", *broken(PARAGRAPHS[0], 15), "换新船", "（渡公）"]
    lines += broken(PARAGRAPHS[3], 15)
    articles = read(gap.join(lines))
    assert [article.title for article in articles] == ["渡口见闻", "换新船"]
    assert [article.byline for article in articles] == ["船夫", "渡公"]
    assert bodies(gap.join(lines)) == [PARAGRAPHS[0], PARAGRAPHS[3]]


@pytest.mark.parametrize("caption", ["周渡生在渡口。 李晓船 摄", "渡口清晨（周渡生摄）"])
def test_a_credited_caption_between_the_lines_is_no_text(caption: str) -> None:
    lines = [line for one in PARAGRAPHS for line in broken(one, 14, indent="　　")]
    assert not any(
        caption[:4] in body for body in bodies("\n".join([*lines[:5], caption, *lines[5:]]))
    )


@pytest.mark.parametrize(
    "lines",
    [
        ["渡口停航一天", "周渡生", "今天风大。", "明天照常开船。"],
        ["春风吹渡口，", "夜雨过江村。", "船去人何在，", "灯明客到门。"],
        ["早班　六点", "午班　十二点", "晚班　十八点"],
    ],
)
def test_short_closed_lines_stay_as_printed(lines: list[str]) -> None:
    blocks = [block for article in read("\n\n".join(lines)) for block in article.paragraphs]
    assert [block.text for block in sorted(blocks, key=lambda block: block.spans)] == lines


@pytest.mark.parametrize("name", STYLES)
def test_undamaged_pages_are_read_as_well_as_ever(name: str) -> None:
    floor, style = STYLES[name], BY_NAME[name]
    articles, outcomes = read_clean(UNSEEN_NEWS)[1::2], []
    for seed in range(8):
        page = draw_page(articles, seed, UNDAMAGED, style)
        outcomes.append(hold(page, read(page.text)))
    total = add(outcomes)
    assert total.whole / total.paragraphs >= floor["whole"]
    assert total.false_joins / total.bodies <= floor["false_joins"]
    assert total.beginnings / total.articles >= floor["beginnings"]
    assert total.head_captions == 0
