"""Files opened as what they should be: plain ones.

A pipe keeps its reader waiting for ever and a device has no end; both can bear any name.
"""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path


def open_plain(path: Path) -> BufferedReader:
    """Open a plain file for reading; raises `OSError`, for anything else as for a folder."""
    return open(path, "rb", opener=_open)


def _open(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if stat.S_ISREG(os.stat(descriptor).st_mode):  # noqa: PTH116 - the open one
        return descriptor
    os.close(descriptor)
    raise IsADirectoryError(errno.EISDIR, "it is not a plain file", path)
