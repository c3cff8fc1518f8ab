"""Tokens in, the postings of a field out, by one sort."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.engines.base import TERM_FIELDS
from indexer.engines.lengths import LENGTHS
from indexer.engines.whoosh.columns import (
    Array,
    Columns,
    add_freqs,
    count_documents,
    narrow,
    narrow_documents,
    pack_terms,
)
from indexer.engines.whoosh.schema import to_bytes

_LOW = 0xFFFFFFFF


def add_postings(columns: Columns, name: str, texts: Sequence[str], keys: Array) -> None:
    """Add a field: a key for each token is its row in `texts` (sorted), then its document."""
    keys.sort()
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    rows = keys[first] >> 32
    present, start = np.unique(rows, return_index=True)
    terms = [to_bytes(texts[row]) for row in present.tolist()]
    add_field(columns, name, terms, np.append(start, len(rows)), keys[first] & _LOW)
    if name in TERM_FIELDS:
        add_freqs(columns, name, np.diff(first, append=len(keys)))


def add_field(
    columns: Columns, name: str, terms: Sequence[bytes], start: Array, docs: Array
) -> None:
    """Add terms and postings that are already in order."""
    columns[f"{name}.blob"], columns[f"{name}.ends"] = pack_terms(terms)
    columns[f"{name}.start"] = narrow(start)
    columns[f"{name}.docs"] = narrow_documents(docs, count_documents(columns))


def to_length_bytes(lengths: Array) -> Array:
    """Quantise lengths as Whoosh's format does, one byte each."""
    places = np.searchsorted(np.array(LENGTHS), lengths)
    return np.minimum(places, len(LENGTHS) - 1).astype(np.uint8)
