"""All segments of one generation together: numbers that hold across them.

A document's global number is its place in page order over the whole index, so that comparing
numbers is comparing `Document.order`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from indexer.engines.base import K1, TERM_FIELDS, B, idf
from indexer.engines.lengths import LENGTHS
from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.segment import Segment
from indexer.model import Stamp

_LENGTHS = np.array(LENGTHS, np.float64)

_REMEMBERED = 10_000
"""Terms whose rarity is kept at hand."""


class Snapshot:
    """The live documents of every segment, and what scoring must know of them all."""

    def __init__(self, generation: int, stamp: Stamp, segments: Sequence[Segment]) -> None:
        self.generation, self.stamp, self.segments = generation, stamp, segments
        self.count = sum(segment.live_count for segment in segments)
        self._saturations: dict[str, Array] = {}
        self._terms: dict[tuple[str, str], tuple[list[int], float]] = {}

    @cached_property
    def pages(self) -> list[tuple[str, int, int]]:
        """Every live page in order, with its segment and its record's number."""
        found = []
        for place, segment in enumerate(self.segments):
            records, rows = segment.live_pages()
            for record, row in zip(records.tolist(), rows.tolist(), strict=True):
                found.append((segment.term("page", row), place, record))
        return sorted(found)

    @cached_property
    def orders(self) -> list[Array]:
        """The global number of every document of every segment."""
        if len(self.segments) == 1:
            return [np.arange(self.segments[0].documents)]
        orders = [np.zeros(segment.documents, np.int64) for segment in self.segments]
        bases: list[list[tuple[int, int]]] = [[] for _ in self.segments]
        base = 0
        for name, place, record in self.pages:
            span = self.segments[place].page_range(name)
            assert span is not None  # noqa: S101 - a live page has a record
            bases[place].append((record, base))
            base += span[1] - record
        for segment, order, starts in zip(self.segments, orders, bases, strict=True):
            _number(segment, order, starts)
        return orders

    def length_table(self, field: str) -> Array:
        """Return `K1 * (1 - B + B * length / average)` for each byte a length may be."""
        if field not in self._saturations:
            average = self.averages[field] or 1.0
            self._saturations[field] = K1 * (1 - B + B * _LENGTHS / average)
        return self._saturations[field]

    @cached_property
    def averages(self) -> dict[str, float]:
        """The average quantised length of each term field over live documents."""
        return {field: self._total_length(field) / max(1, self.count) for field in TERM_FIELDS}

    def _total_length(self, field: str) -> float:
        total = 0.0
        for segment in self.segments:
            lengths = segment.columns[f"{field}.lengths"][segment.live]
            total += float(np.dot(np.bincount(lengths, minlength=256), _LENGTHS))
        return total

    def term(self, field: str, text: str) -> tuple[list[int], float]:
        """Return the row of a term in each segment, -1 for none, and how much its rarity weighs."""
        known = self._terms.get((field, text))
        if known is None:
            rows = self.rows(field, text)
            known = rows, idf(self.count, self.frequency(field, rows))
            if len(self._terms) >= _REMEMBERED:
                self._terms.clear()
            self._terms[field, text] = known
        return known

    def frequency(self, field: str, rows: Sequence[int]) -> int:
        """Count the live documents of a term by its row in each segment, -1 for none."""
        return sum(
            segment.live_frequency(field, row)
            for segment, row in zip(self.segments, rows, strict=True)
            if row >= 0
        )

    def rows(self, field: str, text: str) -> list[int]:
        """Return the row of a term in each segment."""
        return [segment.find_row(field, text) for segment in self.segments]


def _number(segment: Segment, order: Array, starts: list[tuple[int, int]]) -> None:
    """Give the documents of each page their numbers, from the base of the page on."""
    if not starts:
        return
    records, bases = np.array(starts, np.int64).T
    by_record = np.argsort(records)
    records, bases = records[by_record], bases[by_record]
    numbers = np.arange(segment.documents)
    place = np.maximum(np.searchsorted(records, numbers, side="right") - 1, 0)
    order[:] = bases[place] + numbers - records[place]
