"""A page read: nothing lost, cut paragraphs joined, repeats recognised."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clean_articles import read_clean
from support.judging import judge, read_judged
from support.page_scores import hold
from support.typesetter import Damaged, Printed, Role, damaged_pages

from indexer.model import Article, Kind, Page, Span, line_spans
from indexer.pages import read_page
from indexer.reading import read_articles
from indexer.reading.heads import Piece
from indexer.reading.lines import Line
from indexer.reading.patterns import HEADING_MARK
from indexer.reading.topics import Topics

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
    path = Path(__file__).parent.parent / "floors.toml"
    table: dict[str, float] = tomllib.loads(path.read_text("utf-8"))["reading"]
    return table


def make_page(text: str) -> Page:
    return Page("page", "page.txt", text, "")


def check_whole(page: Page, articles: tuple[Article, ...]) -> None:
    """Every character that is not blank is in exactly one span, and the texts say the same."""
    seen = [0] * len(page.text)
    for article in articles:
        assert [paragraph.number for paragraph in article.paragraphs] == list(
            range(1, len(article.paragraphs) + 1)
        )
        for paragraph in article.paragraphs:
            parts = [page.text[start:end] for start, end in paragraph.spans]
            assert all(part and part == part.strip() for part in parts)
            assert re.fullmatch("[ \n]?".join(map(re.escape, parts)), paragraph.text)
            for start, end in paragraph.spans:
                for position in range(start, end):
                    seen[position] += 1
    marks = heading_marks(page.text)
    for position, character in enumerate(page.text):
        hyphen = character in "-\u2010" and page.text[position + 1 : position + 2] in ("\n", "\r")
        printed = not character.isspace() and position not in marks and not hyphen
        assert seen[position] == 1 or (not printed and seen[position] <= 1)


def heading_marks(text: str) -> set[int]:
    """The positions of each `#` that marks a heading."""
    positions: set[int] = set()
    for start, end in line_spans(text):
        indent = len(text[start:end]) - len(text[start:end].lstrip())
        if mark := HEADING_MARK.match(text[start:end].strip()):
            positions.update(range(start + indent, start + indent + len(mark.group(1))))
    return positions


@given(TEXTS)
def test_every_character_of_any_text_is_in_one_block(text: str) -> None:
    page = make_page(text)
    check_whole(page, read_articles(page))


@pytest.mark.parametrize("number", range(5))
def test_every_character_of_a_real_page_is_in_one_block(seeds: Path, number: int) -> None:
    page = read_page(sorted(seeds.glob("*.txt"))[number])
    check_whole(page, read_articles(page))


JOINED = {
    "a caption between the halves": (
        "他看了很久，终于决定在这里种下第一棵胡\n\n\n\n沙漠边缘的村庄\n\n杨，从此年年如此。",
        ["他看了很久，终于决定在这里种下第一棵胡杨，从此年年如此。"],
    ),
    "a caption that is a sentence": (
        "村里只有一口井。全村人都靠它，一直到去年春天才接上了自\n\n\n\n村民在井边打水。\n\n来水。",
        ["村里只有一口井。全村人都靠它，一直到去年春天才接上了自来水。"],
    ),
    "a quotation left open": (
        "校长说了一句话：“孩子们喜欢的，就是\n\n我们要做的。”大家都笑了。",
        ["校长说了一句话：“孩子们喜欢的，就是我们要做的。”大家都笑了。"],
    ),
    "a number and its measure": (
        "新修的水渠全长三千米。今年一共灌溉了585\n\n亩水田。收成比去年好。",
        ["新修的水渠全长三千米。今年一共灌溉了585亩水田。收成比去年好。"],
    ),
    "whole paragraphs stay apart": (
        "大学里来了新校长。\n\n生活在这里的人都知道他。",
        ["大学里来了新校长。", "生活在这里的人都知道他。"],
    ),
    "a list stays a list": (
        "要做的事有三件：\n\n一是修路；\n\n二是种树；\n\n三是办学。",
        ["要做的事有三件：", "一是修路；", "二是种树；", "三是办学。"],
    ),
    "a run-in lead stays with its paragraph": (
        "空间蝶变提升服务能级。万和社区推出了新的机制，居民们都说好。",
        ["空间蝶变提升服务能级。万和社区推出了新的机制，居民们都说好。"],
    ),
}


@pytest.mark.parametrize("trouble", JOINED)
def test_what_the_print_cut_is_joined(trouble: str) -> None:
    text, expected = JOINED[trouble]
    articles = read_articles(make_page(text))
    bodies = [block.text for article in articles for block in article.paragraphs]
    assert [body for body in bodies if body in expected] == expected
    assert {block.truncated for article in articles for block in article.paragraphs} == {None}


def test_a_displaced_column_is_put_back_under_its_heading() -> None:
    text = "\n\n".join(
        (
            "山里的变化",
            "■ 林若溪",
            "修路以前，山里的人到县城要走一整天，来回要带两顿干粮。",
            "路通了以后，车站就设在村口，山货卖出去的价",
            "三位老师 一所学校",
            "学校在半山腰，一共有三个老师。孩子们每天走五里山路来上课。",
            "今年夏天，校舍翻修一新。",
            "格比从前高了三成，损耗也少了一大半。",
            "山里人说，这条路走了几代人才走通。",
        )
    )
    (article,) = read_articles(make_page(text))
    assert [(block.heading, block.text[:4]) for block in article.paragraphs[2:]] == [
        (None, "修路以前"),
        (None, "路通了以"),
        (None, "山里人说"),
        (None, "三位老师"),
        ("三位老师 一所学校", "学校在半"),
        ("三位老师 一所学校", "今年夏天"),
    ]


def test_a_column_read_twice_is_folded_into_the_better_placed_copy() -> None:
    column = (
        "老仓库的墙上还留着当年的编号，管理员罗大姐每天清晨六点来开门，先擦桌子，再把昨天还回来的书"
        "一本一本放回原来的架子上，从来没有放错过一"
    )
    text = "\n\n".join(
        (
            "老仓库",
            "■ 林若溪",
            "渡口边的老仓库亮起了灯，三层高的砖楼里摆满了书。",
            column,
            "书房开放以来，已经接待读者六万人次。",
            column,
            "本。读者都叫她活目录。",
        )
    )
    (article,) = read_articles(make_page(text))
    whole = next(block for block in article.paragraphs if block.text.endswith("活目录。"))
    (repeat,) = (block for block in article.paragraphs if block.duplicate_of)
    assert whole.text == column + "本。读者都叫她活目录。"
    assert (repeat.text, repeat.duplicate_of) == (column, whole.number)


def test_a_column_read_twice_takes_the_short_lines_at_its_ends_along() -> None:
    rest = "一场大雨，就得在半路的庙里过夜。"
    middle = (
        "路通了以后，车站就设在村口，山货卖出去的价格比从前高了三成，损耗也少了一大半，"
        "村里的年轻人回来了四十多个，办起了六家客栈和一个合作社。"
    )
    beginning = "山里人说，这条路走了几代人才走"
    text = "\n\n".join(
        (
            "山里的变化",
            "■ 林若溪",
            "修路以前，山里的人到县城要走一整天，来回要带两顿干粮，要是遇上",
            *(rest, middle, beginning) * 2,
            "通，谁也不敢把它走坏。",
        )
    )
    (article,) = read_articles(make_page(text))
    repeats = [block.text for block in article.paragraphs if block.duplicate_of]
    assert repeats == [rest, middle, beginning]
    assert [block.text[-6:] for block in article.paragraphs if len(block.spans) > 1] == [
        "的庙里过夜。",
        "敢把它走坏。",
    ]


def test_an_open_end_finds_its_other_half_in_a_column_above_all_others() -> None:
    text = "\n\n".join(
        (
            "山里的变化",
            "■ 林若溪",
            "格比从前高了三成，损耗也少了一大半。",
            "山里人说，这条路走了几代人才走通。",
            "修路以前，山里的人到县城要走一整天，来回要带两顿干粮。",
            "路通了以后，车站就设在村口，山货卖出去的价",
        )
    )
    (article,) = read_articles(make_page(text))
    (joined,) = (block for block in article.paragraphs if len(block.spans) > 1)
    assert (joined.text[:4], joined.text[-6:]) == ("路通了以", "少了一大半。")


def test_a_short_sentence_below_an_open_end_is_its_rest_where_a_new_paragraph_follows() -> None:
    lines = (
        "山里的变化",
        "■ 林若溪",
        "路通了以后，车站就设在村口。今年",
        "开春，又有三十多个在外打工的青年回来承包了土地。",
        "当然，难题依然存在。种子贵，人手也不够。",
    )
    (article,) = read_articles(make_page("\n".join(lines)))
    assert [block.text for block in article.paragraphs[2:]] == [lines[2] + lines[3], lines[4]]


def test_neighbours_glued_are_counted_as_false_joins() -> None:
    one, two, three = "路修好了，车来了。", "学校也搬来了。", "书包都是新的。"
    owners = ((one, 0), (two, 0), (three, 1))
    page = Damaged(blocks=[Printed(Role.BODY, article, text) for text, article in owners])
    judged = [hold(page, read_articles(make_page(text))) for text in (one + two, two + three)]
    assert [(outcome.false_joins, outcome.glued) for outcome in judged] == [(1, 1), (1, 0)]


def test_what_is_lost_within_a_paragraph_is_marked() -> None:
    text = "\n\n".join(
        (
            "操场",
            "■ 林若溪",
            "山里的操场原来是沙土地，一下雨就不能上课，去年铺上了塑胶跑道。",
            "去年以来，县里还办起了足球夏令营，每个暑假组织城关",
            "城关队",
            "冠军一项、亚军三项，六所学校都有了自己的球队。",
        )
    )
    (article,) = read_articles(make_page(text))
    parted = article.paragraphs[3]
    assert (parted.text[20:30], parted.truncated) == ("假组织城关城关队冠军", "middle")
    assert article.paragraphs[2].truncated is None


def count_calls(lines: int) -> int:
    """Count the functions that are called to read a page of sentences and headings in turn."""
    text = "".join(f"第{n}天路修好了，大家都很高兴。\n山里的变化{n}\n" for n in range(lines))
    page, calls = make_page(text), 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        read_articles(page)
    finally:
        sys.setprofile(None)
    return calls


def test_a_file_twice_as_long_takes_twice_the_work() -> None:
    count_calls(600)  # what is remembered of pieces of text is not to count
    assert count_calls(600) < 2.3 * count_calls(300)


def test_a_lost_ending_stays_lost_and_is_marked() -> None:
    text = "村里的路修好了。目前已经打造了17个自\n\n# 第二节\n\n去年以来，全村的收入翻了一番。"
    (article,) = read_articles(make_page(text))
    (cut,) = (block for block in article.paragraphs if block.truncated)
    assert (cut.text, cut.truncated) == ("村里的路修好了。目前已经打造了17个自", "end")


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


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("分类 信息\n\n遗失声明\n\n张三遗失身份证，声明作废。", "分类信息"),
        ("停水通知\n\n因管道检修，城东片区明天停水，特此通知。", "停水通知"),
        ("昨天的风很大，吹倒了三棵树，幸好没有人受伤。树已经扶正。", None),
    ],
)
def test_notices_are_titled_by_what_is_above_them(text: str, title: str | None) -> None:
    assert read_articles(make_page(text))[0].title == title


def test_a_page_in_traditional_script_is_read_alike_and_shown_as_printed() -> None:
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


@given(damaged_pages(read_clean()))
def test_every_character_of_a_damaged_page_is_in_one_block(damaged: Damaged) -> None:
    page = make_page(damaged.text)
    check_whole(page, read_articles(page))


def test_what_two_ends_share_and_others_lack_makes_them_near() -> None:
    texts = (
        "桂湖的荷花开了，游人沿着桂湖散步，看荷花",
        "和湖边的桂树。荷花每年六月开放。",
        "学校里来了三位老师，孩子们很高兴。",
        "村里修了一条路，山货卖得更远了。",
    )
    topics = Topics([Piece(Kind.BODY, (Line(text, (Span(0, len(text)),), 0),)) for text in texts])
    assert topics.nearness(texts[0], texts[1]) > 0.1 > 0 > topics.nearness(texts[0], texts[2])
    assert topics.nearness("", "") < 0


def test_two_columns_that_changed_positions_are_put_back() -> None:
    text = "\n\n".join(
        (
            "山里的变化",
            "■ 林若溪",
            "修路以前，山里的人到县城要走一整天，来回要带两顿干粮，遇上大雨还得在半路的庙里过",
            "格比从前高了三成，损耗也少了一大半。“过去熟透的桃子只能倒掉。”果农老周说。",
            "村里的年轻人回来了四十多个。他们办起了六家客栈和一个合作",
            "夜。乡亲们都说，什么时候能有一条路就好了。老人们盼了一辈子。",
            "路通了以后，车站就设在村口。去年，山货卖出去的价",
            "社。今年夏天，校舍也翻修一新。",
        )
    )
    (article,) = read_articles(make_page(text))
    assert [block.text[-6:] for block in article.paragraphs if len(block.spans) > 1] == [
        "盼了一辈子。",
        "果农老周说。",
        "也翻修一新。",
    ]


@pytest.mark.parametrize("jump", ["→下转B2版", "▶ 转第2版", "【下转第二版】", "[下转4版]"])
def test_a_jump_in_any_brackets_or_behind_an_arrow_is_no_text(jump: str) -> None:
    text = f"渡口夜航\n\n夜航船昨晚首航。船长说，今后每逢周末他都会在码头上等到{jump}\n"
    article = read_articles(Page("page", "page.txt", text, ""))[0]
    assert [one.text for one in article.paragraphs if one.kind is Kind.FURNITURE] == [jump]
