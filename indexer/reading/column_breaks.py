"""Split pieces of printed lines where a column may have ended within them.

A full printed line continues in the one below it, as far as their form shows. Where a column ends
in a full line and a displaced one follows, only the text shows that it does not continue. Pieces
are split at such joints, and the reading order decides whether their parts change places.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.model import Kind
from indexer.reading import patterns
from indexer.reading.continuation import continuation_score, crossing
from indexer.reading.fitted_weights import weights
from indexer.reading.heads import Piece
from indexer.reading.lines import Line
from indexer.reading.network_score import prepare
from indexer.reading.profile import PageProfile

COLUMN_BREAK_WEIGHTS = weights("column breaks")

COLUMN_BREAK_CHARS = 40
"""Characters on each side of a joint that are read."""

MAX_SEARCHED_LINES = 400
"""Printed lines of an article above which it is not searched for displaced columns."""


@dataclass(frozen=True, slots=True)
class SplitPieces:
    """Pieces, and the numbers of those whose first line continues the piece above by its form."""

    pieces: list[Piece]
    continued: frozenset[int]


def split_at_column_breaks(pieces: Sequence[Piece], profile: PageProfile, page: str) -> SplitPieces:
    """Split the running text of an article where its printed lines hardly continue one another."""
    printed = sum(len(line.spans) for piece in pieces for line in piece.lines)
    if not profile.is_broken or printed > MAX_SEARCHED_LINES:
        return SplitPieces(list(pieces), frozenset())
    found: list[Piece] = []
    continued: set[int] = set()
    for piece in pieces:
        for number, part in enumerate(_split(piece, page)):
            if number:
                continued.add(len(found))
            found.append(part)
    return SplitPieces(found, frozenset(continued))


def _split(piece: Piece, page: str) -> Iterator[Piece]:
    if piece.kind is not Kind.BODY or len(piece.lines) != 1 or piece.lines[0].separator:
        yield piece
        return
    line, start = piece.lines[0], 0
    for end in _weak_joints(line, page):
        yield Piece(piece.kind, (line.cut(start, end) if start else line.cut(0, end),))
        start = end
    yield Piece(piece.kind, (line.cut(start, len(line.text)),)) if start else piece


def _weak_joints(line: Line, page: str) -> list[int]:
    """Return the offsets at which one printed line hardly continues another."""
    text = line.text
    joints = [
        place
        for place in _line_ends(line)
        if not (text[place - 1] in "：:；;" or patterns.is_closed(text[:place]))
        and not crossing(text[:place], text[place:])
    ]
    sides = [
        (text[max(0, at - COLUMN_BREAK_CHARS) : at], text[at : at + COLUMN_BREAK_CHARS])
        for at in joints
    ]
    prepare([before for before, _ in sides], [after for _, after in sides])
    scores = (continuation_score(*side, page) for side in sides)
    return [
        at for at, score in zip(joints, scores, strict=True) if score < COLUMN_BREAK_WEIGHTS["weak"]
    ]


def _line_ends(line: Line) -> Iterator[int]:
    """Yield the offsets in a line's text at which its printed lines end, without the last."""
    printed = 0
    for span in line.spans[:-1]:
        printed += span.end - span.start
        if line.offsets is None:
            yield printed
        else:
            yield next(n for n, offset in enumerate(line.offsets) if offset >= printed)
