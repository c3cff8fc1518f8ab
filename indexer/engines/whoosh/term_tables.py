"""Count the documents of thousands of pairs or words at once, over all segments of a commit."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.columns import Array, changes, from_bytes, to_codes
from indexer.engines.whoosh.segment import Segment

_CODE_POINT_BITS = 21
_COUNT_BITS = 17  # of the documents of a segment that hold a pair


class PairTable(NamedTuple):
    """Every pair of adjacent characters, and how many live documents hold it.

    A key is `first code point << 21 | second`; keys are sorted. A pair takes 12 bytes of memory:
    5 MB for the 400,000 pairs of news.
    """

    keys: Array
    counts: Array

    @classmethod
    def of(cls, segments: Sequence[Segment]) -> PairTable:
        """Join the pairs of all segments: 30 ms of CPU for each of 65,000 paragraphs."""
        keys = [np.zeros(0, np.int64), *(_find_keys(one) for one in segments)]
        counts = [np.zeros(0, np.int64), *(one.term_counts("pairs") for one in segments)]
        joined = np.concatenate(keys)
        joined <<= _COUNT_BITS
        joined |= np.concatenate(counts)
        joined.sort()
        summed = joined & ((1 << _COUNT_BITS) - 1)
        joined >>= _COUNT_BITS
        first = np.flatnonzero(changes(joined))
        summed = np.add.reduceat(summed, first, dtype=np.int32) if len(first) else summed
        return cls(joined[first][summed > 0], summed[summed > 0])

    def find(self, pairs: Sequence[str]) -> list[int]:
        """Return the count of each pair, 0 for one that no document holds."""
        keys = _to_keys("".join(pairs))
        if not len(self.keys):
            return [0] * len(pairs)
        rows = self.keys.searchsorted(keys)
        counts = self.counts.take(rows, mode="clip")
        held: list[int] = (counts * (self.keys.take(rows, mode="clip") == keys)).tolist()
        return held

    def begin_with(self, first: str) -> Iterator[tuple[str, int]]:
        """Yield the pairs with a first character in order, with their counts."""
        edges = np.array([ord(first), ord(first) + 1]) << _CODE_POINT_BITS
        begin, end = self.keys.searchsorted(edges).tolist()
        seconds = (self.keys[begin:end] & ((1 << _CODE_POINT_BITS) - 1)).tolist()
        pairs = (first + chr(second) for second in seconds)
        return zip(pairs, self.counts[begin:end].tolist(), strict=True)


def _find_keys(segment: Segment) -> Array:
    return _to_keys(from_bytes(segment.field("pairs").all_bytes()))


def _to_keys(joined: str) -> Array:
    codes = to_codes(joined).astype(np.int64).reshape(-1, 2)
    keys: Array = codes[:, 0] << _CODE_POINT_BITS | codes[:, 1]
    return keys


class WordTable(NamedTuple):
    """Every word in order, and how many live documents hold it: 10 MB for 100,000 words."""

    words: list[str]
    counts: dict[str, int]

    @classmethod
    def of(cls, segments: Sequence[Segment]) -> WordTable:
        """Join the words of all segments: 55 ms of CPU for each of 65,000 paragraphs."""
        counts = join_vocabularies(segments, "words")
        return cls(list(counts), counts)

    def begin_with(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield the words with a prefix in order, with their counts."""
        begin = bisect_left(self.words, prefix)
        end = bisect_left(self.words, True, begin, key=lambda word: not word.startswith(prefix))
        return ((word, self.counts[word]) for word in self.words[begin:end])


def join_vocabularies(segments: Sequence[Segment], field: str, prefix: str = "") -> dict[str, int]:
    """Return the terms with a prefix in order, and how many live documents hold each."""
    counts: dict[str, int] = {}
    for segment in segments:
        for text, count in segment.vocabulary(field, prefix):
            counts[text] = counts.get(text, 0) + count
    return {text: counts[text] for text in sorted(counts) if counts[text]}
