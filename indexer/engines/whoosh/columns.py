"""A segment as arrays: terms, postings and what each document is looked up by.

Columns are a plain mapping of names to arrays; a column that would be empty is left out. `N` is
the number of documents, page records included, which come before the documents of their page.

For every field `f` of `INDEXED_FIELDS`:

    f.terms f.sizes     its terms in order, as UTF-8 end to end, and the bytes of each
    f.counts f.large    the number of documents that hold each term; 255 means the next of
                        `f.large`
    f.docs              those documents, term by term

and for the whole segment:

    repeated            a bit for every posting of `TERM_FIELDS`, set where the term occurs more
                        than once in the document
    repeated.freqs      how often it occurs there
    lengths             the length byte of every document in each of `TERM_FIELDS` (4 N)
    article number      of every document, one more than that: 0 is a page record
    repeats repeats.of  documents that repeat another one of the segment, and those
    text text.sizes     the normalised texts in UTF-16 end to end, and the units of each
    stored stored.sizes stored.crcs
                        documents and page records as JSON, compressed; the bytes and the CRC-32
                        of each
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import TERM_FIELDS
from indexer.model import FACETS, HEAD_FIELDS

# ---------------------------------------------------------------- fields

INDEX_NAME = "MAIN"
"""The name under which Whoosh looks for an index in a folder."""

OWN_FIELDS = ("page", "digest", "kind", "date", "original")
"""Keyword fields of our own: `page` and `digest` of a page record (`page` of documents too),
`original` the id that a repeat repeats."""


FACET_PREFIX = "f_"
HEAD_PREFIX = "h_"

_FIELDS_OF_FACETS = tuple(FACET_PREFIX + name for name in FACETS)
_FIELDS_OF_HEADS = tuple(HEAD_PREFIX + name for name in HEAD_FIELDS)
INDEXED_FIELDS = (*TERM_FIELDS, *OWN_FIELDS, *_FIELDS_OF_FACETS, *_FIELDS_OF_HEADS)
"""Fields of terms come first: only their postings count how often a term occurs."""

DERIVED_FIELDS = ("chars", "pairs")
"""Fields whose terms follow from the normalised text, see `base`."""

WORDS_FIELD = "words"
"""The field whose terms follow from the pieces that a text was cut into."""


def to_bytes(text: str) -> bytes:
    """Encode a term; its order is that of the code points, lone surrogates included."""
    return text.encode("utf-8", "surrogatepass")


def from_bytes(data: bytes) -> str:
    """Decode a term."""
    return data.decode("utf-8", "surrogatepass")


# ---------------------------------------------------------------- arrays

MAX_DOCUMENTS = 1 << 16
"""Documents in a segment, at most: their numbers take two bytes, which halves the postings."""

NUMBER_TYPES = "Hi"
"""Codes of numpy's for the types of document numbers, two bytes and four."""

TEXT_UNIT = np.dtype("<u2")
"""Of texts, which are kept in UTF-16."""

_LARGE_FREQUENCY = 255

Array = NDArray[Any]
Columns = dict[str, Array]


def count_documents(columns: Mapping[str, Array]) -> int:
    """Count the documents of a segment, page records and deleted ones included."""
    return len(columns.get("number", ()))


def ends_of(sizes: Array) -> Array:
    """Return where each part of these sizes begins, and where the last one ends."""
    ends = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=ends[1:])
    ends.setflags(write=False)
    return ends


def ranges(begins: Array, sizes: Array) -> Array:
    """Return the numbers `begin … begin + size - 1` of every range, end to end."""
    before = np.cumsum(sizes) - sizes
    return np.repeat(begins - before, sizes) + np.arange(int(sizes.sum()))


def pack_terms(terms: Sequence[bytes]) -> tuple[Array, Array]:
    """Join terms; return their bytes and their sizes."""
    sizes = np.fromiter(map(len, terms), np.int64, len(terms))
    return np.frombuffer(b"".join(terms), np.uint8), narrow(sizes)


def pack_counts(counts: Array) -> tuple[Array, Array]:
    """Write counts in one byte each; return these and the counts that do not fit."""
    small = np.minimum(counts, _LARGE_FREQUENCY).astype(np.uint8)
    return small, counts[small == _LARGE_FREQUENCY].astype(np.uint32)


def unpack_counts(small: Array, large: Array) -> Array:
    """Return counts; raises `ValueError` when there are not as many large ones as there must be."""
    counts = small.astype(np.int64)
    positions = np.flatnonzero(small == _LARGE_FREQUENCY)
    if len(positions) != len(large):
        raise ValueError("counts are missing")
    counts[positions] = large
    return counts


def unpack_texts(units: Array, start: Array) -> list[str]:
    """Take joined texts apart."""
    data, edges = units.tobytes(), (TEXT_UNIT.itemsize * start).tolist()
    return [data[one:two].decode("utf-16-le", "surrogatepass") for one, two in pairwise(edges)]


def encode_units(text: str) -> bytes:
    """Write a text in UTF-16 units."""
    return text.encode("utf-16-le", "surrogatepass")


def second_units(units: Array, starts: Array) -> Array:
    """Return where the second of two units is that are one character, in texts end to end."""
    found = np.flatnonzero((units & 0xFC00) == 0xDC00)
    found = found[(found > 0) & (units.take(found - 1, mode="clip") & 0xFC00 == 0xD800)]
    second: Array = found[starts.take(starts.searchsorted(found), mode="clip") != found]
    return second


def to_codes(text: str) -> Array:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))


Gap = tuple[int, int, Array]
"""At least and at most so many codes, none of which is set in a table."""


def follow_substring(
    codes: Array, substring: Array, ends: Array, limits: Array, gap: Gap
) -> tuple[Array, Array]:
    """Return where `substring` follows one of `ends` after an allowed gap.

    It is at least `least` and at most `most` codes after, none of which is set in `breaks`, and
    ends by the limit of its text. Each position comes with the number of an end that it follows, of
    several the first one first.
    """
    (least, most, breaks), numbers = gap, np.arange(len(ends))
    held = [np.zeros((2, 0), np.int64)]
    for distance in range(most + 1):
        numbers = numbers[ends[numbers] + distance + len(substring) <= limits[numbers]]
        if distance:
            last = codes.take(ends[numbers] + (distance - 1))
            numbers = numbers[~breaks.take(last, mode="clip")]
        if not len(numbers):
            break
        found = numbers if distance >= least else numbers[:0]
        for step, code in enumerate(substring.tolist()):
            found = found[codes.take(ends[found] + (distance + step)) == code]
        held.append(np.stack([found, ends[found] + distance]))
    found, positions = np.concatenate(held[::-1], axis=1)
    return found, positions


def changes(values: Array) -> Array:
    """Return where sorted values differ from the one before."""
    different = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=different[1:])
    return different


def narrow(values: Array) -> Array:
    """Store numbers from 0 on in as few bytes as the largest needs."""
    largest = int(values.max(initial=0))
    return values.astype(np.min_scalar_type(largest), copy=False)


def number_type(documents: int) -> type[np.uint16] | type[np.int32]:
    """Return the type of document numbers: two bytes where that is enough, else four."""
    return np.uint16 if documents <= MAX_DOCUMENTS else np.int32


def narrow_documents(numbers: Array, documents: int) -> Array:
    """Store document numbers in as few bytes as they need."""
    return numbers.astype(number_type(documents), copy=False)


def as_numbers(values: Array, documents: int) -> Array:
    """Return document numbers read-only and of the type of a segment, as the loops take them."""
    numbers = narrow_documents(values, documents)
    numbers.setflags(write=False)
    return numbers


def pack_freqs(freqs: Array) -> tuple[Array, Array]:
    """Return a bit for every frequency, set above 1, and the frequencies above 1."""
    repeated = freqs > 1
    return np.packbits(repeated, bitorder="little"), narrow(freqs[repeated])


BITS_PER_RANK = 512
_BYTES_PER_RANK = BITS_PER_RANK // 8


@cache
def bits_set() -> Array:
    """Return the number of bits in each byte."""
    bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, np.newaxis], axis=1)
    counts: Array = bits.sum(axis=1, dtype=np.uint8)
    return counts


def rank_bits(bits: Array) -> Array:
    """Count the bits set before each block of `BITS_PER_RANK`, and after all of them."""
    per_byte = bits_set()[bits]
    padded = np.zeros(-(-len(bits) // _BYTES_PER_RANK) * _BYTES_PER_RANK, np.uint8)
    padded[: len(bits)] = per_byte
    return ends_of(padded.reshape(-1, _BYTES_PER_RANK).sum(axis=1, dtype=np.int64))


def count_bits(bits: memoryview, ranks: Array, position: int) -> int:
    """Count the bits set before a position."""
    block, bit = divmod(position, BITS_PER_RANK)
    before = bits[block * _BYTES_PER_RANK : (position >> 3) + 1]
    return int(ranks[block]) + (int.from_bytes(before, "little") & (1 << bit) - 1).bit_count()


def read_freqs(repeated: Array, ranks: Array, freqs: Array, begin: int, end: int) -> Array:
    """Return how often the term of each posting of a span occurs in its document."""
    block = begin // BITS_PER_RANK
    first = block * BITS_PER_RANK // 8
    bits = np.unpackbits(repeated[first : -(-end // 8)], bitorder="little").view(np.bool_)
    before = bits[: begin - 8 * first]
    chosen = bits[begin - 8 * first : end - 8 * first]
    position = int(ranks[block]) + int(np.count_nonzero(before))
    often = np.ones(end - begin, freqs.dtype)
    often[chosen] = freqs[position : position + int(np.count_nonzero(chosen))]
    return often


# ---------------------------------------------------------------- the last step of making one


def finish(columns: Columns) -> Columns:
    """Pack frequencies, lengths and numbers, and leave out empty columns.

    `columns` holds `article`, `number` (-1 for a page record), `text`, `text.start`, `f.lengths` of
    `TERM_FIELDS` and what `postings.add_postings` adds for each field.
    """
    freqs = np.concatenate([columns.pop(f"{name}.freqs") for name in TERM_FIELDS])
    columns["repeated"], columns["repeated.freqs"] = pack_freqs(freqs)
    columns["lengths"] = np.concatenate([columns.pop(f"{name}.lengths") for name in TERM_FIELDS])
    columns["text.sizes"] = narrow(np.diff(columns.pop("text.start")))
    for name in ("article", "number"):
        columns[name] = narrow(columns[name].astype(np.int64) + 1)
    return {name: values for name, values in columns.items() if len(values)}


def add_repeats(columns: Columns, pairs: Array) -> None:
    """Add which documents repeat which others, given in rows of two; -1 is one that is gone."""
    pairs, number = pairs[(pairs >= 0).all(axis=1)], count_documents(columns)
    repeats, originals = pairs[np.argsort(pairs[:, 0])].T
    columns["repeats"] = narrow_documents(repeats, number)
    columns["repeats.of"] = narrow_documents(originals, number)


COLUMNS_SIDE_BY_SIDE = tuple(f"{field}.docs" for field in INDEXED_FIELDS)
"""Columns that a file holds next to each other, so that they are one array."""
