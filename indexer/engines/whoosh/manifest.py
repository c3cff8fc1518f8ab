"""The manifest: which segments and files belong to the newest commit.

`manifest.json` is the single point of truth: it names the segments with what is deleted in them,
and every file with its size and SHA-256. It is replaced in one step after everything it names is on
the disk, so an index is always exactly the old or exactly the new one. Whoosh's table of contents
is written beside it for Whoosh, and never read here.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from indexer.engines.whoosh.columns import INDEX_NAME, Columns, count_documents
from indexer.engines.whoosh.segment_file import SEGMENT_EXTENSION, write_segment_file
from indexer.engines.whoosh.storage import BUILD_CACHE, Disk, opening
from indexer.errors import IndexCorrupt, IndexOutdated, IndexUnreadable
from indexer.files import open_plain
from indexer.model import Stamp

MANIFEST_FILE = "manifest.json"
MANIFEST_DRAFT = f"{MANIFEST_FILE}.tmp"
INDEX_FORMAT = 4
"""The layout of the folder; an index of another format is `IndexOutdated`."""

MAX_BYTES_ALWAYS_HASHED = 16_000_000
"""Bytes up to which all files are hashed whenever an index is opened: 10 ms at 1.7 GB/s."""

_SEGMENT_NAME = re.compile(rf"{INDEX_NAME}_[0-9a-z]{{1,64}}")
_OWN_FILE = re.compile(
    rf"{INDEX_NAME}_[0-9a-z]+\.(seg|npp)|_{INDEX_NAME}_[0-9]+\.toc(\..*)?|{MANIFEST_FILE}\.tmp|.*\.cqtmp|{BUILD_CACHE}"
)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the manifest says of a file."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment of a commit: documents from the first to the last but one of `deleted` are gone."""

    name: str
    documents: int
    deleted: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What belongs to a commit."""

    generation: int
    stamp: Stamp
    segments: tuple[SegmentEntry, ...] = ()
    files: Mapping[str, FileFacts] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    made: float = 0.0  # seconds since 1970
    identity: str = ""  # its checksum, known once it is written


def read_manifest(folder: Path) -> Manifest | None:
    """Read the manifest, `None` when there is none.

    Raises `IndexOutdated` for another format and `IndexCorrupt` for one that makes no sense.
    """
    with _damage(folder):
        data = _read(folder)
        if data is None:
            return None
        found, manifest = _parse_manifest(data, INDEX_FORMAT)
        if manifest is None:
            raise IndexOutdated(path=folder, found=found, wanted=INDEX_FORMAT)
        return manifest


@lru_cache(maxsize=8)
def _parse_manifest(data: bytes, wanted: int) -> tuple[Any, Manifest | None]:
    """Return the format and, of the wanted one, the manifest; every request reads the same."""
    values = _verify(data)
    found, body = values["format"], values["manifest"]
    made = _parse({**body, "identity": values["sha256"]}) if found == wanted else None
    return found, made


def read_commit_data(folder: Path) -> Mapping[str, str]:
    """Read the texts stored with the newest commit, of any format; raises `IndexCorrupt`."""
    with _damage(folder):
        data = _read(folder)
        return {} if data is None else _texts(_verify(data)["manifest"].get("data", {}))


def _read(folder: Path) -> bytes | None:
    try:
        with opening(folder), open_plain(folder / MANIFEST_FILE) as file:
            return file.read()
    except FileNotFoundError:
        return None


def _verify(data: bytes) -> Any:
    """Return the manifest as JSON, its checksum verified; this much is the same in every format."""
    values = json.loads(data)
    if values["sha256"] != _digest(values["format"], values["manifest"]):
        raise ValueError("its checksum does not fit")
    return values


@contextmanager
def _damage(folder: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexCorrupt(path=folder, reason=f"{MANIFEST_FILE}: {error}") from error


def _parse(body: dict[str, object]) -> Manifest:
    values: dict[str, object] = dict(body)
    facts: Any = values.pop("files")
    files = {name: FileFacts(**one) for name, one in facts.items()}
    stamp = Stamp(**values.pop("stamp"))  # type: ignore[arg-type]
    segments = tuple(map(_segment, values.pop("segments")))  # type: ignore[call-overload]
    if any(f"{one.name}{SEGMENT_EXTENSION}" not in files for one in segments):
        raise ValueError("a segment has no file")
    values["data"] = _texts(values.get("data", {}))
    return Manifest(stamp=stamp, files=files, segments=segments, **values)  # type: ignore[arg-type]


def _texts(data: object) -> dict[str, str]:
    if not (isinstance(data, dict) and all(isinstance(text, str) for text in data.values())):
        raise ValueError("its data is no text")
    return data


def _segment(values: Mapping[str, Any]) -> SegmentEntry:
    name, documents = values["name"], values["documents"]
    deleted = tuple((begin, end) for begin, end in values["deleted"])
    if not _SEGMENT_NAME.fullmatch(name):
        raise ValueError("a segment has an impossible name")
    numbers = [documents, *(number for span in deleted for number in span)]
    if not all(type(number) is int and 0 <= number <= documents for number in numbers):
        raise ValueError("a segment has impossible deletions")
    return SegmentEntry(name, documents, deleted)


def _digest(found: object, body: object) -> str:
    """Hash a manifest with its format: this much is the same in every format."""
    return hashlib.sha256(json.dumps([found, body], sort_keys=True).encode()).hexdigest()


def write_manifest(disk: Disk, manifest: Manifest) -> None:
    """Make a generation the current one: the one step that counts."""
    body = asdict(manifest)
    del body["identity"]
    data = json.dumps(
        {"sha256": _digest(INDEX_FORMAT, body), "format": INDEX_FORMAT, "manifest": body}
    )
    with disk.create(MANIFEST_DRAFT) as file:
        file.write(data.encode())
        disk.sync(file)
    disk.replace(MANIFEST_DRAFT, MANIFEST_FILE)
    disk.sync_names()


def describe(path: Path) -> FileFacts:
    """Measure and hash a file."""
    with open_plain(path) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileFacts(file.tell(), digest)


def check_cheaply(folder: Path, manifest: Manifest) -> None:
    """Check all of a small index, and of a large one what is not checked when it is used.

    Raises `FileNotFoundError`, `IndexCorrupt` and `IndexUnreadable`.
    """
    small = sum(facts.size for facts in manifest.files.values()) <= MAX_BYTES_ALWAYS_HASHED
    for name, facts in manifest.files.items():
        size = (folder / name).stat().st_size
        if size != facts.size:
            raise IndexCorrupt(path=folder, reason=f"{name} has {size} bytes, not {facts.size}")
        if small or name.endswith(".toc"):
            check_file(folder, name, facts)


def check_file(folder: Path, name: str, facts: FileFacts) -> None:
    """Check a file against its hash; raises what `check_cheaply` does."""
    with opening(folder):
        found = describe(folder / name)
    if found != facts:
        raise IndexCorrupt(path=folder, reason=f"{name} is not what was written")


@dataclass(slots=True)
class CommitFiles:
    """The files that a commit writes, each on the disk and hashed before it counts."""

    disk: Disk
    facts: dict[str, FileFacts] = field(default_factory=dict)

    @contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        """Write a file."""
        self.facts[name] = FileFacts(0, "")
        with self.disk.create(name) as file:
            yield file
            self.disk.sync(file)
        self.facts[name] = describe(self.disk.folder / name)

    def write(self, columns: Columns) -> SegmentEntry:
        """Write a segment under a new name."""
        name = f"{INDEX_NAME}_{os.urandom(8).hex()}"
        with self.create(f"{name}{SEGMENT_EXTENSION}") as file:
            write_segment_file(file, columns)
        return SegmentEntry(name, count_documents(columns))


def clean(disk: Disk, keep: Iterable[str]) -> None:
    """Remove the files of an index that no longer belong to it."""
    for name in find_leftovers(disk, keep):
        with suppress(OSError):  # one that cannot go does not keep the others
            disk.remove(name)


def find_leftovers(disk: Disk, keep: Iterable[str]) -> list[str]:
    """List the files of an index that do not belong to it."""
    kept = {MANIFEST_FILE, *keep}
    names = (path.name for path in disk.folder.iterdir())
    return [name for name in names if name not in kept and _OWN_FILE.fullmatch(name)]


def next_generation(folder: Path) -> int:
    """Return a number that no commit here has had, whatever is damaged."""
    known = highest_toc(folder)
    with suppress(IndexCorrupt, IndexOutdated, IndexUnreadable):
        manifest = read_manifest(folder)
        known = max(known, manifest.generation if manifest else 0)
    return known + 1


def toc_name(generation: int) -> str:
    """Name Whoosh's table of contents of a generation."""
    return f"_{INDEX_NAME}_{generation}.toc"


def highest_toc(folder: Path) -> int:
    """Return the highest number of a table of contents in a folder, 0 without one."""
    names = (re.fullmatch(rf"_{INDEX_NAME}_(\d+)\.toc", path.name) for path in folder.iterdir())
    return max((int(name[1]) for name in names if name), default=0)
