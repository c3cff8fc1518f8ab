"""Filters and facet counts: sets of documents in, smaller sets and counts out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.kernels import count_held
from indexer.engines.whoosh.schema import FACET_PREFIX
from indexer.engines.whoosh.segment import NO_POSTINGS, Segment
from indexer.engines.whoosh.sets import intersect, intersect_all, to_mask, to_numbers, unite
from indexer.model import FACETS, Filter


def passing(
    segment: Segment, found: Array, filters: Sequence[Filter], *, aside: str | None = None
) -> Array:
    """Return the found that pass; the any-of values of the facet `aside` are not asked for."""
    for one in filters:
        if one.values and (one.every or one.facet != aside):
            found = intersect(found, _with_values(segment, one), segment.documents)
        for value in one.excluded:
            carriers = to_mask(_carriers(segment, one.facet, value), segment.documents)
            found = intersect(found, ~carriers, segment.documents)
    return found


def _with_values(segment: Segment, one: Filter) -> Array:
    sets = [_carriers(segment, one.facet, value) for value in one.values]
    return (intersect_all if one.every else unite)(sets, segment.documents)


def _carriers(segment: Segment, facet: str, value: str) -> Array:
    return segment.find(FACET_PREFIX + facet, value) if facet in FACETS else NO_POSTINGS


def stands_aside(facet: str, filters: Sequence[Filter]) -> bool:
    """Tell whether the counts of a facet leave a filter aside."""
    return any(one.facet == facet and one.values and not one.every for one in filters)


def add_counts(counts: dict[str, int], segment: Segment, facet: str, documents: Array) -> None:
    """Add how many of the documents carry each value of a facet."""
    if facet not in FACETS:
        return
    field = FACET_PREFIX + facet
    if not segment.field(field).terms:
        return
    numbers = _count_rows(segment, field, documents)
    present = np.flatnonzero(numbers)
    names = map(segment.names(field).__getitem__, present.tolist())
    found = dict(zip(names, numbers[present].tolist(), strict=True))
    for name in counts.keys() & found.keys():  # of pages and most authors there are none
        found[name] += counts[name]
    counts.update(found)


def _count_rows(segment: Segment, field: str, documents: Array) -> Array:
    rows, start, owners, terms = segment.held_by(field)
    return count_held(rows, start, owners, to_numbers(documents), terms)
