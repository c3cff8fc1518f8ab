"""The folder of an index: file operations, the lock, the build cache, and errors in our own words.

`create`, `sync`, `replace`, `remove` and `sync_names` are all that a commit needs, one method each,
so that tests can fail each of them. What is not synced may be lost or reordered by a power cut, so
the writer syncs a file before anything names it.
"""

from __future__ import annotations

import fcntl
import os
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from indexer.engines.whoosh.columns import INDEX_NAME
from indexer.errors import (
    ChaquanError,
    IndexCorrupt,
    IndexLocked,
    IndexMissing,
    IndexUnreadable,
    StorageFull,
    system_reason,
)
from indexer.files import open_plain

DRAFT_SUFFIX = ".cqtmp"
"""Ends the name of a file that is to take the place of another."""

BUILD_CACHE = "seen"
"""What the builder remembers of one commit, so the next removes it."""

LOCK_NAME = f"{INDEX_NAME}_WRITELOCK"  # the name under which Whoosh's own writers lock

DAMAGE_ERRORS = (
    struct.error,
    zlib.error,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    MemoryError,
    ArithmeticError,
    RecursionError,
)
"""What numpy, zlib and json raise over bytes that are not what was written."""


class Disk:
    """The folder of an index, as it is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Make the folder, its own name on the disk as well."""
        missing = [self.folder, *self.folder.parents]
        missing = missing[: next(n for n, path in enumerate(missing) if path.exists())]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageFull(path=self.folder, reason=system_reason(error)) from error
        for folder in missing:
            _sync_folder(folder.parent)

    @contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        """Open a new file for writing, whatever had the name: a link is not followed."""
        self.remove(name)
        with (self.folder / name).open("xb") as file:
            yield file

    def sync(self, file: BinaryIO) -> None:
        """Bring what was written to a file to the disk."""
        file.flush()
        os.fsync(file.fileno())

    def replace(self, name: str, target: str) -> None:
        """Rename a file atomically, replacing what had the name."""
        (self.folder / name).replace(self.folder / target)

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone already is no error."""
        with suppress(FileNotFoundError):
            (self.folder / name).unlink()

    def sync_names(self) -> None:
        """Bring the names in the folder to the disk."""
        _sync_folder(self.folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# ---------------------------------------------------------------- errors


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """Raise `StorageFull` for an error of the system while writing."""
    try:
        yield
    except (ChaquanError, FileNotFoundError, BrokenPipeError):
        raise
    except OSError as error:
        raise StorageFull(path=folder, reason=system_reason(error)) from error


@contextmanager
def reading_errors(folder: Path) -> Iterator[None]:
    """Raise `IndexCorrupt` where what is read is not what was written."""
    try:
        with opening(folder):
            yield
    except DAMAGE_ERRORS as error:
        raise IndexCorrupt(path=folder, reason=str(error) or repr(error)) from error


@contextmanager
def opening(folder: Path) -> Iterator[None]:
    """Translate errors of the system in reading a file; one that is missing is passed on."""
    try:
        yield
    except FileNotFoundError:
        raise
    except NotADirectoryError as error:
        raise IndexMissing(path=folder) from error
    except OSError as error:
        if isinstance(error, ChaquanError):
            raise
        name = Path(os.fsdecode(error.filename)).name if error.filename else "a file"
        reason = f"{name}: {error.strerror or error}"
        raise IndexUnreadable(path=folder, reason=reason) from error


# ---------------------------------------------------------------- the lock, the build cache


@contextmanager
def locked(folder: Path, seconds: float) -> Iterator[None]:
    """Hold the write lock, which the system releases when a process ends in any way.

    Raises `IndexLocked` with the holder's name when it is not free within `seconds`.
    """
    descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        _wait(folder, descriptor, seconds)
        os.ftruncate(descriptor, 0)
        holder = f"process {os.getpid()} on {os.uname().nodename}"
        os.pwrite(descriptor, holder.encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _wait(folder: Path, descriptor: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(min(0.02, max(0.0, seconds)))
                continue
            holder = os.pread(descriptor, 200, 0).decode(errors="replace") or "another process"
            raise IndexLocked(path=folder, holder=holder, seconds=seconds) from None
        return


def write_build_cache(disk: Disk, make: Callable[[], bytes | None]) -> None:
    """Replace the build cache in one step, unless another writer is at work or the disk is full.

    It is no part of a commit and no manifest names it: it may be lost, damaged or replaced.
    """
    draft = f"{BUILD_CACHE}{DRAFT_SUFFIX}"
    try:
        with locked(disk.folder, 0.0):
            cache = make()
            if cache is None:
                return
            try:
                with disk.create(draft) as file:  # not synced: a torn one is read as none
                    file.write(cache)
                disk.replace(draft, BUILD_CACHE)
            finally:
                disk.remove(draft)
    except (OSError, ChaquanError):
        return


def read_build_cache(folder: Path, most: int) -> bytes:
    """Read the build cache; empty where there is none that can be read."""
    try:
        with open_plain(folder / BUILD_CACHE) as file:
            cache = file.read(most + 1)
    except OSError:
        return b""
    return cache if len(cache) <= most else b""
