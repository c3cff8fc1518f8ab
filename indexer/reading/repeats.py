"""Deduplicate the lines of a page: a column may have been read twice.

Long substrings of equal characters show which lines are printed twice. Of two copies the one with
which the lines around it read better is the original; the other keeps its lines, as repeats.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from indexer.reading import patterns
from indexer.reading.continuation import continuation_score, start_weight
from indexer.reading.fitted_weights import weights
from indexer.reading.lines import Line

MIN_REPEAT_CHARS = 60
"""Characters that must be the same: no sentence that is quoted twice is as long."""

GRAM_CHARS = 24
"""Characters of the substrings that are looked up: two fit into the shortest repeat."""

MIN_COVERED_SHARE = 0.9
"""How much of a line must be covered: the rest is what OCR read otherwise."""


MAX_WEIGHED_COPIES = 100
"""Copies that are weighed against their originals; beyond, the first of two is the original. No
printed page has as many."""

COPY_CONTEXT_LINES = 3
"""Lines on each side of a copy that are asked how well it fits."""

PASSED_CAPTION_COST, SEPARATE_PIECE_COST = 0.5, 1.0
"""How much it counts against a joint that it passes a line that may be a caption, and that such a
line is a piece of text. Of two copies that are apart the better one is kept in 92 % of
674 cases on damaged pages; in 87 % with the two counting nothing and a bare by-line as text."""

LOST_END = weights("columns")["lost end"]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A line that repeats another, and the offset of the original in the page."""

    line: Line
    original: int


@dataclass(frozen=True, slots=True)
class Copy:
    """One of two copies: lines `first` to `last`, of those the characters that are copied."""

    first: int
    last: int
    start: int  # in the first line
    end: int  # in the last line

    def parts(self, line: Line, number: int) -> tuple[Line, Line, Line]:
        """Cut a line into what precedes its copied characters, those, and what follows them."""
        start = self.start if number == self.first else 0
        end = self.end if number == self.last else len(line.text)
        return line.cut(0, start), line.cut(start, end), line.cut(end, len(line.text))


@dataclass(slots=True)
class _Overlap:
    """Equal characters of an earlier and a later line."""

    early: int
    early_start: int
    early_end: int
    late: int
    late_start: int
    late_end: int


def split_repeats(
    lines: Sequence[Line], *, printed: bool = False
) -> tuple[list[Line], list[Repeat]]:
    """Part the lines of a page into those that count and those that repeat them.

    `printed` lines repeat others only as whole lines, several together.
    """
    kept: list[list[Line]] = [[line] for line in lines]
    moved: dict[int, int] = {}  # lines that are repeats already, and where their originals are
    repeats: list[Repeat] = []
    chains = _printed_chains(lines) if printed else _chains(lines)
    for count, (early, late) in enumerate(chains):
        better = count < MAX_WEIGHED_COPIES and early.first not in moved
        better = better and position_log_odds(lines, late) > position_log_odds(lines, early)
        copy, original = (early, late) if better else (late, early)
        numbers = range(copy.first, copy.last + 1)
        if any(kept[number] != [lines[number]] for number in numbers):
            continue
        for number in numbers:
            other = original.first + number - copy.first
            position = lines[other].start + (original.start if number == copy.first else 0)
            moved[number] = moved.get(other, position)
            before, middle, after = copy.parts(lines[number], number)
            repeats.append(Repeat(middle, moved[number]))
            kept[number] = [part for part in (before, after) if part.text]
    return [line for parts in kept for line in parts], repeats


def _printed_chains(lines: Sequence[Line]) -> Iterator[tuple[Copy, Copy]]:
    """Yield the two copies of every series of printed lines that is printed twice."""
    seen: dict[str, int] = {}
    number = 0
    while number < len(lines):
        early = seen.setdefault(lines[number].text, number)
        most = min(number - early, len(lines) - number)
        count = _count_same(lines, ((early + one, number + one) for one in range(most)))
        if sum(len(line.text) for line in lines[number : number + count]) >= MIN_REPEAT_CHARS:
            end = len(lines[number + count - 1].text)
            yield Copy(early, early + count - 1, 0, end), Copy(number, number + count - 1, 0, end)
            number += count
        else:
            number += 1


def _chains(lines: Sequence[Line]) -> Iterator[tuple[Copy, Copy]]:
    """Yield the two copies of every stretch of the page that is printed twice."""
    chain: list[_Overlap] = []
    for overlap in _overlaps(lines):
        if chain and not _follows(chain[-1], overlap, lines):
            yield from _copies(lines, chain)
            chain = []
        chain.append(overlap)
    if chain:
        yield from _copies(lines, chain)


def _follows(last: _Overlap, overlap: _Overlap, lines: Sequence[Line]) -> bool:
    """Return whether two overlaps continue with one another, over short lines that are the same."""
    step = overlap.late - last.late
    if not 0 < step <= 4 or overlap.early - last.early != step or overlap.early >= overlap.late:
        return False
    return all(
        lines[last.early + one].text == lines[last.late + one].text for one in range(1, step)
    )


def _copies(lines: Sequence[Line], chain: Sequence[_Overlap]) -> Iterator[tuple[Copy, Copy]]:
    """Yield the two copies of a chain, with the short lines above and below that are the same."""
    first, last = chain[0], chain[-1]
    early = Copy(first.early, last.early, first.early_start, last.early_end)
    late = Copy(first.late, last.late, first.late_start, last.late_end)
    above = _count_above(lines, early, late)
    below = _count_below(lines, early, late)
    early = _widen(lines, early, above, below)
    late = _widen(lines, late, above, below)
    if early.last < late.first:
        yield early, late


def _count_above(lines: Sequence[Line], early: Copy, late: Copy) -> int:
    """Count the lines that are the same above two copies: a paragraph's rest, as a rule."""
    if early.start or late.start:
        return 0
    rows = zip(range(early.first - 1, -1, -1), range(late.first - 1, early.last, -1), strict=False)
    return _count_same(lines, rows)


def _count_below(lines: Sequence[Line], early: Copy, late: Copy) -> int:
    """Count the lines that are the same below two copies: a paragraph's beginning, as a rule."""
    if early.end < len(lines[early.last].text) or late.end < len(lines[late.last].text):
        return 0
    rows = zip(range(early.last + 1, late.first), range(late.last + 1, len(lines)), strict=False)
    return _count_same(lines, rows)


def _count_same(lines: Sequence[Line], rows: Iterable[tuple[int, int]]) -> int:
    """Count the pairs of lines that are the same, up to the first that are not."""
    same = takewhile(lambda row: lines[row[0]].text == lines[row[1]].text, rows)
    return sum(1 for _ in same)


def _widen(lines: Sequence[Line], copy: Copy, above: int, below: int) -> Copy:
    """Add whole lines to a copy."""
    end = len(lines[copy.last + below].text) if below else copy.end
    return Copy(copy.first - above, copy.last + below, 0 if above else copy.start, end)


def _overlaps(lines: Sequence[Line]) -> Iterator[_Overlap]:
    """Yield pairs of lines that are the same nearly whole, or from one end on."""
    seen: dict[str, tuple[int, int]] = {}
    for number, line in enumerate(lines):
        if len(line.text) < MIN_REPEAT_CHARS:
            continue
        if overlap := _find(lines, number, seen):
            yield overlap
        for position in range(0, len(line.text) - GRAM_CHARS + 1, GRAM_CHARS):
            seen.setdefault(line.text[position : position + GRAM_CHARS], (number, position))


def _find(lines: Sequence[Line], number: int, seen: dict[str, tuple[int, int]]) -> _Overlap | None:
    """Find the longest stretch of a line that an earlier line holds."""
    text = lines[number].text
    hits = [n for n in range(len(text) - GRAM_CHARS + 1) if text[n : n + GRAM_CHARS] in seen]
    position = covered = 0
    found: _Overlap | None = None
    for start in hits:
        hit = seen[text[start : start + GRAM_CHARS]]
        if start < position or (found and found.early != hit[0]):
            continue
        piece = _extend(lines, hit, number, start)
        covered += piece.late_end - piece.late_start
        found = _merge(found, piece)
        position = piece.late_end
    if found is None or covered < MIN_REPEAT_CHARS:
        return None
    return found if _is_repeat(lines, found, covered) else None


def _extend(lines: Sequence[Line], hit: tuple[int, int], number: int, position: int) -> _Overlap:
    early, text = lines[hit[0]].text, lines[number].text
    start, other = position, hit[1]
    while start and other and text[start - 1] == early[other - 1]:
        start, other = start - 1, other - 1
    end, last = position + GRAM_CHARS, hit[1] + GRAM_CHARS
    while end < len(text) and last < len(early) and text[end] == early[last]:
        end, last = end + 1, last + 1
    return _Overlap(hit[0], other, last, number, start, end)


def _merge(found: _Overlap | None, piece: _Overlap) -> _Overlap:
    if found is None or piece.early_start < found.early_start:
        return piece
    found.early_end, found.late_end = piece.early_end, piece.late_end
    return found


def _is_repeat(lines: Sequence[Line], overlap: _Overlap, covered: int) -> bool:
    """Return whether an overlap is a repeat: of nearly a line, or of a column glued to a line."""
    early, late = len(lines[overlap.early].text), len(lines[overlap.late].text)
    width = max(overlap.early_end - overlap.early_start, overlap.late_end - overlap.late_start)
    if covered < MIN_COVERED_SHARE * width:
        return False
    ends = overlap.early_end == early and overlap.late_end == late
    starts = overlap.early_start == 0 and overlap.late_start == 0
    return ends or starts or covered >= MIN_COVERED_SHARE * min(early, late)


# ---------------------------------------------------------------- choice


def position_log_odds(lines: Sequence[Line], copy: Copy) -> float:
    """Return the log-odds that a copy is where it was printed, against any other position."""
    before, first, _ = copy.parts(lines[copy.first], copy.first)
    _, last, after = copy.parts(lines[copy.last], copy.last)
    above = [before] if before.text else _near(lines[: copy.first][: -COPY_CONTEXT_LINES - 1 : -1])
    below = (
        [after] if after.text else _near(lines[copy.last + 1 : copy.last + 1 + COPY_CONTEXT_LINES])
    )
    return _seam(above, [first]) + _seam([last], below) - _seam(above, below)


def _near(lines: Sequence[Line]) -> list[Line]:
    """Return the next line, and those after it as long as they may be captions."""
    near: list[Line] = []
    for line in lines:
        near.append(line)
        if not patterns.is_head(line.text) and patterns.sentences(line.text) > 1:
            break
    return near


def _seam(above: Sequence[Line], below: Sequence[Line]) -> float:
    """Weigh the best joint between lines above and below, the nearest of each first."""
    if not below:
        text = next((line.text for line in above if not _is_headlike(line.text)), "")
        return LOST_END if text and not patterns.is_closed(text) else 0.0
    if not above:
        return -start_weight(below[0].text)
    return max(
        _joint(one.text, two.text) - PASSED_CAPTION_COST * (passed + more)
        for passed, one in enumerate(above)
        for more, two in enumerate(below)
    )


def _joint(before: str, after: str) -> float:
    """Weigh two lines that follow one another: one sentence, an end and a beginning, or heads."""
    whole, beginning = patterns.is_closed(before), -start_weight(after)
    odds = beginning if whole else max(LOST_END, continuation_score(before, after))
    headlike = _is_headlike(before)
    if headlike:
        odds = max(odds - SEPARATE_PIECE_COST, beginning)
    if _is_headlike(after):
        odds = max(odds - SEPARATE_PIECE_COST, 0.0 if whole or headlike else LOST_END)
    return odds


def _is_headlike(text: str) -> bool:
    return patterns.is_head(text) and not patterns.is_closed(text)
