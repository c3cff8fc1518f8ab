"""A page read: nothing lost, cut paragraphs joined, repeats told."""

from __future__ import annotations

import tomllib
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judging import judge, read_judged
from page_damage import Damaged, add, damage, damaged_pages, hold, read_clean

from indexer.model import Article, Kind, Page
from indexer.pages import read_page
from indexer.paragraphs import read_articles

LINES = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            [
                "",
                "",
                "■ 宋彬彬",
                "图为校园。",
                "# 标题",
                "春风拂过，万物生长。",
                "遗失声明",
                "本报记者 李明",
            ]
        ),
        st.text(alphabet="中国人民报社，。“”（）《》12 ", max_size=200),
    )
)
TEXTS = st.one_of(st.text(), LINES.map("\n".join), LINES.map("\r\n".join))


@pytest.fixture(scope="module")
def floors() -> dict[str, float]:
    path = Path(__file__).parent / "floors.toml"
    table: dict[str, float] = tomllib.loads(path.read_text("utf-8"))["reading"]
    return table


def make_page(text: str) -> Page:
    return Page("page", "page.txt", text, "")


def check_whole(page: Page, articles: tuple[Article, ...]) -> None:
    """Every character that is not blank stands in exactly one span, and the texts say the same."""
    seen = [0] * len(page.text)
    for article in articles:
        assert [paragraph.number for paragraph in article.paragraphs] == list(
            range(1, len(article.paragraphs) + 1)
        )
        for paragraph in article.paragraphs:
            parts = [page.text[start:end] for start, end in paragraph.spans]
            assert all(part and part == part.strip() for part in parts)
            assert paragraph.text in ("".join(parts), " ".join(parts))
            for start, end in paragraph.spans:
                for place in range(start, end):
                    seen[place] += 1
    for place, character in enumerate(page.text):
        assert seen[place] == 1 or (character.isspace() and seen[place] <= 1)


@given(TEXTS)
def test_every_character_of_any_text_stands_in_one_block(text: str) -> None:
    page = make_page(text)
    check_whole(page, read_articles(page))


@pytest.mark.parametrize("number", range(5))
def test_every_character_of_a_real_page_stands_in_one_block(seeds: Path, number: int) -> None:
    page = read_page(sorted(seeds.glob("*.txt"))[number])
    check_whole(page, read_articles(page))


def test_a_paragraph_cut_by_a_caption_is_joined() -> None:
    text = "没有人相信他。他终于决定在这里种下第一棵胡\n\n\n\n沙漠边缘的村庄\n\n杨，从此年年如此。"
    (article,) = read_articles(make_page(text))
    assert [(block.kind, block.text) for block in article.paragraphs] == [
        (Kind.BODY, "没有人相信他。他终于决定在这里种下第一棵胡杨，从此年年如此。"),
        (Kind.CAPTION, "沙漠边缘的村庄"),
    ]


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("■ 宋彬彬 徐贤卿", "宋彬彬 徐贤卿"),
        ("本报记者 林若溪 通讯员 赵启明、钱小帆", "林若溪 赵启明 钱小帆"),
        ("□ 本报见习记者 方静好 文/图", "方静好"),
        ("文/沈念真 图/周一鸣", "沈念真 周一鸣"),
        ("記者 陳立 攝影 王芳", "陳立 王芳"),
    ],
)
def test_a_byline_is_its_names(byline: str, names: str) -> None:
    page = make_page(f"山里的新路\n{byline}\n路修了三年，终于通车了。村里人走了十里山路来看。")
    assert read_articles(page)[0].byline == names


def test_a_page_in_traditional_script_is_read_alike_and_printed_as_it_stands() -> None:
    text = "老街修舊如舊\n記者 顧海生\n老街長三百米，兩邊的木樓都有上百年。\n圖為工匠在修補雕花窗。"
    (article,) = read_articles(make_page(text))
    assert [block.kind for block in article.paragraphs] == ["title", "byline", "body", "caption"]
    assert (article.title, article.byline) == ("老街修舊如舊", "顧海生")
    assert article.paragraphs[2].text == "老街長三百米，兩邊的木樓都有上百年。"


# ---------------------------------------------------------------- floors


def test_the_real_pages_are_read_as_well_as_ever(seeds: Path, floors: dict[str, float]) -> None:
    scores = []
    for path in sorted(seeds.glob("*.txt")):
        page = read_page(path)
        scores.append(judge(page, read_articles(page), read_judged(path.stem)))
    assert sum(score.body_right for score in scores) >= floors["body"]
    assert sum(score.cut_right for score in scores) >= floors["cut"]
    assert sum(score.false_joins for score in scores) <= floors["false_joins"]
    assert sum(score.repeats_right for score in scores) >= floors["repeats"]
    assert sum(score.articles_right for score in scores) >= floors["articles"]
    share = sum(score.kinds_right for score in scores) / sum(score.blocks for score in scores)
    assert share >= floors["kinds"]


def test_damaged_pages_are_restored_as_well_as_ever(floors: dict[str, float]) -> None:
    articles = read_clean()
    outcomes = []
    for seed in range(100):
        random = Random(seed)
        page = damage(random.sample(articles, random.randint(1, 3)), random)
        outcomes.append(hold(page, read_articles(make_page(page.text))))
    total = add(outcomes)
    assert total.restored / total.cut >= floors["restored"]
    assert total.false_joins / total.cut <= floors["falsely_joined"]


@given(damaged_pages(read_clean()))
def test_every_character_of_a_damaged_page_stands_in_one_block(damaged: Damaged) -> None:
    page = make_page(damaged.text)
    check_whole(page, read_articles(page))
