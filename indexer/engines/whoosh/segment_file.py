"""The file of a segment: its columns one after the other, mapped into memory when it is opened.

Each column has a checksum, compared when the column is first used: an index of any size opens at
once and never answers from damaged numbers. A checksum shows damage, but who makes a file makes
its checksum as well, and compiled loops read and write wherever a number says. So every column is
compared with its bounds at the same time: no column from whatever source leads outside another.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from indexer.engines.base import TERM_FIELDS
from indexer.engines.whoosh.columns import (
    COLUMNS_SIDE_BY_SIDE,
    INDEXED_FIELDS,
    NUMBER_TYPES,
    Array,
    ends_of,
    rank_bits,
    unpack_counts,
)
from indexer.engines.whoosh.mapped_file import FileMap, map_file
from indexer.errors import IndexCorrupt

SEGMENT_EXTENSION = ".seg"
_SEGMENT_MAGIC = b"CQSEG004"
_FILE_HEAD = struct.Struct("<8sII")  # magic, size of the header, its CRC-32
_ALIGNMENT_BYTES = 64

_SIZES = "BHIL"  # codes of numpy's types
_FIELD_COLUMNS = {"terms": "B", "sizes": _SIZES, "counts": "B", "large": "I", "docs": NUMBER_TYPES}


class _ColumnRule(NamedTuple):
    """The types that a column may have, and how many values each document has in it, 0 for any."""

    types: str
    per_document: int = 0


_COLUMNS = {
    "article": _ColumnRule(_SIZES, 1),
    "number": _ColumnRule(_SIZES, 1),
    "lengths": _ColumnRule("B", len(TERM_FIELDS)),
    "text": _ColumnRule("H"),
    "text.sizes": _ColumnRule(_SIZES, 1),
    "stored": _ColumnRule("B"),
    "stored.sizes": _ColumnRule(_SIZES, 1),
    "stored.crcs": _ColumnRule("I", 1),
    "repeated": _ColumnRule("B"),
    "repeated.freqs": _ColumnRule(_SIZES),
    "repeats": _ColumnRule(NUMBER_TYPES),
    "repeats.of": _ColumnRule(NUMBER_TYPES),
    **{
        f"{field}.{part}": _ColumnRule(types)
        for field in INDEXED_FIELDS
        for part, types in _FIELD_COLUMNS.items()
    },
}

_UNCHECKED_COLUMNS = ("stored",)
"""Columns that are not read as a whole: every stored value has its own checksum."""


class SegmentFile(Mapping[str, Array]):
    """The columns of a file; each is checked before it is returned for the first time.

    CRC-32 runs at 4 GB/s here: a segment's largest column, about 30 MB, costs 8 ms once. A column
    that the file does not have is empty.
    """

    def __init__(self, path: Path) -> None:
        """Map a file; raises `OSError`, and `ValueError` for one that is no segment."""
        self._path = path
        self.data = map_file(path)
        self._start, self._entries = _read_header(self.data)
        self._checked: dict[str, Array] = {}
        self.documents = self._length("number")

    def __getitem__(self, name: str) -> Array:
        values = self._checked.get(name)
        return self._check(name) if values is None else values

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def joined_docs(self) -> tuple[Array, dict[str, int]]:
        """Return the documents of all fields as one array, unchecked, and where each begins."""
        names = [name for name in COLUMNS_SIDE_BY_SIDE if name in self._entries]
        if not names:
            return np.zeros(0, np.uint16), {}
        first, begins, at = self._entries[names[0]], {}, 0
        for name in names:
            entry = self._entries[name]
            size = np.dtype(entry.dtype).itemsize
            if entry.dtype != first.dtype or entry.offset != first.offset + at * size:
                raise self._corrupt(f"{name} is not where it must be")
            begins[name] = at
            at += entry.length
        return self._read(first._replace(length=at)), begins

    def check_all(self) -> None:
        """Check every column; raises `IndexCorrupt`."""
        for name in _COLUMNS:
            self[name]

    def check_length(self) -> None:
        """Raise `IndexCorrupt` when the file has been cut short since it was mapped."""
        if not self.data.is_intact:
            raise self._corrupt("it was cut short while it was in use")

    def _read(self, entry: _Entry) -> Array:
        position = self._start + entry.offset
        return np.frombuffer(self.data, np.dtype(entry.dtype), entry.length, position)

    def _check(self, name: str) -> Array:
        entry = self._entries.get(name)
        if entry is None:
            values = np.zeros(0, np.dtype(_COLUMNS[name].types[0]))
        else:
            values = self._read(entry)
            if name not in _UNCHECKED_COLUMNS and zlib.crc32(values.data) != entry.crc:
                raise self._corrupt(f"{name} is not what was written")
        self._checked[name] = values
        try:
            self._check_bounds(name, values)
        except ValueError as error:
            raise self._corrupt(str(error)) from error
        return values

    def _corrupt(self, reason: str) -> IndexCorrupt:
        return IndexCorrupt(path=self._path.parent, reason=f"{self._path.name}: {reason}")

    def _length(self, name: str) -> int:
        entry = self._entries.get(name)
        return entry.length if entry else 0

    def _check_bounds(self, name: str, values: Array) -> None:
        """Raise `ValueError` when a column is not as long as others say, or points outside."""
        field, _, part = name.rpartition(".")
        (types, per_document), number = _COLUMNS[name], self.documents
        if values.dtype.char not in types:
            raise ValueError(f"{name} holds other numbers than it may")
        if per_document and len(values) != per_document * number:
            raise ValueError(f"{name} is not as long as it must be")
        if name in ("text.sizes", "stored.sizes"):
            _check_sum(name, values, self._length(field))
        elif part == "sizes":
            _check_sum(name, values, self._length(f"{field}.terms"))
            _check_terms(name, self[f"{field}.terms"], values)
        elif part == "counts":
            self._check_counts(field, values)
        elif name == "repeated":
            self._check_repeated(values)
        elif part in ("docs", "repeats", "of") and len(values) and int(values.max()) >= number:
            raise ValueError(f"{name} points outside")
        elif name == "repeats.of" and len(values) != self._length("repeats"):
            raise ValueError(f"{name} is not as long as it must be")

    def _check_counts(self, field: str, values: Array) -> None:
        if len(values) != self._length(f"{field}.sizes"):
            raise ValueError(f"{field}.counts is not as long as it must be")
        counts = unpack_counts(values, self[f"{field}.large"])
        _check_sum(f"{field}.counts", counts, self._length(f"{field}.docs"))

    def _check_repeated(self, values: Array) -> None:
        postings = sum(self._length(f"{field}.docs") for field in TERM_FIELDS)
        if len(values) != -(-postings // 8):
            raise ValueError("repeated is not as long as it must be")
        if rank_bits(values)[-1] != self._length("repeated.freqs"):
            raise ValueError("repeated.freqs is not as long as it must be")


def _check_sum(name: str, sizes: Array, end: int) -> None:
    if int(sizes.sum(dtype=np.int64)) != end:
        raise ValueError(f"{name} points outside")


def _check_terms(name: str, data: Array, sizes: Array) -> None:
    """Raise `ValueError` unless terms are text, each of whole characters."""
    data.tobytes().decode("utf-8", "surrogatepass")
    begins = ends_of(sizes)[:-1]
    begins = begins[begins < len(data)]
    if np.any((data[begins] & 0xC0) == 0x80):  # a character's further bytes are 10…
        raise ValueError(f"{name} cuts characters")


class _Entry(NamedTuple):
    dtype: str
    offset: int
    length: int
    crc: int


def write_segment_file(file: BinaryIO, columns: Mapping[str, Array]) -> None:
    """Write columns: the documents of all fields without gaps, others at multiples of 64 bytes."""
    joined = [name for name in COLUMNS_SIDE_BY_SIDE if name in columns]
    names = [*joined, *sorted(columns.keys() - {*joined})]
    header: dict[str, _Entry] = {}
    offset, gaps = 0, []
    for position, name in enumerate(names):
        values = np.ascontiguousarray(columns[name])
        header[name] = _Entry(values.dtype.str, offset, len(values), zlib.crc32(values.data))
        offset += values.nbytes
        gaps.append(0 if position < len(joined) - 1 else -offset % _ALIGNMENT_BYTES)
        offset += gaps[-1]
    head = json.dumps(header, separators=(",", ":")).encode()
    written = _FILE_HEAD.pack(_SEGMENT_MAGIC, len(head), zlib.crc32(head)) + head
    file.write(written.ljust(_aligned(len(head)), b" "))
    for name, gap in zip(names, gaps, strict=True):
        file.write(np.ascontiguousarray(columns[name]).data)
        file.write(bytes(gap))


def _aligned(head: int) -> int:
    return -(-(_FILE_HEAD.size + head) // _ALIGNMENT_BYTES) * _ALIGNMENT_BYTES


def _read_header(data: FileMap) -> tuple[int, dict[str, _Entry]]:
    magic, size, crc = _FILE_HEAD.unpack_from(data)
    head = data[_FILE_HEAD.size : _FILE_HEAD.size + size]
    if magic != _SEGMENT_MAGIC or zlib.crc32(head) != crc:
        raise ValueError("the header is not what was written")
    start = _aligned(size)
    entries = {name: _Entry(*entry) for name, entry in json.loads(head).items()}
    for entry in entries.values():
        dtype = np.dtype(entry.dtype)
        if (dtype.kind != "u" and dtype.char not in NUMBER_TYPES) or not dtype.isnative:
            raise ValueError("a column holds no numbers")
        if not (type(entry.length) is int and type(entry.offset) is int):
            raise ValueError("a column is nowhere")
        if min(entry.length, entry.offset) < 0 or (
            start + entry.offset > len(data) - entry.length * dtype.itemsize
        ):
            raise ValueError("a column ends outside")
    return start, entries
