"""Put the pieces of an article into reading order: displaced columns are moved back.

A column ends where a sentence is left open, or before a piece that begins within one; where some
end has not surely found its continuation, it may end under any paragraph. A column is moved only
where all joints that this changes are, taken together, much the better for it. Evidence for another
order that is not enough for a move is returned as features of the joints that it parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log1p

from indexer.model import Kind
from indexer.reading.column_moves import Move, find_moves
from indexer.reading.column_scores import (
    COLUMN_WEIGHTS,
    RUNNING_KINDS,
    Column,
    ColumnScores,
    begins_within,
    end_of,
    is_left_open,
    start_of,
)
from indexer.reading.continuation import Features, continuation_score
from indexer.reading.heads import Piece
from indexer.reading.profile import PageProfile

MAX_COLUMNS_TO_MOVE = 80
"""Columns of an article above which none is moved: no printed page has as many."""

MAX_PIECES = 80
"""Pieces of an article above which columns are not looked for between whole paragraphs."""

MAX_WEAK_JOINTS, MAX_MOVES = 10, 4
"""Joints that do not hold well above which no order is looked for, and columns that are moved: the
articles of the five pages have three such joints at most and one column out of place."""


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """The numbers of pieces in reading order, and how doubtful it is that some follow."""

    numbers: list[int]
    doubts: dict[int, Features]  # for and against what precedes a piece


def find_reading_order(
    pieces: Sequence[Piece], profile: PageProfile, page: str = "", *, moves: int = MAX_MOVES
) -> ReadingOrder:
    """Return the numbers of the pieces in the order in which they were meant to be read.

    At most so many columns are moved; evidence for further moves is returned as doubts.
    """
    head, columns = _part_head(pieces, list(_split_columns(pieces, profile, page)))
    doubts: dict[int, Features] = {}
    if 1 < len(columns) <= MAX_COLUMNS_TO_MOVE:
        columns, doubts = _settle(columns, ColumnScores(pieces, profile, page), moves)
    return ReadingOrder([*head, *(number for column in columns for number in column)], doubts)


def _settle(
    columns: list[Column], scores: ColumnScores, most: int
) -> tuple[list[Column], dict[int, Features]]:
    """Move columns as long as that is better."""
    if _count_weak(columns, scores) > MAX_WEAK_JOINTS:
        return columns, {}
    moves, moved = _best_first(columns, scores), 0.0
    for _ in range(most):
        if not moves or moves[0].gain <= COLUMN_WEIGHTS["enough for a move"]:
            break
        columns = moves[0].made(columns)
        moves = _best_first(columns, scores)
        moved = 1.0
    doubts = _doubts(columns, moves, scores)
    return columns, {number: {**one, "moved": moved} for number, one in doubts.items()}


def _count_weak(columns: Sequence[Column], scores: ColumnScores) -> int:
    return sum(scores.is_weak(before, after) for before, after in pairwise(columns))


def _best_first(columns: Sequence[Column], scores: ColumnScores) -> list[Move]:
    return sorted(find_moves(columns, scores), key=lambda move: -move.gain)


def _doubts(
    columns: Sequence[Column], moves: Sequence[Move], scores: ColumnScores
) -> dict[int, Features]:
    """Return for each joint the evidence for other ones: a move that parts it, halves that fit."""
    against = [0.0] * (len(columns) + 1)
    for move in moves:
        for position in move.parted:
            against[position] = max(
                against[position], exp(min(move.gain, COLUMN_WEIGHTS["enough for a move"]))
            )
    doubts: dict[int, Features] = {}
    for position, (before, column) in enumerate(pairwise(columns), 1):
        weak = scores.is_open(before) and scores.is_weak(before, column)
        doubt: Features = {
            "parted": log1p(against[position]),
            "rival": _rival(columns, scores, before, column) if weak else 0.0,
            "nearness": scores.nearness(before, column),
        }
        doubts.update(dict.fromkeys(column, doubt))
    return doubts


def _rival(columns: Sequence[Column], scores: ColumnScores, before: Column, after: Column) -> float:
    """Return how well the best of the other columns continues with just this open end."""
    others = (one for one in columns if one is not before and one is not after)
    return max((0.0, *(scores.bond(before, one) for one in others)))


def _part_head(pieces: Sequence[Piece], columns: list[Column]) -> tuple[Column, list[Column]]:
    """Part the head of an article from its first column, which may not be the first."""
    position = next((n for n, one in enumerate(columns[0]) if pieces[one].kind in RUNNING_KINDS), 0)
    return columns[0][:position], [columns[0][position:], *columns[1:]]


def _split_columns(pieces: Sequence[Piece], profile: PageProfile, page: str) -> Iterator[Column]:
    """Cut the pieces where a column can end: anywhere, if some end has not found its other half."""
    anywhere = _seeks(pieces, page)
    column: list[int] = []
    running = open_above = False
    for number, piece in enumerate(pieces):
        if piece.kind in RUNNING_KINDS:
            begins = anywhere or piece.kind is Kind.HEADING or begins_within(piece, profile)
            if (begins or open_above) and running:
                yield tuple(column)
                column = []
            running, open_above = True, is_left_open(piece)
        column.append(number)
    yield tuple(column)


def _seeks(pieces: Sequence[Piece], page: str) -> bool:
    """Return whether some open end has not surely found its other half below it."""
    running = [piece for piece in pieces if piece.kind in RUNNING_KINDS]
    if len(running) > MAX_PIECES:
        return False
    for piece, after in zip(running, [*running[1:], None], strict=False):
        if is_left_open(piece) and not _continues(piece, after, page):
            return True
    return False


def _continues(piece: Piece, after: Piece | None, page: str) -> bool:
    """Return whether an open end surely continues in the next piece."""
    if after is None or after.kind is not Kind.BODY:
        return False
    return continuation_score(end_of(piece), start_of(after), page) >= COLUMN_WEIGHTS["settled"]
