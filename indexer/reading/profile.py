"""Learn how a page is set, from its own statistics, before anything on it is read.

Every later stage gets the profile: whether printed lines are broken, and how wide the columns are;
which marks end sentences; how paragraphs begin; what parts items. Each answer carries its
confidence, from 0 to 1; where that is low the later stages leave the page as it is printed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from math import log
from typing import Generic, TypeVar

from indexer.reading import patterns
from indexer.reading.fitted_weights import weights
from indexer.reading.lines import EMPHASIS_LEVEL, Line
from indexer.reading.masthead import Masthead, find_masthead
from indexer.reading.paragraph_end_scores import usual_paragraph_chars

T = TypeVar("T")

PROFILE_WEIGHTS = weights("profile")
"""`sure` is the confidence from which a later stage acts on an answer; `usual open share` that of
open ends on a page whose columns cut paragraphs, which counts for `prior lines`; `well closed` are
the log-odds for cuts below which nearly all prose of a page ends closed."""

MAX_COLUMN_WIDTH = 60
"""Characters of the widest printed column: a longer line was not broken at a width."""

MIN_BROKEN_LINES = 3
"""Open lines of one width that are enough for a page of printed lines."""

PROSE_CHARS = 25
"""Characters from which a line of a page of whole paragraphs is prose for statistics."""

MIN_ITEMS = 3
"""Items with one form from which the form is the page's own."""

MAX_ITEM_HEAD_CHARS = 30

OPENING_SIGNS = "◘■□●○◆◇▲△▼▽★☆◎⊙※▪▫◀▶➤✦❖卍◉"
"""Signs that open items or captions."""


_HAN_CHARACTERS = re.compile("[\u3400-\u9fff]+")


class EndMarks(StrEnum):
    """What ends a sentence on a page."""

    FULL_STOP = "full stop"  # 。！？ or the Western stop
    PAUSE = "pause"  # 、 or ， replaces every mark, as before the 1930s
    NONE = "none"


class ParagraphStart(StrEnum):
    """How a paragraph begins on a page of printed lines."""

    INDENT = "indent"
    BLANK_LINE = "blank line"
    UNMARKED = "unmarked"


@dataclass(frozen=True, slots=True)
class Estimate(Generic[T]):
    """An answer and how sure it is, from 0 to 1."""

    value: T
    confidence: float

    @property
    def sure(self) -> bool:
        """Whether later stages may act on the answer."""
        return self.confidence >= PROFILE_WEIGHTS["sure"]


@dataclass(frozen=True, slots=True)
class PageProfile:
    """How a page is set. Widths are in Chinese characters, gaps in blank lines."""

    broken_lines: Estimate[bool]
    widths: tuple[int, ...]  # of the columns, those with most lines first
    even_edge: bool  # open lines of a column have exactly one width
    line_gap: int  # usual between one line and the next
    end_marks: Estimate[EndMarks]
    cut_prior: float  # log-odds that an open end is a cut, against a usual page
    paragraph_start: ParagraphStart
    paragraph_chars: float  # usual length of a paragraph of printed lines, 0 where it is unknown
    item_gap: Estimate[int]  # parts items; 0 where no gap does
    list_signs: frozenset[str]  # open several paragraphs, which are no captions
    item_signs: frozenset[str]  # open items without heads
    bracketed_bylines: bool  # by-lines are names in brackets: （丹翁）
    marked_up: bool  # the source says which lines are heads and where paragraphs end
    heading_level: int  # at which the source marks the heads of articles, 0 where it does not
    latin: bool  # few of its characters are Chinese
    masthead: Masthead
    page_head: frozenset[int]  # where in the page its lines begin

    @property
    def is_broken(self) -> bool:
        """Whether the page is surely set in printed lines that are no paragraphs."""
        return self.broken_lines.value and self.broken_lines.sure

    @property
    def is_well_closed(self) -> bool:
        """Whether nearly all prose of the page ends closed."""
        return self.cut_prior < PROFILE_WEIGHTS["well closed"]

    @property
    def indents_paragraphs(self) -> bool:
        """Whether the first line of each paragraph is indented, and no other is."""
        return self.paragraph_start is ParagraphStart.INDENT

    @property
    def open_ends_are_cuts(self) -> bool:
        """Whether a text without an end mark has surely lost its rest to the print."""
        return self.end_marks.value is EndMarks.FULL_STOP and self.end_marks.sure


def profile_page(text: str, lines: Sequence[Line], *, marked_up: bool = False) -> PageProfile:
    """Learn how a page is set from its text and its printed lines."""
    usual = _usual_gap(lines)
    full = list(_full_lines(lines))
    broken = _broken_lines(lines, full)
    widths = _common_widths(full) if broken.value else ()
    head, masthead = find_masthead(lines)
    return PageProfile(
        broken_lines=broken,
        widths=widths,
        even_edge=broken.value and _has_even_edge(lines),
        line_gap=usual,
        end_marks=_end_marks(text, lines, broken),
        cut_prior=_cut_prior(lines),
        paragraph_start=_paragraph_start(lines, usual),
        paragraph_chars=usual_paragraph_chars(lines) if broken.value else 0.0,
        item_gap=Estimate(0, 0.0),
        list_signs=_list_signs(lines),
        item_signs=frozenset(),
        bracketed_bylines=sum(patterns.is_bracketed_name(line.text) for line in lines)
        >= MIN_ITEMS - 1,
        marked_up=marked_up,
        heading_level=_heading_level(lines, head),
        latin=_is_latin(text),
        masthead=masthead,
        page_head=frozenset(lines[number].start for number in head),
    )


def learn_items(profile: PageProfile, lines: Sequence[Line]) -> PageProfile:
    """Add to a profile what parts and opens items, from the page's whole lines.

    No gap parts items where the source marks heads.
    """
    usual = _usual_gap(lines)
    gap = Estimate(0, 1.0) if profile.marked_up else _item_gap(lines, usual)
    return replace(profile, item_gap=gap, item_signs=_item_signs(lines, usual))


# ---------------------------------------------------------------- gaps and widths


def _usual_gap(lines: Sequence[Line]) -> int:
    gaps = Counter(line.gap for line in lines[1:])
    return gaps.most_common(1)[0][0] if gaps else 0


def _broken_lines(lines: Sequence[Line], full: Sequence[Line]) -> Estimate[bool]:
    """Weigh how much print is in open lines that are as wide as a line beside them."""
    opened = [line for line in full if not patterns.is_closed(line.text)]
    unmarked = sum(not patterns.ends_with_mark(line.text) for line in full)
    long = sum(len(line.text) for line in lines if line.width > MAX_COLUMN_WIDTH)
    print_chars = sum(len(line.text) for line in lines if line.width > 3) or 1
    share = sum(len(line.text) for line in full) / print_chars
    if _count_of_one_width(opened) < MIN_BROKEN_LINES or long > print_chars / 4:
        return Estimate(False, 1.0)
    unmarked_share = unmarked / len(full)
    limits = PROFILE_WEIGHTS["unmarked share"], PROFILE_WEIGHTS["broken share"]
    if unmarked_share < limits[0] or share < limits[1]:
        return Estimate(False, 1.0)
    return Estimate(True, min(1.0, 0.4 + share / 2 + (unmarked_share - 0.5)))


def _count_of_one_width(lines: Sequence[Line]) -> int:
    """Return how many of the lines have one width, give or take one character."""
    counts = Counter(round(line.extent) for line in lines)
    return max((counts[width] + counts[width + 1] for width in counts), default=0)


def _full_lines(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines of a width that a column can have and that a line beside them has, too."""
    last: Line | None = None
    for before, line in pairwise(lines):
        same = 4 <= before.width <= MAX_COLUMN_WIDTH and before.is_as_wide_as(line)
        if same and last is not before:
            yield before
        if same:
            yield line
            last = line


def _has_even_edge(lines: Sequence[Line]) -> bool:
    """Return whether lines that end within a clause are exactly as wide as such lines beside."""
    opened = [line for line in lines if not patterns.ends_with_mark(line.text)]
    pairs = [pair for pair in pairwise(opened) if pair[0].is_as_wide_as(pair[1])]
    even = sum(before.extent == line.extent for before, line in pairs)
    return even >= PROFILE_WEIGHTS["even edge"] * max(len(pairs), MIN_BROKEN_LINES)


def _common_widths(full: Sequence[Line]) -> tuple[int, ...]:
    """Return the widths that many full lines have."""
    counts = Counter(round(line.extent) for line in full)
    total = sum(counts.values())
    return tuple(width for width, count in counts.most_common(12) if count >= max(2, total / 50))


def spaced_characters(text: str) -> Estimate[bool]:
    """Weigh how many neighbouring Chinese characters a blank parts, as some OCR writes them."""
    sample = text if len(text) <= 200_000 else text[:100_000] + text[-100_000:]
    parted = len(re.findall(r" (?<=[\u3400-\u9fff，。、] )(?=[\u3400-\u9fff，。、])", sample))
    if not parted:
        return Estimate(False, 1.0)
    joined = sum(len(stretch) - 1 for stretch in re.findall(r"[\u3400-\u9fff，。、]+", sample))
    share = parted / (parted + joined)
    return Estimate(share > 0.5, abs(2 * share - 1))


# ---------------------------------------------------------------- marks, paragraphs, items


def _end_marks(text: str, lines: Sequence[Line], broken: Estimate[bool]) -> Estimate[EndMarks]:
    """Return which marks end sentences, and how reliably paragraphs carry one."""
    sample = "".join(text[:200_000].split())
    stops = sum(map(sample.count, patterns.ENDING_SIGNS))
    listing, pauses = sample.count("、"), sum(sample.count(mark) for mark in "，,﹐")
    western = len(re.findall(r"[a-z][.!?](?:\s|$)", text[:200_000]))
    chars = len(sample) or 1
    if stops + western + listing + pauses < PROFILE_WEIGHTS["marks of a character"] * chars:
        return Estimate(EndMarks.NONE, 1.0)
    if listing > 2 * (stops + western + pauses):
        return Estimate(EndMarks.PAUSE, min(1.0, listing / (stops + listing + pauses)))
    if broken.value:
        return Estimate(EndMarks.FULL_STOP, min(1.0, 20 * (stops + western) / (chars / 2)))
    prose = [line.text for line in lines if len(line.text) >= PROSE_CHARS]
    marked = sum(patterns.is_closed(text) or patterns.sentences(text) > 1 for text in prose)
    return Estimate(EndMarks.FULL_STOP, (marked + 4) / (len(prose) + 4.5))


def _cut_prior(lines: Sequence[Line]) -> float:
    """Return the log-odds for an open end to be a cut, less what they are on a usual page.

    Where all prose ends closed, one that does not is more often a head or an item than a cut.
    """
    prose = [line.text for line in lines if len(line.text) >= PROSE_CHARS]
    prose = [text for text in prose if patterns.is_prose(text)]
    opened = sum(not patterns.is_closed(text) for text in prose)
    usual, count = PROFILE_WEIGHTS["usual open share"], PROFILE_WEIGHTS["prior lines"]
    share = (opened + usual * count) / (len(prose) + count)
    return log(share / (1 - share)) - log(usual / (1 - usual))


def _paragraph_start(lines: Sequence[Line], usual: int) -> ParagraphStart:
    """Return whether paragraphs are indented, or separated by a blank line."""
    indented = sum(line.indent > 0 for line in lines)
    wide = sum(line.gap > usual for line in lines[1:])
    if lines and len(lines) / 50 <= indented <= len(lines) / 2:
        return ParagraphStart.INDENT
    if usual == 0 and wide >= len(lines) / 20:
        return ParagraphStart.BLANK_LINE
    return ParagraphStart.UNMARKED


def _item_gap(lines: Sequence[Line], usual: int) -> Estimate[int]:
    """Return the gap that separates items: most groups between such gaps open with a head."""
    groups: list[list[Line]] = []
    for line in lines:
        if not groups or line.gap > usual:
            groups.append([])
        groups[-1].append(line)
    groups = [group for group in groups if sum(len(line.text) for line in group) > PROSE_CHARS]
    if len(groups) < 2:
        return Estimate(0, 0.5)
    opened = sum(_opens_like_item(group, usual) for group in groups[1:]) / (len(groups) - 1)
    if opened < PROFILE_WEIGHTS["items with heads"]:
        return Estimate(0, 1 - opened)
    return Estimate(usual + 1, opened)


def _opens_like_item(group: Sequence[Line], usual: int) -> bool:
    """Return whether a group of lines opens with a head, a sign, or a dateline.

    After the gap of a picture a short line is a caption, unless a by-line follows it.
    """
    first = group[0]
    if first.text[0] in OPENING_SIGNS or patterns.is_dateline(first.text):
        return True
    if len(group) < 2 or not patterns.is_head(first.text) or patterns.is_closed(first.text):
        return False
    if patterns.is_any_byline(group[1].text):
        return True
    widest = max(line.width for line in group[1:])
    short = first.width <= widest - 2 and len(first.text) <= MAX_ITEM_HEAD_CHARS
    return short and first.gap < max(2, usual + 2)


def _list_signs(lines: Sequence[Line]) -> frozenset[str]:
    """Return the signs that open several lines of running text."""
    signs = Counter(
        line.text[0]
        for line in lines
        if line.text[0] in OPENING_SIGNS and patterns.has_marks(line.text)
    )
    return frozenset(sign for sign, count in signs.items() if count >= MIN_ITEMS)


def _item_signs(lines: Sequence[Line], usual: int) -> frozenset[str]:
    """Return the signs that open items here: signed ones, or apart from what precedes them.

    So does a sign that opens several paragraphs, unless these are a list: the first one follows
    a head or a colon.
    """
    opened: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        if line.text[0] in OPENING_SIGNS and (line.level or len(line.text) > MAX_ITEM_HEAD_CHARS):
            opened.setdefault(line.text[0], []).append(number)
    found = set()
    for sign, numbers in opened.items():
        apart = sum(lines[n].gap > usual or patterns.ends_item(lines[n].text) for n in numbers)
        several = len(numbers) >= MIN_ITEMS - 1 and not _is_list(lines, numbers)
        if several or apart >= max(len(numbers) / 2, MIN_ITEMS - 1):
            found.add(sign)
    return frozenset(found)


def _is_list(lines: Sequence[Line], numbers: Sequence[int]) -> bool:
    """Return whether lines with one sign are of one article.

    The first one follows a colon, or a head without the sign; or other text follows one.
    """
    sign = lines[numbers[0]].text[0]
    above = [lines[number - 1].text for number in numbers if number]
    texts = [number for number in numbers if not lines[number].level]
    below = [line.text for number in texts for line in lines[number + 1 : number + 2]]
    return any(
        text[0] != sign and (text[-1] in "：:" or patterns.is_head(text)) for text in above
    ) or any(text[0] != sign and not patterns.is_head(text) for text in below)


def _heading_level(lines: Sequence[Line], page_head: Collection[int]) -> int:
    """Return the highest level at which the source marks several heads.

    A single head above counts only for the page's name: another head follows, with nothing but
    lines of the page's head between.
    """
    levels = [line.level for number, line in enumerate(lines) if number not in page_head]
    counts = Counter(filter(None, levels))
    if len(counts) > 1:
        counts.pop(EMPHASIS_LEVEL, None)
    for level in sorted(counts):
        if counts[level] > 1:
            return level
        if not levels[levels.index(level) + 1 : levels.index(level) + 2] > [0]:
            return 0
    return 0


def _is_latin(text: str) -> bool:
    sample = text[:20_000]
    return sum(map(len, _HAN_CHARACTERS.findall(sample))) < len(sample) / 10
