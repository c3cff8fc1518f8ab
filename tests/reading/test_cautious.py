"""A cautious reader joins less, and only what is side by side."""

from __future__ import annotations

from pathlib import Path

from support.clean_articles import UNSEEN_NEWS, read_clean
from support.page_scores import add, hold
from support.typesetter import Faults, draw_page

from indexer import build_index
from indexer.model import Page
from indexer.reading import read_articles

CUT = "县里的图书馆去年冬天搬进了新楼，读者比从前多了三成，周末常常"
REST = "连楼梯上都坐着看书的孩子，馆员只好从仓库里再搬出些椅子来。"


def test_a_cautious_reader_joins_less_and_errs_less() -> None:
    articles = read_clean(UNSEEN_NEWS)
    outcomes = {}
    for cautious in (False, True):
        read = []
        for seed in range(12):
            page = draw_page(articles, seed, Faults(swap=0.3))
            source = Page("page", "page.txt", page.text, "")
            read.append(hold(page, read_articles(source, cautious=cautious)))
        outcomes[cautious] = add(read)
    assert 0 < outcomes[True].restored < outcomes[False].restored
    assert outcomes[True].false_joins <= outcomes[False].false_joins


def test_nothing_displaced_is_put_back_by_a_cautious_reader() -> None:
    for seed in range(12):
        page = draw_page(read_clean(UNSEEN_NEWS), seed, Faults(swap=0.3, repeat=0.0))
        for article in read_articles(Page("page", "page.txt", page.text, ""), cautious=True):
            for paragraph in article.paragraphs:
                assert list(paragraph.spans) == sorted(paragraph.spans)


def test_pages_are_read_again_when_the_reader_grows_cautious(tmp_path: Path) -> None:
    source = tmp_path / "page.txt"
    source.write_text(f"图书馆搬家\n\n■ 林若溪\n\n{CUT}\n\n{REST}\n", "utf-8")
    reports = [
        build_index([source], index=tmp_path / "index", reading=reading)
        for reading in ("usual", "usual", "cautious")
    ]
    assert [bool(report.unchanged) for report in reports] == [False, True, False]
