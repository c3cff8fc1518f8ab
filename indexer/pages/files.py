"""Files opened as what they should be: plain ones, of a size that can be read.

A pipe would keep its reader waiting for ever, a device has no end; both can bear any name.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from indexer.errors import Unreadable

MOST_BYTES = 64_000_000
"""Of a page, and of a line of a .jsonl file. A newspaper page has 50 kB, a thick book 3 MB."""


@contextmanager
def open_plain(path: Path) -> Iterator[BinaryIO]:
    """Open a plain file; raises `OSError`, and `Unreadable` for anything else."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.stat(descriptor).st_mode):  # noqa: PTH116 - the open one
            raise Unreadable(path=path, reason="it is not a plain file", reason_zh="它不是普通文件")
        yield file


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
