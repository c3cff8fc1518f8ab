"""The inner loops compiled by numba; only `kernels` leads here, and only where numba is.

Numbers of documents are sorted, two or four bytes each, in arrays nobody may write to: one type
for each width, so that each loop is compiled twice and never while a query waits.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from indexer.engines.whoosh.columns import NUMBERS

_LOW = 0xDC00 >> 10
"""What the second half of a character begins with that takes two UTF-16 units."""

_SEEK = 8
"""Of so many times more numbers the next one is sought in growing steps, of fewer one by one."""


def njit(function: Any) -> Any:
    """Compile, and keep the machine code where there is a place for it."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder to keep the machine code in
        return numba.njit(nogil=True)(function)


@njit
def bisect(numbers: Any, low: int, high: int, number: int) -> int:
    """Return the first place in a range, or its end, whose number is not smaller."""
    while low < high:
        middle = (low + high) // 2
        if numbers[middle] < number:
            low = middle + 1
        else:
            high = middle
    return low


@njit
def seek(numbers: Any, place: int, number: int) -> Any:
    """Return the first place, from one on, whose number is not smaller."""
    step = 1
    while place + step < len(numbers) and numbers[place + step] < number:
        place += step
        step *= 2
    return bisect(numbers, place, min(place + step, len(numbers)), number)


# ---------------------------------------------------------------- sets


@njit
def shared(few: Any, many: Any) -> Any:
    """Return what two lists of numbers share."""
    held = np.empty(len(few), few.dtype)
    count = one = two = 0
    if len(many) > _SEEK * len(few):
        for number in few:
            two = seek(many, two, number)
            if two == len(many):
                break
            held[count] = number
            count += many[two] == number
        return held[:count]
    while one < len(few) and two < len(many):
        left, right = few[one], many[two]
        held[count] = left
        count += left == right
        one += left <= right
        two += right <= left
    return held[:count]


@njit
def mark(mask: Any, numbers: Any) -> None:
    """Set the mask at some documents."""
    for number in numbers:
        mask[number] = True


@njit
def marked(mask: Any, numbers: Any) -> int:
    """Write down what the mask holds; return how many."""
    count = 0
    for number in range(len(mask)):
        numbers[count] = number
        count += mask[number]
    return count


@njit
def count_changes(values: Any, documents: Any) -> int:
    """Count the different values along documents."""
    changes, before = 1, values[documents[0]]
    for number in documents:
        value = values[number]
        changes += value != before
        before = value
    return changes


@njit
def count_articles(low: Any, articles: Any, documents: Any) -> int:
    """Do what `count_changes` does along articles, by their lowest bytes, a quarter to read.

    Between documents that are fewer than 256 apart these cannot come round to the same value.
    """
    changes, last = 1, documents[0]
    for number in documents:
        changes += low[number] != low[last]
        if number - last >= 256 and low[number] == low[last]:
            changes += articles[number] != articles[last]
        last = number
    return changes


@njit
def count_held(counts: Any, rows: Any, start: Any, documents: Any) -> None:
    """Count the terms that documents hold."""
    for number in documents:
        for at in range(start[number], start[number + 1]):
            counts[rows[at]] += 1


@njit
def stands_at(texts: Any, at: int, end: int, run: Any) -> bool:
    """Tell whether a run stands at a place of a text."""
    size, place = min(len(run), end - at), 0
    while place < size and texts[at + place] == run[place]:
        place += 1
    return bool(place == len(run))


@njit
def _may_hold(text: Any, run: Any) -> bool:
    """Tell whether the two first and the two last units of a run stand in their places somewhere.

    Every unit is looked at, so that the machine looks at many at a time: a quarter of a
    nanosecond each.
    """
    rest = len(run) - 1
    places, near, far = len(text) - rest, min(rest, 1), max(rest - 1, 0)
    least, first, second = np.uint16(0xFFFF), text[:places], text[near : near + places]
    third, fourth = text[far : far + places], text[rest:]
    for at in range(places):
        one, two = first[at] ^ run[0], second[at] ^ run[near]
        three, four = third[at] ^ run[far], fourth[at] ^ run[rest]
        least = min(least, one | two | three | four)
    return bool(places > 0 and least == 0)


@njit
def stand_in(texts: Any, start: Any, run: Any, documents: Any) -> Any:
    """Tell in which documents a run of UTF-16 units stands."""
    found, size = np.zeros(len(documents), np.bool_), len(run)
    for place in range(len(documents)):
        begin, end = start[documents[place]], start[documents[place] + 1]
        if _may_hold(texts[begin:end], run):
            while begin + size <= end and not stands_at(texts, begin, end, run):
                begin += 1
            found[place] = begin + size <= end
    return found


@njit
def _within(texts: Any, begin: int, end: int, distance: int, ends: Any) -> bool:
    """Tell whether a part of a text is in one sentence, or has so few characters."""
    if len(ends):
        for at in range(begin, end):
            for unit in ends:
                if texts[at] == unit:
                    return False
        return True
    chars = end - begin
    if distance < chars <= 2 * distance:
        for at in range(begin + 1, end):
            chars -= texts[at] >> 10 == _LOW and texts[at - 1] >> 10 == _LOW - 1
    return bool(chars <= distance)


@njit
def _meets(
    texts: Any, at: int, size: int, places: Any, seen: Any, distance: int, ends: Any
) -> bool:
    """Tell whether one of the runs noted so far ended near before a place.

    `seen` says how many were noted, how many of them ended before, and how many are too far away
    for whatever comes.
    """
    while seen[1] < seen[0] and places[seen[1]] + size <= at:
        seen[1] += 1
    if seen[1] == seen[2]:
        return False
    seen[2] = seen[1]
    return bool(_within(texts, places[seen[1] - 1] + size, at, distance, ends))


@njit
def stand_near(
    texts: Any,
    start: Any,
    first: Any,
    second: Any,
    distance: int,
    ends: Any,
    documents: Any,
) -> Any:
    """Tell in which documents two runs stand with at most so many characters between them.

    Runs are UTF-16 units; where `ends` are units that end sentences, a sentence must hold both.
    """
    found, longest = np.zeros(len(documents), np.bool_), 0
    for number in documents:
        longest = max(longest, start[number + 1] - start[number])
    firsts, seconds = np.empty(longest, np.int64), np.empty(longest, np.int64)
    seen, noted = np.empty(3, np.int64), np.empty(3, np.int64)
    for place in range(len(documents)):
        begin, end = start[documents[place]], start[documents[place] + 1]
        seen[:] = noted[:] = 0
        for at in range(begin, end):
            if texts[at] == first[0] and stands_at(texts, at, end, first):
                if _meets(texts, at, len(second), seconds, noted, distance, ends):
                    found[place] = True
                    break
                firsts[seen[0]] = at
                seen[0] += 1
            if texts[at] == second[0] and stands_at(texts, at, end, second):
                if _meets(texts, at, len(first), firsts, seen, distance, ends):
                    found[place] = True
                    break
                seconds[noted[0]] = at
                noted[0] += 1
    return found


# ---------------------------------------------------------------- scores


@njit
def add_term(dense: Any, docs: Any, freqs: Any, lengths: Any, table: Any, rarity: float) -> None:
    """Add a term's contributions to the scores of all documents."""
    for place in range(len(docs)):
        number = docs[place]
        dense[number] += rarity * table[(freqs[place] << 8) | lengths[number]]


@njit
def add_found(
    scores: Any, documents: Any, docs: Any, freqs: Any, lengths: Any, table: Any, rarity: float
) -> None:
    """Add a term's contributions to scores that stand beside a few documents."""
    place = 0
    for at in range(len(documents)):
        number = documents[at]
        place = seek(docs, place, number)
        if place == len(docs):
            break
        if docs[place] == number:
            scores[at] += rarity * table[(freqs[place] << 8) | lengths[number]]


@njit
def _insert(best: Any, places: Any, held: int, score: float, place: int) -> int:
    """Put a score where it belongs among the best, which fall; return how many are held."""
    at = held if held < len(best) else held - 1
    while at and score > best[at - 1]:
        best[at], places[at] = best[at - 1], places[at - 1]
        at -= 1
    best[at], places[at] = score, place
    return min(held + 1, len(best))


@njit
def largest(scores: Any, wanted: int) -> Any:
    """Return the places of the largest scores, best first; of equal ones the first."""
    best, places = np.empty(wanted, np.float64), np.empty(wanted, np.int64)
    held = 0
    for place in range(len(scores)):
        if held < wanted or scores[place] > best[held - 1]:
            held = _insert(best, places, held, scores[place], place)
    return places[:held]


# ---------------------------------------------------------------- compiling


def prepare() -> None:
    """Compile for the types that occur, or fetch what was compiled before."""
    lengths, table = _frozen(np.zeros(4, np.uint8)), _frozen(np.ones(1 << 16))
    texts, starts = _frozen(np.zeros(4, "<u2")), _frozen(np.zeros(3, np.int64))
    freqs, mask = _frozen(np.ones(2, np.uint8)), np.zeros(4, np.bool_)
    largest(np.zeros(4), 2)
    for code in NUMBERS:
        documents = _frozen(np.arange(2).astype(code))
        shared(documents, documents)
        mark(mask, documents)
        marked(mask, np.zeros(4, code))
        count_changes(np.zeros(4, np.int32), documents)
        stand_in(texts, starts, texts, documents)
        stand_near(texts, starts, texts, texts, 1, texts, documents)
        add_term(np.zeros(4), documents, freqs, lengths, table, 1.0)
        add_found(np.zeros(4), documents, documents, freqs, lengths, table, 1.0)
        for small in (np.uint8, np.uint16):
            rows, start = _frozen(np.zeros(2, small)), _frozen(np.zeros(4, np.uint32))
            count_held(np.zeros(1, np.int64), rows, start, documents)


def _frozen(values: Any) -> Any:
    """Make an array as those of a mapped file are."""
    values.setflags(write=False)
    return values
