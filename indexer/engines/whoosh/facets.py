"""Apply filters to sets of documents and count the values of facets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.fields import FACET_PREFIX
from indexer.engines.whoosh.kernels import loops
from indexer.engines.whoosh.match import intersect, intersect_all, to_mask, to_numbers, unite
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.model import FACETS, Filter, Request


def apply_filters(
    segment: Segment, found: Array, filters: Sequence[Filter], *, leaving_out: str | None = None
) -> Array:
    """Return the found documents that pass; the any-of values of one facet may be left out."""
    for one in filters:
        if one.values and (one.every or one.facet != leaving_out):
            found = intersect(found, _with_values(segment, one))
        for value in one.excluded:
            carriers = to_mask(_carriers(segment, one.facet, value), segment.documents)
            found = intersect(found, ~carriers)
    return found


def _with_values(segment: Segment, one: Filter) -> Array:
    sets = [_carriers(segment, one.facet, value) for value in one.values]
    return intersect_all(sets) if one.every else unite(sets, segment.documents)


def _carriers(segment: Segment, facet: str, value: str) -> Array:
    return segment.find(FACET_PREFIX + facet, value) if facet in FACETS else segment.nothing


def count_facets(
    snapshot: Snapshot, request: Request, found: Sequence[Array], kept: Sequence[Array]
) -> dict[str, dict[str, int]]:
    """Count the values of every facet of a request.

    `found` are the documents of each segment before the filters, `kept` those after. Counts of a
    facet ignore its own any-of filter (drill-sideways).
    """
    return {name: _count(snapshot, name, request.filters, found, kept) for name in request.facets}


def _count(
    snapshot: Snapshot,
    facet: str,
    filters: Sequence[Filter],
    found: Sequence[Array],
    kept: Sequence[Array],
) -> dict[str, int]:
    counts: dict[str, int] = {}
    if facet not in FACETS:
        return counts
    sideways = any(one.facet == facet and one.values and not one.every for one in filters)
    for segment, before, after in zip(snapshot.segments, found, kept, strict=True):
        if segment.field(FACET_PREFIX + facet).size:
            chosen = (
                apply_filters(segment, before, filters, leaving_out=facet) if sideways else after
            )
            _add_counts(counts, segment, FACET_PREFIX + facet, to_numbers(chosen))
    return counts


def _add_counts(counts: dict[str, int], segment: Segment, field: str, documents: Array) -> None:
    """Add how many of the documents carry each value of a field."""
    if not len(documents):
        return
    rows, start, _ = segment.forward_index(field)
    numbers = np.zeros(segment.field(field).size, np.int64)
    loops().count_rows(numbers, rows, start, documents)
    present = np.flatnonzero(numbers)
    names = map(segment.names(field).__getitem__, present.tolist())
    found = dict(zip(names, numbers[present].tolist(), strict=True))
    for name in counts.keys() & found.keys():  # most pages and authors are in one segment only
        found[name] += counts[name]
    counts.update(found)
