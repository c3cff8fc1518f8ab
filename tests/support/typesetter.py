"""Sets articles as pages of a given style and damages them, with what was printed.

Columns end anywhere in a paragraph, captions are between the halves, columns change places or
come twice, blank lines are lost. The same random source gives the same page. How well a page was
read is in `page_scores`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

from indexer.reading import patterns

from .clean_articles import Clean
from .styles import STYLES, Style

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
"""Invented section headings; none of them was among those that first pieces were fitted on."""

KICKERS = ("各界热烈响应", "新春走基层", "记者调查", "一线见闻", "全市工作会议昨日召开")
SUBTITLES = ("来自现场的报告", "代表畅谈所见所闻", "各地群众反响热烈", "全年任务提前完成")

HANGING = frozenset("，。、；：！？”’」』）》")
"""Marks that no printed line begins with: they hang behind the line above."""

T = TypeVar("T")

CAPTION_GAP = 3
"""Blank lines that a picture leaves above its caption, on a page with one between paragraphs."""


class Role(StrEnum):
    """What a block of print is for a reader."""

    FURNITURE = "furniture"
    HEAD = "head"
    BYLINE = "byline"
    HEADING = "heading"
    BODY = "body"
    CAPTION = "caption"


@dataclass(frozen=True, slots=True)
class Faults:
    """How often each fault befalls a page or a column break.

    The five real pages have 26 column breaks: a caption at 3, 2 columns out of order, 1 read twice.
    Two columns that change places are two out of order.
    """

    caption: float = 0.5  # a caption is at the column break
    picture_gap: float = 0.9  # and leaves the gap of a picture
    swap: float = 0.04  # a column changes places with the next
    repeat: float = 0.1  # a column comes twice
    no_blanks: float = 0.25  # the page has no blank lines
    column: tuple[int, int] = (120, 320)  # characters in a column
    heading: float = 0.0  # a section heading is above a paragraph


ORDERLY = Faults(swap=0.0, repeat=0.0)
UNDAMAGED = Faults(caption=0.0, swap=0.0, repeat=0.0, no_blanks=0.0, column=(10**6, 10**6))


@dataclass(frozen=True, slots=True)
class Printed:
    """A block as it was written, in the order in which it was meant to be read."""

    role: Role
    article: int  # -1 for what belongs to the paper
    text: str


@dataclass(frozen=True, slots=True)
class Fragment:
    """A range of a block's characters that is in one column."""

    block: int
    start: int
    end: int


@dataclass(slots=True)
class Damaged:
    """A damaged page and what was printed on it."""

    text: str = ""
    owners: list[int] = field(default_factory=list)  # of each character its block, -1 for none
    blocks: list[Printed] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)  # paragraphs that are in several fragments
    parted: list[int] = field(default_factory=list)  # of these, those cut between two sentences

    def texts(self, *roles: Role) -> list[str]:
        """Return the texts of all blocks with these roles."""
        return [block.text for block in self.blocks if block.role in roles]

    @property
    def articles(self) -> list[str]:
        """The running text of each article."""
        found: dict[int, list[str]] = {}
        for block in self.blocks:
            if block.role is Role.BODY:
                found.setdefault(block.article, []).append(squeeze(block.text))
        return ["".join(texts) for texts in found.values()]


def squeeze(text: str) -> str:
    """Leave out blanks: those at a column's end are lost with it."""
    return "".join(text.split())


def draw_page(
    articles: Sequence[Clean], seed: int, faults: Faults, style: Style = STYLES[0]
) -> Damaged:
    """Print one to three of the articles (six briefs) and damage them, alike for the same seed."""
    random = Random(seed)
    count = min(6, len(articles)) if style.brief else random.randint(1, 3)
    return set_page(random.sample(articles, count), random, faults, style)


def damaged_pages(articles: Sequence[Clean]) -> st.SearchStrategy[Damaged]:
    """Draw damaged pages of one to three of the articles."""
    chosen = st.lists(st.sampled_from(articles), min_size=1, max_size=3, unique=True)
    return st.builds(set_page, chosen, st.randoms(use_true_random=False))


def set_page(
    articles: Sequence[Clean], random: Random, faults: Faults = Faults(), style: Style = STYLES[0]
) -> Damaged:
    """Print articles on a page and damage it."""
    setter = _Typesetter(random, faults, style)
    for text in style.masthead:
        setter.print_block(Role.FURNITURE, -1, text)
    for number, article in enumerate(articles):
        setter.print_article(number, article)
    return setter.finish()


class _Typesetter:
    """Fills one page; all that is drawn comes from one random source, in the order of the page."""

    def __init__(self, random: Random, faults: Faults, style: Style) -> None:
        self.random, self.faults, self.style = random, faults, style
        self.page = Damaged()
        self.rows: list[tuple[int, str, str]] = [(-1, "", "")]  # block, what is before, text
        self.width = 0

    def add(self, role: Role, article: int, text: str) -> int:
        self.page.blocks.append(Printed(role, article, self.style.text(text)))
        return len(self.page.blocks) - 1

    def print_block(self, role: Role, article: int, text: str) -> None:
        self._print(self._whole(self.add(role, article, text)))

    def print_article(self, number: int, article: Clean) -> None:
        """Print the head of an article and its columns, with captions between them."""
        style = self.style
        if style.widths:
            self.width = self._choose(style.widths)
        values = self._values(article)
        for form in style.heads:
            self.print_block(Role.HEAD, number, form.format(**values))
        if byline := self._choose(style.bylines).format(**values):
            self.print_block(Role.BYLINE, number, byline)
        columns = self._set_columns(number, self._paragraphs(article, values))
        if style.jump and self.random.random() < style.jumps:
            self._break_off(columns, number)
        self._lay_out(number, columns, list(article.captions))

    def _choose(self, choices: Sequence[T]) -> T:
        return choices[0] if len(choices) == 1 else self.random.choice(choices)

    def _values(self, article: Clean) -> dict[str, str]:
        name, *others = article.names
        values = {"title": article.title, "byline": article.byline or f"本报记者 {name}"}
        values |= {"name": name, "other": others[-1] if others else "邵春来", "pen": name[-2:]}
        values["spaced"] = "　".join(name[:2]) if len(name) < 3 else name[0] + "　" + name[-1]
        if len(self.style.heads) > 1:
            values |= {"kicker": self.random.choice(KICKERS)}
            values |= {"subtitle": self.random.choice(SUBTITLES)}
        return values

    def _paragraphs(self, article: Clean, values: dict[str, str]) -> list[str]:
        paragraphs = list(article.paragraphs[: 1 if self.style.brief else None])
        paragraphs[0] = self._choose(self.style.datelines).format(**values) + paragraphs[0]
        paragraphs[-1] += self._choose(self.style.sign_offs).format(**values)
        return paragraphs

    def _set_columns(self, article: int, paragraphs: Sequence[str]) -> list[list[Fragment]]:
        """Fill columns with paragraphs, cutting those that do not fit."""
        columns: list[list[Fragment]] = [[]]
        space = self.random.randint(*self.faults.column)
        for number, paragraph in enumerate(paragraphs):
            if number and self.faults.heading and self.random.random() < self.faults.heading:
                heading = self.add(Role.HEADING, article, self.random.choice(HEADINGS))
                columns[-1].append(self._whole(heading))
            block, start = self.add(Role.BODY, article, paragraph), 0
            text = self.page.blocks[block].text
            while len(text) - start > space:
                end = start + self._full_lines(text, start, space)
                columns[-1] += [Fragment(block, start, end)] if end > start else []
                columns.append([])
                start, space = end, self.random.randint(*self.faults.column)
            if start < len(text):
                columns[-1].append(Fragment(block, start, len(text)))
                space -= len(text) - start
            self._note_cut(block, columns)
        return [column for column in columns if column]

    def _full_lines(self, text: str, start: int, space: int) -> int:
        """Return how many of a column's characters are in full printed lines."""
        if not self.width:
            return space
        filled = 0
        for line in self._break(text[start:], start == 0):
            if filled + len(line) > space:
                break
            filled += len(line)
        return filled

    def _break(self, text: str, begins: bool) -> Iterator[str]:
        return _break_lines(text, self.width - len(self.style.indent) * begins, self.width)

    def _note_cut(self, block: int, columns: Sequence[Sequence[Fragment]]) -> None:
        text = self.page.blocks[block].text
        pieces = [one for column in columns for one in column if one.block == block]
        if len(pieces) > 1:
            self.page.cut.append(block)
            ends = (text[one.start : one.end] for one in pieces[:-1])
            self.page.parted += [block] * any(map(patterns.is_closed, ends))

    def _break_off(self, columns: list[list[Fragment]], article: int) -> None:
        """Break the last paragraph off: the rest of the article is on another page."""
        last = columns[-1].pop()
        text = self.page.blocks[last.block].text
        end = max(last.start + 1, last.end - 12)
        self.page.blocks[last.block] = Printed(Role.BODY, article, text[:end])
        columns[-1].append(Fragment(last.block, last.start, end))
        columns[-1].append(self._whole(self.add(Role.FURNITURE, article, self.style.jump)))

    def _whole(self, block: int) -> Fragment:
        return Fragment(block, 0, len(self.page.blocks[block].text))

    def _lay_out(self, article: int, columns: list[list[Fragment]], captions: list[str]) -> None:
        if not self.style.ordered:
            self._displace(columns)
        for column in columns:
            for fragment in column:
                self._print(fragment)
            if captions and self.random.random() < self.faults.caption:
                if self.random.random() < self.faults.picture_gap and self.style.gap:
                    self._blank(CAPTION_GAP - 1)
                self.print_block(Role.CAPTION, article, captions.pop(0))

    def _displace(self, columns: list[list[Fragment]]) -> None:
        """Let columns change places and come twice."""
        number, random = 0, self.random
        while number + 1 < len(columns):
            if random.random() < self.faults.swap:
                columns[number], columns[number + 1] = columns[number + 1], columns[number]
                number += 1
            number += 1
        if len(columns) > 1 and random.random() < self.faults.repeat:
            again = random.randrange(len(columns))
            columns.insert(random.randrange(len(columns) + 1), columns[again])

    def _blank(self, count: int) -> None:
        self.rows += [(-1, "", "")] * count

    def _print(self, fragment: Fragment) -> None:
        """Print a fragment as one line, or as lines of the column's width."""
        block = self.page.blocks[fragment.block]
        text = block.text[fragment.start : fragment.end]
        lines, before = [text], self._mark(block.role)
        if self.width and block.role is Role.BODY:
            before = self.style.indent * (fragment.start == 0)
            lines = list(self._break(text, fragment.start == 0))
        for number, line in enumerate(lines):
            self.rows.append((fragment.block, before * (number == 0), self._space(line)))
            self._blank(self.style.line_gap if number + 1 < len(lines) else self.style.gap)

    def _mark(self, role: Role) -> str:
        if role in (Role.HEAD, Role.HEADING):
            return self.style.head_mark
        return self.style.caption_mark if role is Role.CAPTION else ""

    def _space(self, line: str) -> str:
        return " ".join(line) if self.style.spaced else line

    def finish(self) -> Damaged:
        """Return the page: its text, and of each character the block."""
        rows = self.rows
        blanks = self.style.gap and not self.style.line_gap and not self.style.head_mark
        if blanks and self.random.random() < self.faults.no_blanks:
            rows = [row for row in rows if row[0] >= 0]
        self.page.text = "\n".join(before + text for _, before, text in rows)
        owners = ([-1] * len(before) + [block] * len(text) + [-1] for block, before, text in rows)
        self.page.owners = list(chain.from_iterable(owners))[:-1]
        return self.page


def _break_lines(text: str, first: int, width: int) -> Iterator[str]:
    """Break a text into printed lines, the first of its own width; no line begins with a mark."""
    start, end = 0, first
    while start < len(text):
        while end < len(text) and text[end] in HANGING:
            end += 1
        yield text[start:end]
        start, end = end, end + width
