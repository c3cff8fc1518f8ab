"""Compress what is stored of a document or a page, with its normalised text as the dictionary.

What is stored holds the text as it is printed, which is the normalised text with few characters
changed: deflate (RFC 1951) writes it as a few references into the dictionary. So the text is in the
index once, whatever normalisation does. A page record's dictionary is the texts of its documents.
"""

from __future__ import annotations

import zlib

import numpy as np

from indexer.engines.whoosh.columns import Array, encode_units

_ZLIB_LEVEL = 4
"""zlib's level: 141 bytes a document; level 1 gives 154, level 6 gives 138 in a tenth more time."""

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

MAX_STORED_BYTES = 1 << 28
"""Bytes of a stored value; what claims to be larger is damaged."""


def compress(value: bytes, text: Array) -> bytes:
    """Compress a value with a text as its dictionary."""
    dictionary = _COMPRESSION_DICTIONARY + text.tobytes()
    compressor = zlib.compressobj(_ZLIB_LEVEL, zlib.DEFLATED, _RAW_DEFLATE, zdict=dictionary)
    return compressor.compress(value) + compressor.flush()


def decompress(data: bytes, text: Array) -> bytes:
    """Undo `compress`; raises `zlib.error` or `ValueError` for what it did not make."""
    decompressor = zlib.decompressobj(_RAW_DEFLATE, zdict=_COMPRESSION_DICTIONARY + text.tobytes())
    value = decompressor.decompress(data, MAX_STORED_BYTES)
    if not decompressor.eof or decompressor.unused_data:
        raise ValueError("a stored value is not what was compressed")
    return value


def text_edges(number: Array, start: Array) -> tuple[Array, Array]:
    """Return where the dictionary of every document begins and ends among the texts.

    `number` is -1 for a page record, whose dictionary is the texts of the documents after it.
    """
    ends = start[1:].copy()
    records = np.flatnonzero(number < 0)
    ends[records] = start[np.append(records[1:], len(number))[: len(records)]]
    return start[:-1], ends
