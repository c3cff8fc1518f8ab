"""Find the moves of columns that would improve the reading order of an article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.reading.column_scores import COLUMN_WEIGHTS, Column, ColumnScores

MAX_MOVE_PIECES = 16
"""How many pieces far a column is moved."""

MAX_MOVED_PIECES = 8
"""How many pieces a displaced column may hold."""

MIN_GAIN = -6.0
"""Log-odds below which a move is not tried."""

MAX_LOST = 10.0
"""Log-odds of three joints above which no move is tried: what parts them gains seldom."""


@dataclass(frozen=True, slots=True)
class Move:
    """Columns `first` to `last` set before column `position`, and what the joints gain by it."""

    first: int
    last: int
    position: int
    gain: float

    @property
    def parted(self) -> tuple[int, int, int]:
        """The joints that it parts, each by the column after it."""
        return self.first, self.last + 1, self.position

    def made(self, columns: Sequence[Column]) -> list[Column]:
        """Return the columns in their new order."""
        moved = list(columns[self.first : self.last + 1])
        rest = [*columns[: self.first], *columns[self.last + 1 :]]
        position = self.position - (len(moved) if self.position > self.last else 0)
        return [*rest[:position], *moved, *rest[position:]]


def find_moves(columns: Sequence[Column], scores: ColumnScores) -> Iterator[Move]:
    """Yield the moves that are tried: they part a joint that does not hold well."""
    ends: list[Column | None] = [None, *columns, None]
    now = [scores.weight(before, after) for before, after in pairwise(ends)]
    weak = [scores.is_weak(before, after) for before, after in pairwise(ends)]
    opens = [scores.is_open(column) for column in columns]
    for first, last, position in _positions(len(columns), weak):
        lost = now[first] + now[last + 1] + now[position]
        if lost <= MAX_LOST:
            new = sum(scores.weight(*joint) for joint in _joints(ends, first, last, position))
            gain = (
                new
                - lost
                - COLUMN_WEIGHTS["move"]
                - COLUMN_WEIGHTS["move across"] * _breaks(opens, first, last, position)
            )
            if gain > MIN_GAIN:
                yield Move(first, last, position, gain)


def _joints(
    ends: Sequence[Column | None], first: int, last: int, position: int
) -> tuple[tuple[Column | None, Column | None], ...]:
    """Return the three joints that a move makes; `ends` has `None` before and after all."""
    return (
        (ends[first], ends[last + 2]),
        (ends[position], ends[first + 1]),
        (ends[last + 1], ends[position + 1]),
    )


def _positions(count: int, weak: Sequence[bool]) -> Iterator[tuple[int, int, int]]:
    """Yield what could be moved and where to, if it parts a weak joint."""
    for first in range(count):
        for last in range(first, min(first + MAX_MOVED_PIECES, count)):
            wanted = weak[first] or weak[last + 1]
            for position in range(
                max(0, first - MAX_MOVE_PIECES), min(count, last + MAX_MOVE_PIECES) + 1
            ):
                if (wanted or weak[position]) and _passed(first, last, position) > 0:
                    yield first, last, position


def _passed(first: int, last: int, position: int) -> int:
    """Count the columns that a move passes."""
    return first - position if position < first else position - last - 1


def _breaks(opens: Sequence[bool], first: int, last: int, position: int) -> int:
    """Count the columns that end within a sentence within what a move moves and what it passes."""
    start, end = (position, first) if position < first else (last + 1, position)
    return sum(opens[first:last]) + sum(opens[start : end - 1])
