"""Make the postings of words, and their numbers, from the words of texts.

Words of one or two characters, 88 of 100, are counted as numbers; only longer ones are named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import count, pairwise
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.ngrams import CodePoints, Tokens, count_tokens, lay_out
from indexer.engines.whoosh.postings import SortedPostings, join_postings, sort_tokens

_PLANE_SIZE = 1 << 16

CHARS_PER_COUNT = 2_000_000
"""Characters whose words are counted at a time: all of a full segment's took 100 MB more."""


class Pieces(NamedTuple):
    """How long all pieces are, in order, and how many each text has: all of it is cut, or none.

    Lengths take one byte, and none is 0.
    """

    sizes: Array
    counts: Array


def measure(pieces: Sequence[str], length: int) -> bytes:
    """Return the lengths of the pieces of a text of a length; nothing where they do not fit it."""
    try:
        sizes = bytes(map(len, pieces))
    except ValueError:  # one has more than 255 characters
        return b""
    return sizes if sum(sizes) == length and 0 not in sizes else b""


def count_words(
    columns: Mapping[str, Array], pieces: Pieces, named: SortedPostings
) -> tuple[SortedPostings, Array]:
    """Count how often each word occurs in each text, and the words of each text.

    `named` are the words of texts that are not cut.
    """
    number = len(pieces.counts)
    parts, lengths = [named], np.zeros(number, np.int64)
    ends = _sums(pieces.counts)
    for first, last in _batches(columns["text.start"]):
        sizes = pieces.sizes[ends[first] : ends[last]]
        laid = lay_out(columns, first, last)
        words = _find_words(laid, Pieces(sizes, pieces.counts[first:last]), first)
        parts += _count(laid, words, number)
        lengths += np.bincount(words.docs, minlength=number)
    return join_postings(parts), lengths


def _batches(start: Array) -> Iterator[tuple[int, int]]:
    """Yield the first and the last but one of about as many texts as are counted at a time."""
    edges = np.searchsorted(start, np.arange(0, start[-1], CHARS_PER_COUNT)).tolist()
    yield from pairwise(dict.fromkeys([*edges, len(start) - 1]))


class _WordCounts(NamedTuple):
    """Where words begin among these code points, how long they are, and in which text."""

    begin: Array
    sizes: Array
    docs: Array

    def only(self, chosen: Array) -> _WordCounts:
        places = np.flatnonzero(chosen)
        return _WordCounts(self.begin[places], self.sizes[places], self.docs[places])


def _find_words(texts: CodePoints, pieces: Pieces, first: int) -> _WordCounts:
    """Find the pieces with a letter or a digit; `first` is the number of the first text."""
    begin = _sums(pieces.sizes)
    shift = (texts.start - begin[_sums(pieces.counts)])[:-1]  # by what is not cut before each text
    begin = begin[:-1] + np.repeat(shift.astype(np.int32), pieces.counts)
    docs = np.repeat(np.arange(first, first + len(texts), dtype=np.int32), pieces.counts)
    words = _WordCounts(begin, pieces.sizes, docs)
    return words.only(_are_words(texts.codes, begin, pieces.sizes))


def _count(texts: CodePoints, words: _WordCounts, documents: int) -> Iterator[SortedPostings]:
    """Count words, those of one or two characters as numbers."""
    single, double = words.only(words.sizes == 1), words.only(words.sizes == 2)
    yield count_tokens(Tokens(texts.codes[single.begin], None, single.docs), documents)
    first, second = texts.codes[double.begin], texts.codes[double.begin + 1]
    yield count_tokens(Tokens(first, second, double.docs), documents)
    yield _name_words(texts, words.only(words.sizes > 2))


def _sums(counts: Array) -> Array:
    """Sum up, from 0 on; for the characters of a segment four bytes are enough."""
    sums = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=sums[1:])
    return sums


def _are_words(codes: Array, begin: Array, sizes: Array) -> Array:
    """Return which pieces hold a letter or a digit: nearly all words begin with one."""
    solid = _are_alnum(codes[begin])
    for place in np.flatnonzero(~solid & (sizes > 1)).tolist():
        solid[place] = _are_alnum(codes[begin[place] : begin[place] + sizes[place]]).any()
    return solid


def _are_alnum(codes: Array) -> Array:
    """Return which code points are letters or digits."""
    known = _alnum_codes()[np.minimum(codes, _PLANE_SIZE - 1)]
    far = np.flatnonzero(codes >= _PLANE_SIZE)
    known[far] = [chr(code).isalnum() for code in codes[far].tolist()]
    return known


@cache
def _alnum_codes() -> Array:
    return np.fromiter((chr(code).isalnum() for code in range(_PLANE_SIZE)), np.bool_, _PLANE_SIZE)


def _name_words(texts: CodePoints, words: _WordCounts) -> SortedPostings:
    """Count words of any length by name."""
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    encoding = "utf-16-le" if texts.codes.itemsize == 2 else "utf-32-le"
    text = texts.codes.tobytes().decode(encoding, "surrogatepass")
    ends = (words.begin + words.sizes).tolist()
    found = (
        numbers[text[begin:end]] for begin, end in zip(words.begin.tolist(), ends, strict=True)
    )
    return sort_tokens(numbers, np.fromiter(found, np.int64, len(ends)), words.docs)
