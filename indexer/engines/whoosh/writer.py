"""Write one commit: segments from pages, then the manifest.

Nothing a reader may see changes before the manifest is replaced. Files of a commit that fails are
removed; those of a process that was killed are removed by the next commit.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from indexer.engines.base import Make
from indexer.engines.build_processes import PageDispatcher
from indexer.engines.whoosh.builder import (
    MAX_CHARACTERS,
    MAX_CHARACTERS_OF_ALL,
    Builder,
    WriteSegments,
    is_full,
)
from indexer.engines.whoosh.columns import MAX_DOCUMENTS
from indexer.engines.whoosh.manifest import (
    MANIFEST_DRAFT,
    MANIFEST_FILE,
    CommitFiles,
    Manifest,
    SegmentEntry,
    clean,
    find_leftovers,
    next_generation,
    read_manifest,
    toc_name,
    write_manifest,
)
from indexer.engines.whoosh.merge import choose, merge
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.segment_file import SEGMENT_EXTENSION
from indexer.engines.whoosh.storage import BUILD_CACHE, Disk
from indexer.engines.whoosh.whoosh_codec import dump_toc
from indexer.errors import IndexCorrupt, IndexOutdated, IndexUnreadable
from indexer.model import Document, PageRecord, Stamp

MAX_MERGED_DOCUMENTS = 8192
"""Documents that any commit may merge before it is made: half a second's work."""

MERGED_PER_PUT = 4
"""Documents that a commit may merge for each that it puts, before it is made: merging one takes a
fifth of making one. So a build is one commit, and a changed page is seen within a second."""


class WhooshWriter:
    """Collects changes and commits them in one step."""

    def __init__(
        self, disk: Disk, stamp: Stamp, previous: Manifest | None, *, fresh: bool, workers: int = 0
    ) -> None:
        self._disk, self._stamp, self._previous = disk, stamp, previous
        self._files = CommitFiles(disk)
        self._touched = fresh
        entries = () if fresh or previous is None else previous.segments
        self._segments = [Segment(disk.folder, entry) for entry in entries]
        self._builder = Builder()
        self._data = {} if fresh or previous is None else previous.data
        workers = workers or os.cpu_count() or 1
        share = min(MAX_CHARACTERS, MAX_CHARACTERS_OF_ALL // workers)
        self._dispatcher = PageDispatcher(WriteSegments(disk.folder, share), workers)
        self.documents = 0

    # ------------------------------------------------------------ changes

    def put(self, record: PageRecord, documents: Iterable[Document]) -> None:
        self.remove(record.page.id)
        self.documents += self._builder.add(record, documents)
        if is_full(self._builder):
            self._flush()

    def put_lazily(self, page: str, source: Any, make: Make) -> None:
        """Replace everything a page holds by what `make(source)` gives, in a worker if need be."""
        if self._dispatcher.put(page, source, make):
            self._delete(page)
        else:
            self.put(*make(source))

    def remove(self, page: str) -> None:
        self._delete(page)
        self._dispatcher.drop(page)

    def _delete(self, page: str) -> None:
        self._touched = True
        self._builder.drop(page)
        for segment in self._segments:
            segment.delete_page(page)

    def _flush(self) -> None:
        if len(self._builder):
            self._add(self._files.write(self._builder.finish()))
            self._builder = Builder()

    def _add(self, entry: SegmentEntry) -> Segment:
        segment = Segment(self._disk.folder, entry)
        self._segments.append(segment)
        return segment

    def _collect(self) -> None:
        """Take over what the workers have made, without what was changed again since."""
        for result in self._dispatcher.finish(self.put):
            self._files.facts.update(result.facts)
            self.documents += result.documents
            for written in result.segments:
                segment = self._add(written.entry)
                for page, turn in written.pages.items():
                    if not self._dispatcher.is_newest(page, turn):
                        segment.delete_page(page)

    def set_commit_data(self, data: Mapping[str, str]) -> None:
        self._touched |= data != self._data
        self._data = dict(data)

    # ------------------------------------------------------------ the commit

    def commit(self) -> None:
        """Make the changes the newest generation; without any, do nothing."""
        if not self._touched:
            return
        self._begin()
        self._collect()
        self._flush()
        self._merge(min(MAX_DOCUMENTS, max(MAX_MERGED_DOCUMENTS, MERGED_PER_PUT * self.documents)))
        self._publish()
        with suppress(OSError):  # the disk is full: the commit is made
            self._merge_later()

    def _begin(self) -> None:
        """Write a manifest without segments: an index that is missing later is lost."""
        if not (self._disk.folder / MANIFEST_FILE).exists():
            write_manifest(self._disk, Manifest(0, self._stamp))

    def _publish(self) -> None:
        self._segments = [one for one in self._segments if one.live_records.any()]
        entries = tuple(segment.entry for segment in self._segments)
        generation = next_generation(self._disk.folder)
        with self._files.create(toc_name(generation)) as file:
            file.write(dump_toc(generation, entries))
        manifest = self._describe(generation, entries)
        self._disk.sync_names()
        write_manifest(self._disk, manifest)
        self._previous, self._files = manifest, CommitFiles(self._disk)
        with suppress(OSError):
            clean(self._disk, manifest.files)

    def _merge(self, most: int) -> bool:
        """Merge what has become many or empty, results of up to so many documents."""
        merged = False
        while group := choose(self._segments, most):
            self._rewrite(group)
            merged = True
        return merged

    def _rewrite(self, group: list[Segment]) -> None:
        """Make one new segment of some."""
        self._segments = [one for one in self._segments if one not in group]
        self._add(self._files.write(merge(group)))

    def _merge_later(self) -> None:
        """Merge what many small commits have left in a commit of its own: none need wait for it."""
        try:
            if self._merge(MAX_DOCUMENTS):
                self._publish()
        except OSError:
            self.discard()
            raise

    def _describe(self, generation: int, entries: tuple[SegmentEntry, ...]) -> Manifest:
        known = {**(self._previous.files if self._previous else {}), **self._files.facts}
        names = [toc_name(generation), *(f"{entry.name}{SEGMENT_EXTENSION}" for entry in entries)]
        files = {name: known[name] for name in names}
        return Manifest(generation, self._stamp, entries, files, self._data, time.time())

    def discard(self) -> None:
        """Remove what was written for a commit that did not come about.

        An error after the last step, when the new manifest is in place, undoes nothing.
        """
        had_workers = self._dispatcher.abort()
        written, kept = {*self._files.facts, MANIFEST_DRAFT}, set[str]()
        with suppress(IndexCorrupt, IndexOutdated, IndexUnreadable):
            current = read_manifest(self._disk.folder)
            kept = {BUILD_CACHE, *current.files} if current else kept
            if had_workers:
                written |= set(find_leftovers(self._disk, kept))
        for name in written - kept:
            with suppress(OSError):
                self._disk.remove(name)
