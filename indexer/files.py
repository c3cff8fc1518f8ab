"""Open and read files: pages, the lists of users, and the data that ship with the library.

Only plain files are opened: a pipe keeps its reader waiting for ever and a device has no end; both
can have any name.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, TypeVar

from indexer.errors import BadMetadata, SourceMissing, Unreadable, cannot_read
from indexer.messages import message

T = TypeVar("T")

DATA_FOLDER = Path(__file__).parent / "data"

MAX_FILE_BYTES = 64_000_000
"""Of a file that is read whole. A newspaper page has 50 kB, a thick book 3 MB, a list of all the
words of jieba 5 MB."""


def is_file(path: Path) -> bool:
    """Return whether a path is a file; False where the system refuses to look."""
    return os.path.isfile(path)  # noqa: PTH113 - `Path.is_file` raises for too long a name


def is_folder(path: Path) -> bool:
    """Return whether a path is a folder; False where the system refuses to look."""
    return os.path.isdir(path)  # noqa: PTH112 - `Path.is_dir` raises for too long a name


def require(path: Path) -> None:
    """Raise `SourceMissing` where there is nothing, `Unreadable` where the system refuses it."""
    try:
        exists = path.exists()
    except OSError as error:
        raise cannot_read(path, error) from error
    if not exists:
        raise SourceMissing(path=path)


def open_plain(path: Path) -> BufferedReader:
    """Open a plain file for reading; raises `OSError`, for anything else as for a folder."""
    return open(path, "rb", opener=_open)


def _open(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    mode = os.stat(descriptor).st_mode  # noqa: PTH116 - the open one
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    number = errno.EISDIR if stat.S_ISDIR(mode) else errno.ENXIO
    raise OSError(number, os.strerror(number), path)


def read_all(file: BinaryIO, path: Path) -> bytes:
    """Read a file to its end; raises `Unreadable` for one beyond `MAX_FILE_BYTES`."""
    data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
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
    reason = message("reason.too_large", megabytes=MAX_FILE_BYTES // 1_000_000)
    return Unreadable(path=path, reason=reason)


def read_data_lines(name: str) -> list[str]:
    """Return the lines of a text file in `data`, those that begin with # left out."""
    return _without_comments((DATA_FOLDER / name).read_bytes())


def read_own_lines(path: Path) -> list[str]:
    """Return the lines of a user's text file, those that begin with # left out.

    Raises `SourceMissing`, `Unreadable`, or `BadMetadata` for what is not UTF-8.
    """
    return read_own_file(path, _without_comments, "reason.not_utf8")


def read_own_file(path: Path, parse: Callable[[bytes], T], reason: str) -> T:
    """Return what `parse` makes of a user's file.

    Raises `SourceMissing`, `Unreadable`, or `BadMetadata` where `parse` fails; the name of its
    message is `reason`.
    """
    require(path)
    content = read_file(path)
    try:
        return parse(content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        what = f"{type(error).__name__}: {error}"
        raise BadMetadata(path=path, reason=message(reason, error=what)) from error


def _without_comments(content: bytes) -> list[str]:
    lines = content.decode("utf-8-sig").splitlines()
    return [line for line in lines if not line.startswith("#")]
