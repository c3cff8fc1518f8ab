"""Score how well one column of an article continues another; each pair is scored once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from indexer.model import Kind
from indexer.reading import patterns
from indexer.reading.continuation import continuation_features, start_weight
from indexer.reading.fitted_weights import score, weights
from indexer.reading.heads import Piece
from indexer.reading.profile import PageProfile
from indexer.reading.topics import Topics

COLUMN_END_CHARS = 120
"""Characters of a piece that are asked on each side of a joint."""

COLUMN_WEIGHTS, CONTINUATION_WEIGHTS = weights("columns"), weights("continuation")
INDENT_WEIGHTS = weights("indents")

RUNNING_KINDS = frozenset({Kind.BODY, Kind.HEADING})

Column = tuple[int, ...]


def end_of(piece: Piece) -> str:
    """Return the last characters of a piece."""
    return piece.lines[-1].text[-COLUMN_END_CHARS:]


def start_of(piece: Piece) -> str:
    """Return the first characters of a piece."""
    return piece.lines[0].text[:COLUMN_END_CHARS]


def is_left_open(piece: Piece) -> bool:
    """Return whether a piece of text ends within a sentence."""
    return piece.kind is Kind.BODY and not patterns.is_closed(end_of(piece))


def begins_within(piece: Piece, profile: PageProfile) -> bool:
    """Return whether a piece is taken to begin within a paragraph."""
    return start_log_odds(piece, profile) >= COLUMN_WEIGHTS["begins within"]


def start_log_odds(piece: Piece, profile: PageProfile) -> float:
    """Return the log-odds that a piece begins within a paragraph, by its beginning alone."""
    return start_weight(start_of(piece)) + indent_log_odds(piece, profile)


def indent_log_odds(piece: Piece, profile: PageProfile) -> float:
    """Return what the indent of a piece adds, where the page indents its paragraphs."""
    if not profile.indents_paragraphs:
        return 0.0
    return INDENT_WEIGHTS["indented" if piece.lines[0].indent > 0 else "flush"]


class ColumnScores:
    """What the joints between the columns of an article weigh."""

    def __init__(self, pieces: Sequence[Piece], profile: PageProfile, page: str) -> None:
        self.pieces = pieces
        self.profile = profile
        self.page = page
        self.topics = Topics(pieces)
        self.left_open = [is_left_open(piece) for piece in pieces]
        self.weight = cache(self._weigh)
        self.last = cache(self._last)
        self.first = cache(self._first)

    def is_open(self, column: Column | None) -> bool:
        """Return whether a column ends within a sentence."""
        last = self.last(column) if column else None
        return last is not None and self.left_open[last]

    def is_weak(self, before: Column | None, after: Column | None) -> bool:
        """Return whether a joint is weak, so that one of the two may belong elsewhere."""
        if self.is_open(before):
            return self.weight(before, after) < COLUMN_WEIGHTS["settled"]
        first = self.first(after) if after else None
        return first is not None and self._is_body(first) and self._begins_within(first)

    def bond(self, before: Column, after: Column) -> float:
        """Weigh a joint by what says that just these two belong together."""
        first = self.first(after)
        own = 0.0 if first is None else self._start_log_odds(first)
        return self.weight(before, after) - own

    def nearness(self, before: Column | None, after: Column | None) -> float:
        """Return how near a column's end and the beginning of another are in what they say."""
        last = self.last(before) if before else None
        first = self.first(after) if after else None
        if last is None or first is None:
            return 0.0
        end, start = end_of(self.pieces[last]), start_of(self.pieces[first])
        return self.topics.nearness(end, start)

    def _weigh(self, before: Column | None, after: Column | None) -> float:
        last = self.last(before) if before else None
        first = self.first(after) if after else None
        opened = last is not None and self.left_open[last]
        if first is None or not self._is_body(first):
            headed = before is None and first is not None and first > 0
            return (
                COLUMN_WEIGHTS["lost end"] if opened else COLUMN_WEIGHTS["heading first"] * headed
            )
        start = start_of(self.pieces[first])
        together = before is not None and after is not None and before[-1] + 1 == after[0]
        kept = COLUMN_WEIGHTS["kept together"] * together
        if last is None or not opened:
            return kept - self._start_log_odds(first)
        features = continuation_features(end_of(self.pieces[last]), start, self.page)
        if "item" in features:  # what leads to a list, and its items, look for nothing else
            return kept
        own = score(CONTINUATION_WEIGHTS, features)
        own += COLUMN_WEIGHTS["nearness"] * self.nearness(before, after)
        own += self._indent_log_odds(first)
        return max(COLUMN_WEIGHTS["lost end"], own)

    def _begins_within(self, number: int) -> bool:
        return self._start_log_odds(number) >= COLUMN_WEIGHTS["begins within"]

    def _start_log_odds(self, number: int) -> float:
        return start_weight(start_of(self.pieces[number])) + self._indent_log_odds(number)

    def _indent_log_odds(self, number: int) -> float:
        """Return what the indent of a piece adds; the first text of an article may be its head."""
        if not any(self._is_body(above) for above in range(number)):
            return 0.0
        return indent_log_odds(self.pieces[number], self.profile)

    def _is_body(self, number: int) -> bool:
        return self.pieces[number].kind is Kind.BODY

    def _last(self, column: Column) -> int | None:
        return next(
            (one for one in reversed(column) if self.pieces[one].kind in RUNNING_KINDS), None
        )

    def _first(self, column: Column) -> int | None:
        return next((one for one in column if self.pieces[one].kind in RUNNING_KINDS), None)
