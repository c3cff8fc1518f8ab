"""One field of a segment: a term's text in, its row and its postings out.

A row is the place of a term among the terms in order. Single numbers are read through memory
views, which give Python's own integers at a fraction of what an array's scalars cost.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from itertools import pairwise
from math import isqrt
from zlib import crc32

import numpy as np

from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.schema import from_bytes, to_bytes

_NONE, _ZERO = np.zeros(0, np.uint8), np.zeros(1, np.uint8)
_NO_CRCS = np.zeros(0, np.uint32)

_STRAY = 2
"""Checksums spread evenly: of n, the one sought stands within so many roots of n of its share."""

_REMEMBERED = 5_000
"""Terms whose postings are kept at hand."""


Span = tuple[int, int]
"""Where the postings of a term begin and end in their field."""

NOWHERE: Span = (0, 0)


class Field:
    """The columns of a field, see `columns`; nothing is in a field that there is not."""

    def __init__(self, columns: Mapping[str, Array], name: str) -> None:
        self.docs = columns.get(f"{name}.docs", _NONE)
        self.start = columns.get(f"{name}.start", _ZERO)
        self._freqs = columns.get(f"{name}.freqs", _NONE)
        self._many = columns.get(f"{name}.many")
        self.lengths = columns.get(f"{name}.lengths", _NONE)
        self._ends = columns.get(f"{name}.ends", _ZERO)
        self.terms = len(self._ends) - 1
        for column in (self.docs, self._freqs, self.lengths):
            column.setflags(write=False)  # as the compiled loops expect them
        self._crcs = columns.get(f"{name}.crcs", _NO_CRCS)
        self._rows = columns.get(f"{name}.rows", _NONE)
        self._blob = columns.get(f"{name}.blob", _NONE)
        self._begins, self._bounds = self.start.data, self._ends.data
        self._terms, self._by_crc = self._blob.data, self._rows.data
        self._stray = _STRAY * isqrt(self.terms) + 1
        self._known: dict[str, Span] = {}

    # ------------------------------------------------------------ terms

    def find_row(self, text: str) -> int:
        """Return the row of a term, -1 for one that is not there."""
        term, crcs, number = to_bytes(text), self._crcs.data, self.terms
        crc = crc32(term)
        share = crc * number >> 32
        low, high = share - self._stray, share + self._stray
        if (
            low < 0 or high >= number or not crcs[low] < crc < crcs[high]
        ):  # all are few, or it strays
            low, high = 0, number
        place = bisect_left(crcs, crc, low, high)
        while place < number and crcs[place] == crc:
            row: int = self._by_crc[place]
            if self._terms[self._bounds[row] : self._bounds[row + 1]] == term:
                return row
            place += 1
        return -1

    def term(self, row: int) -> bytes:
        """Return a term by its row."""
        return bytes(self._terms[self._bounds[row] : self._bounds[row + 1]])

    def texts(self, begin: int, end: int) -> list[str]:
        """Return the terms of a range of rows as text, decoded together."""
        bounds = self._ends[begin : end + 1].astype(np.int64)
        blob = self._blob[bounds[0] : bounds[-1]]
        begun = np.append(
            0, np.cumsum((blob & 0xC0) != 0x80)
        )  # a character's further bytes are 10…
        text = from_bytes(blob.tobytes())
        return [text[one:two] for one, two in pairwise(begun[bounds - bounds[0]].tolist())]

    def range_of(self, prefix: str) -> tuple[int, int]:
        """Return the rows of the terms with a prefix: the first, and the one after the last."""
        wanted, rows = to_bytes(prefix), range(self.terms)
        begin = bisect_left(rows, wanted, key=self.term)
        if not wanted:
            return begin, self.terms
        size = len(wanted)
        return begin, bisect_left(rows, 1, begin, key=lambda row: self.term(row)[:size] > wanted)

    # ------------------------------------------------------------ postings

    def find(self, text: str) -> Span:
        """Return where the postings of a term stand, by its text."""
        span = self._known.get(text)
        if span is None:
            row = self.find_row(text)
            span = NOWHERE if row < 0 else self.span(row)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[text] = span
        return span

    def span(self, row: int) -> Span:
        """Return where the postings of a term stand, by its row."""
        begin = self._begins[row]
        return begin, max(begin, self._begins[row + 1])  # zeros stand in a file that was cut short

    def postings(self, row: int) -> Array:
        """Return the documents of a term, deleted ones included, by its row."""
        return self.docs[self._begins[row] : self._begins[row + 1]]

    def freqs(self, begin: int, end: int) -> Array:
        """Return how often each document holds a term, by where its postings stand."""
        return self._freqs[begin:end] if self._many is None else self._fill_in(begin, end)

    def _fill_in(self, begin: int, end: int) -> Array:
        """Make the frequencies of a field that keeps only those above 1."""
        many = self._many
        freqs = np.ones(end - begin, self._freqs.dtype)
        if many is not None:
            first, last = many.searchsorted(np.array((begin, end), many.dtype)).tolist()
            freqs[many[first:last] - begin] = self._freqs[first:last]
        freqs.flags.writeable = False  # as those of a mapped file are
        return freqs

    def frequencies(self, begin: int, end: int, live: Array | None) -> Array:
        """Count the documents of every term of a range of rows; with `live` only those."""
        start = self.start[begin : end + 1]
        if live is None:
            return np.diff(start)
        before = np.append(0, np.cumsum(live[self.docs[start[0] : start[-1]]]))
        return np.diff(before[start - start[0]])
