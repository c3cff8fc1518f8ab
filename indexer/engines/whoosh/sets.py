"""Sets of documents of one segment: sorted numbers where they are few, a mask where many.

A set is an array: of type bool it is a mask over the segment, of any integer type the sorted
numbers themselves. Sets are never changed in place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.kernels import mark, marked, shared

_DENSE = 32
"""A union of more than one in so many documents is made as a mask."""


def is_mask(documents: Array) -> bool:
    """Tell which of the two forms a set has."""
    return documents.dtype == np.bool_


def to_mask(documents: Array, size: int) -> Array:
    """Return a set as a mask."""
    if is_mask(documents):
        return documents
    mask = np.zeros(size, np.bool_)
    mark(mask, documents)
    return mask


def to_numbers(documents: Array) -> Array:
    """Return a set as sorted numbers."""
    return marked(documents) if is_mask(documents) else documents


def count(documents: Array) -> int:
    """Count the members of a set."""
    return int(np.count_nonzero(documents)) if is_mask(documents) else len(documents)


def intersect(one: Array, two: Array, size: int) -> Array:
    """Return what two sets share."""
    if is_mask(one):
        return one & two if is_mask(two) else two[one.take(two)]
    if is_mask(two):
        return one[two.take(one)]
    return shared(one, two, size)


def intersect_all(sets: Sequence[Array], size: int) -> Array:
    """Return what all sets share, the smallest first."""
    result, *others = sorted(sets, key=_extent)
    for other in others:
        if not len(result):
            break
        result = intersect(result, other, size)
    return result


def _extent(documents: Array) -> int:
    """Order sets by size, masks last: they are as long as a segment."""
    return len(documents) + is_mask(documents)


def unite(sets: Sequence[Array], size: int) -> Array:
    """Return what stands in any of the sets."""
    held = [one for one in sets if is_mask(one) or len(one)]
    if not held:
        return np.zeros(0, np.int64)
    if len(held) == 1:
        return held[0]
    if any(map(is_mask, held)) or sum(map(len, held)) * _DENSE > size:
        mask = np.zeros(size, np.bool_)
        for one in held:
            if is_mask(one):
                mask |= one
            else:
                mark(mask, one)
        return mask
    return np.unique(np.concatenate(held))


def in_at_least(sets: Sequence[Array], least: int, size: int) -> Array:
    """Return the mask of what stands in at least so many of the sets."""
    counts = np.zeros(size, np.int16)
    for one in sets:
        if is_mask(one):
            counts += one
        else:
            counts[one] += 1
    return counts >= least
