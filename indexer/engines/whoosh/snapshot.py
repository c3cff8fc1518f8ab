"""All segments of one generation together: numbers that hold across them.

A document's global number is its position in page order over the whole index, so that comparing
numbers is comparing `Document.order`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

import numpy as np

from indexer.bounded_cache import BoundedCache
from indexer.engines.base import TERM_FIELDS, average_length, idf, length_norm, saturate
from indexer.engines.lengths import LENGTHS_BY_BYTE
from indexer.engines.whoosh.columns import Array, as_numbers
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.term_index import Span
from indexer.engines.whoosh.term_tables import PairTable, WordTable
from indexer.model import Stamp, TextNode

_CODED_LENGTHS = np.array(LENGTHS_BY_BYTE, np.float64)

_MAX_CACHED_TERMS = 10_000

_MAX_CACHED_SEARCHES = 64
"""Nodes whose documents, found in the texts, are kept for the next page, filter or tier."""

_MAX_COUNTED_SUBSTRINGS = 8
"""Substrings whose counts by document are kept: the spellings of a name that is being counted."""


_Term = tuple[str, str]
"""A field and a text."""


class Snapshot:
    """The live documents of every segment, and statistics over them all."""

    def __init__(self, generation: int, stamp: Stamp, segments: Sequence[Segment]) -> None:
        self.generation, self.stamp, self.segments = generation, stamp, segments
        self.count = sum(segment.live_count for segment in segments)
        self.sizes = [segment.documents for segment in segments]
        self.has_deletions = any(segment.has_deletions for segment in segments)
        self._docs = [segment.docs for segment in segments]
        self._spans = BoundedCache[_Term, list[Span]](_MAX_CACHED_TERMS)
        self._rarities = BoundedCache[_Term, float](_MAX_CACHED_TERMS)
        self.searched = BoundedCache[TextNode, list[Array]](_MAX_CACHED_SEARCHES)
        self.counted = BoundedCache[str, list[tuple[Array, Array]]](_MAX_COUNTED_SUBSTRINGS)
        self._codes: dict[str, tuple[list[str], list[Array]]] = {}

    def digests(self) -> dict[str, str]:
        """Map the name of every live page to its digest, in page order."""
        digests: dict[str, str] = {}
        for segment in self.segments:
            digests.update(zip(segment.live_pages()[1], segment.digests(), strict=True))
        return dict(sorted(digests.items()))

    @cached_property
    def orders(self) -> list[Array]:
        """The global number of every document of every segment."""
        orders = [np.arange(segment.documents) for segment in self.segments]
        if len(orders) > 1:
            orders = list(map(_number, self.segments, self._find_bases()))
        for values in orders:
            values.setflags(write=False)
        return orders

    @cached_property
    def ordering(self) -> list[tuple[Array, Array]]:
        """The global number and the article of every document, by segment."""
        articles = [segment.articles for segment in self.segments]
        return list(zip(self.orders, articles, strict=True))

    def _find_bases(self) -> list[Array]:
        """Return the global number of each live page record, by segment."""
        held = [segment.live_pages() for segment in self.segments]
        names = [name for _, known in held for name in known]
        order = sorted(range(len(names)), key=names.__getitem__)
        pairs = zip(self.segments, held, strict=True)
        sizes = np.concatenate([segment.page_sizes(records) for segment, (records, _) in pairs])
        bases = np.empty(len(names), np.int64)
        bases[order] = np.cumsum(sizes[order]) - sizes[order]
        return np.split(bases, np.cumsum([len(records) for records, _ in held])[:-1])

    @cached_property
    def pair_table(self) -> PairTable:
        """The document counts of all pairs, made when suggestions first need them."""
        return PairTable.of(self.segments)

    @cached_property
    def word_table(self) -> WordTable:
        """The document counts of all words, made when suggestions first need them."""
        return WordTable.of(self.segments)

    @cached_property
    def has_no_repeats(self) -> bool:
        """Whether no document repeats another, so that everything that matches is a hit."""
        return not any(len(segment.repeats) for segment in self.segments)

    def field_codes(self, name: str) -> tuple[list[str], list[Array]]:
        """Return the values of a keyword field in all segments, and the number of each row."""
        known = self._codes.get(name)
        if known is None:
            names = [segment.names(name) for segment in self.segments]
            values = sorted(set().union(*names))
            position = {value: number for number, value in enumerate(values)}
            codes = [np.array([position[one] for one in held], np.int64) for held in names]
            known = self._codes[name] = (values, codes)
        return known

    @contextmanager
    def detect_truncation(self) -> Iterator[None]:
        """Raise `IndexCorrupt` for what was read from files that were cut short meanwhile."""
        try:
            yield
        except Exception:
            self._check_lengths()
            raise
        self._check_lengths()

    def _check_lengths(self) -> None:
        for segment in self.segments:
            segment.columns.check_length()

    @cached_property
    def weights(self) -> Array:
        """What a term of each of `TERM_FIELDS` weighs, before its rarity, as BM25 defines it.

        `frequency << 8 | byte` is the position in a row, with the byte of the document's length.
        The first 256 are the norms of the lengths: what they add to the denominator.
        """
        weights = np.empty((len(TERM_FIELDS), 256, 256))
        for table, field in zip(weights, TERM_FIELDS, strict=True):
            table[0] = length_norm(_CODED_LENGTHS, self.averages[field] or 1.0)
            table[1:] = saturate(np.arange(1.0, 256.0)[:, np.newaxis], table[0])
        weights.setflags(write=False)
        return weights.reshape(len(TERM_FIELDS), -1)

    @cached_property
    def averages(self) -> dict[str, float]:
        """The average length of each term field over live documents."""
        counts = np.zeros((len(TERM_FIELDS), 256))
        for segment in self.segments:
            for row, lengths in zip(counts, segment.lengths, strict=True):
                row += np.bincount(lengths[segment.live], minlength=256)
        totals = (counts @ np.stack((_CODED_LENGTHS, _CODED_LENGTHS**2), axis=1)).tolist()
        return {name: average_length(*sums) for name, sums in zip(TERM_FIELDS, totals, strict=True)}

    def spans(self, field: str, text: str) -> list[Span]:
        """Return where the postings of a term begin and end in each segment."""
        known = self._spans.get((field, text))
        if known is None:
            known = [segment.field(field).find(text) for segment in self.segments]
            self._spans[field, text] = known
        return known

    def rarity(self, field: str, text: str) -> float:
        """Return the `idf` of a term."""
        known = self._rarities.get((field, text))
        if known is None:
            known = self._rarities[field, text] = idf(self.count, self.frequency(field, text))
        return known

    def find(self, field: str, text: str) -> list[Array]:
        """Return the live documents of a term, by segment."""
        found = [
            docs[begin:end]
            for docs, (begin, end) in zip(self._docs, self.spans(field, text), strict=True)
        ]
        return list(map(Segment.only_live, self.segments, found)) if self.has_deletions else found

    def frequency(self, field: str, text: str) -> int:
        """Count the live documents that hold a term."""
        if field == "words" and "word_table" in self.__dict__:
            return self.word_table.counts.get(text, 0)
        return sum(map(Segment.frequency, self.segments, self.spans(field, text)))

    @cached_property
    def live_numbers(self) -> list[Array]:
        """The live documents, by segment."""
        return [
            as_numbers(np.flatnonzero(segment.live), segment.documents) for segment in self.segments
        ]


def _number(segment: Segment, bases: Array) -> Array:
    """Assign numbers to the documents of each live page, from the base of the page on."""
    numbers, records = np.arange(segment.documents), np.flatnonzero(segment.live_records)
    if not len(records):
        return numbers
    position = np.maximum(np.searchsorted(records, numbers, side="right") - 1, 0)
    order: Array = bases[position] + numbers - records[position]
    return order
