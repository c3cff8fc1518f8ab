"""Count the terms of normalised texts: the fields `chars`, `pairs` and `words`.

Done on arrays of code points: 65,536 paragraphs hold 14 million bigrams, too many to make a string
of each. Words of one or two characters, 88 of 100, are counted as numbers too; only longer ones are
named.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import count, pairwise
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.columns import (
    Array,
    Columns,
    changes,
    count_documents,
    narrow,
    narrow_documents,
    number_type,
    to_bytes,
    to_codes,
    unpack_texts,
)
from indexer.engines.whoosh.postings import (
    SortedPostings,
    add_postings,
    join_postings,
    sort_tokens,
    to_length_bytes,
)
from indexer.model import CROSSING_PLANE

_UNIT_BITS = np.uint64(21)  # of a code point
_DOCUMENT_BITS = np.uint64(22)  # what two code points leave of 64 bits
_DOCUMENT_MASK = np.uint64((1 << 22) - 1)
_SURROGATE_UNITS = range(0xD800, 0xE000)  # two of them are one code point
_NO_POSITIONS = np.zeros(0, np.int64)
_SAMPLE_TOKENS = 10_000
_NO_CHUNK = 255  # chunks are numbered by one byte

_BLANK_CODE_POINTS = np.array([code for code in range(0x3001) if chr(code).isspace()], np.uint32)

TOKENS_PER_SORT = 1_000_000
"""Tokens sorted at a time: a full segment's 13 million at once took 500 MB more."""


class CodePoints(NamedTuple):
    """Texts end to end: their code points, in two bytes where that is enough, and their starts."""

    codes: Array
    start: Array

    def __len__(self) -> int:
        return len(self.start) - 1

    def docs(self) -> Array:
        """Return for each code point the number of its text."""
        return np.repeat(narrow_documents(np.arange(len(self)), len(self)), np.diff(self.start))


def text_codes(columns: Mapping[str, Array], first: int = 0, last: int | None = None) -> CodePoints:
    """Lay out the texts of documents, from the first to the last but one."""
    start = columns["text.start"][first : None if last is None else last + 1]
    codes, start = columns["text"][start[0] : start[-1]], start - start[0]
    if np.any((codes >= _SURROGATE_UNITS.start) & (codes < _SURROGATE_UNITS.stop)):
        texts = unpack_texts(codes, start)
        codes, start = to_codes("".join(texts)), np.append(0, np.cumsum(list(map(len, texts))))
    return CodePoints(codes, start)


class Tokens(NamedTuple):
    """Terms in the order of the texts: their code points, one or two, and in which text."""

    first: Array
    second: Array | None
    docs: Array
    chosen: Array | None = None  # those that count, where not all do

    def keys(self, positions: Array) -> Array:
        """Return term and document, as one number, of some."""
        keys: Array = self.first[positions].astype(np.uint64)
        if self.second is not None:
            keys <<= _UNIT_BITS
            keys |= self.second[positions]
        keys <<= _DOCUMENT_BITS
        keys |= self.docs[positions].astype(np.uint64)
        return keys

    def share_out(self) -> Iterator[Array]:
        """Yield positions of terms by ranges of code points, about `TOKENS_PER_SORT` at a time."""
        step = max(1, len(self.first) // _SAMPLE_TOKENS)
        edges = _edges(self.first[::step], len(self.first) // TOKENS_PER_SORT)
        every = np.arange(1 << 16 if self.first.itemsize == 2 else sys.maxunicode + 1)
        share = np.searchsorted(edges, every, side="right").astype(np.uint8)[self.first]
        if self.chosen is not None:
            share[~self.chosen] = _NO_CHUNK
        for number in range(len(edges) + 1):
            yield np.flatnonzero(share == number)


def count_tokens(tokens: Tokens, documents: int) -> SortedPostings:
    """Count how often each term occurs in each document."""
    terms: list[bytes] = []
    sizes, held, freqs = [_NO_POSITIONS], bytearray(), [_NO_POSITIONS.astype(np.uint8)]
    width = 1 if tokens.second is None else 2
    for positions in tokens.share_out():
        codes, counts, docs, often = _sort_keys(tokens.keys(positions))
        terms += _decode(codes, width)
        sizes.append(counts)
        held += narrow_documents(docs, documents).tobytes()  # grows in place: lists end up twice
        freqs.append(often)
    start = np.append(0, np.cumsum(np.concatenate(sizes)))
    all_docs = np.frombuffer(held, number_type(documents))
    return SortedPostings(terms, start, all_docs, np.concatenate(freqs))


def _edges(sample: Array, number: int) -> list[int]:
    """Choose so many code points, at most, between which about as many others are."""
    sample = np.sort(sample)
    number = min(number, _NO_CHUNK - 1)
    return sorted({int(sample[len(sample) * n // (number + 1)]) for n in range(1, number + 1)})


def _sort_keys(keys: Array) -> tuple[Array, Array, Array, Array]:
    """Sort keys of term and document: the terms, their sizes, and the postings."""
    keys.sort()
    first = np.flatnonzero(changes(keys))
    counts = narrow(np.diff(first, append=len(keys)))
    keys = keys[first]
    docs = (keys & _DOCUMENT_MASK).astype(np.uint32)
    keys >>= _DOCUMENT_BITS
    start = np.flatnonzero(changes(keys))
    return keys[start], np.diff(start, append=len(keys)), docs, counts


def _decode(codes: Array, width: int) -> list[bytes]:
    """Turn numbers back into terms, as bytes."""
    points = codes[:, None] if width == 1 else np.stack([codes >> _UNIT_BITS, codes], 1)
    points = (points & np.uint64((1 << int(_UNIT_BITS)) - 1)).astype("<u4")
    joined = points.tobytes().decode("utf-32-le", "surrogatepass")
    return [to_bytes(joined[n : n + width]) for n in range(0, len(joined), width)]


# ---------------------------------------------------------------- the fields


def add_ngrams(columns: Columns) -> None:
    """Add the fields `chars` and `pairs` of the texts."""
    texts = text_codes(columns)
    codes, docs = texts.codes, texts.docs()
    solid = _find_solid(codes)
    _add_tokens(columns, "chars", Tokens(codes, None, docs, solid))
    paired = solid[:-1] & solid[1:]
    paired &= docs[:-1] == docs[1:]
    del solid
    _add_tokens(columns, "pairs", Tokens(codes[:-1], codes[1:], docs[:-1], paired))


def _add_tokens(columns: Columns, name: str, tokens: Tokens) -> None:
    number = count_documents(columns)
    lengths = _count_by_document(tokens, number)
    columns[f"{name}.lengths"] = to_length_bytes(lengths)
    add_postings(columns, name, count_tokens(tokens, number))


def _count_by_document(tokens: Tokens, number: int) -> Array:
    """Count the tokens of each text without its tail.

    Some at a time, since `bincount` takes eight bytes for each.
    """
    lengths = np.zeros(number, np.int64)
    for at in range(0, len(tokens.docs), TOKENS_PER_SORT):
        part = slice(at, at + TOKENS_PER_SORT)
        chosen = tokens.first[part] < CROSSING_PLANE
        if tokens.chosen is not None:
            chosen &= tokens.chosen[part]
        lengths += np.bincount(tokens.docs[part][chosen], minlength=number)
    return lengths


def _find_solid(codes: Array) -> Array:
    """Return which code points are not blank."""
    blank = np.zeros(0x3002, bool)
    blank[_BLANK_CODE_POINTS] = True
    return ~blank[np.minimum(codes, 0x3001)]


# ---------------------------------------------------------------- words


_PLANE_SIZE = 1 << 16

CHARS_PER_COUNT = 2_000_000
"""Characters whose words are counted at a time: all of a full segment's took 100 MB more."""


class Pieces(NamedTuple):
    """How long all pieces are, in order, and how many each text has: all of it is cut, or none.

    Lengths take one byte, and none is 0.
    """

    sizes: Array
    counts: Array


def encode_piece_lengths(pieces: Sequence[str], length: int) -> bytes:
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
        laid = text_codes(columns, first, last)
        words = _find_words(laid, Pieces(sizes, pieces.counts[first:last]), first)
        parts += _count_batch(laid, words, number)
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
        positions = np.flatnonzero(chosen)
        return _WordCounts(self.begin[positions], self.sizes[positions], self.docs[positions])


def _find_words(texts: CodePoints, pieces: Pieces, first: int) -> _WordCounts:
    """Find the pieces with a letter or a digit; `first` is the number of the first text."""
    begin = _sums(pieces.sizes)
    shift = (texts.start - begin[_sums(pieces.counts)])[:-1]  # by what is not cut before each text
    begin = begin[:-1] + np.repeat(shift.astype(np.int32), pieces.counts)
    docs = np.repeat(np.arange(first, first + len(texts), dtype=np.int32), pieces.counts)
    words = _WordCounts(begin, pieces.sizes, docs)
    return words.only(_are_words(texts.codes, begin, pieces.sizes))


def _count_batch(texts: CodePoints, words: _WordCounts, documents: int) -> Iterator[SortedPostings]:
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
    for position in np.flatnonzero(~solid & (sizes > 1)).tolist():
        first = begin[position]
        solid[position] = _are_alnum(codes[first : first + sizes[position]]).any()
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
    begins, ends = words.begin.tolist(), (words.begin + words.sizes).tolist()
    found = (numbers[text[one:two]] for one, two in zip(begins, ends, strict=True))
    return sort_tokens(numbers, np.fromiter(found, np.int64, len(ends)), words.docs)
