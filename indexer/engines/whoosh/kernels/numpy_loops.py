"""The inner loops in numpy; `numba_loops` has the same functions with the same arguments.

`documents` are sorted document numbers.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

import numpy as np

from indexer.engines.base import saturate
from indexer.engines.whoosh.columns import (
    Array,
    Gap,
    count_bits,
    follow_substring,
    ranges,
    read_freqs,
)
from indexer.model import find_starts

_MAXIMA_GROUPS = 128
"""Groups whose maxima bound the largest: 20 µs for 35,000 scores, partitioning takes 310."""

_LOOK_UP_RATIO = 24
"""A list so many times shorter than another is looked up in it; measured on 50,000 documents."""

_FEW_VALUES = 64
"""Numbers that Python counts in less time than numpy takes for a few calls."""

_FEW_SCORED = 40
"""Documents times terms that are scored faster one by one than by arrays."""

MAX_WALK_RATIO = 8
"""Postings up to so many times the documents to be scored are walked, others are looked up."""

_SCAN_RATIO = 16
"""Texts are gathered where they are fewer than one in so many characters; others are scanned."""

_SCANNED_CODES = 1 << 18
"""Codes that are compared at a time, so that the answers stay in the processor's cache."""

_MAX_TRIED_GAP = 32
"""After a substring, gaps up to this width are tried one by one; for wider ones both are found."""

_MIN_GATHER_RATIO = 4
"""Of fewer than one in so many documents the rows are gathered, otherwise all are walked."""


Texts = tuple[Array, Array, Array]
"""Codes end to end, where each text begins (one more at the end), and the texts that are searched,
by sorted numbers."""

Scoring = tuple[Any, ...]
"""What `ranking.Scorer` prepares: `Segment.scored`, `Snapshot.weights`, the terms, and the factors
of the kinds, if there are any. A term is a row: where its postings begin and end, in which row of
the lengths and weights its field is, and how much it weighs."""

Ordering = tuple[int, Array, Array]
"""The number of a segment, and of each document its order in the index and its article."""


# ---------------------------------------------------------------- sets


def intersect_sorted(few: Array, many: Array) -> Array:
    """Return what two sorted lists of numbers share; the first is the shorter one."""
    if not len(few) or not len(many):
        return few[:0]
    if len(many) > _LOOK_UP_RATIO * len(few):
        found: Array = few[many.take(many.searchsorted(few), mode="clip") == few]
        return found
    mask = np.zeros(max(int(few[-1]), int(many[-1])) + 1, np.bool_)
    mask[many.astype(np.intp)] = True
    return few[mask[few.astype(np.intp)]]


def mark(mask: Array, documents: Array) -> None:
    """Set the mask at some documents."""
    mask[documents.astype(np.intp)] = True


def list_marked(mask: Array, numbers: Array) -> int:
    """Write the numbers that a mask holds to the beginning of `numbers`; return how many."""
    found = np.flatnonzero(mask)
    numbers[: len(found)] = found
    return len(found)


def count_distinct(values: Array, documents: Array) -> int:
    """Count the different values along documents; the values never fall."""
    if not len(documents):
        return 0
    held = values.take(documents)
    if len(held) <= _FEW_VALUES:
        return len(set(held.tolist()))
    return int(np.count_nonzero(held[1:] != held[:-1])) + 1


def count_rows(counts: Array, rows: Array, start: Array, documents: Array) -> None:
    """Add to `counts` how many documents hold each row; `start` says where each one's begin."""
    if len(documents) * _MIN_GATHER_RATIO > len(start):
        mask = np.zeros(len(start) - 1, np.bool_)
        mark(mask, documents)
        held = rows[np.repeat(mask, np.diff(start))]
    else:
        begins = start.take(documents).astype(np.int64)
        held = rows[ranges(begins, start[1:].take(documents) - begins)]
    counts += np.bincount(held, minlength=len(counts))


# ---------------------------------------------------------------- texts


def find_substring(texts: Texts, substring: Array) -> tuple[Array, Array]:
    """Return how often a substring occurs in each text, and each of its positions in order."""
    (codes, starts, documents), (first, *others) = texts, substring.tolist()
    begins = starts.take(documents)
    ends = np.maximum(starts[1:].take(documents) - len(others), begins)
    low, high = (int(begins[0]), int(ends[-1])) if len(documents) else (0, 0)
    if _SCAN_RATIO * int((ends - begins).sum()) <= high - low:
        return _find_in_each(texts, substring)
    edges = range(low, high, _SCANNED_CODES)  # of all texts between first and last
    parts = [(at, codes[at : min(at + _SCANNED_CODES, high)]) for at in edges]
    found = np.concatenate([at + np.flatnonzero(part == first) for at, part in parts])
    firsts = found.searchsorted(begins)
    sizes = found.searchsorted(ends) - firsts
    if int(sizes.sum()) < len(found):
        found = found[ranges(firsts, sizes)]
    if not others:
        return sizes, found
    for distance, code in enumerate(others, 1):
        found = found[codes.take(found + distance) == code]
    return np.diff(found.searchsorted(begins), append=len(found)), found


def _find_in_each(texts: Texts, substring: Array) -> tuple[Array, Array]:
    """Do what `find_substring` does, text by text."""
    (codes, starts, documents), wanted = texts, substring.tobytes()
    counts, found, width = list[int](), list[int](), codes.itemsize
    begins, ends = starts.take(documents).tolist(), starts[1:].take(documents).tolist()
    for begin, end in zip(begins, ends, strict=True):
        data, before = codes[begin:end].tobytes(), len(found)
        found += [begin + at // width for at in find_starts(data, wanted) if at % width == 0]
        counts.append(len(found) - before)
    return np.array(counts, np.int64), np.array(found, np.int64)


def holds_pair(texts: Texts, substrings: tuple[Array, Array], either: bool, gap: Gap) -> Array:
    """Return in which texts one substring is after another, or `either`, with a gap.

    Of all ends before a position the nearest one decides, as its gap is part of the others'.
    """
    (codes, starts, documents), (least, most, breaks) = texts, gap
    found, one = np.zeros(len(documents), np.bool_), _list_substrings(texts, substrings[0])
    if not either and most <= _MAX_TRIED_GAP:
        owners, _, ends = one
        limits = starts[1:].take(documents).take(owners)
        found[owners[follow_substring(codes, substrings[1], ends, limits, gap)[0]]] = True
        return found
    two = _list_substrings(texts, substrings[1])
    for (owners, _, ends), (others, begins, _) in ((one, two), (two, one))[: 1 + either]:
        before, behind = _match_nearest(ends, begins, least)
        near = (owners[before] == others[behind]) & (begins[behind] - ends[before] <= most)
        before, behind = before[near], behind[near]
        broken = _have_breaks(codes, ends[before], begins[behind], breaks)
        found[owners[before[~broken]]] = True
    return found


def _list_substrings(texts: Texts, substring: Array) -> tuple[Array, Array, Array]:
    """Return the texts that hold a substring, as numbers in order, and its begins and ends."""
    counts, begins = find_substring(texts, substring)
    return np.arange(len(counts)).repeat(counts), begins, begins + len(substring)


def _match_nearest(ends: Array, begins: Array, least: int) -> tuple[Array, Array]:
    """Return the numbers of ends and of the first begin after each that no other end parts."""
    nearest = ends.searchsorted(begins - least, "right")
    behind = np.flatnonzero(np.diff(nearest, prepend=0))
    return nearest[behind] - 1, behind


def _have_breaks(codes: Array, begins: Array, ends: Array, breaks: Array) -> Array:
    """Return in which ranges of codes one is set in `breaks`."""
    sizes = ends - begins
    broken = breaks.take(codes.take(ranges(begins, sizes)), mode="clip")
    counts, stops = np.append(0, np.cumsum(broken)), np.cumsum(sizes)
    fewer: Array = counts[stops - sizes] < counts[stops]
    return fewer


# ---------------------------------------------------------------- scores


def rank_documents(
    documents: Array, scoring: Scoring, ordering: Ordering, rows: Array
) -> tuple[int, int]:
    """Write the best documents to rows, best first: negated score, order, segment and number.

    The orders decide between equal scores of several segments. Return how many rows were written,
    and the number of different articles of all the documents.
    """
    position, orders, articles = ordering
    scores = score_documents(documents, scoring)
    best = largest(scores, len(rows))
    found, written = documents[best], rows[: len(best)].T
    written[0], written[1], written[2], written[3] = -scores[best], orders[found], position, found
    return len(best), count_distinct(articles, documents)


def score_documents(documents: Array, scoring: Scoring) -> Array:
    """Return the BM25 scores of documents, times the factors of their kinds.

    The terms are added in their order.
    """
    few = len(documents) * len(scoring[2]) <= _FEW_SCORED
    scores = (_score_few if few else _score_many)(documents, scoring)
    kinds, factors = scoring[0][-1], scoring[-1]
    return scores * factors.take(kinds.take(documents)) if len(factors) else scores


def _score_many(documents: Array, scoring: Scoring) -> Array:
    (docs, repeated, ranks, freqs, lengths, _), tables, terms, _ = scoring
    norms = tables[:, :256]
    total = (terms[:, 1] - terms[:, 0]).sum()
    walked = len(terms) > 1 and total <= MAX_WALK_RATIO * len(documents)
    scores = np.zeros(lengths.shape[1] if walked else len(documents))
    for *span, row, rarity in terms.tolist():
        begin, end, field = *map(int, span), int(row)
        held = docs[begin:end]
        often = read_freqs(repeated, ranks, freqs, begin, end)
        if walked:
            wide = held.astype(np.intp)
            scores[wide] += rarity * saturate(often, norms[field].take(lengths[field].take(wide)))
        elif len(held) == len(documents) and (held == documents).all():
            scores += rarity * saturate(often, norms[field].take(lengths[field].take(held)))
        elif len(held):
            positions = held.searchsorted(documents)
            there = held.take(positions, mode="clip") == documents
            often = often.take(positions, mode="clip") * there  # adds 0 for others
            scores += rarity * saturate(often, norms[field].take(lengths[field].take(documents)))
    return scores.take(documents) if walked else scores


def _score_few(documents: Array, scoring: Scoring) -> Array:
    """Return the scores of a few documents, each looked up by Python."""
    (docs, repeated, ranks, freqs, lengths, _), tables, terms, _ = scoring
    numbers, held, bits = documents.tolist(), docs.data, repeated.data
    scores = [0.0] * len(numbers)
    for *span, row, rarity in terms.tolist():
        (at, end), field = map(int, span), int(row)
        sizes, norms = lengths[field].data, tables[field].data
        for position, number in enumerate(numbers):
            at = bisect_left(held, number, at, end)
            if at < end and held[at] == number:
                frequency = 1
                if bits[at >> 3] >> (at & 7) & 1:
                    frequency = int(freqs[count_bits(bits, ranks, at)])
                scores[position] += rarity * saturate(frequency, norms[sizes[number]])
    return np.array(scores)


def largest(scores: Array, wanted: int) -> Array:
    """Return the positions of the largest scores, best first; of equal ones the first."""
    if not wanted:
        return np.zeros(0, np.int64)
    width = len(scores) // _MAXIMA_GROUPS
    if 4 * wanted > _MAXIMA_GROUPS or width < 4:
        return _sort_best(scores, wanted)
    maxima = scores[: width * _MAXIMA_GROUPS].reshape(width, _MAXIMA_GROUPS).max(axis=0)
    maxima.sort()
    above = np.flatnonzero(scores >= maxima[-wanted])
    return above[_sort_best(scores[above], wanted)]


def _sort_best(scores: Array, wanted: int) -> Array:
    """Do what `largest` does, by sorting what a partition leaves."""
    if len(scores) < 8 * wanted:
        return np.argsort(-scores, kind="stable")[:wanted]
    border = np.partition(scores, len(scores) - wanted)[len(scores) - wanted]
    above, ties = np.flatnonzero(scores > border), np.flatnonzero(scores == border)
    above = np.sort(np.concatenate([above, ties[: wanted - len(above)]]))
    return above[np.argsort(-scores[above], kind="stable")]
