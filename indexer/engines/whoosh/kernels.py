"""The inner loops, in numpy or, where numba is installed and loaded, compiled; the same results.

Importing numba takes half a second, which a single search from the command line should not pay:
`warm` loads it aside once a process has answered enough requests to be worth it.
"""

from __future__ import annotations

import threading
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import numpy as np

from indexer.engines.base import K1
from indexer.engines.whoosh.columns import Array

WORTH = 32
"""Requests a process answers before it loads numba."""

_MOST_WANTED = 256
"""Hits that the compiled selection keeps in order as it goes; beyond, partitioning is faster."""

_lock = threading.Lock()
_compiled: ModuleType | None = None
_requests = 0


def warm() -> None:
    """Count a request; at the right one, load the compiled loops in a thread of their own."""
    global _requests
    _requests += 1
    if _requests == WORTH and find_spec("numba"):
        threading.Thread(target=load, daemon=True, name="chaquan-kernels").start()


def load() -> bool:
    """Load the compiled loops now; tell whether there are any."""
    global _compiled
    with _lock:
        if _compiled is None and find_spec("numba"):
            module = import_module("indexer.engines.whoosh.compiled")
            module.prepare()
            _compiled = module
    return _compiled is not None


def unload() -> None:
    """Go back to numpy."""
    global _compiled
    _compiled = None


def add_term(
    dense: Array, docs: Array, freqs: Array, lengths: Array, norms: Array, rarity: float
) -> None:
    """Add a term's BM25 contributions to the scores of all documents."""
    if _compiled is not None and freqs.dtype == np.uint8:
        _compiled.add_term(dense, docs, freqs, lengths, norms, rarity)
    else:
        dense[docs] += contributions(docs, freqs, lengths, norms, rarity)


def mark(mask: Array, documents: Array) -> None:
    """Set the mask at some documents."""
    if _compiled is not None and documents.dtype in _compiled.NUMBERS:
        _compiled.mark(mask, documents)
    else:
        mask[documents] = True


def contributions(docs: Array, freqs: Array, lengths: Array, norms: Array, rarity: float) -> Array:
    """Compute a term's BM25 contributions: the operations of `base.bm25` in their order."""
    if _compiled is not None and freqs.dtype == np.uint8 and docs.dtype in _compiled.NUMBERS:
        held: Array = _compiled.contributions(docs, freqs, lengths, norms, rarity)
    else:
        held = rarity * (freqs * (K1 + 1) / (freqs + norms[lengths[docs]]))
    return held


def smallest(keys: Array, wanted: int) -> Array:
    """Return the places of the smallest keys, in no order; of equal ones the first."""
    if wanted >= len(keys):
        return np.arange(len(keys))
    if not wanted:
        return np.zeros(0, np.int64)
    if _compiled is not None and wanted <= _MOST_WANTED and keys.dtype == np.float64:
        places: Array = _compiled.smallest(keys, wanted)
        return places
    border = np.partition(keys, wanted - 1)[wanted - 1]
    below = np.flatnonzero(keys < border)
    ties = np.flatnonzero(keys == border)
    return np.concatenate([below, ties[: wanted - len(below)]])


def count_changes(values: Array, documents: Array) -> int:
    """Count the different values along sorted documents; the values never fall."""
    if not len(documents):
        return 0
    if _compiled is not None and documents.dtype in _compiled.NUMBERS:
        return int(_compiled.count_changes(values, documents))
    held = values.take(documents)
    return int(np.count_nonzero(held[1:] != held[:-1])) + 1


def count_held(rows: Array, start: Array, documents: Array, terms: int) -> Array:
    """Count the terms that documents hold; those of each stand together from its start on."""
    if _compiled is not None and documents.dtype in _compiled.NUMBERS:
        counts = np.zeros(terms, np.int64)
        _compiled.count_held(counts, rows, start, documents)
        return counts
    begins = start[documents].astype(np.int64)
    return np.bincount(rows[_ranges(begins, start[1:][documents] - begins)], minlength=terms)


def _ranges(begins: Array, sizes: Array) -> Array:
    """Return the numbers `begin … begin + size - 1` of every range, end to end."""
    before = np.cumsum(sizes) - sizes
    return np.repeat(begins - before, sizes) + np.arange(int(sizes.sum()))
