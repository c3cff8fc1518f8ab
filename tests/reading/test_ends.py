"""How texts end and begin: what closes them, who signed them, where news comes from."""

from __future__ import annotations

import pytest

from indexer.model import Article, Kind, Page, Truncation
from indexer.reading import patterns, read_articles


def read(*lines: str) -> tuple[Article, ...]:
    return read_articles(Page("page", "page.txt", "\n\n".join(lines), ""))


def bodies(articles: tuple[Article, ...]) -> list[str]:
    return [
        block.text
        for article in articles
        for block in article.paragraphs
        if block.kind is Kind.BODY
    ]


@pytest.mark.parametrize(
    "end",
    [
        "停航了。",
        "停航了。（周渡生）",
        "停航了。（周　渡　李晓船）",
        "停航了。（据江渡电视台）",
        "停航了。（完）",
        "停航了，（未完）",
        "停航了。■",
        "停航了。﹂",
        "停航了．",
        "停航了｡",
        "停航了（船夫说的。）",
        "停航了。【附表】",
        "停航了。　周渡生",
        "停航了。（附图）◆",
    ],
)
def test_closed_ends(end: str) -> None:
    assert patterns.is_closed(f"今天风大，渡船{end}")


@pytest.mark.parametrize(
    "end", ["停航（周渡生）", "一共40", "停航，", "停航（一天", "3.", "停航”", "停航了，（见附图）"]
)
def test_open_ends(end: str) -> None:
    assert not patterns.is_closed(f"今天风大，渡船{end}")


@pytest.mark.parametrize(
    "text",
    [
        "本报记者 周　渡　李晓船",
        "［本报记者 周渡生］",
        "（记者 周渡生）",
        "本报讯（通讯员 周渡生）",
        "周渡生/文 李晓船/摄",
        "记者周渡生／高雄报导",
        "交通部记者 周渡生",
        "文/图 周渡生",
        "（渡公）",
        "（船上先生）",
    ],
)
def test_bylines(text: str) -> None:
    assert patterns.is_any_byline(text)


@pytest.mark.parametrize(
    "text", ["（一）", "（未完）", "（续）", "（见附图）", "渡口停航", "【渡口】"]
)
def test_what_looks_like_a_byline(text: str) -> None:
    assert not patterns.is_any_byline(text)


@pytest.mark.parametrize(
    "text",
    [
        "【本报讯】渡船停航",
        "〔本报讯〕渡船停航",
        "〔记者周渡生／高雄报导〕渡船停航",
        "（江渡社花莲9日电）渡船停航",
        "路透社三日巴黎电",
        "新华网江渡3月8日电",
        "江渡晚报讯 渡船停航",
        "九日重庆专电",
        "本报江渡３月８日电　记者周渡生报道：",
    ],
)
def test_datelines(text: str) -> None:
    assert patterns.is_dateline(text)


@pytest.mark.parametrize(
    "text", ["他在江渡日报社工作多年，电力不足", "昨天渡口停电", "江渡电视台的节目，很受欢迎"]
)
def test_text_without_a_dateline(text: str) -> None:
    assert not patterns.is_dateline(text)


ITEMS = (
    ("渡口停航一天", "今天风大，南岸的渡船从早上起全部停航，旅客改走上游的大桥。"),
    ("灯塔换了新灯", "北岸的灯塔昨天换上新灯，照程比过去远了一倍，渔民都说好用。"),
    ("码头修好了", "修了两个月的三号码头今天交工，货轮可以直接靠岸，不用再等潮水。"),
    ("船票降价", "从下月起船票每张降两角，学生和老人半价，月票照旧在售票处办理。"),
)


@pytest.mark.parametrize("mark", ["（周渡生）", "（周　渡）", "（据江渡广播）", "（完）", "■", ""])
def test_signed_items_stay_apart(mark: str) -> None:
    lines = [part for head, text in ITEMS for part in (head, text + mark)]
    articles = read(*lines)
    assert bodies(articles) == [text + mark for _, text in ITEMS]
    kinds = {block.kind for article in articles for block in article.paragraphs}
    assert Kind.CAPTION not in kinds


@pytest.mark.parametrize("note", ["（下转第4版）", "（下转第三版）"])
def test_what_continues_elsewhere_does_not_continue_here(note: str) -> None:
    cut = "渡船公司的经理说，明年还要再添三条新船，其中一条"
    articles = read(ITEMS[0][0], ITEMS[0][1], cut, note, ITEMS[1][0], ITEMS[1][1])
    (block,) = (one for one in articles[0].paragraphs if one.text == cut)
    assert block.truncated is Truncation.END
    assert ITEMS[1][1] in bodies(articles)
    assert len(articles) == 2


def test_what_began_elsewhere_continues_nothing_here() -> None:
    cut = "渡船公司的经理说，明年还要再添三条新船，其中一条"
    rest = "开往下游的海岛，一天来回两趟，夏天再加开夜班。"
    articles = read(ITEMS[0][0], ITEMS[0][1], cut, "（下转第4版）", "（上接第1版）", rest)
    assert {cut, rest} <= set(bodies(articles))


@pytest.mark.parametrize(
    "byline", ["本报记者 周　渡　李晓船", "（记者 周渡生）", "周渡生/文 李晓船/摄", "文/图 周渡生"]
)
def test_a_byline_is_no_title(byline: str) -> None:
    (article,) = read("渡口停航一天", byline, ITEMS[0][1], ITEMS[1][1])
    assert article.title == "渡口停航一天"
    assert article.byline is not None
    assert "周" in article.byline


def test_letters_of_a_name_are_set_together() -> None:
    (article,) = read("渡口停航一天", "本报记者 周　渡　李晓船", ITEMS[0][1])
    assert article.byline == "周渡 李晓船"


@pytest.mark.parametrize(
    ("text", "count"),
    [("船开了。", 1), ("船开了。他说：“走吧。”", 2), ("船开了。没有回来", 2), ("船", 1)],
)
def test_sentences_are_counted(text: str, count: int) -> None:
    assert patterns.sentences(text) == count
