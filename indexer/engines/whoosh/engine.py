"""An index in a folder: the engine `whoosh`, see `base.Engine`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.engines.base import MakeBuildCache
from indexer.engines.whoosh.manifest import (
    MANIFEST_FILE,
    Manifest,
    check_cheaply,
    check_file,
    highest_toc,
    read_commit_data,
    read_manifest,
)
from indexer.engines.whoosh.reader import WhooshReader
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.engines.whoosh.storage import (
    Disk,
    locked,
    opening,
    read_build_cache,
    reading_errors,
    storage_errors,
    write_build_cache,
)
from indexer.errors import IndexCorrupt, IndexMissing, IndexOutdated, IndexUnreadable
from indexer.model import Stamp

if TYPE_CHECKING:
    from indexer.engines.whoosh.writer import WhooshWriter

_MAX_OPEN_ATTEMPTS = 50
"""How often a reader retries when a commit removes what it was about to open."""


class WhooshEngine:
    """An embedded index over Whoosh's own files."""

    def __init__(
        self,
        folder: Path | str,
        *,
        lock_seconds: float = 10.0,
        workers: int = 0,
        disk: Disk | None = None,
    ) -> None:
        self.folder = Path(folder)
        self._lock_seconds, self._workers = lock_seconds, workers
        self._disk = disk or Disk(self.folder)

    def exists(self) -> bool:
        try:
            return bool(self.latest())
        except (IndexCorrupt, IndexOutdated, IndexUnreadable):
            return True

    def latest(self) -> str:
        manifest = read_manifest(self.folder)
        return manifest.identity if manifest and manifest.generation else ""

    def commit_data(self) -> Mapping[str, str]:
        return read_commit_data(self.folder)

    def save_build_cache(self, make: MakeBuildCache) -> None:
        write_build_cache(self._disk, lambda: make(self.latest()))

    def load_build_cache(self, most: int) -> bytes:
        return read_build_cache(self.folder, most)

    def reader(self) -> WhooshReader:
        manifest = self._manifest()
        for _ in range(_MAX_OPEN_ATTEMPTS):
            try:
                return self._open(manifest)
            except FileNotFoundError as error:
                newer = self._manifest()
                if newer.identity == manifest.identity:
                    reason = f"{Path(error.filename or 'a file').name} is missing"
                    raise IndexCorrupt(path=self.folder, reason=reason) from error
                manifest = newer
        raise IndexCorrupt(path=self.folder, reason="it kept changing")

    def _manifest(self) -> Manifest:
        manifest = read_manifest(self.folder)
        if manifest is None or not manifest.generation:
            with opening(self.folder):
                lost = manifest is None and self.folder.is_dir() and highest_toc(self.folder)
            if lost:
                raise IndexCorrupt(path=self.folder, reason=f"{MANIFEST_FILE} is missing")
            raise IndexMissing(path=self.folder)
        return manifest

    def _open(self, manifest: Manifest) -> WhooshReader:
        with opening(self.folder):
            check_cheaply(self.folder, manifest)
        with reading_errors(self.folder):
            segments = [Segment(self.folder, entry) for entry in manifest.segments]
            snapshot = Snapshot(manifest.generation, manifest.stamp, segments)
            with snapshot.detect_truncation():
                return WhooshReader(snapshot, _to_time(manifest.made), manifest.identity)

    @contextmanager
    def writer(self, stamp: Stamp, *, fresh: bool = False) -> Iterator[WhooshWriter]:
        from indexer.engines.whoosh.writer import WhooshWriter  # and with it Whoosh

        with storage_errors(self.folder):
            self._disk.prepare()
            with locked(self.folder, self._lock_seconds):
                before = None if fresh else self._previous()
                writer = WhooshWriter(self._disk, stamp, before, fresh=fresh, workers=self._workers)
                try:
                    yield writer
                    writer.commit()
                except BaseException:
                    writer.discard()
                    raise

    def _previous(self) -> Manifest | None:
        """Return the newest commit to build upon, which must be sound."""
        try:
            manifest = self._manifest()
        except IndexMissing:
            return None
        self.reader().close()
        return manifest

    def check(self) -> int:
        """Check every file of the newest commit against its hash; return how many."""
        manifest = self._manifest()
        try:
            for name, facts in manifest.files.items():
                check_file(self.folder, name, facts)
        except FileNotFoundError as error:
            reason = f"{Path(error.filename).name} is missing"
            raise IndexCorrupt(path=self.folder, reason=reason) from error
        self.reader().check()
        return len(manifest.files)


def _to_time(seconds: float) -> datetime:
    """Return a time, also where a clock was wrong beyond the years there are."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
