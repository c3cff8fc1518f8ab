"""Draft the articles of a page: from its text to the pieces of each article, every line in one.

This runs the stages up to the articles; what a piece is joined with is decided in `joins`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from indexer.model import Kind, Page
from indexer.reading.captions import mark_printed_captions
from indexer.reading.heads import Piece, name_heads, opens_head, split_articles
from indexer.reading.hints import read_hinted
from indexer.reading.join_reasons import Joins
from indexer.reading.lines import Line, split_lines
from indexer.reading.markdown import is_markdown, read_markdown
from indexer.reading.profile import PageProfile, learn_items, profile_page, spaced_characters
from indexer.reading.repeats import Repeat, split_repeats
from indexer.reading.roles import settle_kinds
from indexer.reading.whole_lines import set_whole_lines


@dataclass(frozen=True, slots=True)
class Draft:
    """The pieces of an article in the order of the file, and what repeats them."""

    pieces: tuple[Piece, ...]
    repeats: tuple[Repeat, ...] = ()
    profile: PageProfile | None = None  # of its page; None where the source gives the parts


def draft_articles(page: Page, text: str, joins: Joins) -> tuple[Draft, ...]:
    """Split a page into articles; a page that declares its parts is one.

    `text` is the text of the page in Simplified script. The joins of printed lines are added to
    `joins`.
    """
    if page.parts:
        texts = ((one, page.text[slice(*one.span)]) for one in page.parts)
        return (
            Draft(tuple(Piece(one.kind, (Line(text, (one.span,), 0),)) for one, text in texts)),
        )
    lines, profile = _read_lines(page, text)
    repeats: list[Repeat] = []
    if not profile.marked_up:
        lines = mark_printed_captions(lines, profile, text)
        if profile.is_broken:
            lines, copies = split_repeats(lines, printed=True)
            repeats = _set_whole_repeats(copies, profile, joins)
        lines, found = split_repeats(set_whole_lines(lines, profile, joins))
        repeats = found + repeats
    profile = learn_items(profile, lines)
    pieces = list(_group(lines, settle_kinds(lines, profile, text), profile))
    articles = [tuple(name_heads(article, profile)) for article in split_articles(pieces, profile)]
    shares = _share_out(articles, repeats)
    return tuple(Draft(*draft, profile) for draft in zip(articles, shares, strict=True))


def _read_lines(page: Page, text: str) -> tuple[Sequence[Line], PageProfile]:
    """Return the lines of a page by what its source says of them, and the page's profile."""
    if page.hints:
        lines: Sequence[Line] = read_hinted(page, text)
        return lines, profile_page(text, lines, marked_up=True)
    if not is_markdown(page.source, text):
        spaced = spaced_characters(text)
        lines = split_lines(text, spaced=spaced.value and spaced.sure)
        return lines, profile_page(text, lines)
    lines = read_markdown(text)
    headed = any(line.kind is Kind.HEADING for line in lines)
    profile = profile_page(text, lines)
    return lines, replace(profile, marked_up=headed and not profile.is_broken)


def _set_whole_repeats(
    copies: Sequence[Repeat], profile: PageProfile, joins: Joins
) -> list[Repeat]:
    """Join the printed lines of repeated columns."""
    originals = {copy.line.start: copy.original for copy in copies}
    lines = set_whole_lines([copy.line for copy in copies], profile, joins)
    return [Repeat(line, originals[line.start]) for line in lines]


def _group(lines: Sequence[Line], kinds: Sequence[Kind], profile: PageProfile) -> Iterator[Piece]:
    """Set lines of a head, a table or a list into one piece."""
    group: list[Line] = []
    last = Kind.BODY
    for line, kind in zip(lines, kinds, strict=True):
        if group and (kind is not last or _is_parted(group, line, kind, profile)):
            yield Piece(last, tuple(group))
            group = []
        group.append(line)
        last = kind
    if group:
        yield Piece(last, tuple(group))


def _is_parted(group: Sequence[Line], line: Line, kind: Kind, profile: PageProfile) -> bool:
    """Return whether a line is apart from the lines above it, which are of the same kind."""
    if kind is Kind.HEADING:
        return opens_head(group, line, profile)
    if kind is Kind.TABLE:
        return group[-1].block != line.block
    return kind is not Kind.LIST


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
        position = bisect_right(starts, repeat.original, key=lambda start: start[0]) - 1
        shares[starts[max(position, 0)][1]].append(repeat)
    return [tuple(share) for share in shares]
