"""Count the unigrams and bigrams of normalised texts: the fields `chars` and `pairs`.

Done on arrays of code points: 65,536 paragraphs hold 14 million bigrams, too many to make a string
of each.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
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
    to_length_bytes,
)

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


def lay_out(columns: Mapping[str, Array], first: int = 0, last: int | None = None) -> CodePoints:
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

    def keys(self, places: Array) -> Array:
        """Return term and document, as one number, of some."""
        keys: Array = self.first[places].astype(np.uint64)
        if self.second is not None:
            keys <<= _UNIT_BITS
            keys |= self.second[places]
        keys <<= _DOCUMENT_BITS
        keys |= self.docs[places].astype(np.uint64)
        return keys

    def share_out(self) -> Iterator[Array]:
        """Yield places of terms by ranges of code points, about `TOKENS_PER_SORT` at a time."""
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
    for places in tokens.share_out():
        codes, counts, docs, often = _count(tokens.keys(places))
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


def _count(keys: Array) -> tuple[Array, Array, Array, Array]:
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
    texts = lay_out(columns)
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
    """Count the tokens of each document, some at a time: `bincount` takes eight bytes for each."""
    lengths = np.zeros(number, np.int64)
    for at in range(0, len(tokens.docs), TOKENS_PER_SORT):
        part = slice(at, at + TOKENS_PER_SORT)
        chosen = slice(None) if tokens.chosen is None else tokens.chosen[part]
        lengths += np.bincount(tokens.docs[part][chosen], minlength=number)
    return lengths


def _find_solid(codes: Array) -> Array:
    """Return which code points are not blank."""
    blank = np.zeros(0x3002, bool)
    blank[_BLANK_CODE_POINTS] = True
    return ~blank[np.minimum(codes, 0x3001)]
