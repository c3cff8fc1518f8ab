"""Find neighbouring columns of printed lines that have changed places, with their probability.

Where a column ends in a full line and a displaced one follows, form shows nothing. Two columns that
changed places leave three wrong joints, and three others would be better. Every pair of runs of
printed lines is scored by the network; for the best of them all evidence of a joint is computed.
A softmax over these and no swap gives probabilities: columns are put back where a swap is sure, and
a joint that is probably wrong is cut, so that its text stays as printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.reading.column_scores import RUNNING_KINDS
from indexer.reading.continuation import (
    Features,
    continuation_score,
    start_weight,
    starts_paragraph,
)
from indexer.reading.fitted_weights import score, weights
from indexer.reading.heads import Piece
from indexer.reading.network_score import network_log_odds, network_matrix
from indexer.reading.printed_rows import Row, split_rows
from indexer.reading.profile import PageProfile

SWAP_WEIGHTS, WRONG_WEIGHTS = weights("column swaps"), weights("wrong joints")
JOINT_FORMS = ("continues", "open and begins", "closed and within", "begins within")

MAX_SEARCHED_LINES = 400
"""Printed lines of an article above which it is not searched for displaced columns."""

MIN_COLUMN_LINES, MAX_COLUMN_LINES = 3, 40
"""Printed lines of a column that changes places with the next."""

SHORT_COLUMN_LINES = 7
"""Printed lines below which a column is short."""

SHORTLIST_SWAPS = 48
"""Swaps for which all evidence of their joints is computed."""

MAX_SWAPS = 4
"""Swaps that are undone in an article."""

MIN_CONTINUES, MAX_CONTINUES = -4.0, 6.0
"""Bounds of the log-odds of a joint."""

MIN_SWAP_ODDS = -6.0
"""Log-odds of a swap below which it says nothing against a joint."""

NETWORK_BIAS = 1.0
"""Log-odds that the other evidence of a joint adds on average: only the shortlist depends on it."""

T = TypeVar("T")
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Swap:
    """Rows `first` to `middle` - 1 and `middle` to `last` - 1, which changed places."""

    first: int
    middle: int
    last: int

    @property
    def parted(self) -> tuple[int, int, int]:
        """The joints that it parts, each by the row after it."""
        return self.first, self.middle, self.last

    def undone(self, rows: Sequence[T]) -> list[T]:
        """Return the rows in their former order."""
        return [
            *rows[: self.first],
            *rows[self.middle : self.last],
            *rows[self.first : self.middle],
            *rows[self.last :],
        ]


@dataclass(frozen=True, slots=True)
class OrderedPieces:
    """Pieces in reading order, and the numbers of those whose joint with the one above is sure."""

    pieces: list[Piece]
    continued: frozenset[int]  # that continue the piece above
    parted: frozenset[int]  # that do not


def put_columns_back(
    pieces: Sequence[Piece], profile: PageProfile, page: str, *, cautious: bool = False
) -> OrderedPieces:
    """Return the pieces of an article with displaced columns of printed lines put back.

    Pieces are cut where a column ends within them. A cautious reader moves nothing.
    """
    printed = sum(len(line.spans) for piece in pieces for line in piece.lines)
    if not profile.is_broken or printed > MAX_SEARCHED_LINES:
        return OrderedPieces(list(pieces), frozenset(), frozenset())
    joints = Joints(list(split_rows(pieces, profile)), profile, page)
    moved: set[tuple[Row, Row]] = set()
    for _ in range(0 if cautious else MAX_SWAPS):
        shares = swap_probabilities(joints)
        swap, share = max(shares, key=lambda one: one[1], default=(None, 0.0))
        if swap is None or share < SWAP_WEIGHTS["sure"]:
            break
        rows = swap.undone(joints.rows)
        joints = Joints(rows, profile, page)
        ends = (swap.first, swap.first + swap.last - swap.middle, swap.last)
        moved |= {(rows[at - 1], rows[at]) for at in ends if 0 < at < len(rows)}
    else:
        shares = swap_probabilities(joints)
    return _assemble(pieces, joints.rows, moved, _doubtful(joints, shares))


def _doubtful(joints: Joints, shares: Sequence[tuple[Swap, float]]) -> set[tuple[Row, Row]]:
    """Return the joints that are probably wrong."""
    rows, found = joints.rows, wrong_joint_features(joints, shares)
    enough = WRONG_WEIGHTS["enough"]
    return {
        (rows[at - 1], rows[at])
        for at, features in found.items()
        if score(WRONG_WEIGHTS, features) >= enough
    }


def wrong_joint_features(
    joints: Joints, shares: Sequence[tuple[Swap, float]]
) -> dict[int, Features]:
    """Return the features of each joint within a paragraph, by the number of the row after it."""
    rows, profile = joints.rows, joints.profile
    parted = [0.0] * (len(rows) + 1)
    for swap, share in shares:
        for place in swap.parted:
            parted[place] += share
    found: dict[int, Features] = {}
    for at, row in enumerate(rows[1:], 1):
        form = joints.between(at - 1, at)
        if "continues" in form or "closed and within" in form:
            share = min(parted[at], 0.99)
            odds = max(MIN_SWAP_ODDS, log((share + 1e-9) / (1 - share)))
            names = {name: form[name] for name in JOINT_FORMS if name in form}
            if "closed and within" in form:
                if profile.indents_paragraphs:
                    continue  # the missing indent is certain
                names |= _sentence_features(rows[at - 1], row, profile)
            found[at] = names | {"bias": 1.0, "apart": row.apart, "swap": odds - MIN_SWAP_ODDS}
    return found


def _sentence_features(before: Row, after: Row, profile: PageProfile) -> Features:
    """Return the features of a full line that ends with its sentence, where a paragraph may end."""
    usual = profile.paragraph_chars
    length = log(max(after.start, 10) / usual) if usual and after.start else 0.0
    return {
        "length": length,
        "starter": starts_paragraph(after.after),
        "sentence": network_log_odds(before.before, after.after),
    }


# ---------------------------------------------------------------- pieces


def _assemble(
    pieces: Sequence[Piece],
    rows: Sequence[Row],
    moved: set[tuple[Row, Row]],
    doubtful: set[tuple[Row, Row]],
) -> OrderedPieces:
    """Set pieces of rows that stay together; what separates pieces follows the row above it."""
    tails = _tails(pieces)
    found = list(tails.get(-1, ()))
    continued, parted = set[int](), set[int]()
    above: Row | None = None
    for group in _groups(rows, doubtful):
        joint = (above, group[0])
        if joint in doubtful:
            parted.add(len(found))
        elif joint in moved and above and not (group[0].begins or group[0].heading or above.closed):
            continued.add(len(found))
        piece = pieces[group[0].piece]
        whole = group[0].start == 0 and group[-1].end == len(piece.lines[0].text)
        cut = piece.lines[0].cut(group[0].start, group[-1].end)
        found.append(piece if whole or len(piece.lines) > 1 else Piece(piece.kind, (cut,)))
        above = group[-1]
        if above.end >= len(piece.lines[0].text):
            found += tails.get(above.piece, ())
    return OrderedPieces(found, frozenset(continued), frozenset(parted))


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


def _groups(rows: Sequence[Row], doubtful: set[tuple[Row, Row]]) -> Iterator[list[Row]]:
    """Yield the rows that are one piece still."""
    group: list[Row] = []
    for row in rows:
        together = group and group[-1].piece == row.piece and group[-1].end == row.start
        if group and not (together and (group[-1], row) not in doubtful):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


# ---------------------------------------------------------------- probabilities


def swap_probabilities(joints: Joints) -> list[tuple[Swap, float]]:
    """Return the likeliest swaps with their probabilities; what is left of 1 is for none."""
    swaps = [(swap, score(SWAP_WEIGHTS, found)) for swap, found in likely_swaps(joints)]
    odds = [exp(min(one, 50.0)) for _, one in swaps]
    total = 1.0 + sum(odds)
    return [(swap, one / total) for (swap, _), one in zip(swaps, odds, strict=True)]


def likely_swaps(joints: Joints) -> list[tuple[Swap, Features]]:
    """Return the swaps that the network scores best, with all their features."""
    if len(joints.rows) < 2 * MIN_COLUMN_LINES + 1:
        return []
    breaks = [row.apart for row in joints.rows]
    return [(swap, joints.features(swap)) for swap in _shortlist(joints.estimates(), breaks)]


class Joints:
    """The features of the joints between the rows of an article; each is computed once."""

    def __init__(self, rows: Sequence[Row], profile: PageProfile, page: str) -> None:
        self.rows, self.profile, self.page = rows, profile, page
        self._known: dict[tuple[int, int], Features] = {}

    def features(self, swap: Swap) -> Features:
        """Return the features of the joints that a swap restores, less those that it parts."""
        first, middle, last = swap.first, swap.middle, swap.last
        inner = [place for place in swap.parted if 0 < place < len(self.rows)]
        found: Features = {
            "bias": 1.0,
            "apart": sum(self.rows[place].apart for place in inner),
            "end of the article": 3 - len(inner),
            "short column": (middle - first < SHORT_COLUMN_LINES)
            + (last - middle < SHORT_COLUMN_LINES),
        }
        for sign, before, after in (
            (1, first - 1, middle),
            (1, last - 1, first),
            (1, middle - 1, last),
            (-1, first - 1, first),
            (-1, middle - 1, middle),
            (-1, last - 1, last),
        ):
            for name, value in self.between(before, after).items():
                found[name] = found.get(name, 0.0) + sign * value
        return found

    def between(self, before: int, after: int) -> Features:
        """Return the features of a joint of two rows; there are none at the ends of the article."""
        if before < 0 or after >= len(self.rows):
            return {}
        known = self._known.get((before, after))
        if known is None:
            known = self._known[before, after] = self._compute(self.rows[before], self.rows[after])
        return known

    def _compute(self, before: Row, after: Row) -> Features:
        found = joint_form(before, after, indented=self.profile.indents_paragraphs)
        if "continues" in found:
            odds = continuation_score(before.before, after.after, self.page)
            found["continues"] = max(MIN_CONTINUES, min(MAX_CONTINUES, odds))
        return found

    def estimates(self) -> Scores:
        """Return the weight of every joint, its continuation estimated by the network.

        The first and the last row and column are for the ends of the article.
        """
        rows, weight = self.rows, SWAP_WEIGHTS
        odds = network_matrix([row.before for row in rows], [row.after for row in rows])
        odds = np.clip(odds + NETWORK_BIAS, MIN_CONTINUES, MAX_CONTINUES)
        starts = np.array([start_weight(row.after) for row in rows]).clip(-2, 2)
        begins = np.array([row.begins for row in rows])
        closed = np.array([[row.closed] for row in rows])
        within = weight["closed and within"] + weight["begins within"] * starts
        joints = np.where(begins, weight["open and begins"], 0.0) + weight["continues"] * odds
        if self.profile.indents_paragraphs:
            joints = np.where(begins, weight["open and indented"], joints)
        joints = np.where(closed, np.where(begins, weight["closed and begins"], within), joints)
        below_heading = np.where(begins, 0.0, weight["within below heading"])
        joints = np.where([[row.heading] for row in rows], below_heading, joints)
        above_heading = np.where(closed, 0.0, weight["open above heading"])
        joints = np.where([row.heading for row in rows], above_heading, joints)
        return np.pad(joints, ((1, 0), (0, 1))).astype(np.float32)


def joint_form(before: Row, after: Row, *, indented: bool) -> Features:
    """Return the features of a joint by the form of its rows; `continues` is yet to be computed."""
    if after.heading:
        return {} if before.closed else {"open above heading": 1.0}
    if before.heading:
        return {} if after.begins else {"within below heading": 1.0}
    if before.closed:
        if after.begins:
            return {"closed and begins": 1.0}
        begins = max(-2.0, min(2.0, start_weight(after.after)))
        return {"closed and within": 1.0, "begins within": begins}
    if after.begins and indented:
        return {"open and indented": 1.0}
    return {"continues": 0.0} | ({"open and begins": 1.0} if after.begins else {})


def _shortlist(joints: Scores, apart: Sequence[bool]) -> list[Swap]:
    """Return the swaps of the greatest gain by the estimated weights of joints."""
    ends = SWAP_WEIGHTS["end of the article"]
    breaks = np.array([ends, *(SWAP_WEIGHTS["apart"] * one for one in apart[1:]), ends])
    count = len(joints) - 1
    sizes = np.arange(MIN_COLUMN_LINES, MAX_COLUMN_LINES + 1)
    first, one, two = np.meshgrid(np.arange(count), sizes, sizes, indexing="ij")
    middle = first + one
    last = middle + two
    fits = last <= count
    first, middle, last = first[fits], middle[fits], last[fits]
    now = joints[first, first] + joints[middle, middle] + joints[last, last]
    then = joints[first, middle] + joints[last, first] + joints[middle, last]
    gains = then - now + breaks[first] + breaks[middle] + breaks[last]
    gains += SWAP_WEIGHTS["short column"] * (middle - first < SHORT_COLUMN_LINES)
    gains += SWAP_WEIGHTS["short column"] * (last - middle < SHORT_COLUMN_LINES)
    best = np.argsort(-gains, kind="stable")[:SHORTLIST_SWAPS]
    return [Swap(int(first[n]), int(middle[n]), int(last[n])) for n in best]
