"""Compress what is stored of a document or a page, with its normalised text as the dictionary.

What is stored holds the text as it is printed: the normalised text with few characters changed,
once its punctuation is of full width again. Deflate (RFC 1951) writes it as a few references into
the dictionary. So the text is in the index once, whatever normalisation does. A page record's
dictionary is the texts of its documents.
"""

from __future__ import annotations

import zlib

import numpy as np

from indexer.engines.whoosh.columns import TEXT_UNIT, Array, encode_units, to_codes

_ZLIB_LEVEL = 4
"""zlib's level; level 1 gives a tenth more bytes, level 6 a fiftieth less in a tenth more time."""

_RAW_DEFLATE = -15  # no header or checksum of zlib's own, a window of 32 kB

_COMPRESSION_DICTIONARY = encode_units(
    '"source":"","digest":"","encoding":"utf-8","parts":[],"articles":[{"page":"","cities":["'
    '"}],"folded":"original":"truncated":"title":"","heading":"","author":["mentions":[["杭州",'
    '"],"facets":{"city":["杭州"],"region":["浙江","浙江/杭州"],"article_city":["newspaper":["year":['
    '"],"meta":{"newspaper":"date":"edition":"url":"heads":{"title":[""],"heading":[""],"author":['
    '{"page":"","article":1,"number":1,"kind":"body","text":"","spans":[[0,1]],"lines":[[1,1]],"'
)
"""What most values contain, the most frequent last, where references to it are shortest. It is part
of the format: another text is another format."""


def _map_units() -> Array:
    units = np.arange(1 << 16, dtype=TEXT_UNIT)
    units[to_codes(",!?:;()")] = to_codes("，！？：；（）")
    return units


_PRINTED_UNITS = _map_units()
"""How a unit of a normalised text is usually printed. It is part of the format, too: 101 bytes a
document instead of 145, as each character that differs ends a reference."""

MAX_STORED_BYTES = 1 << 28
"""Bytes of a stored value; what claims to be larger is damaged."""


def compress(value: bytes, text: Array) -> bytes:
    """Compress a value with a text as its dictionary."""
    compressor = zlib.compressobj(
        _ZLIB_LEVEL, zlib.DEFLATED, _RAW_DEFLATE, zdict=_make_dictionary(text)
    )
    return compressor.compress(value) + compressor.flush()


def decompress(data: bytes, text: Array) -> bytes:
    """Undo `compress`; raises `zlib.error` or `ValueError` for what it did not make."""
    decompressor = zlib.decompressobj(_RAW_DEFLATE, zdict=_make_dictionary(text))
    value = decompressor.decompress(data, MAX_STORED_BYTES)
    if not decompressor.eof or decompressor.unused_data:
        raise ValueError("a stored value is not what was compressed")
    return value


def _make_dictionary(text: Array) -> bytes:
    return _COMPRESSION_DICTIONARY + _PRINTED_UNITS.take(text).tobytes()


def text_edges(number: Array, start: Array) -> tuple[Array, Array]:
    """Return where the dictionary of every document begins and ends among the texts.

    `number` is -1 for a page record, whose dictionary is the texts of the documents after it.
    """
    ends = start[1:].copy()
    records = np.flatnonzero(number < 0)
    ends[records] = start[np.append(records[1:], len(number))[: len(records)]]
    return start[:-1], ends
