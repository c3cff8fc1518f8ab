"""Columns in, a segment file as Whoosh 2.7.4 itself writes it out; and back.

The layout is that of `whoosh.codec.whoosh3`, `whoosh.filedb.compound` and `.filetables`: a
compound file of a term table, a posting file and columns. Written by blocks, not by postings.
"""

from __future__ import annotations

import pickle
import struct
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.postings import read_postings
from indexer.engines.whoosh.schema import INDEX_NAME, SCORED_FIELDS, STOCK_FIELDS, whoosh_schema

BLOCK = 2048
"""Postings in a block. Whoosh writes 128 and reads any number: larger blocks are fewer pickles."""

AT_HAND = 1 << 17
"""Postings turned into Python's numbers at a time: all 5 million of a full segment took 200 MB."""

COMPRESS_FROM = 256
"""Blocks of fewer bytes are not compressed: it saves nothing, and took an eighth of the time."""

_INFO = np.dtype(
    [
        ("inlined", "u1"),
        ("weight", ">f4"),
        ("frequency", ">u4"),
        ("shortest", "u1"),
        ("longest", "u1"),
        ("heaviest", ">f4"),
        ("first", ">u4"),
        ("last", ">u4"),
        ("offset", ">i8"),
        ("length", ">i4"),
    ]
)
_LENGTHS = struct.Struct("!ii")
_DIRECTORY = struct.Struct("!qi")
_SLOT = np.dtype([("hash", ">u4"), ("position", ">i8")])
_CRC = 1  # the number of CRC-32 among Whoosh's hash functions


def write_segment(
    file: BinaryIO, segid: str, columns: Mapping[str, Array], stored: Sequence[bytes]
) -> None:
    """Write a compound segment file."""
    name = f"{INDEX_NAME}_{segid}"
    directory: dict[str, dict[str, float]] = {}
    file.write(struct.pack("!qi", 0, 0))
    infos = {}
    with _part(file, directory, f"{name}.pst") as offset:
        for field in STOCK_FIELDS:
            infos[field] = _write_postings(file, offset, columns, field)
    with _part(file, directory, f"{name}.trm"):
        _write_terms(file, infos)
    with _part(file, directory, f"{name}._stored.col"):
        _write_stored(file, stored)
    for field in SCORED_FIELDS:
        with _part(file, directory, f"{name}._{field}_len.col"):
            file.write(columns[f"{field}.lengths"].tobytes())
    start = file.tell()
    file.write(pickle.dumps(directory, 2) + pickle.dumps({}, 2))
    end = file.tell()
    file.seek(0)
    file.write(struct.pack("!qi", start, end - start))


class _part:  # noqa: N801 - a context manager that reads like a function
    """Note where a file stands within the compound file."""

    def __init__(self, file: BinaryIO, directory: dict[str, dict[str, float]], name: str) -> None:
        self._file, self._directory, self._name = file, directory, name

    def __enter__(self) -> int:
        self._start = self._file.tell()
        return self._start

    def __exit__(self, *_error: object) -> None:
        self._directory[self._name] = {
            "offset": self._start,
            "length": self._file.tell() - self._start,
            "modified": time.time(),
        }


def _write_postings(
    file: BinaryIO, base: int, columns: Mapping[str, Array], field: str
) -> tuple[Sequence[bytes], Array]:
    """Write the postings of a field; return its terms and what the term table says of them."""
    terms, start, docs, freqs = read_postings(columns, field)
    start = start.astype(np.int64)
    lengths = columns.get(f"{field}.lengths")
    infos = _describe(start, docs, freqs, lengths)
    blocks = _Blocks(start, docs, freqs, infos)
    parts = [blocks.encode(row) for row in range(len(terms))]
    sizes = np.fromiter(map(len, parts), np.int64, len(parts))
    infos["length"] = sizes
    infos["offset"] = np.cumsum(sizes) - sizes + (file.tell() - base)
    file.write(b"".join(parts))
    return terms, infos


def _describe(start: Array, docs: Array, freqs: Array, lengths: Array | None) -> Array:
    infos = np.zeros(len(start) - 1, _INFO)
    if not len(infos):
        return infos
    infos["weight"] = np.add.reduceat(freqs.astype(np.float64), start[:-1])
    infos["frequency"] = np.diff(start)
    infos["heaviest"] = np.maximum.reduceat(freqs, start[:-1])
    infos["first"], infos["last"] = docs[start[:-1]], docs[start[1:] - 1]
    if lengths is not None:
        infos["shortest"] = np.minimum.reduceat(lengths[docs], start[:-1])
        infos["longest"] = np.maximum.reduceat(lengths[docs], start[:-1])
    return infos


class _Blocks:
    """Encodes the posting blocks of a field, term by term."""

    def __init__(self, start: Array, docs: Array, freqs: Array, infos: Array) -> None:
        self._start: list[int] = start.tolist()
        self._docs, self._freqs = docs, freqs
        self._steps: list[int] = []  # of the postings at hand
        self._first = self._until = 0
        self._extremes: list[tuple[float, int, int]] = list(
            zip(
                infos["heaviest"].tolist(),
                infos["shortest"].tolist(),
                infos["longest"].tolist(),
                strict=True,
            )
        )

    def encode(self, row: int) -> bytes:
        """Encode a term: every block carries the extremes of the whole term, which bound it."""
        start, end = self._start[row], self._start[row + 1]
        extremes = self._extremes[row]
        blocks = (
            self._block(one, min(one + BLOCK, end), end, *extremes)
            for one in range(start, end, BLOCK)
        )
        return b"W3Bl" + b"".join(blocks)

    def _block(
        self, start: int, stop: int, end: int, heaviest: float, shortest: int, longest: int
    ) -> bytes:
        last = int(self._docs[stop - 1])
        steps = (int(self._docs[start]), *self._take_steps(start + 1, stop))
        weights = None if heaviest == 1.0 else tuple(map(float, self._freqs[start:stop].tolist()))
        data = pickle.dumps((steps, weights, None), 2)
        compressed = len(data) >= COMPRESS_FROM
        if compressed:
            data = zlib.compress(data, 1)
        head = pickle.dumps((stop - start, last, heaviest, int(compressed), shortest, longest), 2)
        size = len(head) + len(data)
        return struct.pack("!i", -size if stop == end else size) + head + data

    def _take_steps(self, start: int, stop: int) -> list[int]:
        """Return the steps between documents; as Python numbers only some at a time."""
        if stop > self._until:
            self._first, self._until = start, max(stop, start + AT_HAND)
            self._steps = np.diff(self._docs[start - 1 : self._until].astype(np.int64)).tolist()
        return self._steps[start - self._first : stop - self._first]


def _write_terms(file: BinaryIO, infos: Mapping[str, tuple[Sequence[bytes], Array]]) -> None:
    """Write the hash file of all terms: entries, 256 tables, their directory, the order."""
    base = file.tell()
    file.write(b"HSH3" + struct.pack("!Bii", _CRC, 0, 0))
    position = file.tell() - base
    keys: list[bytes] = []
    positions: list[Array] = []
    for number, field in enumerate(STOCK_FIELDS):
        terms, described = infos[field]
        entries = list(_entries(number, terms, described.tobytes()))
        places = list(accumulate((len(entry) for _, entry in entries), initial=position))
        position = places.pop()
        positions.append(np.array(places, np.int64))
        keys += [key for key, _ in entries]
        file.write(b"".join(entry for _, entry in entries))
    all_positions = np.concatenate(positions)
    hashes = np.fromiter(map(zlib.crc32, keys), np.uint32, len(keys))
    _write_tables(file, base, hashes, all_positions)
    extras = {
        "fieldmap": {field: number for number, field in enumerate(STOCK_FIELDS)},
        "indextype": "q",
        "indexlen": len(keys),
    }
    tail = pickle.dumps(extras, 2) + all_positions.astype(">i8").tobytes()
    file.write(tail + struct.pack("!i", len(tail)))


def _entries(
    number: int, terms: Sequence[bytes], described: bytes
) -> Iterator[tuple[bytes, bytes]]:
    prefix, size = struct.pack("!H", number), _INFO.itemsize
    for row, term in enumerate(terms):
        key = prefix + term
        value = described[row * size : row * size + size]
        yield key, _LENGTHS.pack(len(key), size) + key + value


def _write_tables(file: BinaryIO, base: int, hashes: Array, positions: Array) -> None:
    buckets = hashes & 255
    order = np.argsort(buckets, kind="stable")
    edges = np.searchsorted(buckets[order], np.arange(257))
    directory = []
    for bucket in range(256):
        chosen = order[edges[bucket] : edges[bucket + 1]]
        slots = 2 * len(chosen)
        directory.append(_DIRECTORY.pack(file.tell() - base, slots))
        table = np.zeros(slots, _SLOT)
        places = _place((hashes[chosen] >> 8) % max(1, slots), slots)
        table["hash"][places], table["position"][places] = hashes[chosen], positions[chosen]
        file.write(table.tobytes())
    file.write(b"".join(directory))


def _place(wanted: Array, slots: int) -> Array:
    """Give each entry the first free slot from the wanted one on."""
    taken = bytearray(slots)
    places = []
    for slot in wanted.tolist():
        while taken[slot]:
            slot = slot + 1 if slot + 1 < slots else 0
        taken[slot] = 1
        places.append(slot)
    return np.array(places, np.int64)


def _write_stored(file: BinaryIO, stored: Sequence[bytes]) -> None:
    lengths = list(map(len, stored))
    offsets = list(accumulate(lengths, initial=0))[:-1]
    file.write(b"".join(stored))
    file.write(np.array(lengths, ">u4").tobytes() + np.array(offsets, ">u4").tobytes() + b"IIX")


# ---------------------------------------------------------------- and back


def read_directory(path: Path, data: Any) -> dict[str, tuple[int, int]]:
    """Read where the files of a compound segment stand in it."""
    from indexer.engines.whoosh import guard

    start, size = struct.unpack("!qi", data[:12])
    directory = guard.loads(bytes(data[start : start + size]))
    return {
        name.removeprefix(path.name.removesuffix(".seg")): (entry["offset"], entry["length"])
        for name, entry in directory.items()
    }


def open_stock(folder: Path, entry: Any) -> Any:
    """Open a segment as Whoosh does; where that fails, close the file that it leaves open."""
    from whoosh.filedb.filestore import FileStorage
    from whoosh.reading import SegmentReader

    opened: list[Any] = []

    class Storage(FileStorage):  # type: ignore[misc]
        def open_file(self, name: str, **options: Any) -> Any:
            opened.append(super().open_file(name, **options))
            return opened[-1]

    try:
        return SegmentReader(Storage(str(folder)), whoosh_schema(), entry)
    except BaseException:
        for file in opened:
            if not file.is_closed:
                file.close()
        raise


class StoredValues:
    """The stored values of a segment's documents, decompressed one at a time."""

    def __init__(self, data: Any, offset: int, length: int, documents: int) -> None:
        self._data, self._offset = data, offset
        ends = offset + length - 3
        offsets = ends - 4 * documents
        if bytes(data[ends : offset + length]) != b"IIX":
            raise ValueError("the column of stored values has no offsets")
        self._offsets = np.frombuffer(data, ">u4", documents, offsets)
        self._lengths = np.frombuffer(data, ">u4", documents, offsets - 4 * documents)

    def raw(self, number: int) -> bytes:
        """Return a value as it is stored."""
        start = self._offset + int(self._offsets[number])
        return bytes(self._data[start : start + int(self._lengths[number])])

    def __getitem__(self, number: int) -> dict[str, str]:
        return load_stored(self.raw(number))


def load_stored(data: bytes) -> dict[str, str]:
    """Read a stored value."""
    from indexer.engines.whoosh import guard

    values: dict[str, str] = guard.loads(zlib.decompress(data))
    return values
