"""Store jieba's dictionary as a file that is searched in place, with nothing to parse at a start.

Reading the dictionary costs jieba 1.6 s of CPU in every new process, and a query needs only some
dozens of look-ups. The file holds the words in order with their frequencies; it is made once in a
folder that only the user may enter, and holds plain numbers and letters, nothing that runs.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from array import array
from collections.abc import Callable
from itertools import accumulate, pairwise
from pathlib import Path
from zlib import crc32

from indexer.bounded_cache import BoundedCache

HEADER_BYTES = 256
"""Bytes before the numbers: a line of JSON, filled up with blanks."""

MAX_CACHED_LOOKUPS = 1 << 16
"""Look-ups that are remembered; a busy server asks for the same words over and over."""

Frequencies = dict[str, int]
Make = Callable[[], tuple[Frequencies, int]]


class Dictionary:
    """The part of a `dict` that jieba uses: words and beginnings of words with frequencies."""

    def __init__(self, data: bytes, count: int, total: int) -> None:
        self.total = total
        self._count = count
        self._offsets = memoryview(data)[HEADER_BYTES : HEADER_BYTES + 4 * (count + 1)].cast("I")
        numbers = HEADER_BYTES + 4 * (count + 1)
        self._frequencies = memoryview(data)[numbers : numbers + 4 * count].cast("I")
        self._blob = memoryview(data)[numbers + 4 * count :]
        self._known = BoundedCache[str, int | None](MAX_CACHED_LOOKUPS)
        self._own: Frequencies = {}

    def __contains__(self, word: str) -> bool:
        return self.get(word) is not None

    def __getitem__(self, word: str) -> int:
        frequency = self.get(word)
        if frequency is None:
            raise KeyError(word)
        return frequency

    def __setitem__(self, word: str, frequency: int) -> None:
        """Add a word of the user's, in this process only."""
        self._own[word] = frequency
        self._known.pop(word, None)

    def get(self, word: str, default: int | None = None) -> int | None:
        """Look a word up."""
        try:
            frequency = self._known[word]
        except KeyError:
            frequency = self._own[word] if word in self._own else self._find(word)
            self._known[word] = frequency
        return default if frequency is None else frequency

    def load(self) -> Frequencies:
        """Load all of it, for cutting a whole archive."""
        edges, blob = self._offsets.tolist(), bytes(self._blob)
        words = (blob[start:end].decode() for start, end in pairwise(edges))
        return dict(zip(words, self._frequencies.tolist(), strict=True)) | self._own

    def _find(self, word: str) -> int | None:
        """Search the words, which are in the order of their bytes."""
        wanted = word.encode("utf-8", "replace")
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            found = bytes(self._blob[self._offsets[middle] : self._offsets[middle + 1]])
            if found == wanted:
                return self._frequencies[middle]
            if found < wanted:
                low = middle + 1
            else:
                high = middle
        return None


def open_dictionary(folder: Path | None, key: str, make: Make) -> Dictionary:
    """Open the dictionary kept under a key in a folder, making it where it is missing or damaged.

    Without a folder, or where it cannot be written, it is made in memory.
    """
    path = folder / f"words-{key}.bin" if folder else None
    if path is not None and (found := _read(path)) is not None:
        return found
    data = _pack(*make())
    if path is not None:
        _write(path, data)
    made = _open(data)
    assert made is not None  # noqa: S101 - it was packed a moment ago
    return made


def _read(path: Path) -> Dictionary | None:
    try:
        return _open(path.read_bytes())  # 4 ms; a map could be cut short while it is in use
    except (OSError, ValueError):
        return None


def _open(data: bytes) -> Dictionary | None:
    """Open packed words; raises `ValueError` for a header that is none."""
    header = json.loads(bytes(data[:HEADER_BYTES]))
    fits = header["order"] == sys.byteorder and header["size"] == len(data)
    if not fits or header["crc"] != crc32(memoryview(data)[HEADER_BYTES:]):
        return None
    return Dictionary(data, header["count"], header["total"])


def _pack(frequencies: Frequencies, total: int) -> bytes:
    words = sorted((word.encode(), frequency) for word, frequency in frequencies.items())
    offsets = array("I", [0, *accumulate(len(word) for word, _ in words)])
    numbers = array("I", [frequency for _, frequency in words])
    body = offsets.tobytes() + numbers.tobytes() + b"".join(word for word, _ in words)
    header = json.dumps(
        {
            "order": sys.byteorder,
            "count": len(words),
            "total": total,
            "size": HEADER_BYTES + len(body),
            "crc": crc32(body),
        }
    )
    return header.encode().ljust(HEADER_BYTES) + body


def _write(path: Path, data: bytes) -> None:
    """Write under another name first, so that another process reads all of it or nothing."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        return
