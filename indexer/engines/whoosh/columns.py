"""A segment as arrays: terms, postings and what each document is looked up by.

Columns are a plain mapping of names to arrays. For every field `f` of `schema.FIELDS`:

    f.blob f.ends       the terms in order, as bytes end to end, and where each begins (T + 1)
    f.start f.docs      where the postings of each term begin (T + 1), and their documents
    f.freqs f.lengths   how often (fields of terms only), and the byte of each document's length
    f.many              where few are above 1: the postings that `f.freqs` tells of, others being 1
    f.crcs f.rows       CRC-32 of the terms in order, and the terms they belong to: the look-up
    f.held f.held_start keyword fields only: the terms of each document, and where they begin

and for every document `article`, `number` (-1 for a page record), `originals` (the document that
it repeats, or -1), `text` and `text.start`, the folded text in UTF-16 units, and
`stored.crcs`, the CRC-32 of the stored value.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engines.whoosh.schema import FIELDS, KEYWORD_FIELDS, from_bytes

MOST_DOCUMENTS = 1 << 16
"""Documents in a segment, at most: their numbers take two bytes, which halves the postings."""

SELDOM = 10
"""One posting in so many may be above 1 for the others to be left out: of pairs 6 % are, of words
12, of characters 27. That is 14 MB less of 100,000 paragraphs."""

NUMBERS = "Hi"
"""Codes of numpy's for the types of document numbers, two bytes and four."""

UNIT = np.dtype("<u2")
"""Of texts, which are kept in UTF-16."""

Array = NDArray[Any]
Columns = dict[str, Array]


def checksums(values: Iterable[bytes]) -> Array:
    """Compute the CRC-32 of each value."""
    return np.fromiter(map(zlib.crc32, values), np.uint32)


def count_documents(columns: Mapping[str, Array]) -> int:
    """Count the documents of a segment, page records and deleted ones included."""
    return len(columns["article"])


def pack_terms(terms: Sequence[bytes]) -> tuple[Array, Array]:
    """Put terms end to end."""
    ends = np.fromiter(accumulate(map(len, terms), initial=0), np.int64, len(terms) + 1)
    return np.frombuffer(b"".join(terms), np.uint8), narrow(ends)


def unpack_terms(columns: Mapping[str, Array], field: str) -> list[bytes]:
    """Take the terms of a field apart."""
    blob = columns[f"{field}.blob"].tobytes()
    ends = columns[f"{field}.ends"].tolist()
    return [blob[start:end] for start, end in pairwise(ends)]


def pack_texts(texts: Sequence[str]) -> tuple[Array, Array]:
    """Put texts end to end in UTF-16 units."""
    joined = bytearray()
    ends = [0]
    for text in texts:
        joined += encode_units(text)
        ends.append(len(joined) // UNIT.itemsize)
    return np.frombuffer(joined, UNIT), np.array(ends, np.int64)


def unpack_texts(units: Array, start: Array) -> list[str]:
    """Take texts apart."""
    data, edges = units.tobytes(), (UNIT.itemsize * start).tolist()
    return [data[one:two].decode("utf-16-le", "surrogatepass") for one, two in pairwise(edges)]


def encode_units(text: str) -> bytes:
    """Write a text in UTF-16 units."""
    return text.encode("utf-16-le", "surrogatepass")


def to_units(text: str) -> Array:
    """Return the UTF-16 units of a text."""
    return np.frombuffer(encode_units(text), UNIT)


def to_codes(text: str) -> Array:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))


def changes(values: Array) -> Array:
    """Tell where sorted values are not what stands before them."""
    different = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=different[1:])
    return different


def narrow(values: Array) -> Array:
    """Store numbers from 0 on in as few bytes as the largest needs."""
    largest = int(values.max(initial=0))
    return values.astype(np.min_scalar_type(largest), copy=False)


def number_type(documents: int) -> type[np.uint16] | type[np.int32]:
    """Return the type of document numbers: two bytes where that is enough, else four."""
    return np.uint16 if documents <= MOST_DOCUMENTS else np.int32


def narrow_documents(numbers: Array, documents: int) -> Array:
    """Store document numbers in as few bytes as they need."""
    return numbers.astype(number_type(documents), copy=False)


def as_numbers(values: Array, documents: int) -> Array:
    """Return document numbers read-only and of the type of a segment, as the loops take them."""
    numbers = values.astype(number_type(documents), copy=False)
    numbers.setflags(write=False)
    return numbers


def add_freqs(columns: Columns, field: str, freqs: Array) -> None:
    """Add how often each document holds a term; only what is above 1 where that is little."""
    many = np.flatnonzero(freqs > 1)
    if len(many) < len(freqs) / SELDOM:
        columns[f"{field}.many"] = many.astype(np.uint32)
        freqs = freqs[many]
    columns[f"{field}.freqs"] = narrow(freqs)


def whole_freqs(columns: Mapping[str, Array], field: str) -> Array:
    """Return how often each document holds a term, for all postings of a field."""
    freqs, many = columns[f"{field}.freqs"], columns.get(f"{field}.many")
    if many is None:
        return freqs
    whole = np.ones(len(columns[f"{field}.docs"]), freqs.dtype)
    whole[many] = freqs
    return whole


def complete(columns: Columns) -> Columns:
    """Add what follows from the rest: the look-ups, the terms by document, the originals."""
    number = count_documents(columns)
    for field in FIELDS:
        terms = unpack_terms(columns, field)
        crcs = np.fromiter(map(zlib.crc32, terms), np.uint32, len(terms))
        rows = np.argsort(crcs, kind="stable")
        columns[f"{field}.crcs"], columns[f"{field}.rows"] = crcs[rows], narrow(rows)
        if field in KEYWORD_FIELDS:
            _add_held(columns, field, number)
    columns["originals"] = _originals(columns, number)
    return columns


def _add_held(columns: Columns, field: str, number: int) -> None:
    docs = columns[f"{field}.docs"]
    rows = np.repeat(
        np.arange(len(columns[f"{field}.start"]) - 1, dtype=np.int32),
        np.diff(columns[f"{field}.start"]),
    )
    order = np.argsort(docs, kind="stable")
    columns[f"{field}.held"] = narrow(rows[order])
    counts = np.bincount(docs, minlength=number)
    columns[f"{field}.held_start"] = narrow(np.append(0, np.cumsum(counts)))


def _originals(columns: Columns, number: int) -> Array:
    """Find the document each repeat repeats, by its name within its page."""
    originals = np.full(number, -1, np.int32)
    start, docs = columns["original.start"], columns["original.docs"]
    if not len(docs):
        return originals
    places = _places(columns)
    for row, name in enumerate(unpack_terms(columns, "original")):
        target = places.get(from_bytes(name))
        if target is not None:
            originals[docs[start[row] : start[row + 1]]] = target
    return originals


def _places(columns: Columns) -> dict[str, int]:
    """Map the id of every document on a page with repeats to its number."""
    pages = unpack_terms(columns, "page")
    held, start, docs = columns["page.held"], columns["page.start"], columns["page.docs"]
    places = {}
    for row in np.unique(held[columns["original.docs"]]).tolist():
        page = from_bytes(pages[row])
        for doc in docs[start[row] : start[row + 1]].tolist():
            name = f"{page}:{columns['article'][doc]}:{columns['number'][doc]}"
            places[name] = doc
    return places
