"""A page in, drafts of its articles out: every line in one piece, every piece of a kind.

What a line can be by its form is in `forms`, what its neighbours make of it in `kinds`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from indexer.articles import forms
from indexer.articles.kinds import settle_kinds
from indexer.articles.lines import Line, split_lines
from indexer.articles.repeats import Repeat, part_repeats
from indexer.model import Kind, Page, Part

__all__ = ["Draft", "Line", "Piece", "Repeat", "draft_articles"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines that belong together: a head of several lines, or one piece of a paragraph."""

    kind: Kind
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """The pieces of an article in the order of the file."""

    pieces: tuple[Piece, ...]
    repeats: tuple[Repeat, ...] = ()


def draft_articles(page: Page) -> tuple[Draft, ...]:
    """Split a page into articles; a page that tells its parts is one."""
    if page.parts:
        return (Draft(tuple(_given(page, part) for part in page.parts)),)
    lines, repeats = part_repeats(split_lines(page))
    pieces = list(_group(lines, settle_kinds(lines)))
    return tuple(
        Draft(tuple(_name_heads(draft)), tuple(_repeats_of(draft, repeats)))
        for draft in _split(pieces)
    )


def _repeats_of(pieces: Sequence[Piece], repeats: Sequence[Repeat]) -> Iterator[Repeat]:
    """Yield the repeats whose originals stand in an article."""
    if repeats:
        spans = [line.span for piece in pieces for line in piece.lines]
        for repeat in repeats:
            if any(start <= repeat.original < end for start, end in spans):
                yield repeat


def _given(page: Page, part: Part) -> Piece:
    return Piece(part.kind, (Line(page.text[slice(*part.span)], part.span, 0),))


def _group(lines: Sequence[Line], kinds: Sequence[Kind]) -> Iterator[Piece]:
    """Set head lines that stand together into one piece."""
    heads: list[Line] = []
    for line, kind in zip(lines, kinds, strict=True):
        if kind is Kind.HEADING:
            heads.append(line)
            continue
        if heads:
            yield Piece(Kind.HEADING, tuple(heads))
            heads = []
        yield Piece(kind, (line,))
    if heads:
        yield Piece(Kind.HEADING, tuple(heads))


def _split(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Cut the pieces of a page into those of its articles."""
    article: list[Piece] = []
    for number, piece in enumerate(pieces):
        if any(one.kind is Kind.BODY for one in article) and _opens(pieces, number):
            yield article
            article = []
        article.append(piece)
    if article:
        yield article


def _opens(pieces: Sequence[Piece], number: int) -> bool:
    piece = pieces[number]
    if forms.is_classified(piece.lines[0].text):
        return True
    following = pieces[number + 1] if number + 1 < len(pieces) else None
    return (
        piece.kind is Kind.HEADING
        and following is not None
        and following.kind is Kind.BYLINE
        and forms.is_byline(following.lines[0].text)
    )


def _name_heads(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Tell title, kicker and subtitle in the head of an article."""
    body = False
    for piece in pieces:
        if piece.kind is Kind.HEADING and not body:
            yield from _split_title(piece.lines)
        else:
            yield piece
        body = body or piece.kind in (Kind.BODY, Kind.NOTICE)


def _split_title(lines: Sequence[Line]) -> Iterator[Piece]:
    subtitles = [line for line in lines[1:] if forms.is_dashed(line.text)]
    rest = [line for line in lines if line not in subtitles]
    if len(rest) > 1 and rest[1].gap == 0:
        yield Piece(Kind.KICKER, (rest[0],))
        yield Piece(Kind.TITLE, tuple(rest[1:]))
    else:
        yield Piece(Kind.TITLE, (rest[0],))
        for line in rest[1:]:
            yield Piece(Kind.SUBTITLE, (line,))
    for line in subtitles:
        yield Piece(Kind.SUBTITLE, (line,))


def with_kind(piece: Piece, kind: Kind) -> Piece:
    """Return the piece as another kind."""
    return replace(piece, kind=kind)
