"""The folder of an index: the lock, the manifest, durable files, and errors in our own words.

`manifest.json` is the single point of truth: it names the generation, the table of contents and
every file with its size and SHA-256. It is replaced in one step after everything it names is on
the disk, so an index is always exactly the old or exactly the new one.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import socket
import struct
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from pickle import UnpicklingError

import whoosh.fields
import whoosh.filedb.filetables
import whoosh.index
import whoosh.matching
import whoosh.reading

from indexer.engines.whoosh.disk import Disk
from indexer.engines.whoosh.schema import INDEX_NAME
from indexer.errors import (
    ChaquanError,
    IndexCorrupt,
    IndexLocked,
    IndexMissing,
    IndexOutdated,
    IndexUnreadable,
    StorageFull,
)
from indexer.model import Stamp
from indexer.plain import open_plain

MANIFEST = "manifest.json"
MANIFEST_DRAFT = f"{MANIFEST}.tmp"
DRAFT = ".cqtmp"
"""Ends the name of a file that is to take the place of another."""

NOTE = "seen"
"""The builder's note: it speaks of one commit, so the next removes it."""

LOCK = f"{INDEX_NAME}_WRITELOCK"  # the name under which Whoosh's own writers lock
FORMAT = 2
READABLE = (1, FORMAT)
"""The layout of the folder; an index of a format that is not readable is `IndexOutdated`.

Format 1 kept the text of pages whole, and characters in Whoosh's files too."""

HASHED_AT_ONCE = 16_000_000
"""Bytes up to which all files are hashed whenever an index is opened: 10 ms at 1.7 GB/s."""

_OURS = re.compile(
    rf"{INDEX_NAME}_[0-9a-z]+\.(seg|npp)|_{INDEX_NAME}_[0-9]+\.toc(\..*)?|{MANIFEST}\.tmp|.*\.cqtmp|{NOTE}"
)
_NO_ROOM = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.EFBIG,
    errno.EIO,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.EINVAL,
    errno.ENXIO,
    errno.EBUSY,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOLCK,
    errno.EOPNOTSUPP,
}

DAMAGE = (
    whoosh.index.IndexError,
    whoosh.filedb.filetables.FileFormatError,
    whoosh.matching.ReadTooFar,
    whoosh.reading.TermNotFound,
    whoosh.fields.UnknownFieldError,
    UnpicklingError,
    struct.error,
    zlib.error,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    EOFError,
    ImportError,
    AssertionError,
    MemoryError,
    OverflowError,
    RecursionError,
)
"""What Whoosh and numpy raise over bytes that are not what was written."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the manifest says of a file."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What belongs to a generation; `sides` can be made again and may be missing."""

    generation: int
    stamp: Stamp
    toc: str
    files: Mapping[str, FileFacts] = field(default_factory=dict)
    sides: Mapping[str, FileFacts] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    identity: str = ""  # its checksum, known once it is written


def read_manifest(folder: Path) -> Manifest | None:
    """Read the manifest, `None` when there is none.

    Raises `IndexOutdated` for another format and `IndexCorrupt` for one that makes no sense.
    """
    try:
        with opening(folder), open_plain(folder / MANIFEST) as file:
            data = file.read()
    except FileNotFoundError:
        return None
    try:
        values = json.loads(data)
        found, body = values["format"], values["manifest"]
        if values["sha256"] != _digest(found, body):
            raise ValueError("its checksum does not fit")
        if found not in READABLE:
            raise IndexOutdated(path=folder, found=found, wanted=FORMAT)
        return _parse({**body, "identity": values["sha256"]})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexCorrupt(path=folder, reason=f"{MANIFEST}: {error}") from error


def _parse(body: dict[str, object]) -> Manifest:
    values: dict[str, object] = dict(body)
    files, sides = (_facts(values.pop(name)) for name in ("files", "sides"))
    stamp = Stamp(**values.pop("stamp"))  # type: ignore[arg-type]
    data = values.get("data", {})
    if not (isinstance(data, dict) and all(isinstance(text, str) for text in data.values())):
        raise ValueError("its data is no text")
    return Manifest(stamp=stamp, files=files, sides=sides, **values)  # type: ignore[arg-type]


def _facts(values: object) -> dict[str, FileFacts]:
    if not isinstance(values, dict):
        raise ValueError("it names no files")
    return {name: FileFacts(**facts) for name, facts in values.items()}


def _digest(found: object, body: object) -> str:
    """Hash a manifest with its format: this much is the same in every format."""
    return hashlib.sha256(json.dumps([found, body], sort_keys=True).encode()).hexdigest()


def write_manifest(disk: Disk, manifest: Manifest) -> None:
    """Make a generation the current one: the one step that counts."""
    body = asdict(manifest)
    del body["identity"]
    data = json.dumps({"sha256": _digest(FORMAT, body), "format": FORMAT, "manifest": body})
    with disk.create(MANIFEST_DRAFT) as file:
        file.write(data.encode())
        disk.sync(file)
    disk.replace(MANIFEST_DRAFT, MANIFEST)
    disk.sync_names()


def describe(path: Path) -> FileFacts:
    """Measure and hash a file."""
    with open_plain(path) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileFacts(file.tell(), digest)


def check_cheaply(folder: Path, manifest: Manifest) -> None:
    """Check all of a small index, and of a large one what is not checked when it is touched.

    Raises `FileNotFoundError`, `IndexCorrupt` and `IndexUnreadable`.
    """
    small = sum(facts.size for facts in manifest.files.values()) <= HASHED_AT_ONCE
    for name, facts in {**manifest.files, **present_sides(folder, manifest)}.items():
        size = (folder / name).stat().st_size
        if size != facts.size:
            raise IndexCorrupt(path=folder, reason=f"{name} has {size} bytes, not {facts.size}")
        if small or name == manifest.toc:
            check_file(folder, name, facts)


def present_sides(folder: Path, manifest: Manifest) -> dict[str, FileFacts]:
    """Return the side files that are there: those that are lost can be made again."""
    return {name: facts for name, facts in manifest.sides.items() if (folder / name).exists()}


def check_file(folder: Path, name: str, facts: FileFacts) -> None:
    """Check a file against its hash; raises what `check_cheaply` does."""
    with opening(folder):
        found = describe(folder / name)
    if found != facts:
        raise IndexCorrupt(path=folder, reason=f"{name} is not what was written")


def clean(disk: Disk, keep: Iterable[str]) -> None:
    """Remove the files of an index that no longer belong to it."""
    for name in find_leftovers(disk, keep):
        with suppress(OSError):  # one that cannot go does not keep the others
            disk.remove(name)


def find_leftovers(disk: Disk, keep: Iterable[str]) -> list[str]:
    """List the files of an index that do not belong to it."""
    kept = {MANIFEST, *keep}
    names = (path.name for path in disk.folder.iterdir())
    return [name for name in names if name not in kept and _OURS.fullmatch(name)]


def next_generation(folder: Path) -> int:
    """Return a number that no commit here has had, whatever is damaged."""
    known = highest_toc(folder)
    with suppress(IndexCorrupt, IndexOutdated, IndexUnreadable):
        manifest = read_manifest(folder)
        known = max(known, manifest.generation if manifest else 0)
    return known + 1


def highest_toc(folder: Path) -> int:
    """Return the highest number of a table of contents in a folder, 0 without one."""
    names = (re.fullmatch(rf"_{INDEX_NAME}_(\d+)\.toc", path.name) for path in folder.iterdir())
    return max((int(name[1]) for name in names if name), default=0)


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """Say in one sentence that there is no room or no right to write."""
    try:
        yield
    except OSError as error:
        if isinstance(error, ChaquanError) or error.errno not in _NO_ROOM:
            raise
        raise StorageFull(path=folder, reason=error.strerror or str(error)) from error


@contextmanager
def reading_errors(folder: Path) -> Iterator[None]:
    """Say in one sentence that what was read is not what was written."""
    try:
        with opening(folder):
            yield
    except DAMAGE as error:
        raise IndexCorrupt(path=folder, reason=str(error) or repr(error)) from error


@contextmanager
def opening(folder: Path) -> Iterator[None]:
    """Say in one sentence why a file of an index cannot be read; one that is gone is left."""
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


@contextmanager
def locked(folder: Path, seconds: float) -> Iterator[None]:
    """Hold the write lock, which the system releases when a process ends in any way.

    Raises `IndexLocked` with the holder's name when it is not free within `seconds`.
    """
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        _wait(folder, descriptor, seconds)
        os.ftruncate(descriptor, 0)
        holder = f"process {os.getpid()} on {socket.gethostname()}"
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
