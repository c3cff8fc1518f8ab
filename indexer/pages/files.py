"""Files read whole, of a size that can be read."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from indexer.errors import Unreadable
from indexer.messages import message
from indexer.plain import MOST_BYTES


def read_all(file: BinaryIO, path: Path) -> bytes:
    """Read a file to its end; raises `Unreadable` for one beyond `MOST_BYTES`."""
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise too_large(path)
    return data


def too_large(path: Path) -> Unreadable:
    """Say that a file is larger than any page."""
    reason = message("reason.too_large", megabytes=MOST_BYTES // 1_000_000)
    return Unreadable(path=path, reason=reason)
