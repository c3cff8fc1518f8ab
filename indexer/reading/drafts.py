"""Draft the articles of a page: from its text to the pieces of each article, every line in one.

This runs the stages up to the articles; what a piece is joined with is decided in `joins`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.model import Kind, Page, Part
from indexer.reading.caption_scores import mark_printed_captions
from indexer.reading.heads import Piece, name_heads, split_articles
from indexer.reading.hints import draft_hinted, read_hinted
from indexer.reading.lines import Line, split_lines
from indexer.reading.markdown import Role, is_markdown, read_markdown
from indexer.reading.markdown_drafts import draft_markdown, to_line
from indexer.reading.profile import PageProfile, learn_items, profile_page, spaced_characters
from indexer.reading.repeats import Repeat, part_repeats
from indexer.reading.roles import settle_kinds
from indexer.reading.whole_lines import set_whole_lines

GROUPED_KINDS = frozenset({Kind.HEADING, Kind.TABLE, Kind.LIST})
"""Kinds whose lines, one after the other, are one piece."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The pieces of an article in the order of the file, and what repeats them."""

    pieces: tuple[Piece, ...]
    repeats: tuple[Repeat, ...] = ()
    profile: PageProfile | None = None  # of its page; None where the source gives the parts
    marked: bool = False  # the source marks where paragraphs end, so few continue another


def draft_articles(page: Page, text: str) -> tuple[Draft, ...]:
    """Split a page into articles; a page that declares its parts is one.

    `text` is the text of the page in Simplified script.
    """
    if page.parts:
        return (Draft(tuple(_given(page, part) for part in page.parts)),)
    if page.hints:
        return _draft_hinted(page, text)
    if is_markdown(page.source, text):
        marked = read_markdown(text)
        printed = [to_line(line) for line in marked]
        profile = profile_page(text, printed)
        if not profile.is_broken and any(line.role is Role.HEADING for line in marked):
            articles = draft_markdown(marked)
            return tuple(Draft(article, (), profile, marked=True) for article in articles)
    else:
        spaced = spaced_characters(text)
        printed = split_lines(text, spaced=spaced.value and spaced.sure)
        profile = profile_page(text, printed)
    printed = mark_printed_captions(printed, profile, text)
    lines, repeats = part_repeats(set_whole_lines(printed, profile))
    profile = learn_items(profile, lines)
    pieces = list(_group(lines, settle_kinds(lines, profile, text), profile))
    articles = [tuple(name_heads(article, profile)) for article in split_articles(pieces, profile)]
    shares = _share_out(articles, repeats)
    return tuple(Draft(*draft, profile) for draft in zip(articles, shares, strict=True))


def _draft_hinted(page: Page, text: str) -> tuple[Draft, ...]:
    lines = read_hinted(page, text)
    profile = profile_page(text, [to_line(line) for line in lines])
    return tuple(Draft(one, (), profile, marked=True) for one in draft_hinted(page, lines))


def _given(page: Page, part: Part) -> Piece:
    return Piece(part.kind, (Line(page.text[slice(*part.span)], (part.span,), 0),))


def _group(lines: Sequence[Line], kinds: Sequence[Kind], profile: PageProfile) -> Iterator[Piece]:
    """Set lines of a head, a table or a list into one piece; a gap that parts items parts heads."""
    apart = profile.item_gap.value if profile.item_gap.sure else 0
    group: list[Line] = []
    last = Kind.BODY
    for line, kind in zip(lines, kinds, strict=True):
        parted = 0 < apart <= line.gap or _opens_by_mark(line, group, profile)
        if group and (
            kind is not last or kind not in GROUPED_KINDS or (kind is Kind.HEADING and parted)
        ):
            yield Piece(last, tuple(group))
            group = []
        group.append(line)
        last = kind
    if group:
        yield Piece(last, tuple(group))


def _opens_by_mark(line: Line, heads: Sequence[Line], profile: PageProfile) -> bool:
    """Return whether a line is a head's first one with the mark that opens articles here."""
    level = profile.heading_level
    marked = [head for head in heads if head.level == level]
    return level > 0 and line.level == level and not marked


def _share_out(
    articles: Sequence[Sequence[Piece]], repeats: Sequence[Repeat]
) -> list[tuple[Repeat, ...]]:
    """Assign each repeat to the article of its original."""
    shares: list[list[Repeat]] = [[] for _ in articles]
    starts = sorted(
        (line.start, number)
        for number, pieces in enumerate(articles if repeats else ())
        for piece in pieces
        for line in piece.lines
    )
    for repeat in repeats:
        place = bisect_right(starts, repeat.original, key=lambda start: start[0]) - 1
        shares[starts[max(place, 0)][1]].append(repeat)
    return [tuple(share) for share in shares]
