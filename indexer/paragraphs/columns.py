"""Pieces of an article in, their numbers in reading order out: displaced columns are put back.

A column ends where a sentence is left open, or before a piece that begins within one. A column is
moved only where all the joints this changes, taken together, are much the better for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import pairwise
from math import log

from indexer.articles import Piece, forms
from indexer.articles.joints import evidence, fit, start_weight, starts_paragraph
from indexer.model import Kind

LOST = -2.5
"""Log-odds of an open sentence whose continuation is not on the page: 2 of 26 on the five pages."""

MOVE, FARTHER = 4.0, 1.5
"""Log-odds that a column must gain to change places with the next, and more for each e-fold of
columns that it passes: among many places some gain by chance."""

WITHIN = 1.5
"""Log-odds from which a piece under a closed one is taken to begin within a sentence."""

FARTHEST = 12
"""How many columns far a column is moved: a newspaper page has up to eight columns of text."""

LONGEST = 3
"""How many open ends a displaced stretch may hold."""

MOST_COLUMNS = 80
"""Columns of an article above which none is moved: no printed page has as many."""

SURE = frozenset({"long word", "word", "small word", "quote", "number", "run of four"})
"""Evidence that no other two ends of a page are likely to give."""

MOST_ENDS, MOST_PIECES = 12, 150
"""Ends that look for their continuation, and the pieces they look through, at most."""

HEADING_FIRST = -1.5
"""Log-odds of a section heading above all text: of the nine articles none begins with one."""

Column = tuple[int, ...]

RUNNING = frozenset({Kind.BODY, Kind.HEADING})


def reading_order(pieces: Sequence[Piece], page: str = "") -> list[int]:
    """Return the numbers of the pieces in the order in which they were meant to be read."""
    columns = list(_split_columns(pieces, _wanted(pieces)))
    if 1 < len(columns) <= MOST_COLUMNS:
        joints = _Joints(pieces, page)
        while move := _best_move(columns, joints):
            columns = _moved(columns, move)
    return [number for column in columns for number in column]


def _split_columns(pieces: Sequence[Piece], wanted: Collection[int]) -> Iterator[Column]:
    """Cut the pieces where a column can end."""
    column: list[int] = []
    open_above = False
    for number, piece in enumerate(pieces):
        if piece.kind in RUNNING:
            begins = piece.kind is Kind.HEADING or number in wanted or _begins_within(piece)
            if (begins or open_above) and any(pieces[one].kind in RUNNING for one in column):
                yield tuple(column)
                column = []
            open_above = piece.kind is Kind.BODY and not forms.is_closed(end_of(piece))
        column.append(number)
    yield tuple(column)


def _wanted(pieces: Sequence[Piece]) -> set[int]:
    """Find pieces that complete the last word of an open end above a heading or the page's end."""
    running = [number for number, piece in enumerate(pieces) if piece.kind in RUNNING]
    ends = [
        end_of(pieces[number])
        for place, number in enumerate(running)
        if _is_left_open(pieces[number])
        and (place + 1 == len(running) or pieces[running[place + 1]].kind is Kind.HEADING)
    ]
    if len(ends) > MOST_ENDS or len(running) > MOST_PIECES:
        return set()
    bodies = [number for number in running if pieces[number].kind is Kind.BODY]
    return {
        number for number in bodies for end in ends if _completes(end, start_of(pieces[number]))
    }


def _is_left_open(piece: Piece) -> bool:
    return piece.kind is Kind.BODY and not forms.is_closed(end_of(piece))


def _completes(end: str, start: str) -> bool:
    return not starts_paragraph(start) and bool({"word", "long word"} & set(evidence(end, start)))


def _begins_within(piece: Piece) -> bool:
    return start_weight(start_of(piece)) >= WITHIN


class _Joints:
    """What the joints between columns weigh; each is weighed once."""

    def __init__(self, pieces: Sequence[Piece], page: str) -> None:
        self.pieces = pieces
        self.page = page
        self.weight = cache(self._weigh)

    def _weigh(self, before: Column | None, after: Column | None) -> float:
        end = self._last(before) if before else None
        start = self._first(after) if after else None
        is_open = end is not None and not forms.is_closed(end_of(end))
        if start is None or start.kind is not Kind.BODY:
            first = HEADING_FIRST if before is None else 0.0
            return LOST if is_open else first
        if end is not None and is_open:
            return max(LOST, fit(end_of(end), start_of(start), self.page))
        return -start_weight(start_of(start))

    def sure(self, before: Column | None, after: Column | None) -> bool:
        """Tell whether the two ends themselves, not only how the second begins, say they belong."""
        end = self._last(before) if before else None
        start = self._first(after) if after else None
        if end is None or start is None or forms.is_closed(end_of(end)):
            return False
        return not SURE.isdisjoint(evidence(end_of(end), start_of(start), self.page))

    def _last(self, column: Column) -> Piece | None:
        bodies = [one for one in column if self.pieces[one].kind in RUNNING]
        piece = self.pieces[bodies[-1]] if bodies else None
        return piece if piece and piece.kind is Kind.BODY else None

    def _first(self, column: Column) -> Piece | None:
        return next((self.pieces[one] for one in column if self.pieces[one].kind in RUNNING), None)


def _best_move(columns: Sequence[Column], joints: _Joints) -> tuple[int, int, int] | None:
    """Return the columns to move, from and to, and before which; `None` if nothing is gained."""
    best, most = None, 0.0
    ends: list[Column | None] = [None, *columns, None]
    now = [joints.weight(before, after) for before, after in pairwise(ends)]
    for first in range(len(columns)):
        for last in range(first, min(first + LONGEST, len(columns))):
            for place, cost in _places(columns, first, last):
                lost = now[first] + now[last + 1] + now[place]
                if lost > BEST_JOINTS:
                    continue
                new = (
                    (ends[first], ends[last + 2]),
                    (ends[place], ends[first + 1]),
                    (ends[last + 1], ends[place + 1]),
                )
                gain = sum(joints.weight(*joint) for joint in new) - lost - cost
                if gain > most and any(joints.sure(*joint) for joint in new):
                    best, most = (first, last, place), gain
    return best


BEST_JOINTS = 4.0
"""Log-odds of three joints above which no move is tried: a joint is seldom above three."""


def _places(columns: Sequence[Column], first: int, last: int) -> Iterator[tuple[int, float]]:
    """Yield the places to which columns can be moved, with what the move must gain."""
    for place in range(max(0, first - FARTHEST), min(len(columns), last + FARTHEST) + 1):
        passed = first - place if place < first else place - last - 1
        if passed > 0:
            yield place, MOVE + FARTHER * log(passed)


def _moved(columns: Sequence[Column], move: tuple[int, int, int]) -> list[Column]:
    first, last, place = move
    moved, rest = list(columns[first : last + 1]), [*columns[:first], *columns[last + 1 :]]
    place -= len(moved) if place > last else 0
    return [*rest[:place], *moved, *rest[place:]]


def end_of(piece: Piece) -> str:
    """Return the last characters of a piece."""
    return piece.lines[-1].text[-80:]


def start_of(piece: Piece) -> str:
    """Return the first characters of a piece."""
    return piece.lines[0].text[:80]
