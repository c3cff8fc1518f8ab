"""Columns in a side file, mapped into memory when a segment is opened.

A side file stands beside its segment as `MAIN_<segid>.npp`, so that Whoosh's own clean-up takes
it away with the segment. It holds nothing that could not be made again from the segment.
"""

from __future__ import annotations

import json
import mmap
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np

from indexer.engines.whoosh.columns import Array, Columns

EXTENSION = ".npp"
_MAGIC = b"CQNP0001"
_ALIGN = 64


class BadSide(ValueError):
    """A side file that is not one."""


def write_side(file: BinaryIO, columns: Mapping[str, Array]) -> None:
    """Write columns one after another, each at a multiple of 64 bytes."""
    header: dict[str, tuple[str, int, int]] = {}
    offset = 0
    for name, values in columns.items():
        header[name] = (values.dtype.str, offset, len(values))
        offset += -(-values.nbytes // _ALIGN) * _ALIGN
    head = json.dumps(header).encode()
    size = -(-(len(_MAGIC) + 4 + len(head)) // _ALIGN) * _ALIGN
    file.write((_MAGIC + struct.pack("<I", len(head)) + head).ljust(size, b" "))
    for values in columns.values():
        file.write(np.ascontiguousarray(values).data)
        file.write(bytes(-values.nbytes % _ALIGN))


def map_side(path: Path) -> tuple[Columns, mmap.mmap, int]:
    """Map a side file; return its columns, the map, and where the column `text` begins in it.

    Raises `BadSide` when the header makes no sense, `OSError` when there is no such file.
    """
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        return _read(data)
    except (ValueError, KeyError, TypeError, struct.error) as error:
        raise BadSide(f"{path.name}: {error}") from error


def _read(data: mmap.mmap) -> tuple[Columns, mmap.mmap, int]:
    if data[: len(_MAGIC)] != _MAGIC:
        raise ValueError("not a side file")
    (size,) = struct.unpack_from("<I", data, len(_MAGIC))
    header = json.loads(data[len(_MAGIC) + 4 : len(_MAGIC) + 4 + size])
    start = -(-(len(_MAGIC) + 4 + size) // _ALIGN) * _ALIGN
    columns = {
        name: np.frombuffer(data, np.dtype(dtype), count, start + offset)
        for name, (dtype, offset, count) in header.items()
    }
    return columns, data, start + header["text"][1]
