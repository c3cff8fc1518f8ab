"""All segments of one generation together: numbers that hold across them.

A document's global number is its place in page order over the whole index, so that comparing
numbers is comparing `Document.order`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from indexer.engines.base import K1, TERM_FIELDS, B, idf
from indexer.engines.lengths import LENGTHS
from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.field import Field, Span
from indexer.engines.whoosh.segment import Segment
from indexer.model import Stamp

_LENGTHS = np.array(LENGTHS, np.float64)
_FREQUENCIES = np.arange(256.0)[:, np.newaxis]

_NONE = np.zeros(0, np.int64)

_REMEMBERED = 10_000
"""Terms whose rarity is kept at hand."""


@dataclass(eq=False, slots=True)
class TermStats:
    """A term in all segments: where its postings stand in each, and its rarity."""

    field: str
    spans: list[Span]
    rarity: float


class Snapshot:
    """The live documents of every segment, and what scoring must know of them all."""

    def __init__(self, generation: int, stamp: Stamp, segments: Sequence[Segment]) -> None:
        self.generation, self.stamp, self.segments = generation, stamp, segments
        self.count = sum(segment.live_count for segment in segments)
        self._weights: dict[str, Array] = {}
        self._terms: dict[tuple[str, str], TermStats] = {}
        self._fields: dict[str, list[Field]] = {}

    @property
    def pages(self) -> list[tuple[str, int, int]]:
        """Every live page in order, with its segment and its record's number."""
        names, places, records, _ = self._pages
        return list(zip(names, places.tolist(), records.tolist(), strict=True))

    @cached_property
    def _pages(self) -> tuple[list[str], Array, Array, Array]:
        """Names in order; each page's segment, record and number of documents, record included."""
        names: list[str] = []
        places, records, sizes = [_NONE], [_NONE], [_NONE]
        for place, segment in enumerate(self.segments):
            held, rows = segment.live_pages()
            known = segment.names("page")
            names += [known[row] for row in rows.tolist()]
            places.append(np.full(len(held), place))
            records.append(held)
            sizes.append(segment.page_sizes(held))
        order = sorted(range(len(names)), key=names.__getitem__)
        joined = [np.concatenate(parts)[order] for parts in (places, records, sizes)]
        return [names[place] for place in order], joined[0], joined[1], joined[2]

    @cached_property
    def orders(self) -> list[Array]:
        """The global number of every document of every segment."""
        if len(self.segments) == 1:
            return [np.arange(self.segments[0].documents)]
        _, places, records, sizes = self._pages
        bases = np.cumsum(sizes) - sizes
        return [
            _number(segment, records[places == place], bases[places == place])
            for place, segment in enumerate(self.segments)
        ]

    @cached_property
    def has_no_repeats(self) -> bool:
        """Whether no document repeats another, so that everything that matches is a hit."""
        return not any(len(segment.repeats) for segment in self.segments)

    def fields(self, name: str) -> list[Field]:
        """Return a field of every segment."""
        held = self._fields.get(name)
        if held is None:
            held = self._fields[name] = [segment.field(name) for segment in self.segments]
        return held

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Raise `IndexCorrupt` for what was read from files that were cut short meanwhile."""
        try:
            yield
        except Exception:
            self._check_lengths()
            raise
        self._check_lengths()

    def _check_lengths(self) -> None:
        for segment in self.segments:
            segment.check_length()

    def weights(self, field: str) -> Array:
        """Return what a term weighs by its frequency and the byte of a length, before its rarity.

        `frequency << 8 | byte` is the place in the table. Frequency 0, which there is not, gives
        the length's share of the denominator, by which weights of frequencies above 255 are made.
        """
        weights = self._weights.get(field)
        if weights is None:
            norms = K1 * (1 - B + B * _LENGTHS / (self.averages[field] or 1.0))
            table = _FREQUENCIES * (K1 + 1) / (_FREQUENCIES + norms)
            table[0] = norms
            weights = self._weights[field] = table.ravel()
            weights.setflags(write=False)
        return weights

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

    def term(self, field: str, text: str) -> TermStats:
        """Return where a term stands in each segment, and how much its rarity weighs."""
        known = self._terms.get((field, text))
        if known is None:
            spans = [held.find(text) for held in self.fields(field)]
            known = TermStats(field, spans, idf(self.count, self._frequency(field, spans)))
            if len(self._terms) >= _REMEMBERED:
                self._terms.clear()
            self._terms[field, text] = known
        return known

    def frequency(self, field: str, text: str) -> int:
        """Count the live documents that hold a term."""
        return self._frequency(field, [held.find(text) for held in self.fields(field)])

    def _frequency(self, field: str, spans: Sequence[Span]) -> int:
        count = 0
        for segment, span in zip(self.segments, spans, strict=True):
            count += segment.frequency(field, span)
        return count


def _number(segment: Segment, records: Array, bases: Array) -> Array:
    """Give the documents of each page their numbers, from the base of the page on."""
    numbers = np.arange(segment.documents)
    if not len(records):
        return numbers
    by_record = np.argsort(records)
    records, bases = records[by_record], bases[by_record]
    place = np.maximum(np.searchsorted(records, numbers, side="right") - 1, 0)
    order: Array = bases[place] + numbers - records[place]
    return order
