"""Clean articles in, damaged pages out, with what was printed: the faults of scanned newspapers.

Columns end anywhere in a paragraph, captions stand between the halves, columns change places or
come twice, blank lines are lost. The same random source gives the same page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path
from random import Random

from hypothesis import strategies as st

from indexer.model import Article, Kind
from indexer.reading import patterns

HEADINGS = (
    "老街换了新模样",
    "一根网线 连通山海",
    "从“靠天吃饭”到“看屏种田”",
    "家门口有了托育园",
    "把论文写在盐碱地上",
    "强链补链 聚势成群",
    "“我想再干十年”",
    "钱花在哪里",
    "好风景也是好前景",
    "难在哪儿",
    "一张床位背后的账",
    "共建共享 和美乡村",
    "不让一个孩子掉队",
    "守护最后一公里",
    "新机遇 新挑战",
    "老手艺遇上年轻人",
    "凌晨四点的菜场",
    "机器换人之后",
    "以城带乡 以工补农",
    "背景",
    "专家观点",
    "走，看戏去",
)
"""Invented section headings; none of them was among those that first pieces were told from."""

JUDGED = Path(__file__).parent / "judged"
CLEAN_NEWS, UNSEEN_NEWS = JUDGED / "clean_news.txt", JUDGED / "unseen_news.txt"


@dataclass(frozen=True, slots=True)
class Clean:
    """An article as it was written."""

    title: str
    byline: str
    paragraphs: tuple[str, ...]
    captions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Faults:
    """How often each fault befalls a page or a column break.

    The five real pages have 26 column breaks: a caption at 3, 2 columns out of order, 1 read twice.
    Two columns that change places are two out of order.
    """

    caption: float = 0.5  # a caption stands at the column break
    picture_gap: float = 0.9  # and leaves the gap of a picture
    swap: float = 0.04  # a column changes places with the next
    repeat: float = 0.1  # a column comes twice
    no_blanks: float = 0.25  # the page has no blank lines
    column: tuple[int, int] = (120, 320)  # characters in a column
    heading: float = 0.0  # a section heading stands above a paragraph


ORDERLY = Faults(swap=0.0, repeat=0.0)


@dataclass(slots=True)
class Damaged:
    """A damaged page and the paragraphs it was made of."""

    text: str
    paragraphs: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)  # those that stand in several pieces
    parted: list[str] = field(default_factory=list)  # of these, those cut between two sentences
    captions: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    articles: list[str] = field(default_factory=list)  # the text of each


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many paragraphs came back, and how many blocks glue what nothing printed holds together.

    The floors count every false join, also `glued`: two neighbours of an article in right order.
    """

    paragraphs: int
    whole: int
    cut: int
    parted: int  # cut between two sentences: no reader could tell these from whole ones
    restored: int
    false_joins: int
    glued: int  # of these, paragraphs that follow one another in their article
    headings: int
    told: int  # of these, those that are read as headings


def read_clean(path: Path = CLEAN_NEWS) -> list[Clean]:
    """Read articles set apart by blank lines: title, by-line, paragraphs, captions after >."""
    articles = []
    for part in path.read_text("utf-8").strip().split("\n\n"):
        title, byline, *lines = part.split("\n")
        captions = tuple(line[2:] for line in lines if line.startswith("> "))
        paragraphs = tuple(line for line in lines if not line.startswith("> "))
        articles.append(Clean(title, byline, paragraphs, captions))
    return articles


def damage(articles: Sequence[Clean], random: Random, faults: Faults = Faults()) -> Damaged:
    """Print articles on a page and damage it."""
    page = Damaged("")
    lines: list[str] = [""]
    for article in articles:
        lines += [article.title, "", article.byline, ""]
        page.captions += article.captions
        page.articles.append(squeeze("".join(article.paragraphs)))
        columns = _set_columns(article, random, faults, page)
        lines += _lay_out(columns, list(article.captions), random, faults)
    if random.random() < faults.no_blanks:
        lines = [line for line in lines if line]
    page.text = "\n".join(lines)
    return page


def draw_page(articles: Sequence[Clean], seed: int, faults: Faults) -> Damaged:
    """Print one to three of the articles on a page and damage it, alike for the same seed."""
    random = Random(seed)
    return damage(random.sample(articles, random.randint(1, 3)), random, faults)


def _set_columns(article: Clean, random: Random, faults: Faults, page: Damaged) -> list[list[str]]:
    """Fill columns with paragraphs, cutting those that do not fit."""
    columns: list[list[str]] = [[]]
    room = random.randint(*faults.column)
    for number, paragraph in enumerate(article.paragraphs):
        if number and faults.heading and random.random() < faults.heading:
            page.headings.append(random.choice(HEADINGS))
            columns[-1].append(page.headings[-1])
        page.paragraphs.append(paragraph)
        pieces, rest = [], paragraph
        while len(rest) > room:
            columns[-1] += pieces_of(rest[:room])
            pieces += pieces_of(rest[:room])
            rest = rest[room:]
            columns.append([])
            room = random.randint(*faults.column)
        if rest:
            columns[-1].append(rest)
            room -= len(rest)
            pieces.append(rest)
        if len(pieces) > 1:
            page.cut.append(paragraph)
            page.parted += [paragraph] * any(patterns.is_closed(piece) for piece in pieces[:-1])
    return [column for column in columns if column]


def pieces_of(text: str) -> list[str]:
    return [text] if text else []


def _lay_out(
    columns: list[list[str]], captions: list[str], random: Random, faults: Faults
) -> list[str]:
    number = 0
    while number + 1 < len(columns):
        if random.random() < faults.swap:
            columns[number], columns[number + 1] = columns[number + 1], columns[number]
            number += 1
        number += 1
    if len(columns) > 1 and random.random() < faults.repeat:
        again = random.randrange(len(columns))
        columns.insert(random.randrange(len(columns) + 1), columns[again])
    lines: list[str] = []
    for column in columns:
        for piece in column:
            lines += [piece, ""]
        if captions and random.random() < faults.caption:
            gap = random.random() < faults.picture_gap
            lines += ["", ""] * gap + [captions.pop(0), ""]
    return lines


def hold(page: Damaged, articles: Sequence[Article]) -> Outcome:
    """Hold a reading of a damaged page against what was printed."""
    bodies = [
        squeeze(paragraph.text)
        for article in articles
        for paragraph in article.paragraphs
        if paragraph.kind is Kind.BODY and paragraph.duplicate_of is None
    ]
    found = set(bodies)
    headings = Counter(
        paragraph.text
        for article in articles
        for paragraph in article.paragraphs
        if paragraph.kind is Kind.HEADING
    )
    false = [body for body in bodies if is_false_join(body, page)]
    return Outcome(
        paragraphs=len(page.paragraphs),
        whole=sum(squeeze(paragraph) in found for paragraph in page.paragraphs),
        cut=len(page.cut),
        parted=len(page.parted),
        restored=sum(squeeze(paragraph) in found for paragraph in page.cut),
        false_joins=len(false),
        glued=sum(any(body in article for article in page.articles) for body in false),
        headings=len(page.headings),
        told=(headings & Counter(page.headings)).total(),
    )


def is_false_join(body: str, page: Damaged) -> bool:
    """Tell a body that glues pieces which nothing printed holds side by side."""
    return not any(body in squeeze(printed) for printed in (*page.paragraphs, *page.captions))


def squeeze(text: str) -> str:
    """Leave out blanks: those at a column's end are lost with it."""
    return "".join(text.split())


def add(outcomes: Iterable[Outcome]) -> Outcome:
    """Add outcomes up."""
    return Outcome(*map(sum, zip(*map(astuple, outcomes), strict=True)))


def damaged_pages(articles: Sequence[Clean]) -> st.SearchStrategy[Damaged]:
    """Draw damaged pages of one to three of the articles."""
    chosen = st.lists(st.sampled_from(articles), min_size=1, max_size=3, unique=True)
    return st.builds(damage, chosen, st.randoms(use_true_random=False))
