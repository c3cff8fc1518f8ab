"""The inner loops compiled by numba; only `kernels` imports this, and only where numba is."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from indexer.engines.base import K1

NUMBERS = (np.dtype(np.uint16), np.dtype(np.int32), np.dtype(np.int64))
"""Types of document numbers that are compiled for."""

_K = K1 + 1


def _compile(function: Any) -> Any:
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder to keep the machine code in
        return numba.njit(nogil=True)(function)


@_compile
def add_term(dense: Any, docs: Any, freqs: Any, lengths: Any, norms: Any, rarity: float) -> None:
    """Add a term's BM25 contributions."""
    for place in range(len(docs)):
        number, frequency = docs[place], float(freqs[place])
        dense[number] += rarity * (frequency * _K / (frequency + norms[lengths[number]]))


@_compile
def contributions(docs: Any, freqs: Any, lengths: Any, norms: Any, rarity: float) -> Any:
    """Compute a term's BM25 contributions."""
    held = np.empty(len(docs), np.float64)
    for place in range(len(docs)):
        frequency = float(freqs[place])
        held[place] = rarity * (frequency * _K / (frequency + norms[lengths[docs[place]]]))
    return held


@_compile
def mark(mask: Any, documents: Any) -> None:
    """Set the mask at some documents."""
    for place in range(len(documents)):
        mask[documents[place]] = True


@_compile
def smallest(keys: Any, wanted: int) -> Any:
    """Keep the smallest keys seen so far in order."""
    best, places = np.empty(wanted, np.float64), np.empty(wanted, np.int64)
    held = 0
    for place in range(len(keys)):
        key = keys[place]
        if held == wanted and not key < best[held - 1]:
            continue
        at = held if held < wanted else held - 1
        while at and key < best[at - 1]:
            best[at], places[at] = best[at - 1], places[at - 1]
            at -= 1
        best[at], places[at] = key, place
        held = min(held + 1, wanted)
    return places[:held]


@_compile
def count_changes(values: Any, documents: Any) -> int:
    """Count the different values along documents."""
    changes, before = 1, values[documents[0]]
    for place in range(1, len(documents)):
        value = values[documents[place]]
        changes += value != before
        before = value
    return changes


@_compile
def count_held(counts: Any, rows: Any, start: Any, documents: Any) -> None:
    """Count the terms that documents hold."""
    for place in range(len(documents)):
        number = documents[place]
        for at in range(start[number], start[number + 1]):
            counts[rows[at]] += 1


def prepare() -> None:
    """Compile for the types that occur, or fetch what was compiled before."""
    lengths, norms = _frozen(np.zeros(4, np.uint8)), np.ones(256)
    smallest(np.zeros(4), 2)
    for dtype in NUMBERS:
        for documents in (np.zeros(2, dtype), _frozen(np.zeros(2, dtype))):
            count_changes(np.zeros(4, np.int32), documents)
            mark(np.zeros(4, np.bool_), documents)
            for small in (np.uint8, np.uint16):
                rows = _frozen(np.zeros(2, small))
                start = _frozen(np.zeros(4, np.uint32))
                count_held(np.zeros(1, np.int64), rows, start, documents)
            for freqs in (np.ones(2, np.uint8), _frozen(np.ones(2, np.uint8))):
                contributions(documents, freqs, lengths, norms, 1.0)
        add_term(np.zeros(4), documents, _frozen(np.ones(2, np.uint8)), lengths, norms, 1.0)


def _frozen(values: Any) -> Any:
    """Make an array as those of a mapped file are."""
    values.setflags(write=False)
    return values
