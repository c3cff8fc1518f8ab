"""What documents bring comes in as they come, what a segment keeps of it goes out in its order."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import count

import numpy as np

from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.postings import Postings, sort_tokens

Block = tuple[int, int]
"""The first document of a page and the one after its last, by the numbers under which they came."""


class CollectedTerms:
    """The terms of one field by name, in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._tokens = array("i")
        self._owners = array("i")  # documents that hold any
        self._counts = array("i")  # and how many
        self._last: Collection[str] = ()

    def __len__(self) -> int:
        return len(self._tokens)

    def add(self, owner: int, terms: Collection[str]) -> None:
        """Take the terms of a document; often they are those of the document before."""
        if terms is self._last and terms:
            self._tokens.extend(self._tokens[-len(terms) :])
        else:
            self._tokens.extend(map(self._numbers.__getitem__, terms))
            self._last = terms
        self._owners.append(owner)
        self._counts.append(len(terms))

    def sort(self, new: Array) -> tuple[Postings, Array]:
        """Sort by terms and new numbers of documents; how many each has comes by the old ones."""
        owners, counts = np.array(self._owners, np.int32), np.array(self._counts, np.int32)
        tokens, docs = np.frombuffer(self._tokens, np.int32), np.repeat(new[owners], counts)
        if new.min(initial=0) < 0:  # some were dropped
            tokens, docs = tokens[docs >= 0], docs[docs >= 0]
        lengths = np.zeros(len(new), np.int32)
        lengths[owners] = counts
        return sort_tokens(self._numbers, tokens, docs), lengths


class CollectedBytes:
    """Some bytes of each document, end to end."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._ends = array("i", [0])

    def add(self, data: bytes) -> None:
        """Take those of the next document."""
        self._data += data
        self._ends.append(len(self._data))

    def take(self, blocks: Sequence[Block]) -> tuple[Array, Array]:
        """Return the bytes of pages in the order of the blocks, and how many each document has."""
        ends, data = np.frombuffer(self._ends, np.int32), np.frombuffer(self._data, np.uint8)
        counts = np.diff(ends)
        return (
            np.concatenate([data[:0], *(data[ends[one] : ends[two]] for one, two in blocks)]),
            np.concatenate([counts[:0], *(counts[one:two] for one, two in blocks)]),
        )
