"""Find neighbouring columns of printed lines that have changed places, and put them back.

Where a column ends in a full line and a displaced one follows, form shows nothing. Two columns that
changed places leave three wrong joints, and three others would be better. All pairs of columns are
scored with the network; for the best of them all evidence of their joints is computed. A softmax
over these and no swap gives probabilities, and a swap that is sure is undone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.model import Kind
from indexer.reading import patterns
from indexer.reading.column_scores import COLUMN_END_CHARS, RUNNING_KINDS
from indexer.reading.continuation import bounded_continuation_score, start_weight
from indexer.reading.fitted_weights import weights
from indexer.reading.heads import Piece
from indexer.reading.lines import Line
from indexer.reading.network_score import network_matrix
from indexer.reading.profile import PageProfile

SWAP_WEIGHTS = weights("column swaps")

MAX_SEARCHED_LINES = 400
"""Printed lines of an article above which it is not searched for displaced columns."""

MIN_COLUMN_LINES, MAX_COLUMN_LINES = 3, 40
"""Printed lines of a column that changes places with the next."""

SHORT_COLUMN_LINES = 7
"""Printed lines below which a column is short."""

SHORTLIST_SWAPS = 16
"""Swaps for which all evidence of their joints is computed."""

MAX_SWAPS = 4
"""Swaps that are undone in an article."""

T = TypeVar("T")
Matrix = NDArray[np.floating]
Swaps = NDArray[np.intp]
"""A row for each swap: the rows at which its columns begin, and at which the second ends."""


@dataclass(frozen=True, slots=True)
class Row:
    """A printed line of running text, or a heading, with the text of its piece around it."""

    piece: int
    start: int  # in the text of the piece
    end: int
    before: str  # the text up to its end
    after: str  # the text from its start
    heading: bool = False
    begins: bool = False  # a paragraph, by its form
    closed: bool = False  # it ends with its sentence
    apart: bool = False  # something separates it from the line above within its paragraph


@dataclass(frozen=True, slots=True)
class Swap:
    """Rows `first` to `middle` - 1 and `middle` to `last` - 1, which changed places."""

    first: int
    middle: int
    last: int

    def undone(self, rows: Sequence[T]) -> list[T]:
        """Return the rows in their former order."""
        return [
            *rows[: self.first],
            *rows[self.middle : self.last],
            *rows[self.first : self.middle],
            *rows[self.last :],
        ]

    @property
    def restored(self) -> tuple[int, int, int]:
        """The joints that undoing it restores, each by the row after it."""
        return self.first, self.first + self.last - self.middle, self.last


def put_columns_back(
    pieces: Sequence[Piece], profile: PageProfile, page: str
) -> tuple[list[Piece], frozenset[int]]:
    """Return the pieces of an article with displaced columns of printed lines put back.

    Pieces are cut where a column ends within them. The numbers of the pieces that surely continue
    the one above are returned beside them.
    """
    rows = list(split_rows(pieces, profile)) if profile.is_broken else []
    moved: set[tuple[Row, Row]] = set()
    searched = 2 * MIN_COLUMN_LINES < len(rows) <= MAX_SEARCHED_LINES
    for _ in range(MAX_SWAPS if searched else 0):
        swaps, features = likely_swaps(rows, profile, page)
        shares = swap_probabilities(_weigh(features))
        if shares.max(initial=0.0) < SWAP_WEIGHTS["sure"]:
            break
        swap = swaps[int(shares.argmax())]
        rows = swap.undone(rows)
        moved |= {(rows[at - 1], rows[at]) for at in swap.restored if 0 < at < len(rows)}
    return _assemble(pieces, rows, moved) if moved else (list(pieces), frozenset())


# ---------------------------------------------------------------- rows


def split_rows(pieces: Sequence[Piece], profile: PageProfile) -> Iterator[Row]:
    """Yield the printed lines of running text, and the headings among them."""
    for number, piece in enumerate(pieces):
        if piece.kind in RUNNING_KINDS:
            passed = number > 0 and pieces[number - 1].kind not in RUNNING_KINDS
            yield from _piece_rows(number, piece, profile, passed=passed)


def _piece_rows(number: int, piece: Piece, profile: PageProfile, *, passed: bool) -> Iterator[Row]:
    line = piece.lines[0]
    text = "".join(one.text for one in piece.lines)
    heading = piece.kind is Kind.HEADING
    whole = heading or len(piece.lines) > 1 or bool(line.separator)
    ends = [len(text)] if whole else [*_line_ends(line), len(text)]
    begins = not profile.indents_paragraphs or line.indent > 0
    apart = passed or (line.gap > profile.line_gap and not (begins or heading))
    start = 0
    for end in ends:
        before = text[max(0, end - COLUMN_END_CHARS) : end]
        after = text[start : start + COLUMN_END_CHARS]
        closed = heading or patterns.is_closed(before)
        yield Row(
            number,
            start,
            end,
            before,
            after,
            heading=heading,
            begins=begins and start == 0,
            closed=closed,
            apart=apart and start == 0,
        )
        start = end


def _line_ends(line: Line) -> Iterator[int]:
    """Yield the offsets in a line's text at which its printed lines end, without the last."""
    printed = 0
    for span in line.spans[:-1]:
        printed += span.end - span.start
        yield printed if line.offsets is None else bisect_left(line.offsets, printed)


# ---------------------------------------------------------------- pieces


def _assemble(
    pieces: Sequence[Piece], rows: Sequence[Row], moved: set[tuple[Row, Row]]
) -> tuple[list[Piece], frozenset[int]]:
    """Set pieces of rows that stay together; what separates pieces follows the row above it."""
    tails = _tails(pieces)
    found = list(tails.get(-1, ()))
    continued = set[int]()
    above: Row | None = None
    for group in _groups(rows):
        row, last = group[0], group[-1]
        if above and (above, row) in moved and not (row.begins or row.heading or above.closed):
            continued.add(len(found))
        piece = pieces[row.piece]
        whole = row.start == 0 and last.end == len(piece.lines[0].text)
        cut = piece.lines[0].cut(row.start, last.end)
        found.append(piece if whole or len(piece.lines) > 1 else Piece(piece.kind, (cut,)))
        above = last
        if above.end >= len(piece.lines[0].text):
            found += tails.get(above.piece, ())
    return found, frozenset(continued)


def _tails(pieces: Sequence[Piece]) -> dict[int, list[Piece]]:
    """Return what is printed after each piece of running text, by its number; -1 for the first."""
    tails: dict[int, list[Piece]] = {}
    last = -1
    for number, piece in enumerate(pieces):
        if piece.kind in RUNNING_KINDS:
            last = number
        else:
            tails.setdefault(last, []).append(piece)
    return tails


def _groups(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield the rows that are one piece still."""
    group: list[Row] = []
    for row in rows:
        if group and not (group[-1].piece == row.piece and group[-1].end == row.start):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


# ---------------------------------------------------------------- probabilities


def swap_probabilities(log_odds: Matrix) -> Matrix:
    """Return the probability of each swap; what is left of 1 is for none."""
    odds = np.exp(np.minimum(log_odds, 50.0))
    return np.asarray(odds / (1.0 + odds.sum()))


def likely_swaps(
    rows: Sequence[Row], profile: PageProfile, page: str
) -> tuple[list[Swap], dict[str, Matrix]]:
    """Return the swaps that score best with the network, and all their features."""
    joints, apart = _joint_features(rows, profile), _apart(rows)
    swaps = _shortlist(_weigh(joints).astype(np.float32), apart)
    _score_joints(joints["continues"], swaps, rows, page)
    features = _shape(swaps, apart) | {n: _gain(one, swaps) for n, one in joints.items()}
    return [Swap(*map(int, swap)) for swap in swaps], features


def _weigh(features: Mapping[str, Matrix]) -> Matrix:
    """Return the sum of features by their weights."""
    return np.asarray(sum(SWAP_WEIGHTS[name] * one for name, one in features.items()))


def _apart(rows: Sequence[Row]) -> Matrix:
    """Return for each position of an article, its beginning and end included, if it is a break."""
    return np.array([0, *(row.apart for row in rows[1:]), 0], np.float32)


def _shortlist(joints: Matrix, apart: Matrix) -> Swaps:
    """Return the swaps of the greatest gain by the weights of joints.

    A gain is the sum of what the pairs of positions weigh that a swap joins, less what was joined.
    """
    count = len(joints) - 1
    positions, sizes = np.arange(count + 1), np.arange(MIN_COLUMN_LINES, MAX_COLUMN_LINES + 1)
    short = np.float32(SWAP_WEIGHTS["short column"]) * (
        positions - positions[:, None] < SHORT_COLUMN_LINES
    )
    node = SWAP_WEIGHTS["apart"] * apart - joints.diagonal()
    node[[0, count]] += SWAP_WEIGHTS["end of the article"]
    first = positions[:count, None, None]
    middle = first + sizes[:, None]
    last = middle + sizes
    fits = last <= count
    middle, last = np.minimum(middle, count), np.minimum(last, count)
    joined = joints + short + node  # with what its second position weighs
    gains = (joined[first, middle] + node[first]) + joined[middle, last] + joints[last, first]
    gains[~fits] = -np.inf
    best = np.argpartition(gains, -SHORTLIST_SWAPS, axis=None)[-SHORTLIST_SWAPS:]
    best = best[fits.ravel()[best]]
    at, one, two = np.unravel_index(best, gains.shape)
    return np.stack([at, at + sizes[one], at + sizes[one] + sizes[two]], axis=1)


def _shape(swaps: Swaps, apart: Matrix) -> dict[str, Matrix]:
    """Return the features of swaps that are no features of their joints."""
    first, middle, last = swaps.T
    short = SHORT_COLUMN_LINES
    return {
        "bias": np.ones(len(swaps)),
        "apart": apart[swaps].sum(1),
        "end of the article": (first == 0) * 1.0 + (last == len(apart) - 1),
        "short column": (middle - first < short) * 1.0 + (last - middle < short),
    }


def _gain(joints: Matrix, swaps: Swaps) -> Matrix:
    """Return what the joints that swaps restore have more than those that they part."""
    first, middle, last = swaps.T
    then = joints[first, middle] + joints[last, first] + joints[middle, last]
    return np.asarray(then - joints[swaps, swaps].sum(1))


def _joint_features(rows: Sequence[Row], profile: PageProfile) -> dict[str, Matrix]:
    """Return the features of every joint, whether texts continue by the network alone.

    The rows of a matrix are those of the article after its beginning, the columns those before its
    end: element [a, b] is for a joint of row a - 1 with row b.
    """
    heading, closed, begins = (
        np.array([getattr(row, name) for row in rows], bool)
        for name in ("heading", "closed", "begins")
    )
    above, full = heading[:, None], closed[:, None]
    text = ~above & ~heading
    indented = begins & profile.indents_paragraphs
    continues, within = text & ~full & ~indented, text & full & ~begins
    starts = np.clip([start_weight(row.after) for row in rows], -2, 2)
    odds = network_matrix([row.before for row in rows], [row.after for row in rows])
    found = {
        "continues": continues * odds,
        "open and begins": continues & begins,
        "open and indented": text & ~full & indented,
        "open above heading": heading & ~full,
        "closed and begins": text & full & begins,
        "closed and within": within,
        "begins within": within * starts,
        "within below heading": above & ~heading & ~begins,
    }
    return {name: np.pad(one * 1.0, ((1, 0), (0, 1))) for name, one in found.items()}


def _score_joints(continues: Matrix, swaps: Swaps, rows: Sequence[Row], page: str) -> None:
    """Compute all evidence of the joints that some swaps restore or part."""
    joints = {(at, at) for swap in swaps.tolist() for at in swap}
    for first, middle, last in swaps.tolist():
        joints |= {(first, middle), (last, first), (middle, last)}
    for before, after in joints:
        if continues[before, after]:
            ends = rows[before - 1].before, rows[after].after
            continues[before, after] = bounded_continuation_score(*ends, page)
