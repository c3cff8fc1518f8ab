"""The inner loops compiled by numba: the functions of `numpy_loops`, with the same arguments.

Only `kernels` imports this module, and only where numba is installed.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from indexer.engines.whoosh.columns import BITS_PER_RANK, NUMBER_TYPES, Array, bits_set

_LOW_SURROGATE = 0xDC00 >> 10
"""What the second half of a character begins with that takes two UTF-16 units."""

_SPARSE_MASK = 16
"""A mask of fewer than one in so many documents is listed eight documents at a time."""

_SURROGATE_PREFIX = np.uint16(0xD800 >> 11)
"""What both halves of a character begin with that takes two units."""

_MAX_WALK_RATIO = 8
"""Postings up to so many times the documents to be scored are walked, others are looked up."""

_BITS_SET = bits_set()
"""The number of bits in each byte."""

_MAX_FILTERED_GAP = 32
"""Up to this width every gap between two units is tried; texts are searched for wider ones."""

_GALLOP_RATIO = 8
"""Of so many times more numbers the next one is sought in growing steps, of fewer one by one."""


def njit(function: Any) -> Any:
    """Compile, and keep the machine code where there is a place for it."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder to keep the machine code in
        return numba.njit(nogil=True)(function)


@njit
def _bisect(numbers: Array, low: int, high: int, number: int) -> int:
    """Return the first place in a range, or its end, whose number is not smaller."""
    while low < high:
        middle = (low + high) // 2
        if numbers[middle] < number:
            low = middle + 1
        else:
            high = middle
    return low


@njit
def _seek(numbers: Array, place: int, number: int) -> int:
    """Return the first place, from one on, whose number is not smaller."""
    step = 1
    while place + step < len(numbers) and numbers[place + step] < number:
        place += step
        step *= 2
    found: int = _bisect(numbers, place, min(place + step, len(numbers)), number)
    return found


# ---------------------------------------------------------------- sets


@njit
def intersect_sorted(few: Array, many: Array) -> Array:
    """Return what two sorted lists of numbers share; the first is the shorter one."""
    held = np.empty(len(few), few.dtype)
    count = one = two = 0
    if len(many) > _GALLOP_RATIO * len(few):
        for number in few:
            two = _seek(many, two, number)
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
def mark(mask: Array, documents: Array) -> None:
    """Set the mask at some documents."""
    for number in documents:
        mask[number] = True


@njit
def list_marked(mask: Array, numbers: Array) -> int:
    """Write the numbers that a mask holds to the beginning of `numbers`; return how many."""
    count = total = 0
    for number in range(len(mask)):
        total += mask[number]
    sparse = total * _SPARSE_MASK < len(mask)
    eights = mask[: len(mask) & ~7].view(np.uint64)
    for eight in range(len(eights)):
        if not sparse or eights[eight]:  # most are empty where a mask is sparse
            for number in range(8 * eight, 8 * eight + 8):
                numbers[count] = number
                count += mask[number]
    for number in range(8 * len(eights), len(mask)):
        if mask[number]:
            numbers[count] = number
            count += 1
    return count


@njit
def count_distinct(values: Array, documents: Array) -> int:
    """Count the different values along documents; the values never fall."""
    if not len(documents):
        return 0
    changes, before = 1, values[documents[0]]
    for number in documents:
        value = values[number]
        changes += value != before
        before = value
    return changes


@njit
def count_rows(counts: Array, rows: Array, start: Array, documents: Array) -> None:
    """Add to `counts` how many documents hold each row; `start` says where each one's begin."""
    for number in documents:
        for at in range(start[number], start[number + 1]):
            counts[rows[at]] += 1


@njit
def _starts_at(texts: Array, at: int, end: int, run: Array) -> bool:
    """Return whether a run occurs at a place of a text."""
    size, place = min(len(run), end - at), 0
    while place < size and texts[at + place] == run[place]:
        place += 1
    return bool(place == len(run))


@njit
def _may_contain(text: Array, run: Array) -> bool:
    """Return whether the first two and the last two units of a run occur somewhere in their places.

    Every unit is compared, so that the compiler vectorises the loop: a quarter of a nanosecond
    each.
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
def contains_substring(texts: Array, starts: Array, run: Array, documents: Array) -> Array:
    """Return in which documents a run of units occurs."""
    found, size = np.zeros(len(documents), np.bool_), len(run)
    for place in range(len(documents)):
        begin, end = starts[documents[place]], starts[documents[place] + 1]
        if _may_contain(texts[begin:end], run):
            while begin + size <= end and not _starts_at(texts, begin, end, run):
                begin += 1
            found[place] = begin + size <= end
    return found


@njit
def _within(texts: Array, begin: int, end: int, distance: int, ends: Array) -> bool:
    """Return whether a part of a text is in one sentence, or has at most so many characters."""
    if len(ends):
        for at in range(begin, end):
            for unit in ends:
                if texts[at] == unit:
                    return False
        return True
    chars = end - begin
    if distance < chars <= 2 * distance:
        for at in range(begin + 1, end):
            chars -= texts[at] >> 10 == _LOW_SURROGATE and texts[at - 1] >> 10 == _LOW_SURROGATE - 1
    return bool(chars <= distance)


@njit
def _follows_near(
    texts: Array, at: int, size: int, places: Array, seen: Array, distance: int, ends: Array
) -> bool:
    """Return whether one of the runs found so far ended shortly before a place.

    `seen` holds how many were found, how many of them ended before, and how many are too far away
    for all later places.
    """
    while seen[1] < seen[0] and places[seen[1]] + size <= at:
        seen[1] += 1
    if seen[1] == seen[2]:
        return False
    seen[2] = seen[1]
    return bool(_within(texts, places[seen[1] - 1] + size, at, distance, ends))


@njit
def contains_near(
    texts: Array,
    starts: Array,
    first: Array,
    second: Array,
    distance: int,
    ends: Array,
    documents: Array,
) -> Array:
    """Return in which documents two runs occur with at most so many characters between them.

    Where `ends` holds units, those end sentences, and one sentence must hold both.
    """
    found, longest = np.zeros(len(documents), np.bool_), 0
    for number in documents:
        longest = max(longest, starts[number + 1] - starts[number])
    firsts, seconds = np.empty(longest, np.int64), np.empty(longest, np.int64)
    seen, noted = np.empty(3, np.int64), np.empty(3, np.int64)
    for place in range(len(documents)):
        begin, end = starts[documents[place]], starts[documents[place] + 1]
        seen[:] = noted[:] = 0
        for at in range(begin, end):
            if texts[at] == first[0] and _starts_at(texts, at, end, first):
                if _follows_near(texts, at, len(second), seconds, noted, distance, ends):
                    found[place] = True
                    break
                firsts[seen[0]] = at
                seen[0] += 1
            if texts[at] == second[0] and _starts_at(texts, at, end, second):
                if _follows_near(texts, at, len(first), firsts, seen, distance, ends):
                    found[place] = True
                    break
                seconds[noted[0]] = at
                noted[0] += 1
    return found


@njit
def _decode(texts: Array, begin: int, end: int, codes: Array) -> int:
    """Write the code points of UTF-16 units; return how many there are."""
    size = 0
    for at in range(begin, end):
        unit = np.uint32(texts[at])
        if unit >> 10 == _LOW_SURROGATE and size and codes[size - 1] >> 10 == _LOW_SURROGATE - 1:
            codes[size - 1] = 0x10000 + ((codes[size - 1] & 0x3FF) << 10) + (unit & 0x3FF)
        else:
            codes[size] = unit
            size += 1
    return size


@njit
def _follow(
    codes: Array, run: Array, gap: Array, breaks: Array, before: Array, count: int, after: Array
) -> int:
    """Write the ends of a run that follows one of `count` ends behind a gap; return how many."""
    kept = 0
    for number in range(count):
        begin = before[number]
        for place in range(begin, min(begin + gap[1], len(codes) - len(run)) + 1):
            if place > begin:
                last = codes[place - 1]
                if last < len(breaks) and breaks[last]:
                    break
            new = kept == 0 or after[kept - 1] < place + len(run)
            if new and place >= begin + gap[0] and _starts_at(codes, place, len(codes), run):
                after[kept] = place + len(run)
                kept += 1
    return kept


@njit
def _matches(
    codes: Array, runs: Array, bounds: Array, gaps: Array, breaks: Array, ends: Array, others: Array
) -> bool:
    """Return whether runs follow each other in a text; the last arguments are buffers for ends."""
    first, count = runs[: bounds[1]], 0
    for at in range(len(codes) - len(first) + 1):
        if _starts_at(codes, at, len(codes), first):
            ends[count] = at + len(first)
            count += 1
    for number in range(len(gaps)):
        run = runs[bounds[number + 1] : bounds[number + 2]]
        count = _follow(codes, run, gaps[number], breaks, ends, count, others) if count else 0
        ends, others = others, ends
    return count > 0


@njit
def _has_surrogates(units: Array) -> bool:
    """Return whether a text has characters of two units; every unit is looked at at once."""
    least = np.uint16(0xFFFF)
    for at in range(len(units)):
        least = min(least, (units[at] >> 11) ^ _SURROGATE_PREFIX)
    return bool(least == 0)


@njit
def _may_follow(
    units: Array, first: int, second: int, gap: Array, flags: Array, reached: Array
) -> bool:
    """Return whether one unit occurs behind another with a gap between them, whatever is in it.

    The last arguments are buffers of a byte a unit. Every unit is compared and every gap is
    tried, so that the compiler vectorises the loops: 80 ns for 200 units and gaps of up to 8.
    """
    size, found = len(units), np.uint8(0)
    flags, reached = flags[:size], reached[:size]
    for at in range(size):
        flags[at] = units[at] == first
    reached[:] = 0
    for distance in range(gap[0] + 1, min(gap[1] + 2, size)):
        before, behind = flags[: size - distance], reached[distance:]
        for at in range(len(before)):
            behind[at] |= before[at]
    for at in range(size):
        found |= reached[at] & np.uint8(units[at] == second)
    return bool(found)


@njit
def contains_wildcard(
    texts: Array,
    starts: Array,
    runs: Array,
    bounds: Array,
    gaps: Array,
    breaks: Array,
    documents: Array,
) -> Array:
    """Return in which documents runs of code points follow each other with gaps between them.

    Run `n` is `runs[bounds[n] : bounds[n + 1]]`; the gap behind it has at least `gaps[n, 0]` and
    at most `gaps[n, 1]` characters, none of which is set in `breaks`.
    """
    found, longest = np.zeros(len(documents), np.bool_), 0
    for number in documents:
        longest = max(longest, starts[number + 1] - starts[number])
    codes = np.empty(longest, np.uint32)
    ends, others = np.empty(longest + 1, np.int64), np.empty(longest + 1, np.int64)
    flags, reached = np.empty(longest, np.uint8), np.empty(longest, np.uint8)
    filters = (
        len(gaps) > 0 and bounds[0] < bounds[1] < bounds[2] and gaps[0, 1] <= _MAX_FILTERED_GAP
    )
    last = np.uint16(runs[bounds[1] - 1] if filters else 0)
    then = np.uint16(runs[bounds[1]] if filters else 0)
    for place in range(len(documents)):
        begin, end = starts[documents[place]], starts[documents[place] + 1]
        units = texts[begin:end]
        if _has_surrogates(units):
            text = codes[: _decode(texts, begin, end, codes)]
            found[place] = _matches(text, runs, bounds, gaps, breaks, ends, others)
        elif not filters or _may_follow(units, last, then, gaps[0], flags, reached):
            found[place] = _matches(units, runs, bounds, gaps, breaks, ends, others)
    return found


# ---------------------------------------------------------------- scores


@njit
def rank_documents(
    documents: Array,
    docs: Array,
    repeated: Array,
    ranks: Array,
    freqs: Array,
    lengths: Array,
    tables: Array,
    terms: Array,
    factors: Array,
    orders: Array,
    articles: Array,
    wanted: int,
) -> Array:
    """Return the best documents, best first: a row of negated score, order and number for each."""
    scores = score_documents(
        documents,
        docs,
        repeated,
        ranks,
        freqs,
        lengths,
        tables,
        terms,
        factors,
    )
    best = largest(scores, wanted)
    rows = np.empty((len(best) + 1, 3))
    rows[len(best)] = count_distinct(articles, documents)
    for place in range(len(best)):
        number = documents[best[place]]
        rows[place, 0], rows[place, 1] = -scores[best[place]], orders[number]
        rows[place, 2] = number
    return rows


@njit
def score_documents(
    documents: Array,
    docs: Array,
    repeated: Array,
    ranks: Array,
    freqs: Array,
    lengths: Array,
    tables: Array,
    terms: Array,
    factors: Array,
) -> Array:
    """Return the BM25 scores of documents, the terms added in their order."""
    total = 0.0
    for row in range(len(terms)):
        total += terms[row, 1] - terms[row, 0]
    walked = len(terms) > 1 and total <= _MAX_WALK_RATIO * len(documents)
    scores = np.zeros(lengths.shape[1] if walked else len(documents))
    for row in range(len(terms)):
        begin, end, field = int(terms[row, 0]), int(terms[row, 1]), int(terms[row, 2])
        held = docs[begin:end]
        add = (begin, repeated, ranks, freqs, lengths[field], tables[field], terms[row, 3])
        if walked or _are_same(held, documents):
            _add_walking(scores, held, walked, *add)
        else:
            _add_found(scores, documents, held, *add)
    if walked:
        dense = scores
        scores = np.empty(len(documents))
        for place in range(len(documents)):
            scores[place] = dense[documents[place]]
    if len(factors):
        for place in range(len(documents)):
            scores[place] *= factors[documents[place]]
    return scores


@njit
def _are_same(one: Array, two: Array) -> bool:
    """Return whether two lists are the same."""
    size = len(one) if len(one) == len(two) else 0
    place = 0
    while place < size and one[place] == two[place]:
        place += 1
    return bool(size and place == size)


@njit
def _add_walking(
    scores: Array,
    held: Array,
    dense: bool,
    begin: int,
    repeated: Array,
    ranks: Array,
    freqs: Array,
    sizes: Array,
    table: Array,
    rarity: float,
) -> None:
    """Add what a term gives to all its documents, to scores by document number or by place."""
    rank, last = _rank(repeated, ranks, begin), max(len(freqs) - 1, 0)
    for place in range(len(held)):
        at, number = begin + place, held[place]
        bit = (repeated[at >> 3] >> (at & 7)) & 1
        more = freqs[min(rank, last)] - 1 if len(freqs) else 0  # read without a branch on `bit`
        rank += bit
        weight = table[((1 + bit * more) << 8) | sizes[number]]
        scores[number if dense else place] += rarity * weight


@njit
def _add_found(
    scores: Array,
    documents: Array,
    held: Array,
    begin: int,
    repeated: Array,
    ranks: Array,
    freqs: Array,
    sizes: Array,
    table: Array,
    rarity: float,
) -> None:
    """Look documents up among those of a term, and add what it gives to their scores."""
    at = 0
    for place in range(len(documents)):
        number = documents[place]
        if at < len(held) and held[at] < number:
            at = _seek(held, at, number)
        if at == len(held):
            break
        if held[at] == number:
            where = begin + at
            frequency = 1
            if (repeated[where >> 3] >> (where & 7)) & 1:
                frequency = freqs[_rank(repeated, ranks, where)]
            scores[place] += rarity * table[(frequency << 8) | sizes[number]]


@njit
def _rank(repeated: Array, ranks: Array, place: int) -> int:
    """Count the bits set before a place."""
    block = place // BITS_PER_RANK
    count = ranks[block]
    for at in range(block * BITS_PER_RANK // 8, place >> 3):
        count += _BITS_SET[repeated[at]]
    if place & 7:
        count += _BITS_SET[repeated[place >> 3] & ((1 << (place & 7)) - 1)]
    return int(count)


@njit
def _insert(best: Array, places: Array, held: int, score: float, place: int) -> int:
    """Put a score where it belongs among the best, which fall; return how many are held."""
    at = held if held < len(best) else held - 1
    while at and score > best[at - 1]:
        best[at], places[at] = best[at - 1], places[at - 1]
        at -= 1
    best[at], places[at] = score, place
    return min(held + 1, len(best))


@njit
def largest(scores: Array, wanted: int) -> Array:
    """Return the places of the largest scores, best first; of equal ones the first."""
    best, places = np.empty(wanted, np.float64), np.empty(wanted, np.int64)
    held, worst = 0, -np.inf
    for place in range(len(scores) if wanted else 0):
        score = scores[place]
        if score > worst:
            held = _insert(best, places, held, score, place)
            worst = best[wanted - 1] if held == wanted else -np.inf
    return places[:held]


# ---------------------------------------------------------------- compiling


def prepare() -> None:
    """Compile for the types that occur, or fetch what was compiled before."""
    mask, counts = np.zeros(4, np.bool_), np.zeros(1, np.int64)
    texts, starts = _frozen(np.zeros(4, "<u2")), _frozen(np.zeros(3, np.int64))
    runs, bounds, gaps = np.zeros(2, np.uint32), np.array([0, 1, 2]), np.ones((1, 2), np.int64)
    bits, ranks = _frozen(np.zeros(1, np.uint8)), _frozen(counts + 0)
    scoring = (
        *(bits, ranks, _frozen(np.zeros(1, np.uint8)), _frozen(np.zeros((4, 4), np.uint8))),
        *(_frozen(np.ones((4, 1 << 16))), np.zeros((1, 4)), _frozen(np.ones(4))),
    )
    orders, articles = _frozen(np.zeros(4, np.int64)), _frozen(np.zeros(4, np.int32))
    largest(np.zeros(4), 2)
    for code in NUMBER_TYPES:
        documents = _frozen(np.arange(2).astype(code))
        intersect_sorted(documents, documents)
        mark(mask, documents)
        list_marked(mask, np.zeros(4, code))
        count_distinct(articles, documents)
        contains_substring(texts, starts, texts, documents)
        contains_near(texts, starts, texts, texts, 1, texts, documents)
        contains_wildcard(texts, starts, runs, bounds, gaps, mask, documents)
        score_documents(documents, documents, *scoring)
        rank_documents(documents, documents, *scoring, orders, articles, 1)
        for small in (np.uint8, np.uint16, np.uint32):
            rows, start = _frozen(np.zeros(2, small)), _frozen(np.zeros(4, np.uint32))
            count_rows(counts, rows, start, documents)


def _frozen(values: Array) -> Array:
    """Make an array read-only, as those of a mapped file are."""
    values.setflags(write=False)
    return values
