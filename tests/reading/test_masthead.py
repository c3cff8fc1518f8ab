"""The head of a page: which lines belong to it, what they say of newspaper, date, edition."""

from __future__ import annotations

import pytest

from indexer.model import Kind, Page, PageMeta
from indexer.reading import add_printed_meta, read_articles
from indexer.reading.masthead import is_masthead


def make_page(text: str, meta: PageMeta | None = None) -> Page:
    return Page("page", "page.txt", text, "", meta=meta or PageMeta())


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("江渡日报　2019年3月8日　星期五　第5版", ("江渡日报", "2019-03-08", "5")),
        ("中華民國十八年七月廿一日\n第四版", (None, "1929-07-21", "4")),
        ("一九五四年十月一日　第二版", (None, "1954-10-01", "2")),
        ("１９８３年１２月５日\n星期一", (None, "1983-12-05", None)),
        ("2021-06-30 A07 民生", (None, "2021-06-30", "A07")),
        ("渡報\n第三頁　民國廿二年一月九日", ("渡報", "1933-01-09", "3")),
        ("农历八月十五　星期日", (None, None, None)),
    ],
)
def test_what_the_head_of_a_page_says(
    head: str, expected: tuple[str | None, str | None, str | None]
) -> None:
    meta = add_printed_meta(make_page(f"{head}\n\n渡口的早晨\n\n船夫说，今天风大。")).meta
    assert (meta.newspaper, meta.date, meta.edition) == expected


def test_what_is_declared_outranks_print() -> None:
    declared = PageMeta(date="2019-03-09", newspaper="江渡日报")
    page = add_printed_meta(make_page("江渡晚报 2019年3月8日 第5版\n\n渡口的早晨", declared))
    assert page.meta == PageMeta("江渡日报", "2019-03-09", "5", printed="edition")


@pytest.mark.parametrize(
    "text",
    [
        "3月8日渡口停航",
        "周五见",
        "二月二日龙抬头",
        "第三版画展开幕",
        "2019年3月8日，渡口停航。",
        "喜报",
        "■ 周渡生",
        "去年3月到今年5月，一共有40条船停航",
    ],
)
def test_heads_of_articles_are_no_heads_of_pages(text: str) -> None:
    assert not is_masthead(text)


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_the_head_of_a_page_is_apart_from_its_first_article(gap: str) -> None:
    head = ["第二版　民國十九年六月四日", "渡報", "庚午年五月八日　星期三"]
    text = gap.join([*head, "渡口见闻", "（船夫）", "今天风大，渡船停航一天。" * 4])
    first, second = read_articles(make_page(text))
    assert {block.kind for block in first.paragraphs} == {Kind.FURNITURE}
    assert (second.title, second.byline) == ("渡口见闻", "船夫")
