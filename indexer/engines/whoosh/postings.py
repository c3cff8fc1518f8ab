"""Sort tokens into the postings of a field, join postings, and put them into columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from indexer.engines.base import TERM_FIELDS
from indexer.engines.lengths import LENGTHS_BY_BYTE
from indexer.engines.whoosh.columns import (
    Array,
    Columns,
    changes,
    count_documents,
    narrow,
    narrow_documents,
    pack_counts,
    pack_terms,
    to_bytes,
)

_DOCUMENT_NUMBER_BITS = 22  # of a document's number, in a key below the row of a term


class SortedPostings(NamedTuple):
    """Terms in order, where the postings of each begin (one more), their documents, how often."""

    terms: Sequence[bytes]
    start: Array
    docs: Array
    freqs: Array


def sort_tokens(numbers: Mapping[str, int], tokens: Array, docs: Array) -> SortedPostings:
    """Sort tokens, each a number of a term, and the documents that hold them."""
    texts = sorted(numbers)
    rank = np.empty(len(texts), np.int64)
    rank[[numbers[text] for text in texts]] = np.arange(len(texts))
    keys = rank[tokens]
    keys <<= _DOCUMENT_NUMBER_BITS
    keys |= docs
    keys.sort()
    first = np.flatnonzero(changes(keys))
    counts = narrow(np.diff(first, append=len(keys)))
    return _cut_up([to_bytes(text) for text in texts], keys[first], counts)


def join_postings(parts: Sequence[SortedPostings]) -> SortedPostings:
    """Join parts that may hold the same terms, with other documents in each."""
    terms = sorted(set().union(*(part.terms for part in parts)))
    rows = {term: row for row, term in enumerate(terms)}
    keys = np.empty(sum(len(part.docs) for part in parts), np.int64)
    at = 0
    for part in parts:
        new = np.fromiter(map(rows.__getitem__, part.terms), np.int64, len(part.terms))
        own = keys[at : at + len(part.docs)]
        own[:] = np.repeat(new << _DOCUMENT_NUMBER_BITS, np.diff(part.start))
        own |= part.docs
        at += len(own)
    return _cut_up(terms, *_sort_with(keys, np.concatenate([part.freqs for part in parts])))


def _sort_with(keys: Array, freqs: Array) -> tuple[Array, Array]:
    """Sort keys, and frequencies with them: in one number where both fit, which is faster.

    Numbers sort in 12 ns each (numpy 2.4 by AVX2), what order they have is found in 80.
    """
    bits = int(freqs.max(initial=0)).bit_length()
    if int(keys.max(initial=0)) >> (63 - bits):
        order = np.argsort(keys, kind="stable")  # stable: sorted sequences, which merge fast
        return keys[order], freqs[order]
    keys <<= bits
    keys |= freqs
    keys.sort()
    freqs = (keys & ((1 << bits) - 1)).astype(freqs.dtype)
    keys >>= bits
    return keys, freqs


def _cut_up(terms: Sequence[bytes], keys: Array, freqs: Array) -> SortedPostings:
    """Take keys apart: a row in `terms`, some of which may have no documents, and a document."""
    rows, docs = keys >> _DOCUMENT_NUMBER_BITS, keys & ((1 << _DOCUMENT_NUMBER_BITS) - 1)
    start = np.flatnonzero(changes(rows))
    present = [terms[row] for row in rows[start].tolist()]
    return SortedPostings(present, np.append(start, len(keys)), docs, freqs)


def add_postings(columns: Columns, name: str, postings: SortedPostings) -> None:
    """Add a field; its frequencies are packed when all fields are there, see `columns.finish`."""
    columns[f"{name}.terms"], columns[f"{name}.sizes"] = pack_terms(postings.terms)
    counts = np.diff(postings.start)
    columns[f"{name}.counts"], columns[f"{name}.large"] = pack_counts(counts)
    columns[f"{name}.docs"] = narrow_documents(postings.docs, count_documents(columns))
    if name in TERM_FIELDS:
        columns[f"{name}.freqs"] = postings.freqs


def to_length_bytes(lengths: Array) -> Array:
    """Quantise lengths as Whoosh's format does, one byte each."""
    positions = np.searchsorted(np.array(LENGTHS_BY_BYTE), lengths)
    return np.minimum(positions, len(LENGTHS_BY_BYTE) - 1).astype(np.uint8)
