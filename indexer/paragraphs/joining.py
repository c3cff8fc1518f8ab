"""Pieces of an article in, its paragraphs out: what the print cut is joined, in reading order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import inf

from indexer.articles import Piece, forms
from indexer.articles.joints import fit
from indexer.model import Kind
from indexer.paragraphs.columns import end_of, reading_order, start_of

NEXT = 2.5
"""Log-odds that the next piece continues an open one before any evidence: 22 of 26 on the five
pages, less where nothing else is known."""

ENOUGH = 0.5
"""Log-odds from which halves are joined."""

DOUBT = 1.0
LONGEST_DOUBT = 60
"""Log-odds below which a piece may give way to the next, and the characters it may have."""

OVER_HEADING = -3.0
"""Log-odds for halves with a heading between them."""

OVER_GAP = -3.0
"""Log-odds for halves that a wider gap than usual parts, without a caption that explains it: none
of the 24 cut paragraphs of the five pages."""

PASSED = frozenset({Kind.CAPTION, Kind.CREDIT, Kind.FURNITURE, Kind.HEADING})
"""What may stand between the halves of a paragraph."""


def join_pieces(pieces: Sequence[Piece], page: str = "") -> list[list[Piece]]:
    """Group the pieces of an article into blocks, in reading order; only bodies are joined."""
    groups: list[list[Piece]] = []
    above: list[Piece] | None = None  # the paragraph that may go on
    between: list[Kind] = []  # what stood in its way
    usual = _usual_gap(pieces)
    order = reading_order(pieces, page)
    for place, number in enumerate(order):
        piece = pieces[number]
        if piece.kind is not Kind.BODY:
            between.append(piece.kind)
            groups.append([piece])
            continue
        prior = NEXT + _hindrance(between, wide=not between and piece.lines[0].gap > usual)
        if usual == 0 and above and _may_be_caption(piece):
            prior += _rivalry(above[-1], piece, _next_body(pieces, order[place + 1 :]), page)
        if above and _continues(above[-1], piece, page, prior):
            above.append(piece)
        else:
            above = [piece]
            groups.append(above)
        between = []
    return groups


def _usual_gap(pieces: Sequence[Piece]) -> int:
    gaps = Counter(piece.lines[0].gap for piece in pieces if piece.kind is Kind.BODY)
    return gaps.most_common(1)[0][0] if gaps else 0


def _hindrance(between: Sequence[Kind], *, wide: bool) -> float:
    """Weigh what stands between two pieces."""
    if not PASSED.issuperset(between):
        return -inf
    return (OVER_HEADING if Kind.HEADING in between else 0.0) + (OVER_GAP if wide else 0.0)


def _may_be_caption(piece: Piece) -> bool:
    text = piece.lines[0].text
    return len(text) <= LONGEST_DOUBT and forms.sentences(text) == 1


def _next_body(pieces: Sequence[Piece], order: Sequence[int]) -> Piece | None:
    return next((pieces[number] for number in order if pieces[number].kind is Kind.BODY), None)


def _rivalry(before: Piece, after: Piece, rival: Piece | None, page: str) -> float:
    """Forbid a join without a word across it where the piece behind fits as well.

    On a page without blank lines a single sentence between two halves can be a caption.
    """
    if rival is None or not before.lines or forms.is_closed(end_of(before)):
        return 0.0
    weight = fit(end_of(before), start_of(after), page)
    doubtful = weight < DOUBT and fit(end_of(before), start_of(rival), page) >= weight
    return -inf if doubtful else 0.0


def _continues(before: Piece, after: Piece, page: str, prior: float) -> bool:
    if forms.is_closed(end_of(before)):
        return False
    return prior + fit(end_of(before), start_of(after), page) >= ENOUGH
