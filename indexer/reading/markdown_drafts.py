"""Draft the articles of a page in Markdown: what its marks say is taken as said.

A heading opens an article unless the page shows that it heads a section; paragraphs are those of
the file. What marks leave open (by-lines, credits, furniture) is decided by form.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from indexer.model import Kind, locate_spans
from indexer.reading import patterns
from indexer.reading.fitted_weights import weights
from indexer.reading.heads import Piece
from indexer.reading.lines import Line
from indexer.reading.markdown import MarkdownLine, Role
from indexer.reading.profile import OPENING_SIGNS

MAX_MARKDOWN_CAPTION_CHARS = 110
MAX_SURE_CAPTION_CHARS = 60
"""Characters of a single sentence under a picture that is taken for its caption."""

MAX_ARTICLE_HEAD_LINES = 4
"""Lines of the head of an article, kicker and subtitles included."""

MAX_BRIEF_CHARS = 30
MIN_BRIEFS = 2
"""Paragraphs with the same sign in front, and their characters, from which each is a brief."""

HEAD_WEIGHTS = weights("heads")
"""`signed heads` is the share of headings with a by-line or dateline from which those without one
head sections."""

_KINDS_BY_ROLE = {
    Role.HEADING: Kind.HEADING,
    Role.ITEM: Kind.LIST,
    Role.ROW: Kind.TABLE,
    Role.CAPTION: Kind.CAPTION,
    Role.FURNITURE: Kind.FURNITURE,
}


@dataclass(frozen=True, slots=True)
class _MarkdownPart:
    """Lines of one kind that make one piece, and the level of a heading."""

    kind: Kind
    lines: tuple[MarkdownLine, ...]

    @property
    def level(self) -> int:
        return self.lines[0].level

    @property
    def text(self) -> str:
        return self.lines[0].text


def draft_markdown(lines: Sequence[MarkdownLine]) -> list[tuple[Piece, ...]]:
    """Return the pieces of each article of a page in Markdown."""
    parts = list(_group(lines, _settle_kinds(lines)))
    opens = _find_openings(parts)
    articles: list[list[_MarkdownPart]] = []
    for number, part in enumerate(parts):
        if not articles or number in opens:
            articles.append([])
        articles[-1].append(part)
    return [tuple(_name_head(article)) for article in articles]


# ---------------------------------------------------------------- kinds


def _settle_kinds(lines: Sequence[MarkdownLine]) -> list[Kind]:
    kinds: list[Kind] = []
    for number, line in enumerate(lines):
        above = kinds[-1] if kinds else None
        if above is Kind.CAPTION and lines[number - 1].picture_below:
            line = replace(line, picture_above=False)  # that picture has its caption
        below = lines[number + 1].text if number + 1 < len(lines) else ""
        kinds.append(_settle_kind(line, above, below))
    return kinds


def _settle_kind(line: MarkdownLine, above: Kind | None, below: str) -> Kind:
    text = line.text
    if line.role in (Role.ROW, Role.ITEM):
        return _KINDS_BY_ROLE[line.role]
    if patterns.is_furniture(text) or patterns.is_classified(text):
        return Kind.FURNITURE
    if line.role is not Role.TEXT:
        return _KINDS_BY_ROLE[line.role]
    if patterns.is_credit(text) and "。" not in text[:-1]:
        return Kind.CREDIT
    if patterns.is_byline(text) or (above is Kind.HEADING and patterns.is_bracketed_name(text)):
        return Kind.BYLINE
    if patterns.is_notice(text):
        return Kind.NOTICE
    if _is_caption(line, below):
        return Kind.CAPTION
    if line.emphasized and patterns.is_head(text):
        return Kind.HEADING
    return Kind.BODY


def _is_caption(line: MarkdownLine, below: str) -> bool:
    """Return whether a line of text under a picture, or a line that says so above it, is one."""
    text = line.text
    if len(text) > MAX_MARKDOWN_CAPTION_CHARS or patterns.sentences(text) > 1:
        return False
    if patterns.tells_picture(text) and (line.picture_above or line.picture_below):
        return True
    short = len(text) <= MAX_SURE_CAPTION_CHARS
    return line.picture_above and (short or patterns.is_credit(below))


def _group(lines: Sequence[MarkdownLine], kinds: Sequence[Kind]) -> Iterator[_MarkdownPart]:
    """Set the rows of a table and the items of a list into one piece each."""
    numbered = zip(lines, kinds, strict=True)
    for (kind, _), group in groupby(enumerate(numbered), key=lambda one: _group_key(*one)):
        yield _MarkdownPart(kind, tuple(line for _, (line, _) in group))


def _group_key(number: int, one: tuple[MarkdownLine, Kind]) -> tuple[Kind, int]:
    """Return what lines of one piece share: the block of a table, the kind of a list."""
    line, kind = one
    if kind is Kind.TABLE:
        return kind, -line.block
    return kind, 0 if kind is Kind.LIST else number + 1


# ---------------------------------------------------------------- where articles begin


def _find_openings(parts: Sequence[_MarkdownPart]) -> set[int]:
    """Return the numbers of the parts with which an article begins."""
    heads = _find_heads(parts)
    sections = _find_sections(parts, heads)
    ends = [_head_end(parts, head) for head in heads]
    signs = _find_brief_signs(parts, ends)
    opens = {head for head in heads if head not in sections}
    for number, part in enumerate(parts):
        if part.kind is not Kind.BODY or number in ends:
            continue
        brief = part.text[0] in signs and len(part.text) >= MAX_BRIEF_CHARS
        if brief or patterns.is_dateline(part.text):
            opens.add(number)
    return opens


def _find_heads(parts: Sequence[_MarkdownPart]) -> list[int]:
    """Return the first line of each head: headings that follow each other make one."""
    return [
        number
        for number, part in enumerate(parts)
        if part.kind is Kind.HEADING
        and not (number and parts[number - 1].kind is Kind.HEADING and _same_head(parts, number))
    ]


def _same_head(parts: Sequence[_MarkdownPart], number: int) -> bool:
    above = parts[number - 1].text
    if above[0] in OPENING_SIGNS or above[-1] in "）)。":
        return False
    first = number - 1
    while first and parts[first - 1].kind is Kind.HEADING:
        first -= 1
    return number - first < MAX_ARTICLE_HEAD_LINES


def _head_end(parts: Sequence[_MarkdownPart], head: int) -> int:
    """Return the number of what follows the lines of a head and its by-line."""
    end = head
    while end < len(parts) and parts[end].kind in (Kind.HEADING, Kind.BYLINE, Kind.CREDIT):
        end += 1
    return end


def _find_sections(parts: Sequence[_MarkdownPart], heads: Sequence[int]) -> set[int]:
    """Return the heads of sections, which open no article.

    A numbered heading is one. A heading below the page's first level is one unless it is signed:
    a by-line or a dateline follows it, or a signature closes what precedes it. So is one
    of the first level where many of its level are signed and it is not.
    """
    levels = Counter(parts[head].level for head in heads)
    named = {head for head in heads if _is_named(parts, head)}
    named_levels = Counter(parts[head].level for head in named)
    top = min((level for level in levels if level), default=0)
    sections = set()
    for head in heads[1:]:
        level = parts[head].level
        fashion = named_levels[level] >= HEAD_WEIGHTS["signed heads"] * levels[level]
        below = level != top or fashion or patterns.is_numbered(parts[head].text)
        if below and head not in named and not patterns.is_signed(parts[head - 1].lines[-1].text):
            sections.add(head)
    return sections


def _is_named(parts: Sequence[_MarkdownPart], head: int) -> bool:
    """Return whether a by-line or a dateline follows a head."""
    end = _head_end(parts, head)
    if any(part.kind is Kind.BYLINE and patterns.is_byline(part.text) for part in parts[head:end]):
        return True
    return end < len(parts) and patterns.is_dateline(parts[end].text)


def _find_brief_signs(parts: Sequence[_MarkdownPart], ends: Sequence[int]) -> set[str]:
    """Return the signs with which briefs begin on this page.

    A sign before the first paragraph under a head marks the items of an article.
    """
    first = Counter(
        part.text[0]
        for part in parts
        if part.kind in (Kind.BODY, Kind.HEADING) and part.text[0] in OPENING_SIGNS
    )
    firsts = [(parts[end - 1].text[0], parts[end].text[0]) for end in ends if end < len(parts)]
    items = {sign for above, sign in firsts if above != sign}
    return {sign for sign, count in first.items() if count >= MIN_BRIEFS} - items


# ---------------------------------------------------------------- the head of an article


def _name_head(parts: Sequence[_MarkdownPart]) -> Iterator[Piece]:
    """Name the lines of an article's head: the greatest is the title."""
    heads = list(range(len(parts)))[: _head_end(parts, _first_head(parts))]
    heads = [number for number in heads if parts[number].kind is Kind.HEADING]
    title = min(heads, key=lambda number: parts[number].level or 7, default=None)
    corner = any(part.kind is Kind.NOTICE for part in parts[:2])
    for number, part in enumerate(parts):
        kind = part.kind
        if title is not None and number in heads:
            kind = (
                Kind.TITLE if number == title else Kind.KICKER if number < title else Kind.SUBTITLE
            )
        elif kind is Kind.BODY and (corner or patterns.is_notice_text(part.text)):
            kind = Kind.NOTICE
        yield Piece(kind, tuple(to_line(line) for line in part.lines))


def _first_head(parts: Sequence[_MarkdownPart]) -> int:
    """Return where the head of an article begins: furniture may precede it."""
    above = (Kind.FURNITURE, Kind.CREDIT, Kind.BYLINE)
    return next((n for n, part in enumerate(parts) if part.kind not in above), 0)


def to_line(line: MarkdownLine) -> Line:
    """Return a line as the stages without marks read it."""
    parted = len(line.text) > sum(end - start for start, end in line.spans)
    offsets = array("I", _offsets(line)) if parted else None
    kind = None if line.role in (Role.TEXT, Role.HEADING) else _KINDS_BY_ROLE[line.role]
    return Line(line.text, line.spans, line.gap, line.indent, offsets, line.level, kind)


def _offsets(line: MarkdownLine) -> Iterator[int]:
    """Yield the place of each character of a line among those of its spans.

    A blank between two spans has the place of the character after it.
    """
    place = 0
    starts = set(locate_spans(line.text, line.spans))
    for at in range(len(line.text)):
        yield place
        place += at + 1 not in starts or not line.text[at].isspace()
