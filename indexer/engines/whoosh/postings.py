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
    changes,
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
    first = np.flatnonzero(changes(keys))
    counts = narrow(np.diff(first, append=len(keys)))
    keys = keys[first]
    del first
    rows = keys >> 32
    start = np.flatnonzero(changes(rows))
    terms = [to_bytes(texts[row]) for row in rows[start].tolist()]
    add_field(columns, name, terms, np.append(start, len(rows)), keys & _LOW)
    if name in TERM_FIELDS:
        add_freqs(columns, name, counts)


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
