"""The form in which text is matched, and the way back to the printed characters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.analysis import cut_forms, normal_form, normalize
from indexer.analysis.fold import MIN_ARRAY_CHARS
from indexer.model import Span

TRICKY = (
    "援疆教育ABab19 ,。.？"
    "\u200b\u00ad\ufeff\u200d\ufe0f\U000e0101"
    "\u0301\u0327\u3099\uff9e"
    "eéかｶ가\u1100\u1161"
    "㎡℃Ⅲﬁ⑴½…ß㍻İ"
    "⻢吿衞\u3000\u00a0\n👩🏽❤"
)
TEXTS = st.text(st.sampled_from(TRICKY) | st.characters(codec=None), max_size=30)


@pytest.mark.parametrize(
    ("printed", "form"),
    [
        ("丁　一", "丁一"),
        ("会 议 昨 天 召 开 ， 通 过 了", "会议昨天召开,通过了"),
        ("研 究 A I 与 量 子", "研究ai与量子"),
        ("发 射 C Z 5 火 箭", "发射cz5火箭"),
        ("选 A B 两项", "选ab两项"),
        ("Plan A B of\nC D", "plan a b of c d"),
        ("于 1 9 1 1 年 1 0 月", "于1911年10月"),
        ("共 2 0 2 1年", "共2021年"),
        ("表一 3 5\n表二 4 6", "表一3 5表二4 6"),
        ("于 1 9  4 9 年 1  0 月", "于1949年10月"),
        ("美国 C a t  I n c 公司", "美国cat inc公司"),
        ("计划 plan A B 两项", "计划plan a b两项"),
        ("新款 Mate 60 手机", "新款mate 60手机"),
        ("全长 12.5 公里", "全长12.5公里"),
        ("in  the\u3000end", "in the end"),
        ("甲\u200b乙\ufeff丙", "甲乙丙"),
        ("co\u00adoperate", "cooperate"),
        ("cafe\u0301 CAFÉ", "cafe cafe"),
        ("Übersee, Ærø, Łódź, cœur", "ubersee,aero,lodz,coeur"),
        ("lǜ m\u0300 x\u0302", "lu m x"),
        ("ἄλφα й", "ἄλφα й"),
        ("辻\U000e0101堂", "辻堂"),
        ("か\u3099ｷﾞ", "がギ"),
        ("面积8㎡，零下3℃", "面积8m2,零下3°c"),
        ("第Ⅳ卷⑵", "第iv卷(2)"),
        ("¾的ﬂat", "3/4的flat"),
        ("等等……", "等等......"),
        ("第❷类，➅、⓬", "第2类,6、12"),
        ("世卫组织 （ W H O ） 宣 布", "世卫组织(who)宣布"),
        ("《 T V 周 刊 》", "《tv周刊》"),
        ("( a b c )", "(a b c)"),
        ("Straße", "strasse"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("👩\u200d甲", "👩甲"),
        ("\u0301甲", "甲"),
        ("⻢⻋⼈", "马车人"),
        ("報吿値錢靑絲", "报告值钱青丝"),
        ("衞生敎育", "卫生教育"),
        ("淛東塼窰，㬉氣舎，聼衆擕琹", "浙东砖窑,暖气舍,听众携琴"),
        ("夲㑹毉生躭悮", "本会医生耽误"),
        ("二○○一年", "二〇〇一年"),
        ("比分2∶1", "比分2:1"),
    ],
)
def test_what_is_printed_and_typed_alike_has_one_form(printed: str, form: str) -> None:
    assert normal_form(printed) == form


@pytest.mark.parametrize(
    ("typed", "forms"),
    [
        ("OpenDay", ("openday", "open day")),
        ("VitaminC", ("vitaminc", "vitamin c")),
        ("iPad", ("ipad",)),
        ("NASA", ("nasa",)),
        ("OPENday", ("openday",)),
    ],
)
def test_a_capital_within_a_word_may_begin_another(typed: str, forms: tuple[str, ...]) -> None:
    assert cut_forms(typed, normal_form(typed)) == forms


@pytest.mark.parametrize("words", ["著着", "覆复", "瞭了", "甚什", "祇只", "零〇", "。."])
def test_different_words_are_kept_apart(words: str) -> None:
    assert len(set(map(normal_form, words))) == 2


@given(TEXTS | st.lists(TEXTS, min_size=MIN_ARRAY_CHARS).map("".join))
@example("a\u0300\u200b\u0301")
@example("\u00b8\u0301")
@example("中 \u00a8\u0301\u0327")
def test_what_is_normalised_does_not_change_again(text: str) -> None:
    assert normal_form(normal_form(text)) == normal_form(text)


@given(TEXTS)
def test_long_texts_are_normalised_as_short_ones_are(text: str) -> None:
    long = text + "。" * MIN_ARRAY_CHARS
    assert normal_form(long) == normal_form(text + "。") + "。" * (MIN_ARRAY_CHARS - 1)


@given(TEXTS, st.data())
def test_any_substring_is_found_in_the_form_of_its_text(text: str, data: st.DataObject) -> None:
    positions = [n for n in range(len(text) + 1) if not is_inside_cluster(text, n)]
    start, end = sorted(
        (data.draw(st.sampled_from(positions)), data.draw(st.sampled_from(positions)))
    )
    assert normal_form(text[start:end]) in normal_form(text)


LETTER_SPACED = st.lists(
    st.sampled_from("年月日中国社ABC2019，") | st.sampled_from([" ", "  ", "\u3000", "ab", "12 "]),
    max_size=24,
).map("".join)


@given(LETTER_SPACED | LETTER_SPACED.map(" ".join), st.data())
@example("到 2 0  0 0 度 以 上", None)
@example("中国 C h i n a  D a i l y 报 道", None)
def test_any_substring_of_letters_printed_with_blanks_is_found(
    text: str, data: st.DataObject | None
) -> None:
    spans = ((a, b) for a in range(len(text)) for b in range(a + 1, len(text) + 1))
    if data and text:
        start = data.draw(st.integers(0, len(text) - 1))
        spans = ((start, end) for end in range(start + 1, len(text) + 1))
    for start, end in spans:
        part = text[start:end].strip()
        forms = cut_forms(part, normal_form(part))
        assert any(form in normal_form(text) for form in forms), text[start:end]


def is_inside_cluster(text: str, position: int) -> bool:
    """Tell whether a mark, a selector or the second part of a syllable follows here."""
    following = text[position : position + 1]
    while following and unicodedata.category(following) in ("Cf", "Cc"):
        position += 1
        following = text[position : position + 1]
    return bool(following) and (
        unicodedata.category(following) in ("Mn", "Mc", "Me")
        or "\u1160" <= following <= "\u11ff"
        or following in "\uff9e\uff9f\u200d"
    )


@given(TEXTS)
def test_any_position_leads_back_to_the_characters_it_is_from(text: str) -> None:
    form, offsets = normalize(text)
    before = Span(0, 0)
    for position, char in enumerate(form):
        span = Span(position, position + 1)
        printed = offsets.to_printed(span) if offsets else span
        assert before == printed or before.end <= printed.start < printed.end
        assert char == " " or char in normal_form(text[printed.start : printed.end])
        before = printed


@given(TEXTS)
def test_any_span_covers_what_its_first_and_last_character_are_from(text: str) -> None:
    form, offsets = normalize(text)
    if offsets and form:
        ends = [offsets.to_printed(Span(n, n + 1)) for n in range(len(form))]
        whole = offsets.to_printed(Span(0, len(form)))
        assert whole == (ends[0].start, ends[-1].end)
        assert normal_form(text[whole.start : whole.end]) == form


def test_a_text_in_which_nothing_moves_needs_no_offsets() -> None:
    assert normalize("國際ＡＢＣ") == ("国际abc", None)
