"""Find the ends of printed lines after which a block does not continue as the file does.

The reader may be wrong there, or a hyphen may be none. A substring that crosses such an end in the
order of the file is found as well (see `analysis.line_end_tails`), so nothing printed is out of
reach.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from indexer.analysis import normal_form
from indexer.model import MAX_CROSSING_CHARS, Article, Crossing, Page, Paragraph, Span, locate_spans
from indexer.reading import patterns
from indexer.reading.line_ends import HYPHEN_CHARS, SOFT_HYPHEN
from indexer.reading.profile import PageProfile

HYPHENS = HYPHEN_CHARS + SOFT_HYPHEN

_FIRST_CHARACTERS = re.compile(rf"(?:\s*\S){{1,{2 * MAX_CROSSING_CHARS}}}")
"""The beginning of a line: what prints nothing or composes with another counts in no match."""


class _BlockPiece(NamedTuple):
    """A span of a block, and where in the block's text it ends."""

    span: Span
    block: int
    number: int
    end: int


def surely_ends(text: str, profile: PageProfile) -> bool:
    """Return whether a block surely ends where its text ends a sentence.

    It does not where printed lines may be broken at the width of a column: a line may end so within
    a paragraph. A pause is no end, though it may end paragraphs: a cut may be there as well.
    """
    bare = text[-8:].rstrip(patterns.CLOSING_SIGNS)
    return not profile.broken_lines.value and bare.endswith(tuple(patterns.ENDING_SIGNS))


def find_crossings(page: Page, articles: Sequence[Article]) -> dict[str, tuple[Crossing, ...]]:
    """Map the names of a page's blocks to the line ends after which the file continues otherwise.

    A block that surely ends has none at its end, nor has any block of a page that declares its
    parts.
    """
    blocks = [paragraph for article in articles for paragraph in article.paragraphs]
    pieces = [] if page.parts else sorted(_pieces(blocks))
    found: dict[int, list[Crossing]] = {}
    for number, (piece, after) in enumerate(pairwise(pieces), 1):
        for end, glued in _ends(page.text, blocks[piece.block], piece, after):
            one = Crossing(end, _following(page.text, pieces, number), glued)
            found.setdefault(piece.block, []).append(one)
    return {blocks[number].id: _order(blocks[number], ends) for number, ends in found.items()}


def _order(block: Paragraph, ends: Sequence[Crossing]) -> tuple[Crossing, ...]:
    """Set the end of the block first."""
    return tuple(sorted(ends, key=lambda one: (one.glued or one.end < len(block.text), one.end)))


def _pieces(blocks: Sequence[Paragraph]) -> Iterator[_BlockPiece]:
    for block, paragraph in enumerate(blocks):
        offsets = locate_spans(paragraph.text, paragraph.spans)
        for number, (at, span) in enumerate(zip(offsets, paragraph.spans, strict=True)):
            yield _BlockPiece(span, block, number, at + span.end - span.start)


def _ends(
    page: str, block: Paragraph, piece: _BlockPiece, after: _BlockPiece
) -> Iterator[tuple[int, bool]]:
    """Yield the offsets in a block's text where lines end uncertainly, and whether glued there."""
    same = piece.block == after.block
    between = page[piece.span.end : after.span.start]
    if same and after.span.start >= piece.span.end and not re.search(r"[\r\n]", between):
        return
    goes_on = same and after.number == piece.number + 1
    if not goes_on and not (block.surely_ends and piece.end == len(block.text)):
        yield piece.end, False
    before, first = page[max(0, piece.span.end - 2) : piece.span.end], page[after.span.start]
    if before[-1] in HYPHENS and _is_western(before[0]) and _is_western(first):
        yield piece.end - 1, True
    elif _may_be_glued(before[-1], first) and not (goes_on and _is_western_text(block.text)):
        yield piece.end, True


def _may_be_glued(before: str, after: str) -> bool:
    """Return whether two letters may belong to one word; two figures are never separated."""
    figures = before.isdigit() and after.isdigit()
    return _is_western(before) and _is_western(after) and not figures


def _is_western(char: str) -> bool:
    """Return whether a letter or figure is of a script that sets blanks between words."""
    return char.isalnum() and char < "\u2e80"


@lru_cache(maxsize=1)
def _is_western_text(text: str) -> bool:
    return not any(char >= "\u2e80" and char.isalnum() for char in text)


def _following(page: str, pieces: Sequence[_BlockPiece], number: int) -> tuple[Span, ...]:
    """Return the characters that follow in the file, as many as a match has after a line end."""
    spans, chars = [], MAX_CROSSING_CHARS - 1
    for piece in pieces[number : number + MAX_CROSSING_CHARS]:
        printed = _FIRST_CHARACTERS.match(page, *piece.span)
        if chars <= 0 or not printed:
            break
        whole = printed.end() == piece.span.end
        spans.append(piece.span if whole else Span(*printed.span()))
        chars -= len(normal_form(printed.group()))
    return tuple(spans)
