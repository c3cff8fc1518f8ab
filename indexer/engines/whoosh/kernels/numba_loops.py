"""The inner loops compiled by numba: the functions of `numpy_loops`, with the same arguments.

Only `kernels` imports this module, and only where numba is installed.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from indexer.engines.whoosh.columns import BITS_PER_RANK, NUMBER_TYPES, Array, Gap, bits_set
from indexer.engines.whoosh.kernels.numpy_loops import MAX_WALK_RATIO, Ordering, Scoring, Texts

_BITS_SET = bits_set()
"""The number of bits in each byte."""

_GALLOP_RATIO = 8
"""Of so many times more numbers the next one is sought in growing steps, of fewer one by one."""


def njit(function: Any) -> Any:
    """Compile, and keep the machine code where it can be stored."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder to keep the machine code in
        return numba.njit(nogil=True)(function)


@njit
def _bisect(numbers: Array, low: int, high: int, number: int) -> int:
    """Return the first position in a range, or its end, whose number is not smaller."""
    while low < high:
        middle = (low + high) // 2
        if numbers[middle] < number:
            low = middle + 1
        else:
            high = middle
    return low


@njit
def _seek(numbers: Array, position: int, number: int) -> int:
    """Return the first position, from one on, whose number is not smaller."""
    step = 1
    while position + step < len(numbers) and numbers[position + step] < number:
        position += step
        step *= 2
    found: int = _bisect(numbers, position, min(position + step, len(numbers)), number)
    return found


# ---------------------------------------------------------------- sets


@njit
def intersect_sorted(few: Array, many: Array) -> Array:
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
    for number in documents:
        mask[number] = True


@njit
def list_marked(mask: Array, numbers: Array) -> int:
    count, eights = 0, mask[: len(mask) & ~7].view(np.uint64)
    for eight in range(len(eights)):
        if eights[eight]:  # many are empty
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
    for number in documents:
        for at in range(start[number], start[number + 1]):
            counts[rows[at]] += 1


@njit
def _grow(values: Array) -> Array:
    """Return a longer copy."""
    more = np.empty(2 * len(values) + 16, np.int64)
    more[: len(values)] = values
    return more


@njit
def _list_substring(
    text: Array, begin: int, substring: Array, tail: tuple[int, int], flags: Array, positions: Array
) -> int:
    """Write to `positions` where a substring is, counted from `begin`; return how often it is.

    The first code of `tail` must be as many codes behind each position as its second number says.
    Every position is compared, so that the compiler vectorises the loop.
    """
    (last, rest), first, short = tail, substring[0], len(substring) < 2
    any_set, held, size = np.uint8(0), 0, len(text) - rest
    if size <= 0:
        return 0
    heads, tails, marked = text[:size], text[rest:], flags[:size]
    for at in range(size):
        marked[at] = (heads[at] == first) & (tails[at] == last)
        any_set |= marked[at]
    if not any_set:
        return 0
    flags[size : size + 8] = 0
    eights = flags.view(np.uint64)
    for eight in range((size + 7) >> 3):
        if eights[eight]:  # most are empty
            for at in range(8 * eight, 8 * eight + 8):
                positions[held] = begin + at
                held += flags[at] and (short or _starts_at(text, at, substring))
    return held


@njit
def _make_flags(starts: Array, documents: Array) -> Array:
    """Return a byte for each code of the longest text and at least eight more."""
    longest = 0
    for number in documents:
        longest = max(longest, starts[number + 1] - starts[number])
    return np.empty((longest + 23) & ~7, np.uint8)


@njit
def find_substring(texts: Texts, substring: Array) -> tuple[Array, Array]:
    codes, starts, documents = texts
    counts, flags = np.zeros(len(documents), np.int64), _make_flags(starts, documents)
    positions, held = np.empty(len(documents), np.int64), 0
    tail = substring[-1], len(substring) - 1
    for at in range(len(documents)):
        begin, end = starts[documents[at]], starts[documents[at] + 1]
        while held + end - begin >= len(positions):
            positions = _grow(positions)
        text, free = codes[begin:end], positions[held:]
        counts[at] = _list_substring(text, begin, substring, tail, flags, free)
        held += counts[at]
    return counts, positions[:held]


@njit
def _starts_at(codes: Array, position: int, substring: Array) -> bool:
    """Return whether a substring is at a position."""
    step = 0
    while step < len(substring) and codes[position + step] == substring[step]:
        step += 1
    return bool(step == len(substring))


@njit
def _is_beside(
    codes: Array, start: int, limit: int, back: bool, substring: Array, gap: Gap
) -> bool:
    """Return whether a substring is behind a position, or before it, with a gap without breaks."""
    least, most, breaks = gap
    for distance in range(most + 1):
        at = start - distance - len(substring) if back else start + distance
        if (back and at < limit) or (not back and at + len(substring) > limit):
            return False
        if distance >= least and _starts_at(codes, at, substring):
            return True
        edge = codes[start - distance - 1 if back else at]
        if edge < len(breaks) and breaks[edge]:
            return False
    return False


@njit
def holds_pair(texts: Texts, substrings: tuple[Array, Array], either: bool, gap: Gap) -> Array:
    """Return in which texts one substring is after another, as `numpy_loops` says."""
    (codes, starts, documents), (first, second) = texts, substrings
    found, flags = np.zeros(len(documents), np.bool_), _make_flags(starts, documents)
    positions, reach = np.empty(len(flags), np.int64), len(first) + len(second) - 1
    tail = first[-1], len(first) - 1
    if gap[0] == gap[1] and not either:
        tail = second[-1], reach + gap[0]
    for number in range(len(documents)):
        begin, end = starts[documents[number]], starts[documents[number] + 1]
        count = _list_substring(codes[begin:end], begin, first, tail, flags, positions)
        for nth in range(count):
            low, at, high = begin, positions[nth], end
            if gap[0] == 0:  # what is beyond the next position is nearer to that one
                low = max(low, positions[nth - 1] - len(second) + 1) if nth else low
                high = min(high, positions[nth + 1] + reach) if nth + 1 < count else high
            if _is_beside(codes, at + len(first), high, False, second, gap) or (
                either and _is_beside(codes, at, low, True, second, gap)
            ):
                found[number] = True
                break
    return found


# ---------------------------------------------------------------- scores


@njit
def rank_documents(
    documents: Array, scoring: Scoring, ordering: Ordering, rows: Array
) -> tuple[int, int]:
    position, orders, articles = ordering
    scores = score_documents(documents, scoring)
    best = largest(scores, len(rows))
    for row, at in enumerate(best):
        number = documents[at]
        rows[row, 0], rows[row, 1] = -scores[at], orders[number]
        rows[row, 2], rows[row, 3] = position, number
    return len(best), count_distinct(articles, documents)


@njit
def score_documents(documents: Array, scoring: Scoring) -> Array:
    (docs, repeated, ranks, freqs, lengths, kinds), tables, terms, factors = scoring
    total = (terms[:, 1] - terms[:, 0]).sum()
    walked = len(terms) > 1 and total <= MAX_WALK_RATIO * len(documents)
    scores = np.zeros(lengths.shape[1] if walked else len(documents))
    for row in range(len(terms)):
        begin, end, field = int(terms[row, 0]), int(terms[row, 1]), int(terms[row, 2])
        held = docs[begin:end]
        add = begin, (repeated, ranks, freqs), lengths[field], tables[field], terms[row, 3]
        if walked or np.array_equal(held, documents):
            _add_walking(scores, held, walked, *add)
        else:
            _add_found(scores, documents, held, *add)
    if walked:
        dense = scores
        scores = np.empty(len(documents))
        for position in range(len(documents)):
            scores[position] = dense[documents[position]]
    if len(factors):
        for position in range(len(documents)):
            scores[position] *= factors[kinds[documents[position]]]
    return scores


@njit
def _add_walking(
    scores: Array,
    held: Array,
    dense: bool,
    begin: int,
    counts: tuple[Array, Array, Array],
    sizes: Array,
    table: Array,
    rarity: float,
) -> None:
    """Add what a term gives to all its documents, to scores by document number or by position."""
    repeated, ranks, freqs = counts
    rank, last = _rank(repeated, ranks, begin), max(len(freqs) - 1, 0)
    for position in range(len(held)):
        at, number = begin + position, held[position]
        bit = (repeated[at >> 3] >> (at & 7)) & 1
        more = freqs[min(rank, last)] - 1 if len(freqs) else 0  # read without a branch on `bit`
        rank += bit
        weight = table[((1 + bit * more) << 8) | sizes[number]]
        scores[number if dense else position] += rarity * weight


@njit
def _add_found(
    scores: Array,
    documents: Array,
    held: Array,
    begin: int,
    counts: tuple[Array, Array, Array],
    sizes: Array,
    table: Array,
    rarity: float,
) -> None:
    """Look documents up among those of a term, and add what it gives to their scores."""
    (repeated, ranks, freqs), at = counts, 0
    for position in range(len(documents)):
        number = documents[position]
        if at < len(held) and held[at] < number:
            at = _seek(held, at, number)
        if at == len(held):
            break
        if held[at] == number:
            where = begin + at
            frequency = 1
            if (repeated[where >> 3] >> (where & 7)) & 1:
                frequency = freqs[_rank(repeated, ranks, where)]
            scores[position] += rarity * table[(frequency << 8) | sizes[number]]


@njit
def _rank(repeated: Array, ranks: Array, position: int) -> int:
    """Count the bits set before a position."""
    block = position // BITS_PER_RANK
    count = ranks[block]
    for at in range(block * BITS_PER_RANK // 8, position >> 3):
        count += _BITS_SET[repeated[at]]
    if position & 7:
        count += _BITS_SET[repeated[position >> 3] & ((1 << (position & 7)) - 1)]
    return int(count)


@njit
def _insert(best: Array, positions: Array, held: int, score: float, position: int) -> int:
    """Put a score where it belongs among the best, which fall; return how many are held."""
    at = held if held < len(best) else held - 1
    while at and score > best[at - 1]:
        best[at], positions[at] = best[at - 1], positions[at - 1]
        at -= 1
    best[at], positions[at] = score, position
    return min(held + 1, len(best))


@njit
def largest(scores: Array, wanted: int) -> Array:
    best, positions = np.empty(wanted, np.float64), np.empty(wanted, np.int64)
    held, worst = 0, -np.inf
    for position in range(len(scores) if wanted else 0):
        score = scores[position]
        if score > worst:
            held = _insert(best, positions, held, score, position)
            worst = best[wanted - 1] if held == wanted else -np.inf
    return positions[:held]


# ---------------------------------------------------------------- compiling


def prepare() -> None:
    """Compile for the types that occur, or fetch what was compiled before."""
    mask, counts = np.zeros(4, np.bool_), np.zeros(1, np.int64)
    starts = _frozen(np.zeros(3, np.int64))
    bits, ranks = _frozen(np.zeros(1, np.uint8)), _frozen(counts + 0)
    freqs, kinds = _frozen(np.zeros(1, np.uint8)), _frozen(np.zeros(4, np.uint8))
    counts_of = (bits, ranks, freqs, _frozen(np.zeros((4, 4), np.uint8)), kinds)
    weights = (_frozen(np.ones((4, 1 << 16))), np.zeros((1, 4)), np.ones(13))
    orders, articles = _frozen(np.zeros(4, np.int64)), _frozen(np.zeros(4, np.int32))
    largest(np.zeros(4), 2)
    for code in NUMBER_TYPES:
        documents = _frozen(np.arange(2).astype(code))
        intersect_sorted(documents, documents)
        mark(mask, documents)
        list_marked(mask, np.zeros(4, code))
        count_distinct(articles, documents)
        for text_type in ("<u2", np.uint32):
            texts, substring = _frozen(np.zeros(4, text_type)), np.zeros(1, text_type)
            find_substring((texts, starts, documents), substring)
            holds_pair((texts, starts, documents), (substring, substring), True, (1, 1, mask))
        scoring = (documents, *counts_of), *weights
        score_documents(documents, scoring)
        rank_documents(documents, scoring, (0, orders, articles), np.empty((1, 4)))
        for small in (np.uint8, np.uint16, np.uint32):
            rows, start = _frozen(np.zeros(2, small)), _frozen(np.zeros(4, np.uint32))
            count_rows(counts, rows, start, documents)


def _frozen(values: Array) -> Array:
    """Make an array read-only, as those of a mapped file are."""
    values.setflags(write=False)
    return values
