"""Folded texts in, the postings of their characters and pairs out.

Done on arrays of code points: 65,536 paragraphs hold 14 million pairs, too many to name one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from indexer.engines.whoosh.columns import Array, Columns, narrow
from indexer.engines.whoosh.postings import add_field, add_postings, to_length_bytes
from indexer.engines.whoosh.schema import IMPLIED, to_bytes
from indexer.model import Terms

_BLANKS = np.array([code for code in range(0x3001) if chr(code).isspace()], np.uint32)
_BITS = 21  # of a code point
_DOCUMENT_BITS = 22  # what two code points leave of 64 bits


def add_implied(columns: Columns, texts: Sequence[str], loose: Mapping[int, Terms]) -> None:
    """Add the fields `chars` and `pairs`; `loose` documents bring their own."""
    if loose:
        _add_named(columns, texts, loose)
        return
    codes, docs, solid = _code_points(texts)
    number = len(texts)
    _add_coded(columns, "chars", codes[solid].astype(np.uint64), docs[solid], number)
    paired = solid[:-1] & solid[1:] & (docs[:-1] == docs[1:])
    pairs = (codes[:-1][paired].astype(np.uint64) << np.uint64(_BITS)) | codes[1:][paired]
    _add_coded(columns, "pairs", pairs, docs[:-1][paired], number)


def _code_points(texts: Sequence[str]) -> tuple[Array, Array, Array]:
    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, np.uint32)
    docs = np.repeat(np.arange(len(texts), dtype=np.uint32), list(map(len, texts)))
    blank = np.zeros(0x3001, bool)
    blank[_BLANKS] = True
    return codes, docs, ~blank[np.minimum(codes, 0x3000)] | (codes > 0x3000)


def _add_coded(columns: Columns, name: str, codes: Array, docs: Array, number: int) -> None:
    """Add a field whose terms are given as numbers that sort as the terms do."""
    columns[f"{name}.lengths"] = to_length_bytes(np.bincount(docs, minlength=number))
    keys = (codes << np.uint64(_DOCUMENT_BITS)) | docs
    keys.sort()
    different = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=different[1:])
    first = np.flatnonzero(different)
    freqs = narrow(np.diff(first, append=len(keys)))
    keys = keys[first]
    rows = keys >> np.uint64(_DOCUMENT_BITS)
    begins = np.ones(len(rows), bool)
    np.not_equal(rows[1:], rows[:-1], out=begins[1:])
    start = np.flatnonzero(begins)
    terms = _decode(rows[start], 2 if name == "pairs" else 1)
    documents = keys & np.uint64((1 << _DOCUMENT_BITS) - 1)
    add_field(columns, name, terms, np.append(start, len(rows)), documents)
    columns[f"{name}.freqs"] = freqs


def _decode(codes: Array, width: int) -> list[bytes]:
    """Turn numbers back into terms, as bytes."""
    points = codes[:, None] if width == 1 else np.stack([codes >> np.uint64(_BITS), codes], 1)
    points = (points & np.uint64((1 << _BITS) - 1)).astype("<u4")
    joined = points.tobytes().decode("utf-32-le", "surrogatepass")
    return [to_bytes(joined[n : n + width]) for n in range(0, len(joined), width)]


def _add_named(columns: Columns, texts: Sequence[str], loose: Mapping[int, Terms]) -> None:
    for name in IMPLIED:
        tokens = [
            getattr(loose[number], name) if number in loose else imply(name, text)
            for number, text in enumerate(texts)
        ]
        names = sorted({token for held in tokens for token in held})
        rows = {token: row for row, token in enumerate(names)}
        keys = [rows[token] << 32 | number for number, held in enumerate(tokens) for token in held]
        add_postings(columns, name, names, np.array(keys, np.int64))
        columns[f"{name}.lengths"] = to_length_bytes(np.array(list(map(len, tokens)), np.int64))


def imply(name: str, text: str) -> list[str]:
    """Return the characters or the pairs of a folded text."""
    if name == "chars":
        return list("".join(text.split()))
    return [one + two for run in text.split() for one, two in pairwise(run)]
