"""Other ways to print what a query asks for."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.search_samples import make_index

from indexer.engines import open_engine
from indexer.engines.base import Engine
from indexer.model import Kind, Span
from indexer.query.spellings import MAX_SPELLINGS, spellings
from indexer.settings import Settings
from indexer.snippets import merge_overlapping


@pytest.mark.parametrize(
    ("substring", "others"),
    [
        ("援疆", ()),
        ("看着", ("看著",)),
        ("著名", ("着名",)),
        ("答复", ("答覆",)),
        ("了解", ("瞭解",)),
        ("好了", ()),
        ("什么", ("甚么",)),
        ("一九〇五", ("一九零五", "一九o五", "一九0五", "一九о五", "一九ο五")),
        ("零售", ()),
        ("办完了。", ("办完了.",)),
        ("汗·买", ("汗.买", "汗买")),
        ("3·8", ("3.8",)),
        ("完了.好", ("完了。好", "完了·好")),
        ("8.25", ("8·25",)),
        ("a.com", ()),
        ("......", ("...",)),
        ("5600吨", ("5,600吨", "5 600吨")),
        ("98,000", ("98000", "98 000")),
        ("1984年", ()),
        ("12", ()),
        ("ai算法", ("a.i.算法", "a·i·算法")),
        ("the ai model", ("the a.i.model", "the a·i·model", "the a i model")),
        ("in china", ()),
        ("j.k.rowling", ("j·k·rowling", "jk rowling", "j k rowling")),
        ("jrr tolkien", ()),
        ("j·k·罗琳", ("j.k.罗琳", "jk罗琳")),
        ("1984", ("1,984", "1 984")),
        ("mate60", ("mate 60", "mate-60")),
        ("iso 9001", ("iso9001", "iso-9001")),
        ("gb/t7714", ("gb/t 7714", "gbt 7714", "gbt7714")),
        ("qbt 2460-1999", ("qb/t 2460-1999", "qb/t2460-1999", "qbt2460-1999")),
        ("一八〇o", ("一八〇〇", "一八零零", "一八oo", "一八00", "一八оо", "一八οο", "一八o〇")),
        ("vitamin c", ("vitaminc", "vitamin-c")),
        ("in b", ()),
        ("5·12地震", ("5.12地震", "512地震", "五·一二地震", "五一二地震")),
        (
            "129运动",
            (
                "1·29运动",
                "1.29运动",
                "12·9运动",
                "12.9运动",
                "一·二九运动",
                "一二·九运动",
                "一二九运动",
            ),
        ),
        ("七七事变", ("七·七事变", "7·7事变", "7.7事变", "77事变")),
        ("三·一五晚会", ("三一五晚会", "3·15晚会", "3.15晚会", "315晚会")),
        ("30运动员", ()),
        ("第二次运动", ("第2次运动",)),
        ("八百元", ("八百圆",)),
        ("柒拾圆整", ("柒拾元整",)),
        ("元旦", ()),
        ("no 3", ("no.3", "no3", "no. 3")),
        ("2.5万", ("2·5万",)),
        (
            "13912345678",
            ("139 12345678", "139-12345678", "139 1234 5678", "139-1234-5678", "139-1234 5678"),
        ),
        (
            "025-8765432",
            (
                "0258765432",
                "025 8765432",
                "025 8765 432",
                "025-8765-432",
                "025-8765 432",
                "025 876 5432",
                "025-876-5432",
                "025-876 5432",
                "(025)8765432",
            ),
        ),
        ("j20", ("j 20", "j-20")),
        ("nova12pro", ("nova 12 pro", "nova-12pro", "nova12 pro")),
        ("wifi7", ("wifi 7", "wifi-7")),
        ("9kg", ("9 kg",)),
        ("6g网络", ()),
        ("li-fi 9", ("li-fi9", "li-fi-9")),
        ("7 b", ("7b",)),
        ("2.5 mm", ("2.5mm",)),
        ("xt 1 tl", ("xt1tl", "xt-1tl", "xt1 tl")),
        ("sars-cov", ("sarscov", "sars cov")),
        ("q w与7 e", ("q w与7e", "qw与7 e", "qw与7e")),
        ("直-20", ("直20",)),
        ("红旗9导弹", ("红旗-9导弹",)),
        ("增长20个", ()),
        ("第五号", ("第5号",)),
        ("第21届会议", ("第二十一届会议",)),
        ("第一百零五师", ("第105师", "第一百〇五师")),
        ("第五", ()),
        ("第五千个", ()),
        ("第3.5万", ("第3·5万",)),
    ],
)
def test_other_spellings_of_a_substring(substring: str, others: tuple[str, ...]) -> None:
    assert spellings(substring) == (substring, *others)


@given(st.text("着著复覆〇零一二.。·1,2a 疆", max_size=40))
def test_any_substring_is_its_first_spelling_and_has_not_many(substring: str) -> None:
    found = spellings(substring)
    assert found[0] == substring
    assert len(found) == len(set(found)) <= MAX_SPELLINGS


FORMS = {
    "青": ["青", "靑"],
    "卫": ["卫", "衛", "衞"],
    "教": ["教", "敎"],
    "着": ["着", "著"],
    "马": ["马", "馬", "⻢", "马\ufe00"],
    "面积": ["㎡", "m2", "Ｍ２", "m²"],
    "度": ["℃", "°c", "°Ｃ"],
    "一": ["⑴", "(1)", "（１）"],
    "é": ["é", "e\u0301", "Ｅ\u0301"],
    "が": ["が", "か\u3099", "か\ufe00\u3099"],
}
"""What is typed and printed for one and the same."""

FILLINGS = ["", "", "", "\u200b", "\u00ad", "\ufeff", "　", "  ", " \u200b"]
LETTERS = ("面积", "度", "é")
"""Signs that begin or end with a letter or figure, between which a blank counts."""

SIGNS = st.lists(st.sampled_from(sorted(FORMS)), min_size=1, max_size=8)


def write(data: st.DataObject, signs: list[str]) -> tuple[str, list[Span]]:
    """Write signs in any of their forms, with what does not count between them."""
    text, spans = "", []
    for number, sign in enumerate(signs):
        if number:
            blank = sign not in LETTERS or signs[number - 1] not in LETTERS
            text += data.draw(st.sampled_from(FILLINGS if blank else FILLINGS[:6]))
        form = data.draw(st.sampled_from(FORMS[sign]))
        spans.append(Span(len(text), len(text) + len(form)))
        text += form
    return text, spans


def check_any_spelling(data: st.DataObject, signs: list[str], engine: Engine | None = None) -> None:
    """Look for some of the signs in another spelling, and compare the marks with where they are."""
    printed, spans = write(data, signs)
    start = data.draw(st.integers(0, len(signs) - 1))
    substring = signs[start : start + data.draw(st.integers(1, 4))]
    typed, _ = write(data, substring)
    index = make_index({"a": [("题", Kind.TITLE, ()), (printed, Kind.BODY, ())]}, engine)
    positions = [n for n in range(len(signs)) if signs[n : n + len(substring)] == substring]
    wanted = merge_overlapping(
        Span(spans[n].start, spans[n + len(substring) - 1].end) for n in positions
    )
    assert {hit.id: hit.marks for hit in index.scan(f'"{typed}"')} == {"a:1:2": wanted}
    assert "a:1:2" in {hit.id for hit in index.scan(typed)}


@given(st.data(), SIGNS)
@settings(max_examples=300)
def test_any_printed_substring_is_found_in_any_of_its_spellings(
    data: st.DataObject, signs: list[str]
) -> None:
    check_any_spelling(data, signs)


@given(st.data(), SIGNS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_so_it_is_with_the_engine_that_is_used(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, signs: list[str]
) -> None:
    engine = open_engine(Settings(index=tmp_path_factory.mktemp("spellings") / "index"))
    check_any_spelling(data, signs, engine)


def test_ordinals_in_either_spelling_are_found_and_ranked_alike() -> None:
    texts = ["台风第五号逼近。", "台风第5号逼近。", "第五十号文件与台风无关。"]
    index = make_index({str(at): [(text, Kind.BODY, ())] for at, text in enumerate(texts)})
    for query in ("第五号", "第5号", '"第5号"'):
        results = index.search(query)
        assert {hit.page for hit in results} == {"0", "1"}
        assert {hit.text[span.start : span.end] for hit in results for span in hit.marks} == {
            "第五号",
            "第5号",
        }


@pytest.mark.parametrize(
    ("printed", "typed"),
    [
        ("小米的Type C接口", "TypeC"),
        ("小米的TypeC接口", '"Type C"'),
        ("依照HJ/T 91采样", "HJT 91"),
        ("拨打025-8765 4321", "02587654321"),
        ("拨打02587654321", "025 8765 4321"),
        ("一九Ｏ〇年", "一九〇〇年"),
        ("狄更斯与马克·吐温", "马克吐温"),
        ("狄更斯与马克吐温", "马克·吐温"),
        ("让・雅克・卢梭的书", '"让雅克卢梭"'),
        ("列夫·尼古拉耶维奇·托尔斯泰生于1828年", "列夫尼古拉耶维奇托尔斯泰"),
        ("J. K. Rowling 的新书", "JK Rowling"),
        ("JK罗琳的新书", "J·K·罗琳"),
        ("the U.S. dollar", "US dollar"),
        ("胸部X-Ray检查", "xray"),
        ("换成USB-C接口", "USBC"),
        ("涨幅3·5%", "3.5%"),
        ("热线8765 4321", "87654321"),
        ("他说……后来", "他说...后来"),
        ("台北巿巿长", "台北市市长"),
        ("国发〔2023〕15号文件", "国发[2023]15号"),
        ("国发〔2023〕15号文件", "国发（2023）15号"),
        ("甲方【丙】乙方", '"[丙]"'),
    ],
)
def test_what_is_typed_is_found_as_it_is_printed(printed: str, typed: str) -> None:
    with make_index({"a": [("题", Kind.TITLE, ()), (printed, Kind.BODY, ())]}) as index:
        assert index.search(typed).total == 1
