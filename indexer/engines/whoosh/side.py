"""Columns in a side file, mapped into memory when a segment is opened.

A side file stands beside its segment as `MAIN_<segid>.npp`, so that Whoosh's own clean-up takes
it away with the segment. It holds nothing that could not be made again from the segment. Each
column has a checksum, looked at when the column is first touched: an index of any size opens at
once and never answers from damaged numbers.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from indexer.engines.whoosh.bounds import check_bounds, check_names, check_terms
from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.maps import FileMap, map_file
from indexer.errors import IndexCorrupt

EXTENSION = ".npp"
_MAGIC = b"CQNP0002"
"""Begins a side file; the last digits tell the layout. A file of another layout is as good as
lost: its columns are made again. What older files lack or hold besides may do without a new one.
"""
_HEAD = struct.Struct("<8sII")  # magic, size of the header, its CRC-32
_ALIGN = 64


class BadSide(ValueError):
    """A side file that is not one."""


def is_there(path: Path) -> bool:
    """Tell whether there is a side file, sound or not, of this layout."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except FileNotFoundError:
        return False
    return magic == _MAGIC or not magic.startswith(_MAGIC[:4])


class SideColumns(Mapping[str, Array]):
    """The columns of a side file; each is checked before it is given out for the first time.

    CRC-32 runs at 4 GB/s here: a segment's largest column, about 30 MB, costs 8 ms once.
    """

    def __init__(self, path: Path) -> None:
        """Map a side file; raises `BadSide` and `OSError`."""
        self._path = path
        self.data = map_file(path)
        try:
            self._start, self._entries = _read_header(self.data)
            check_names(self._entries)
        except (ValueError, KeyError, TypeError, struct.error) as error:
            raise BadSide(f"{path.name}: {error}") from error
        self._sound: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        values = self._sound.get(name)
        return self._check(name) if values is None else values

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def place(self, name: str) -> int:
        """Tell where a column begins in the map."""
        return self._start + self._entries[name].offset

    def check_length(self) -> None:
        """Raise `IndexCorrupt` when the file has been cut short since it was mapped."""
        if not self.data.whole:
            reason = f"{self._path.name} was cut short while it was in use"
            raise IndexCorrupt(path=self._path.parent, reason=reason)

    def _check(self, name: str) -> Array:
        entry = self._entries[name]
        values = np.frombuffer(self.data, np.dtype(entry.dtype), entry.length, self.place(name))
        if zlib.crc32(values.data) != entry.crc:
            reason = f"{self._path.name}: {name} is not what was written"
            raise IndexCorrupt(path=self._path.parent, reason=reason)
        try:
            check_bounds(name, values, self._length)
            field, _, part = name.rpartition(".")
            if part == "ends":
                check_terms(field, self[f"{field}.blob"], values)
        except ValueError as error:
            reason = f"{self._path.name}: {error}"
            raise IndexCorrupt(path=self._path.parent, reason=reason) from error
        self._sound[name] = values
        return values

    def _length(self, name: str) -> int:
        entry = self._entries.get(name)
        return entry.length if entry else -1


class _Entry(NamedTuple):
    dtype: str
    offset: int
    length: int
    crc: int


def write_side(file: BinaryIO, columns: Mapping[str, Array]) -> None:
    """Write columns in the order of their names, each at a multiple of 64 bytes."""
    columns = dict(sorted(columns.items()))
    header: dict[str, _Entry] = {}
    offset = 0
    for name, values in columns.items():
        crc = zlib.crc32(np.ascontiguousarray(values).data)
        header[name] = _Entry(values.dtype.str, offset, len(values), crc)
        offset += -(-values.nbytes // _ALIGN) * _ALIGN
    head = json.dumps(header).encode()
    size = _aligned(len(head))
    file.write((_HEAD.pack(_MAGIC, len(head), zlib.crc32(head)) + head).ljust(size, b" "))
    for values in columns.values():
        file.write(np.ascontiguousarray(values).data)
        file.write(bytes(-values.nbytes % _ALIGN))


def _aligned(head: int) -> int:
    return -(-(_HEAD.size + head) // _ALIGN) * _ALIGN


def _read_header(data: FileMap) -> tuple[int, dict[str, _Entry]]:
    magic, size, crc = _HEAD.unpack_from(data)
    head = data[_HEAD.size : _HEAD.size + size]
    if magic != _MAGIC or zlib.crc32(head) != crc:
        raise ValueError("its header is not what was written")
    start = _aligned(size)
    entries = {name: _Entry(*entry) for name, entry in json.loads(head).items()}
    for entry in entries.values():
        dtype = np.dtype(entry.dtype)
        if dtype.kind not in "iu" or not dtype.isnative:
            raise ValueError("a column holds no numbers")
        if not (type(entry.length) is int and type(entry.offset) is int):
            raise ValueError("a column stands nowhere")
        if min(entry.length, entry.offset) < 0 or (
            start + entry.offset > len(data) - entry.length * dtype.itemsize
        ):
            raise ValueError("a column ends outside")
    return start, entries
