"""The terms of one field of a segment: look up a term, find its postings.

A row is the place of a term among the terms in order. Postings are given by where they begin and
end in `Segment.docs`. Single numbers are read through memory views, which give Python's own
integers at a fraction of what an array's scalars cost.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from itertools import pairwise

from indexer.engines.whoosh.columns import Array, ends_of, from_bytes, to_bytes, unpack_counts

_TERMS_PER_BLOCK = 64
"""Of so many terms one is kept in memory, to search the others from."""

Span = tuple[int, int]
"""Where the postings of a term begin and end in their segment."""

NO_POSTINGS: Span = (0, 0)


class TermIndex:
    """The terms of a field; `first` is where its postings begin in their segment."""

    def __init__(self, columns: Mapping[str, Array], name: str, first: int) -> None:
        counts = unpack_counts(columns[f"{name}.counts"], columns[f"{name}.large"])
        self.starts: Array = ends_of(counts) + first
        self._ends = ends_of(columns[f"{name}.sizes"])
        self._data = columns[f"{name}.terms"]
        self.size = len(counts)
        self._bytes, self._bounds, self._begins = self._data.data, self._ends.data, self.starts.data
        data, heads = self.all_bytes(), slice(0, self.size, _TERMS_PER_BLOCK)
        bounds = zip(self._ends[:-1][heads].tolist(), self._ends[1:][heads].tolist(), strict=True)
        self._heads = [data[begin:end] for begin, end in bounds]

    # ------------------------------------------------------------ terms

    def find_row(self, text: str) -> int:
        """Return the row of a term, -1 for one that is not there."""
        term = to_bytes(text)
        block = bisect_right(self._heads, term) - 1
        if block < 0:
            return -1
        first, last = block * _TERMS_PER_BLOCK, min((block + 1) * _TERMS_PER_BLOCK, self.size)
        begin, bounds, size = self._bounds[first], self._bounds, len(term)
        data = self._bytes[begin : bounds[last]].tobytes()
        at = data.find(term)
        while at >= 0:  # at the beginning of a term, or within one
            row = first if not size else bisect_right(bounds, begin + at, first, last) - 1
            if bounds[row] == begin + at and bounds[row + 1] == begin + at + size:
                return row
            at = data.find(term, at + 1)
        return -1

    def term(self, row: int) -> bytes:
        """Return a term by its row."""
        return bytes(self._bytes[self._bounds[row] : self._bounds[row + 1]])

    def all_bytes(self) -> bytes:
        """Return all terms end to end."""
        return self._bytes.tobytes()

    def texts(self, begin: int, end: int) -> list[str]:
        """Return the terms of a range of rows as text, decoded together."""
        bounds = self._ends[begin : end + 1]
        data = self._data[bounds[0] : bounds[-1]]
        begun = ends_of((data & 0xC0) != 0x80)  # a character's further bytes are 10…
        text = from_bytes(data.tobytes())
        return [text[one:two] for one, two in pairwise(begun[bounds - bounds[0]].tolist())]

    def first_row(self, text: bytes) -> int:
        """Return the row of the first term that is not before a text."""
        return bisect_left(range(self.size), text, key=self.term)

    def range_of(self, prefix: str) -> tuple[int, int]:
        """Return the rows of the terms with a prefix: the first, and the one after the last."""
        wanted, rows = to_bytes(prefix), range(self.size)
        begin, size = self.first_row(wanted), len(wanted)
        if not size:
            return begin, self.size
        return begin, bisect_left(rows, 1, begin, key=lambda row: self.term(row)[:size] > wanted)

    # ------------------------------------------------------------ postings

    def find(self, text: str) -> Span:
        """Return where the postings of a term begin and end, by its text."""
        row = self.find_row(text)
        return NO_POSTINGS if row < 0 else self.span(row)

    def span(self, row: int) -> Span:
        """Return where the postings of a term begin and end, by its row."""
        return self._begins[row], self._begins[row + 1]
