"""Folded texts in, the postings of their characters and pairs out.

Done on arrays of code points: 65,536 paragraphs hold 14 million pairs, too many to name one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from indexer.engines.whoosh.columns import Array, Columns, add_freqs, narrow, narrow_documents
from indexer.engines.whoosh.postings import add_field, add_postings, to_length_bytes
from indexer.engines.whoosh.schema import IMPLIED, to_bytes
from indexer.model import Terms, imply_chars, imply_pairs

_BLANKS = np.array([code for code in range(0x3001) if chr(code).isspace()], np.uint32)
_BITS = np.uint64(21)  # of a code point
_DOCUMENT_BITS = np.uint64(22)  # what two code points leave of 64 bits
_DOCUMENT_MASK = np.uint64((1 << 22) - 1)
_IMPLY = {"chars": imply_chars, "pairs": imply_pairs}
_NONE = np.zeros(0, np.int64)

SHARE = 2_000_000
"""Tokens sorted at a time: a full segment's 13 million at once took 500 MB more."""


def add_implied(columns: Columns, texts: Sequence[str], loose: Mapping[int, Terms]) -> None:
    """Add the fields `chars` and `pairs`; `loose` documents bring their own."""
    if loose:
        _add_named(columns, texts, loose)
        return
    codes, docs, solid = _code_points(texts)
    number = len(texts)
    _add_coded(columns, "chars", codes[solid], None, docs[solid], number)
    paired = solid[:-1] & solid[1:] & (docs[:-1] == docs[1:])
    firsts, seconds, owners = codes[:-1][paired], codes[1:][paired], docs[:-1][paired]
    del codes, docs, solid, paired
    _add_coded(columns, "pairs", firsts, seconds, owners, number)


def _code_points(texts: Sequence[str]) -> tuple[Array, Array, Array]:
    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, np.uint32)
    docs = np.repeat(np.arange(len(texts), dtype=np.uint32), list(map(len, texts)))
    blank = np.zeros(0x3001, bool)
    blank[_BLANKS] = True
    return codes, docs, ~blank[np.minimum(codes, 0x3000)] | (codes > 0x3000)


def _add_coded(
    columns: Columns, name: str, firsts: Array, seconds: Array | None, docs: Array, number: int
) -> None:
    """Add a field of terms of one or two code points."""
    columns[f"{name}.lengths"] = to_length_bytes(np.bincount(docs, minlength=number))
    terms: list[bytes] = []
    sizes, documents, freqs = [_NONE], [_NONE], [_NONE.astype(np.uint8)]
    for low, high in _shares(firsts):
        chosen = np.flatnonzero((firsts >= low) & (firsts < high))
        keys = firsts[chosen].astype(np.uint64)
        if seconds is not None:
            keys = (keys << _BITS) | seconds[chosen]
        keys = (keys << _DOCUMENT_BITS) | docs[chosen]
        codes, held, owners, counts = _count(keys)
        terms += _decode(codes, 1 if seconds is None else 2)
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
    first = np.flatnonzero(_changes(keys))
    counts = np.diff(first, append=len(keys))
    keys = keys[first]
    codes = keys >> _DOCUMENT_BITS
    start = np.flatnonzero(_changes(codes))
    sizes = np.diff(start, append=len(codes))
    return codes[start], sizes, keys & _DOCUMENT_MASK, counts


def _changes(values: Array) -> Array:
    different = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=different[1:])
    return different


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
