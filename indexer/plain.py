"""Files opened as what they should be: plain ones.

A pipe keeps its reader waiting for ever and a device has no end; both can bear any name.
"""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

MOST_BYTES = 64_000_000
"""Of a file that is read whole. A newspaper page has 50 kB, a thick book 3 MB, a list of all the
words of jieba 5 MB."""


def open_plain(path: Path) -> BufferedReader:
    """Open a plain file for reading; raises `OSError`, for anything else as for a folder."""
    return open(path, "rb", opener=_open)


def read_plain(path: Path) -> bytes:
    """Read a plain file whole; raises `OSError` also for one beyond `MOST_BYTES`."""
    with open_plain(path) as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        reason = f"it has more than {MOST_BYTES // 1_000_000} MB"
        raise OSError(errno.EFBIG, reason, str(path))
    return data


def _open(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if stat.S_ISREG(os.stat(descriptor).st_mode):  # noqa: PTH116 - the open one
        return descriptor
    os.close(descriptor)
    raise IsADirectoryError(errno.EISDIR, "it is not a plain file", path)
