"""Files read whole, of a size that can be read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from indexer.errors import Unreadable, cannot_read
from indexer.messages import message
from indexer.plain import MOST_BYTES, open_plain


def read_all(file: BinaryIO, path: Path) -> bytes:
    """Read a file to its end; raises `Unreadable` for one beyond `MOST_BYTES`."""
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise too_large(path)
    return data


def read_file(path: Path) -> bytes:
    """Read a plain file whole; raises `Unreadable`, also for one that changes meanwhile."""
    try:
        with open_plain(path) as file:
            before = os.fstat(file.fileno())
            data = read_all(file, path)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise cannot_read(path, error) from error
    if (before.st_size, before.st_mtime_ns) != (len(data), after.st_mtime_ns):
        raise Unreadable(path=path, reason=message("reason.changing"))
    return data


def too_large(path: Path) -> Unreadable:
    """Return the error for a file that is larger than any page."""
    reason = message("reason.too_large", megabytes=MOST_BYTES // 1_000_000)
    return Unreadable(path=path, reason=reason)
