"""Where articles open on plain pages, by what parts them and what follows their heads."""

from __future__ import annotations

import pytest

from indexer.model import Article, Page
from indexer.reading import read_articles

HEADS = ("渡船换了新船", "菜农赶早市", "大桥亮灯", "浅滩立标")
TEXTS = (
    "渡船每天早上六点从南岸开出，一船能坐四十个人，票价是两块钱，老人和学生减半。",
    "赶早市的菜农还是喜欢坐船，因为码头离市场近，挑着担子走不了几步就到了摊位前面。",
    "大桥的灯从昨天晚上起全部换成了新的，开灯的时候，江边站满了来看热闹的人，都说好看。",
    "航道处在江心的浅滩上立了八根标杆，夜里会亮，过往的船远远地就能看见，不会再搁浅。",
)


def read(text: str) -> tuple[Article, ...]:
    return read_articles(Page("page", "page.txt", text, ""))


def titles(text: str) -> list[str | None]:
    return [article.title for article in read(text)]


@pytest.mark.parametrize(
    "border",
    [
        "--------------------",
        "══════════",
        "\n＊　＊　＊\n",
        "\n— 12 —\n",
        "\n第3页 共8页\n",
        "\n渡口日报　2023年10月27日　星期五　第3版\n",
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_head_below_a_ruler_or_the_border_of_a_page_opens_an_article(
    border: str, gap: str
) -> None:
    items = [f"{head}{gap}{text}" for head, text in zip(HEADS, TEXTS, strict=True)]
    text = f"\n{border}\n".join(items)
    assert titles(text) == list(HEADS)
    starts = [min(one.spans[0].start for one in article.paragraphs) for article in read(text)]
    assert starts == [text.index(head) for head in HEADS]


@pytest.mark.parametrize(
    "byline",
    [
        "【本报记者 李平】",
        "［本報記者　王　明］",
        "文/图 周渡生",
        "記者李平／台北報導",
        "外交部記者 李平",
    ],
)
def test_a_head_above_a_byline_opens_an_article(byline: str) -> None:
    items = [f"{head}\n{byline}\n{text}" for head, text in zip(HEADS, TEXTS, strict=True)]
    assert titles("\n".join(items)) == list(HEADS)


@pytest.mark.parametrize(
    "dateline",
    [
        "中央社台北27日電　",
        "（新华社北京1月5日电）",
        "【本报讯】",
        "〔記者李平／台北報導〕",
        "南京三日专电　",
    ],
)
def test_a_head_above_a_dateline_opens_an_article(dateline: str) -> None:
    items = [f"{head}\n{dateline}{text}" for head, text in zip(HEADS, TEXTS, strict=True)]
    assert titles("\n".join(items)) == list(HEADS)


def test_a_report_without_a_head_opens_by_its_dateline() -> None:
    page = f"{HEADS[0]}\n{TEXTS[0]}\n本报讯　{TEXTS[1]}\n据路透社报道，{TEXTS[2]}\n（本报南岸电）"
    assert titles(page) == [HEADS[0], None]


def test_signs_open_briefs_but_not_the_items_of_an_article() -> None:
    briefs = "\n".join(f"◆{text}" for text in TEXTS[1:])
    assert len(read(f"{HEADS[0]}\n{TEXTS[0]}\n{briefs}")) == 4
    assert len(read(f"{HEADS[0]}\n{briefs}")) == 1
    assert len(read(f"{HEADS[0]}\n{TEXTS[0]}\n{briefs}\n{TEXTS[0][:30]}好。")) == 1


@pytest.mark.parametrize(
    ("head", "text"),
    [("工作单位南岸渡口管理所", "附记：" + TEXTS[0]), ("第二章经营者的责任", "第六条" + TEXTS[1])],
)
def test_a_labelled_paragraph_continues_nothing(head: str, text: str) -> None:
    page = "\n".join([*TEXTS, head, text, TEXTS[2]])
    assert text in [one.text for article in read(page) for one in article.paragraphs]


def test_a_line_that_begins_with_a_closing_mark_continues_the_one_above() -> None:
    said = "船夫说：“开船一刻也不等人。”"
    lines = [text[at : at + 14] for text in (said, *TEXTS) for at in range(0, len(text), 14)]
    assert lines[1] == "”"
    assert said in [one.text for article in read("\n".join(lines)) for one in article.paragraphs]


ITEM = (
    "今晨某君来访，言及此事，语多可笑，\n闻者无不绝倒，遂录之以告读者诸君，\n以为茶余酒后之一助。\n"
)


@pytest.mark.parametrize(
    "between", ["本栏广告\n价格从廉\n", "新到名伶小影\n摄于本埠\n", "海上生活一瞥\n"]
)
def test_a_signed_head_below_the_gap_of_items_opens_one_under_lines_like_heads(
    between: str,
) -> None:
    """Lines of the page's top, or under a picture, are no kicker of what follows the gap."""
    items = [f"{head}\n（{name}）\n{ITEM}" for head, name in zip(HEADS, "梅秋竹石", strict=True)]
    text = "\n".join([between, *items[:2], between, *items[2:]])
    opened = [article.paragraphs[0].text for article in read(text)]
    assert set(HEADS) <= set(opened)


@pytest.mark.parametrize("head", ["某校新讯\n\n{}", "{}\n\n——来自乡间的见闻"])
def test_a_head_that_blank_lines_part_on_the_whole_page_opens_one_article(head: str) -> None:
    items = [
        f"{head.format(one)}\n（{name}）\n{ITEM * 2}"
        for one, name in zip(HEADS, "梅秋竹石", strict=True)
    ]
    assert len(read("\n".join(items))) == len(HEADS)
