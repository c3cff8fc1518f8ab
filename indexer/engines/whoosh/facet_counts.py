"""Count the hits of a request by the values of its facets, each without its own filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from indexer.engines.base import drill_sideways
from indexer.engines.counted_values import CountedValues
from indexer.engines.whoosh.columns import FACET_PREFIX, Array
from indexer.engines.whoosh.kernels import loops
from indexer.engines.whoosh.match import evaluate, intersect, subtract
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.model import FACETS, And, Filter, Keyword, Or, Request


def apply_filters(
    snapshot: Snapshot, found: Sequence[Array], filters: Sequence[Filter]
) -> Sequence[Array]:
    """Return the found documents that pass, by segment."""
    for one in filters:
        nodes = tuple(Keyword(one.facet, value) for value in one.values)
        if nodes:
            inside = evaluate(snapshot, And(nodes) if one.every else Or(nodes))
            found = list(map(intersect, found, inside))
        for value in one.excluded:
            outside = evaluate(snapshot, Keyword(one.facet, value))
            found = list(map(subtract, found, outside, snapshot.sizes))
    return found


def count_facets(
    snapshot: Snapshot, request: Request, found: Sequence[Array], kept: Sequence[Array]
) -> dict[str, Mapping[str, int]]:
    """Count the values of every facet of a request.

    `found` are the documents of each segment before the filters, `kept` those after. Counts of a
    facet ignore its own any-of filter (drill-sideways).
    """
    chosen = {one.facet for one in request.filters if one.values and not one.every}
    names = [name for name in request.facets if name in FACETS]
    counter = _Counter(snapshot, names)
    counter.count([name for name in names if name not in chosen], kept)
    for name in chosen.intersection(names):
        others = drill_sideways(request.filters, name)
        counter.count([name], apply_filters(snapshot, found, others))
    counts = {name: counter.counts(name) for name in names}
    return {name: counts.get(name, {}) for name in request.facets}


class _Counter:
    """Counts the values of facets over the segments of a snapshot."""

    def __init__(self, snapshot: Snapshot, names: Sequence[str]) -> None:
        self._snapshot = snapshot
        self._codes = {name: snapshot.field_codes(FACET_PREFIX + name) for name in names}
        self._numbers = {name: np.zeros(len(self._codes[name][0]), np.int64) for name in names}

    def count(self, names: Sequence[str], found: Sequence[Array]) -> None:
        """Add documents, given by segment, to the counts of some facets."""
        for position, documents in enumerate(found):
            codes = {name: held for name in names if len(held := self._codes[name][1][position])}
            if codes and len(documents):
                self._count(position, codes, documents)

    def _count(self, position: int, codes: Mapping[str, Array], documents: Array) -> None:
        fields = (FACET_PREFIX + name for name in codes)
        rows, start, _ = self._snapshot.segments[position].forward_index(*fields)
        numbers = np.zeros(sum(map(len, codes.values())), np.int64)
        loops().count_rows(numbers, rows, start, documents)
        begin = 0
        for name, held in codes.items():
            self._numbers[name][held] += numbers[begin : begin + len(held)]
            begin += len(held)

    def counts(self, name: str) -> CountedValues:
        """Return the counts of a facet."""
        return CountedValues(self._codes[name][0], self._numbers[name])
