"""The inner loops, in numpy or, where numba is installed and loaded, compiled; the same results.

Importing numba takes half a second, which a single search from the command line should not pay:
`warm` loads it aside once a process has answered enough requests to be worth it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import numpy as np

from indexer.engines.base import K1
from indexer.engines.whoosh.columns import (
    NUMBERS,
    Array,
    narrow_documents,
    number_type,
    to_units,
)
from indexer.model import SENTENCE_ENDS, Near

WORTH = 32
"""Requests a process answers before it loads numba."""

_MOST_WANTED = 256
"""Hits that the compiled selection keeps in order as it goes; beyond, sorting is faster."""

_HEAPS = 128
"""Heaps whose maxima bound the largest: 20 µs for 35,000 scores, partitioning takes 310."""

_SEEK = 24
"""A list so many times shorter than another is looked up in it; measured on 50,000 documents."""

_MODULES = ("indexer.engines.whoosh.compiled", "indexer.engines.whoosh.running")

_SHORT = 64
"""Numbers that Python counts in less time than numpy takes for a few calls."""

_GATHERED = 4
"""Of fewer than one in so many documents the rows are gathered, otherwise all are walked."""

_HALVES = set(map(chr, range(0xD800, 0xE000)))

Run = Callable[..., Array | None]
"""Runs a program, see `running`, given by the addresses of its numbers, floats and texts."""

_lock = threading.Lock()
_compiled: ModuleType | None = None
_running: ModuleType | None = None
_requests = 0


def warm() -> None:
    """Count a request; at the right one, load the compiled loops in a thread of their own."""
    global _requests
    _requests += 1
    if _requests == WORTH and find_spec("numba"):
        threading.Thread(target=load, daemon=True, name="chaquan-kernels").start()


def load() -> bool:
    """Load the compiled loops now; tell whether there are any."""
    global _compiled, _running
    with _lock:
        if _compiled is None and find_spec("numba"):
            compiled, running = map(import_module, _MODULES)
            compiled.prepare()
            running.prepare()
            _compiled, _running = compiled, running
    return _compiled is not None


def unload() -> None:
    """Go back to numpy."""
    global _compiled, _running
    _compiled = _running = None


# ---------------------------------------------------------------- sets


def _fits(documents: Array) -> bool:
    """Tell whether compiled loops take these numbers; they take only what nobody writes to."""
    documents.setflags(write=False)
    code: str = documents.dtype.char
    return code in NUMBERS


def shared(one: Array, two: Array, size: int) -> Array:
    """Return what two sorted lists of numbers below `size` share."""
    few, many = (one, two) if len(one) <= len(two) else (two, one)
    if not len(few):
        return few
    if _compiled is not None and few.dtype == many.dtype and _fits(few) and _fits(many):
        held: Array = _compiled.shared(few, many)
        return held
    if len(many) > _SEEK * len(few):
        places = many.searchsorted(few if few.dtype == many.dtype else few.astype(many.dtype))
        found: Array = few[many.take(places, mode="clip") == few]
        return found
    mask = np.zeros(size, np.bool_)
    mask[many.astype(np.intp)] = True
    return few[mask[few.astype(np.intp)]]


def mark(mask: Array, documents: Array) -> None:
    """Set the mask at some documents."""
    if _compiled is not None and _fits(documents):
        _compiled.mark(mask, documents)
    else:
        mask[documents.astype(np.intp, copy=False)] = True


def marked(mask: Array) -> Array:
    """Return the numbers of the documents that a mask holds."""
    if _compiled is None:
        return narrow_documents(np.flatnonzero(mask), len(mask))
    numbers = np.empty(len(mask), number_type(len(mask)))
    return numbers[: _compiled.marked(mask, numbers)]


def count_changes(values: Array, documents: Array) -> int:
    """Count the different values along sorted documents; the values never fall."""
    if not len(documents):
        return 0
    if _compiled is not None and _fits(documents):
        return int(_compiled.count_changes(values, documents))
    held = values.take(documents)
    if len(held) <= _SHORT:
        return len(set(held.tolist()))
    return int(np.count_nonzero(held[1:] != held[:-1])) + 1


def count_held(rows: Array, start: Array, owners: Array, documents: Array, terms: int) -> Array:
    """Count the terms that documents hold.

    The rows of each document stand together from its start on; `owners` says whose each is.
    """
    if _compiled is not None and _fits(documents):
        counts = np.zeros(terms, np.int64)
        _compiled.count_held(counts, rows, start, documents)
        return counts
    if len(documents) * _GATHERED > len(start):
        mask = np.zeros(len(start), np.bool_)
        mark(mask, documents)
        return np.bincount(rows[mask[owners]], minlength=terms)
    begins = start.take(documents).astype(np.int64)
    return np.bincount(rows[_ranges(begins, start[1:].take(documents) - begins)], minlength=terms)


def _ranges(begins: Array, sizes: Array) -> Array:
    """Return the numbers `begin … begin + size - 1` of every range, end to end."""
    before = np.cumsum(sizes) - sizes
    return np.repeat(begins - before, sizes) + np.arange(int(sizes.sum()))


def stand_in(texts: Array, start: Array, run: bytes, documents: Array) -> Array | None:
    """Tell in which documents a run of UTF-16 units stands; nothing where that is not compiled."""
    if _compiled is None or not _fits(documents):
        return None
    found: Array = _compiled.stand_in(texts, start, np.frombuffer(run, "<u2"), documents)
    return found


def stand_near(texts: Array, start: Array, node: Near, documents: Array) -> Array | None:
    """Tell in which documents two runs stand near each other; nothing where that is not compiled.

    Halves of characters, which only a damaged query has, are left to `runs.near_check`.
    """
    runs = node.first, node.second
    if _compiled is None or not _fits(documents) or not all(runs) or _HALVES & {*"".join(runs)}:
        return None
    if node.sentence and set(SENTENCE_ENDS) & {*"".join(runs)}:
        return np.zeros(len(documents), np.bool_)
    found: Array = _compiled.stand_near(
        texts,
        start,
        *map(to_units, runs),
        node.distance,
        to_units(SENTENCE_ENDS if node.sentence else ""),
        documents,
    )
    return found


# ---------------------------------------------------------------- scores


def contributions(docs: Array, freqs: Array, lengths: Array, table: Array, rarity: float) -> Array:
    """Compute a term's BM25 contributions: the operations of `base.bm25` in their order."""
    held = lengths.take(docs)
    if freqs.dtype == np.uint8:
        places = np.left_shift(freqs, 8, dtype=np.uint16)
        places |= held
        weights: Array = table.take(places)
    else:
        weights = freqs * (K1 + 1) / (freqs + table.take(held))
    weights *= rarity
    return weights


def add_term(
    dense: Array, docs: Array, freqs: Array, lengths: Array, table: Array, rarity: float
) -> None:
    """Add a term's contributions to the scores of all documents."""
    if _compiled is not None and freqs.dtype == np.uint8 and _fits(docs):
        _compiled.add_term(dense, docs, freqs, lengths, table, rarity)
    else:
        wide = docs.astype(np.intp)
        dense[wide] += contributions(wide, freqs, lengths, table, rarity)


def add_found(
    scores: Array,
    documents: Array,
    docs: Array,
    freqs: Array,
    lengths: Array,
    table: Array,
    rarity: float,
) -> None:
    """Add a term's contributions to scores that stand beside a few documents."""
    narrow = freqs.dtype == np.uint8 and documents.dtype == docs.dtype
    if _compiled is not None and narrow and _fits(documents) and _fits(docs):
        _compiled.add_found(scores, documents, docs, freqs, lengths, table, rarity)
        return
    places = docs.searchsorted(documents if narrow else documents.astype(docs.dtype))
    held = docs.take(places, mode="clip") == documents
    found = freqs.take(places, mode="clip")
    scores += contributions(documents, found, lengths, table, rarity) * held  # adds 0 for others


def largest(scores: Array, wanted: int) -> Array:
    """Return the places of the largest scores, best first; of equal ones the first."""
    if not wanted:
        return np.zeros(0, np.int64)
    if _compiled is not None and wanted <= _MOST_WANTED:
        places: Array = _compiled.largest(scores, wanted)
        return places
    width = len(scores) // _HEAPS
    if 4 * wanted > _HEAPS or width < 4:
        return _sorted(scores, wanted)
    maxima = scores[: width * _HEAPS].reshape(width, _HEAPS).max(axis=0)
    maxima.sort()
    above = np.flatnonzero(scores >= maxima[-wanted])
    return above[_sorted(scores[above], wanted)]


def _sorted(scores: Array, wanted: int) -> Array:
    """Do what `largest` does, by sorting what a partition leaves."""
    if len(scores) < 8 * wanted:
        return np.argsort(-scores, kind="stable")[:wanted]
    border = np.partition(scores, len(scores) - wanted)[len(scores) - wanted]
    above, ties = np.flatnonzero(scores > border), np.flatnonzero(scores == border)
    above = np.sort(np.concatenate([above, ties[: wanted - len(above)]]))
    return above[np.argsort(-scores[above], kind="stable")]


# ---------------------------------------------------------------- programs


def runner(code: str, wanted: int | None) -> Run | None:
    """Return what runs programs over numbers of a type, if it can be asked for so many hits."""
    if _running is None or wanted is None or wanted > _MOST_WANTED:
        return None
    run: Run | None = _running.RUNS.get(code)
    return run
