"""Files read whole, of a size that can be read."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from indexer.errors import Unreadable
from indexer.plain import MOST_BYTES


def read_all(file: BinaryIO, path: Path) -> bytes:
    """Read a file to its end; raises `Unreadable` for one beyond `MOST_BYTES`."""
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise too_large(path)
    return data


def too_large(path: Path) -> Unreadable:
    """Say that a file is larger than any page."""
    most = f"{MOST_BYTES // 1_000_000} MB"
    reason = f"it has more than {most}; split it into its pages"
    return Unreadable(path=path, reason=reason, reason_zh=f"它超过 {most}，请按版面拆分")
