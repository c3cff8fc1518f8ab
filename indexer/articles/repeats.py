"""The lines of a page in, the lines without its repeats out: a column may have been read twice.

Long runs of equal characters tell which lines stand twice. Of two copies the one that fits its
neighbours better is the original; the other keeps its lines, as repeats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.articles import forms
from indexer.articles.joints import fit, start_weight
from indexer.articles.lines import Line

SHORTEST = 60
"""Characters that must be the same: no sentence that is quoted twice is as long."""

GRAM = 24
"""Characters of the runs that are looked up: two fit into the shortest repeat."""

WHOLE = 0.9
"""How much of a line must be covered: the rest is what OCR read otherwise."""

LOOK = 3
"""Lines on each side of a copy that are asked how well it fits."""

MOST_GRAMS = 200_000
"""Runs that are remembered, which is five million characters: no page is as long."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A line that repeats another, and a place in the page where the original stands."""

    line: Line
    original: int


@dataclass(frozen=True, slots=True)
class _Side:
    """One of two copies: lines `first` to `last`, of those the characters that are copied."""

    first: int
    last: int
    start: int  # in the first line
    end: int  # in the last line


@dataclass(slots=True)
class _Overlap:
    """Equal characters of an earlier and a later line."""

    early: int
    early_start: int
    early_end: int
    late: int
    late_start: int
    late_end: int


def part_repeats(lines: Sequence[Line]) -> tuple[list[Line], list[Repeat]]:
    """Part the lines of a page into those that count and those that repeat them."""
    kept: list[list[Line]] = [[line] for line in lines]
    moved: dict[int, int] = {}  # lines that are repeats already, and where their originals stand
    repeats: list[Repeat] = []
    for early, late in _runs(lines):
        better = early.first not in moved and _quality(lines, late) > _quality(lines, early)
        copy, original = (early, late) if better else (late, early)
        numbers = range(copy.first, copy.last + 1)
        if any(kept[number] != [lines[number]] for number in numbers):
            continue
        for number in numbers:
            other = original.first + number - copy.first
            place = lines[other].start + (original.start if number == copy.first else 0)
            moved[number] = moved.get(other, place)
            before, middle, after = _parts(lines[number], copy, number)
            repeats.append(Repeat(middle, moved[number]))
            kept[number] = [part for part in (before, after) if part.text]
    return [line for parts in kept for line in parts], repeats


def _parts(line: Line, side: _Side, number: int) -> tuple[Line, Line, Line]:
    """Cut a line into what stands before its copied characters, those, and what stands behind."""
    start = side.start if number == side.first else 0
    end = side.end if number == side.last else len(line.text)
    return line.cut(0, start), line.cut(start, end), line.cut(end, len(line.text))


def _quality(lines: Sequence[Line], side: _Side) -> float:
    """Weigh how well a copy stands where it stands, and how ill its neighbours do without it."""
    before, first, _ = _parts(lines[side.first], side, side.first)
    _, last, after = _parts(lines[side.last], side, side.last)
    above = [before] if before.text else _near(lines[: side.first][: -LOOK - 1 : -1])
    below = [after] if after.text else _near(lines[side.last + 1 : side.last + 1 + LOOK])
    begin = max((_seam(one.text, first.text) for one in above), default=0.0)
    end = max((_seam(last.text, one.text) for one in below), default=0.0)
    without = max((_seam(one.text, two.text) for one in above for two in below), default=0.0)
    return begin + end - without


def _near(lines: Sequence[Line]) -> list[Line]:
    """Return the next line, and those behind it as long as they may be captions."""
    near: list[Line] = []
    for line in lines:
        near.append(line)
        if not forms.is_head(line.text) and forms.sentences(line.text) > 1:
            break
    return near


def _seam(before: str, after: str) -> float:
    """Weigh two texts that follow one another: as one sentence, or as an end and a beginning."""
    if not before or not after:
        return 0.0
    return -start_weight(after) if forms.is_closed(before) else fit(before, after)


def _runs(lines: Sequence[Line]) -> Iterator[tuple[_Side, _Side]]:
    """Yield the two sides of every stretch of the page that stands twice."""
    run: list[_Overlap] = []
    for overlap in _overlaps(lines):
        if run and not _follows(run[-1], overlap, lines):
            yield from _sides(lines, run)
            run = []
        run.append(overlap)
    if run:
        yield from _sides(lines, run)


def _follows(last: _Overlap, overlap: _Overlap, lines: Sequence[Line]) -> bool:
    """Tell whether two overlaps go on with one another, over short lines that are the same."""
    step = overlap.late - last.late
    if not 0 < step <= 4 or overlap.early - last.early != step or overlap.early >= overlap.late:
        return False
    return all(
        lines[last.early + one].text == lines[last.late + one].text for one in range(1, step)
    )


def _sides(lines: Sequence[Line], run: Sequence[_Overlap]) -> Iterator[tuple[_Side, _Side]]:
    """Yield the two sides of a run, with the short lines above and below that are the same."""
    first, last = run[0], run[-1]
    early = _Side(first.early, last.early, first.early_start, last.early_end)
    late = _Side(first.late, last.late, first.late_start, last.late_end)
    above = _count_same_above(lines, early, late)
    below = _count_same_below(lines, early, late)
    early = _widen(lines, early, above, below)
    late = _widen(lines, late, above, below)
    if early.last < late.first:
        yield early, late


def _count_same_above(lines: Sequence[Line], early: _Side, late: _Side) -> int:
    """Count the lines that are the same above two sides: a paragraph's rest, as a rule."""
    count = 0
    if early.start or late.start:
        return 0
    while count < early.first and late.first - count - 1 > early.last:
        if lines[early.first - count - 1].text != lines[late.first - count - 1].text:
            break
        count += 1
    return count


def _count_same_below(lines: Sequence[Line], early: _Side, late: _Side) -> int:
    """Count the lines that are the same below two sides: a paragraph's beginning, as a rule."""
    count = 0
    if early.end < len(lines[early.last].text) or late.end < len(lines[late.last].text):
        return 0
    while late.last + count + 1 < len(lines) and early.last + count + 1 < late.first:
        if lines[early.last + count + 1].text != lines[late.last + count + 1].text:
            break
        count += 1
    return count


def _widen(lines: Sequence[Line], side: _Side, above: int, below: int) -> _Side:
    """Add whole lines to a side."""
    end = len(lines[side.last + below].text) if below else side.end
    return _Side(side.first - above, side.last + below, 0 if above else side.start, end)


def _overlaps(lines: Sequence[Line]) -> Iterator[_Overlap]:
    """Yield pairs of lines that are the same nearly whole, or from one end on."""
    seen: dict[str, tuple[int, int]] = {}
    for number, line in enumerate(lines):
        if len(line.text) < SHORTEST:
            continue
        if overlap := _find(lines, number, seen):
            yield overlap
        if len(seen) > MOST_GRAMS:
            seen.clear()
        for place in range(0, len(line.text) - GRAM + 1, GRAM):
            seen.setdefault(line.text[place : place + GRAM], (number, place))


def _find(lines: Sequence[Line], number: int, seen: dict[str, tuple[int, int]]) -> _Overlap | None:
    """Find the longest stretch of a line that an earlier line holds."""
    text = lines[number].text
    place = 0
    found: _Overlap | None = None
    covered = 0
    while place + GRAM <= len(text):
        hit = seen.get(text[place : place + GRAM])
        if hit is None or (found and found.early != hit[0]):
            place += 1
            continue
        piece = _extend(lines, hit, number, place)
        covered += piece.late_end - piece.late_start
        found = _merge(found, piece)
        place = piece.late_end
    if found is None or covered < SHORTEST:
        return None
    return found if _is_repeat(lines, found, covered) else None


def _extend(lines: Sequence[Line], hit: tuple[int, int], number: int, place: int) -> _Overlap:
    early, text = lines[hit[0]].text, lines[number].text
    start, other = place, hit[1]
    while start and other and text[start - 1] == early[other - 1]:
        start, other = start - 1, other - 1
    end, last = place + GRAM, hit[1] + GRAM
    while end < len(text) and last < len(early) and text[end] == early[last]:
        end, last = end + 1, last + 1
    return _Overlap(hit[0], other, last, number, start, end)


def _merge(found: _Overlap | None, piece: _Overlap) -> _Overlap:
    if found is None or piece.early_start < found.early_start:
        return piece
    found.early_end, found.late_end = piece.early_end, piece.late_end
    return found


def _is_repeat(lines: Sequence[Line], overlap: _Overlap, covered: int) -> bool:
    """Tell a repeat: one of the lines nearly whole, or a column that was glued to another line."""
    early, late = len(lines[overlap.early].text), len(lines[overlap.late].text)
    width = max(overlap.early_end - overlap.early_start, overlap.late_end - overlap.late_start)
    if covered < WHOLE * width:
        return False
    ends = overlap.early_end == early and overlap.late_end == late
    starts = overlap.early_start == 0 and overlap.late_start == 0
    return ends or starts or covered >= WHOLE * min(early, late)
