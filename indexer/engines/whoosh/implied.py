"""Folded texts in, the postings of their characters and pairs out.

Done on arrays of code points: 65,536 paragraphs hold 14 million pairs, too many to name one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.columns import (
    Array,
    Columns,
    add_freqs,
    changes,
    narrow,
    narrow_documents,
    to_codes,
)
from indexer.engines.whoosh.postings import add_field, add_postings, to_length_bytes
from indexer.engines.whoosh.schema import IMPLIED, to_bytes
from indexer.model import Terms, imply_chars, imply_pairs

_BLANKS = np.array([code for code in range(0x3001) if chr(code).isspace()], np.uint32)
_BITS = np.uint64(21)  # of a code point
_DOCUMENT_BITS = np.uint64(22)  # what two code points leave of 64 bits
_DOCUMENT_MASK = np.uint64((1 << 22) - 1)
_SURROGATES = range(0xD800, 0xE000)  # two of them stand for one code point
_IMPLY = {"chars": imply_chars, "pairs": imply_pairs}
_NONE = np.zeros(0, np.int64)

SHARE = 1_000_000
"""Tokens sorted at a time: a full segment's 13 million at once took 500 MB more."""


def add_implied(columns: Columns, texts: Sequence[str], loose: Mapping[int, Terms]) -> None:
    """Add the fields `chars` and `pairs`; `loose` documents bring their own."""
    if loose:
        _add_named(columns, texts, loose)
        return
    number = len(texts)
    codes, docs = _code_points(columns, texts)
    del texts  # as large as the arrays
    solid = _find_solid(codes)
    _add_coded(columns, "chars", _Tokens(codes, docs, solid, 1), number)
    paired = solid[:-1] & solid[1:]
    paired &= docs[:-1] == docs[1:]
    _add_coded(columns, "pairs", _Tokens(codes, docs, paired, 2), number)


class _Tokens(NamedTuple):
    """The code points of all texts, whose they are, and where terms of one or two begin."""

    codes: Array
    docs: Array
    begin: Array
    width: int

    def keys(self, low: int, high: int) -> Array:
        """Return term and document, as one number, of the terms that begin in a range."""
        codes = self.codes[: len(self.begin)]
        places = np.flatnonzero(self.begin & (codes >= low) & (codes < high))
        keys = codes[places].astype(np.uint64)
        if self.width == 2:
            keys <<= _BITS
            keys |= self.codes[1:][places]
        keys <<= _DOCUMENT_BITS
        keys |= self.docs[places].astype(np.uint64)
        return keys


def _code_points(columns: Columns, texts: Sequence[str]) -> tuple[Array, Array]:
    """Return the code points of all texts, in two bytes if that is enough, and whose they are."""
    codes, sizes = columns["text"], np.diff(columns["text.start"])
    if np.any((codes >= _SURROGATES.start) & (codes < _SURROGATES.stop)):
        codes, sizes = to_codes("".join(texts)), np.array(list(map(len, texts)))
    return codes, np.repeat(narrow_documents(np.arange(len(texts)), len(texts)), sizes)


def _find_solid(codes: Array) -> Array:
    """Tell which code points are not blank."""
    blank = np.zeros(0x3002, bool)
    blank[_BLANKS] = True
    return ~blank[np.minimum(codes, 0x3001)]


def _add_coded(columns: Columns, name: str, tokens: _Tokens, number: int) -> None:
    """Add a field of terms of one or two code points."""
    lengths = np.bincount(tokens.docs[: len(tokens.begin)][tokens.begin], minlength=number)
    columns[f"{name}.lengths"] = to_length_bytes(lengths)
    terms: list[bytes] = []
    sizes, documents, freqs = [_NONE], [_NONE.astype(np.uint8)], [_NONE.astype(np.uint8)]
    for low, high in _shares(tokens.codes):
        codes, held, owners, counts = _count(tokens.keys(low, high))
        terms += _decode(codes, tokens.width)
        sizes.append(held)
        documents.append(narrow_documents(owners, number))
        freqs.append(narrow(counts))
    start = np.append(0, np.cumsum(np.concatenate(sizes)))
    add_field(columns, name, terms, start, np.concatenate(documents))
    add_freqs(columns, name, np.concatenate(freqs))


def _shares(codes: Array) -> list[tuple[int, int]]:
    """Cut the code points into ranges of at most about `SHARE` tokens each."""
    parts = -(-len(codes) // SHARE)
    sample = np.sort(codes[:: max(1, len(codes) // 10_000)])
    edges = [int(sample[len(sample) * part // parts]) for part in range(1, parts)]
    return list(pairwise([0, *sorted(set(edges) - {0}), 1 << int(_BITS)]))


def _count(keys: Array) -> tuple[Array, Array, Array, Array]:
    """Sort keys of term and document: the terms, their sizes, and the postings."""
    keys.sort()
    first = np.flatnonzero(changes(keys))
    counts = np.diff(first, append=len(keys))
    keys = keys[first]
    codes = keys >> _DOCUMENT_BITS
    start = np.flatnonzero(changes(codes))
    sizes = np.diff(start, append=len(codes))
    return codes[start], sizes, keys & _DOCUMENT_MASK, counts


def _decode(codes: Array, width: int) -> list[bytes]:
    """Turn numbers back into terms, as bytes."""
    points = codes[:, None] if width == 1 else np.stack([codes >> _BITS, codes], 1)
    points = (points & np.uint64((1 << int(_BITS)) - 1)).astype("<u4")
    joined = points.tobytes().decode("utf-32-le", "surrogatepass")
    return [to_bytes(joined[n : n + width]) for n in range(0, len(joined), width)]


def _add_named(columns: Columns, texts: Sequence[str], loose: Mapping[int, Terms]) -> None:
    for name in IMPLIED:
        tokens = [
            getattr(loose[number], name) if number in loose else _IMPLY[name](text)
            for number, text in enumerate(texts)
        ]
        names = sorted({token for held in tokens for token in held})
        rows = {token: row for row, token in enumerate(names)}
        keys = [rows[token] << 32 | number for number, held in enumerate(tokens) for token in held]
        add_postings(columns, name, names, np.array(keys, np.int64))
        columns[f"{name}.lengths"] = to_length_bytes(np.array(list(map(len, tokens)), np.int64))
