"""All segments of one generation together: numbers that hold across them.

A document's global number is its place in page order over the whole index, so that comparing
numbers is comparing `Document.order`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from indexer.engines.base import K1, TERM_FIELDS, B, idf
from indexer.engines.lengths import LENGTHS
from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.field import Field, Span
from indexer.engines.whoosh.segment import Segment
from indexer.model import Kind, Stamp

_LENGTHS = np.array(LENGTHS, np.float64)
_FREQUENCIES = np.arange(256.0)[:, np.newaxis]

_NONE = np.zeros(0, np.int64)

_REMEMBERED = 10_000
"""Terms whose rarity is kept at hand."""


class Placed(NamedTuple):
    """Values that stay in memory, and where they stand."""

    values: Array
    address: int


@dataclass(eq=False, slots=True)
class Weighed:
    """A term in all segments: where its postings stand in each, and its rarity."""

    field: str
    spans: list[Span]
    rarity: float


class Snapshot:
    """The live documents of every segment, and what scoring must know of them all."""

    def __init__(self, generation: int, stamp: Stamp, segments: Sequence[Segment]) -> None:
        self.generation, self.stamp, self.segments = generation, stamp, segments
        self.count = sum(segment.live_count for segment in segments)
        self._weights: dict[str, Placed] = {}
        self._terms: dict[tuple[str, str], Weighed] = {}
        self._fields: dict[str, list[Field]] = {}
        self._tables: dict[str, Placed] = {}
        self._pinned: list[object] = []
        self._factors: dict[tuple[tuple[str, float], ...], Placed] = {}

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
    def number_type(self) -> str:
        """The code of the type of document numbers in all segments, nothing if they differ."""
        codes = {segment.field("page").docs.dtype.char for segment in self.segments}
        return codes.pop() if len(codes) == 1 else ""

    @cached_property
    def whole(self) -> bool:
        """Whether nothing has been deleted."""
        return all(segment.whole for segment in self.segments)

    @cached_property
    def plain(self) -> bool:
        """Whether nothing repeats, so that whatever matches is found."""
        return not any(len(segment.repeats) for segment in self.segments)

    @cached_property
    def implied(self) -> bool:
        """Whether the terms of all documents are those that their texts imply."""
        return not any(field.terms for field in self.fields("loose"))

    def fields(self, name: str) -> list[Field]:
        """Return a field of every segment."""
        held = self._fields.get(name)
        if held is None:
            held = self._fields[name] = [segment.field(name) for segment in self.segments]
        return held

    def table(self, name: str) -> Placed:
        """Return what a program says of a field of terms; nowhere where loops do not take it."""
        known = self._tables.get(name)
        if known is None:
            weights = self.weights(name).address
            code = self.number_type
            tables = [field.table(code, weights) for field in self.fields(name)]
            made = _placed(np.array(tables, np.int64)) if all(tables) else Placed(_NONE, 0)
            known = self._tables.setdefault(name, made)
        return known

    @cached_property
    def places(self) -> Placed:
        """What a program says of each segment, see `running`."""
        return self._tell_places(texts=False)

    @cached_property
    def places_with_texts(self) -> Placed:
        """The same, with where the texts stand, which are checked when they are asked for."""
        return self._tell_places(texts=True)

    def _tell_places(self, *, texts: bool) -> Placed:
        parts = zip(self.segments, self.orders, strict=True)
        places = [self._tell_place(*part, texts=texts) for part in parts]
        made = _placed(np.array(places, np.int64))
        self._pinned.append(made)  # two threads may have made them at a time
        return made

    def _tell_place(self, segment: Segment, orders: Array, *, texts: bool) -> tuple[int, ...]:
        """Tell where the columns of a segment stand, which then stay for as long as this does."""
        columns = {"articles": segment.articles, "orders": orders, "kinds": segment.kinds}
        columns["low"] = segment.article_bytes
        if texts:
            columns |= {"text": segment.columns["text"], "starts": segment.starts}
        if not segment.whole:
            columns["live"] = segment.live
        self._pinned.append(columns)
        at = {name: column.ctypes.data for name, column in columns.items()}
        kept = (at["articles"], segment.documents, at["orders"], at["kinds"])
        return *kept, at.get("text", 0), at.get("starts", 0), at.get("live", 0), at["low"]

    def kind_factors(self, factors: Mapping[Kind, float] | Mapping[str, float]) -> Placed:
        """Return the factor of each term of `kind` in each segment, none where all are 1."""
        key = tuple(factors.items())
        known = self._factors.get(key)
        if known is None:
            parts = [segment.kind_factors(factors) for segment in self.segments]
            widest = max((len(part) for part in parts if part is not None), default=0)
            table = np.ones((len(parts), widest))
            for place, part in enumerate(parts):
                if part is not None:
                    table[place, : len(part)] = part
            known = self._factors.setdefault(key, _placed(table))
        return known

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

    def weights(self, field: str) -> Placed:
        """Return what a term weighs by its frequency and the byte of a length, before its rarity.

        `frequency << 8 | byte` is the place in the table. Frequency 0, which there is not, gives
        the length's share of the denominator, by which weights of frequencies above 255 are made.
        """
        weights = self._weights.get(field)
        if weights is None:
            norms = K1 * (1 - B + B * _LENGTHS / (self.averages[field] or 1.0))
            table = _FREQUENCIES * (K1 + 1) / (_FREQUENCIES + norms)
            table[0] = norms
            made = _placed(table.ravel())
            weights = self._weights.setdefault(field, made)  # the one whose address terms keep
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

    def term(self, field: str, text: str) -> Weighed:
        """Return where a term stands in each segment, and how much its rarity weighs."""
        known = self._terms.get((field, text))
        if known is None:
            spans = [held.find(text) for held in self.fields(field)]
            known = Weighed(field, spans, idf(self.count, self._frequency(field, spans)))
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


def _placed(values: Array) -> Placed:
    values.setflags(write=False)
    return Placed(values, values.ctypes.data)


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
