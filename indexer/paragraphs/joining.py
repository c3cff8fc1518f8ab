"""Pieces of an article in, its paragraphs out: what the print cut is joined, in reading order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from indexer.articles import Piece, forms
from indexer.articles.joints import fit
from indexer.model import Kind
from indexer.paragraphs.columns import end_of, reading_order, start_of

NEXT = 2.5
"""Log-odds that the next piece continues an open one before any evidence: 23 of 26 on the five
pages, less where nothing else is known."""

ENOUGH = 0.5
"""Log-odds from which halves are joined."""

OVER_HEADING = -3.0
"""Log-odds for halves with a heading between them."""

OVER_GAP = -3.0
"""Log-odds for halves that a wider gap than usual parts, without a caption that explains it: none
of the 24 cut paragraphs of the five pages."""

PASSED = frozenset({Kind.CAPTION, Kind.CREDIT, Kind.FURNITURE, Kind.BYLINE, Kind.HEADING})
"""What may stand between the halves of a paragraph."""


def join_pieces(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Group the pieces of an article into blocks, in reading order; only bodies are joined."""
    groups: list[list[Piece]] = []
    above: list[Piece] | None = None  # the paragraph that may go on
    between: list[Kind] = []  # what stood in its way
    usual = _usual_gap(pieces)
    for number in reading_order(pieces):
        piece = pieces[number]
        if piece.kind is not Kind.BODY:
            between.append(piece.kind)
            groups.append([piece])
            continue
        wide = not between and piece.lines[0].gap > usual
        if above and _continues(above[-1], piece, between, wide=wide):
            above.append(piece)
        else:
            above = [piece]
            groups.append(above)
        between = []
    return groups


def _usual_gap(pieces: Sequence[Piece]) -> int:
    gaps = Counter(piece.lines[0].gap for piece in pieces if piece.kind is Kind.BODY)
    return gaps.most_common(1)[0][0] if gaps else 0


def _continues(before: Piece, after: Piece, between: Sequence[Kind], *, wide: bool) -> bool:
    if forms.is_closed(end_of(before)) or not PASSED.issuperset(between):
        return False
    prior = NEXT + (OVER_HEADING if Kind.HEADING in between else 0.0) + (OVER_GAP if wide else 0.0)
    return prior + fit(end_of(before), start_of(after)) >= ENOUGH
