"""What a page's own statistics say of how it is set, and how sure they are."""

from __future__ import annotations

import pytest

from indexer.analysis import simplify
from indexer.reading.lines import split_lines
from indexer.reading.profile import (
    EndMarks,
    PageProfile,
    ParagraphStart,
    learn_items,
    profile_page,
    spaced_characters,
)
from indexer.reading.whole_lines import set_whole_lines

PROSE = "渡船每天早上六点从南岸开出，一船能坐四十个人。票价是两块钱，老人和学生减半。"
PAUSED = "渡船每天六點開出、一船能坐四十人、票價兩角、老人與學生減半、風浪大時停航、"


def break_at(text: str, width: int, *, indent: str = "") -> str:
    text = indent + text
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


def learn(text: str) -> PageProfile:
    plain = simplify(text)
    lines = split_lines(plain)
    profile = profile_page(plain, lines)
    return learn_items(profile, set_whole_lines(lines, profile, {}))


PARAGRAPHS = "\n".join([PROSE * 3] * 6)
NARROW = break_at(PROSE * 4, 13)
TWO_WIDTHS = f"{break_at(PROSE * 3, 12)}\n\n{break_at(PROSE * 3, 21)}"
AFTER_EACH = NARROW.replace("\n", "\n\n")
SHORT_NOTE = break_at(PROSE + "明天停航一天。", 11)


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        (PARAGRAPHS, False),
        (PROSE, False),
        ("渡口\n船票\n时刻表", False),
        (NARROW, True),
        (TWO_WIDTHS, True),
        (AFTER_EACH, True),
        (SHORT_NOTE, True),
        ("\n".join(["春风又绿江南岸，", "明月何时照我还。"] * 6), False),
    ],
)
def test_broken_lines_are_distinguished_from_paragraphs_and_verse(
    text: str, *, broken: bool
) -> None:
    assert learn(text).is_broken is broken


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        (PARAGRAPHS, EndMarks.FULL_STOP),
        (NARROW, EndMarks.FULL_STOP),
        (PAUSED * 6, EndMarks.PAUSE),
        (break_at(PAUSED * 6, 16), EndMarks.PAUSE),
        ("渡船每天早上六点从南岸开出一船能坐四十个人" * 20, EndMarks.NONE),
        ("东岸、西岸、南岸、北岸、渡口停电，明早恢复。" * 4, EndMarks.FULL_STOP),
    ],
)
def test_marks_that_end_sentences(text: str, marks: EndMarks) -> None:
    assert learn(text).end_marks.value is marks


def test_open_ends_are_cuts_only_where_sentences_end_with_a_full_stop() -> None:
    assert learn(PARAGRAPHS).open_ends_are_cuts
    assert learn("\n".join([PROSE + "船上有人"] * 9)).open_ends_are_cuts
    assert not learn("\n".join([PROSE.replace("。", "")[:36]] * 9)).open_ends_are_cuts
    assert not learn(PAUSED * 6).open_ends_are_cuts


def test_a_page_of_closed_paragraphs_makes_a_cut_less_likely() -> None:
    halves = "\n".join([PROSE * 3, PROSE[:30]] * 6)
    assert learn(PARAGRAPHS * 3).cut_prior < 0 < learn(halves).cut_prior


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("\n".join([break_at(PROSE * 2, 14, indent="　　")] * 4), ParagraphStart.INDENT),
        ("\n\n".join([break_at(PROSE * 2, 14)] * 4), ParagraphStart.BLANK_LINE),
        ("\n".join([break_at(PROSE * 2, 14)] * 4), ParagraphStart.UNMARKED),
    ],
)
def test_how_paragraphs_begin(text: str, start: ParagraphStart) -> None:
    assert learn(text).paragraph_start is start


def test_blanks_between_characters() -> None:
    assert spaced_characters(" ".join(PROSE * 3)).value
    assert not spaced_characters(PROSE * 3).value


def test_gaps_between_items_are_distinguished_from_those_of_pictures() -> None:
    items = [f"渡口见闻第{number}\n（船夫）\n{PROSE}\n{PROSE}" for number in range(5)]
    assert learn("\n\n".join(items)).item_gap.sure
    pictures = [f"{PROSE}\n\n{PROSE}\n\n\n\n渡口清晨"] * 4
    assert learn("\n\n".join(pictures)).item_gap.value == 0


def test_a_sign_opens_items_where_they_are_signed_or_set_apart() -> None:
    assert learn("\n".join([f"◆{PROSE}（船夫）"] * 4)).item_signs == {"◆"}
    assert learn("\n".join([PROSE, f"◆{PROSE}", f"◆{PROSE}", PROSE])).item_signs == set()


@pytest.mark.parametrize(
    ("text", "latin"),
    [(PROSE, False), (PAUSED, False), ("The ferry leaves at six o'clock every morning.", True)],
)
def test_pages_in_an_alphabetic_script(text: str, latin: bool) -> None:
    assert profile_page(text, split_lines(simplify(text))).latin is latin


def test_an_edge_is_even_where_open_lines_have_one_width() -> None:
    lines = break_at(PROSE.replace("，", "") * 6, 11).split("\n")
    assert learn("\n".join(lines)).even_edge
    assert not learn("\n".join(line[number % 2 :] for number, line in enumerate(lines))).even_edge


@pytest.mark.parametrize("missing", [1, 2])
def test_a_last_line_just_short_of_an_even_edge_ends_its_paragraph(missing: int) -> None:
    text = (
        "渡船每日清晨自南岸开出、一船可坐四十人、票价两文、老者与学徒减半、夏日雨多则停航数日矣、"
    )
    width = 11
    first = text[: 4 * width - missing - 1] + "、"
    lines = [*break_at(first, width).split("\n"), *break_at(text * 3, width).split("\n")]
    plain = split_lines("\n".join(lines))
    whole = set_whole_lines(plain, profile_page("\n".join(lines), plain), {})
    assert whole[0].text == first
