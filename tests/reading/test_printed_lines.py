"""Pages broken into printed lines are set into paragraphs again, and nothing else is joined."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from support.clean_articles import UNSEEN_NEWS, read_clean
from support.page_scores import add, find_beginnings, hold
from support.styles import BY_NAME
from support.typesetter import UNDAMAGED, draw_page, squeeze

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


@pytest.mark.parametrize("width", [11, 12, 16])
@pytest.mark.parametrize(
    "head",
    ["渡船明年换新", "南岸渡口明年春天换新船", "南岸渡口管理所介绍明年换船和修建新码头的打算"],
)
def test_a_head_above_a_dateline_is_no_part_of_the_text(head: str, width: int) -> None:
    news = [f"本报南岸１月５日讯{one}" for one in PARAGRAPHS]
    lines = [line for one in news for line in [head, *broken(one, width)]]
    assert bodies("\n".join(lines)) == news


@pytest.mark.parametrize("position", ["【南岸】", "〔本埠〕", "【江州通信】"])
@pytest.mark.parametrize("width", [9, 13])
def test_a_head_of_the_column_s_width_above_a_position_is_no_part_of_the_text(
    position: str, width: int
) -> None:
    news = [f"{position}{one}" for one in PARAGRAPHS]
    head = "南岸渡口管理所添置一条渡船"[:width]
    lines = [line for one in news for line in [head, *broken(one, width)]]
    assert bodies("\n".join(lines)) == news


@pytest.mark.parametrize("source", ["【本报广州九日电】", "〔新华社上海三日电〕"])
def test_a_first_line_with_a_dateline_is_text_though_it_is_short(source: str) -> None:
    text = source + "".join(PARAGRAPHS[:2])
    lines = [text[:16], *(text[at : at + 18] for at in range(16, len(text), 18))]
    spaced = "\n".join(" ".join(line) for line in ["渡口新添三条船", *lines])
    assert ["".join(body.split()) for body in bodies(spaced)] == [text]


def test_full_lines_without_marks_are_text() -> None:
    long = "南岸渡口管理所新聘的两名船工上个月已经在江上跑满了三十个来回没有误过一班船。"
    lines = [line for one in (long, *PARAGRAPHS) for line in broken(one, 12)]
    assert bodies("\n".join(lines)) == [long, *PARAGRAPHS]


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


LAYOUTS: dict[str, Callable[[str], str]] = {
    "as printed": str,
    "a blank line after each": lambda text: text.replace("\n", "\n\n"),
    "blanks between characters": lambda text: "\n".join(
        " ".join(line.replace("\u3000", "")) for line in text.split("\n")
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_articles_of_printed_lines_begin_where_they_were_found_to(layout: str) -> None:
    articles, true, found = read_clean(UNSEEN_NEWS)[1::2], 0, 0
    for style in ("republican 1920", "pre-war 1936", "daily 1957", "mainland 2023", "Hong Kong"):
        for seed in range(10, 14):
            page = draw_page(articles, seed, UNDAMAGED, BY_NAME[style])
            begins = {count_printed(page.text, start) for start in find_beginnings(page)}
            text = LAYOUTS[layout](page.text)
            starts = (
                min(span.start for block in article.paragraphs for span in block.spans)
                for article in read(text)
            )
            true += len(begins)
            found += len(begins & {count_printed(text, start) for start in starts})
    assert found / true >= FLOORS["reading"]["printed_lines"][layout]


def count_printed(text: str, end: int) -> int:
    """Return how many characters are printed before a position, in any layout the same."""
    return len(squeeze(text[:end]))


OLD = (
    "渡船每日清晨自南岸开出、一船可坐四十人、票价两文、老者与学徒减半、",
    "船夫姓周、在江上撑船三十余年、闭目亦能辨得浅滩所在、人皆称奇、",
    "自铁桥通车以后、坐船者去其大半、惟赶早市之菜贩仍喜坐船、盖码头近市也、",
    "船行主人云、渡船不停、来岁更换新船一艘、乘客可免冬日之寒矣、",
)
"""Paragraphs with the only mark of old papers."""


def old_lines(width: int) -> list[str]:
    return [line for one in OLD for line in broken(one, width)]


@pytest.mark.parametrize("width", [10, 12, 13])
@pytest.mark.parametrize("name", ["江上闲鸥", "渡公"])
def test_a_head_as_wide_as_the_last_line_above_it_is_no_text(width: int, name: str) -> None:
    above = broken(OLD[1], width)
    head = "渡口小记兼谈江上新船"[: len(above[-1])]
    page = [*broken(OLD[0], width), *above, head, name, *broken(OLD[2], width)]
    assert OLD[1] in bodies("\n".join([*page, *broken(OLD[3], width)]))


@pytest.mark.parametrize("framed", ["◘渡船周翁之近影◘", "●南岸渡口晨景图●"])
def test_a_framed_caption_as_wide_as_the_column_is_no_text(framed: str) -> None:
    lines = [*old_lines(9)[:2], framed, *old_lines(9)[2:]]
    assert not any(framed in body for body in bodies("\n".join(lines)))


@pytest.mark.parametrize("head", ["第七章夜渡寒江逢故友", "第十二回老船夫醉说当年"])
def test_the_head_of_a_chapter_is_no_text(head: str) -> None:
    width = len(head)
    lines = ["江上缘", head, *old_lines(width)]
    assert not any(head in body for body in bodies("\n".join(lines)))


@pytest.mark.parametrize("mark", ["、", "："])
def test_each_turn_of_a_conversation_is_a_paragraph(mark: str) -> None:
    turns = [
        f"问{mark}渡船何时可换新船、新船之价增否、",
        f"答{mark}明春可换新船、船价仍旧、惟雨雪之",
        f"问{mark}铁桥既通、何以坐渡船者犹未绝于途、",
        f"答{mark}码头近市、菜贩皆乐其便、故未稍减、",
    ]
    lines = [line for one in turns for line in broken(one, 9)]
    found = bodies("\n".join([*lines, *old_lines(9)]))
    assert not any("增否、答" in body or "稍减、渡" in body for body in found)


@pytest.mark.parametrize(
    "verse", [("江水清清绕渡头", "老翁撑出小扁舟", "一篙点破南岸月", "两岸菜花香满楼")]
)
def test_verses_without_marks_are_not_part_of_the_prose_above(verse: tuple[str, ...]) -> None:
    prose = broken("周翁好吟咏、尝于渡船之上得句、诵与客听、其诗云、", 8)
    found = bodies("\n".join([*old_lines(8), *prose, *verse]))
    assert not any("云、江水" in body for body in found)
