"""One commit in the making: pages in, segments and at last a manifest out.

Nothing a reader may see changes before the manifest is replaced. Files of a commit that fails are
removed; those of a process that was killed are removed by the next commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from indexer.engines.whoosh.builder import Builder, NewSegment
from indexer.engines.whoosh.columns import MOST_DOCUMENTS
from indexer.engines.whoosh.contents import (
    contents_name,
    dump_contents,
    load_contents,
    make_entry,
)
from indexer.engines.whoosh.disk import Disk
from indexer.engines.whoosh.schema import SCORED_FIELDS
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.side import EXTENSION, write_side
from indexer.engines.whoosh.stock import write_segment
from indexer.engines.whoosh.store import (
    MANIFEST,
    MANIFEST_DRAFT,
    FileFacts,
    Manifest,
    check_file,
    clean,
    describe,
    next_generation,
    read_manifest,
    write_manifest,
)
from indexer.errors import IndexCorrupt, IndexOutdated
from indexer.model import Document, PageRecord, Stamp

FLUSH_SIZE = 16_000_000
"""Characters in a segment in the making before it is written: about 500 MB at the peak."""

FLUSH_DOCUMENTS = MOST_DOCUMENTS - 2048
"""A page that makes a segment too large for two-byte numbers must hold more documents than this
leaves; its segment then takes four."""


class WhooshWriter:
    """Collects changes and commits them in one step."""

    def __init__(self, disk: Disk, stamp: Stamp, previous: Manifest | None, fresh: bool) -> None:
        self._disk, self._folder = disk, disk.folder
        self._stamp, self._previous = stamp, previous
        self._touched = fresh
        self._old = [] if fresh or previous is None else open_segments(self._folder, previous)
        self._new: list[Segment] = []
        self._builder = Builder()
        self._written: dict[str, FileFacts] = {}

    def put(self, record: PageRecord, documents: Iterable[Document]) -> None:
        """Replace everything a page holds."""
        self.remove(record.page.id)
        self._builder.add(record, documents)
        if self._builder.size >= FLUSH_SIZE or len(self._builder) >= FLUSH_DOCUMENTS:
            self._flush()

    def remove(self, page: str) -> None:
        """Forget a page and its documents."""
        self._touched = True
        self._builder.drop(page)
        for segment in (*self._old, *self._new):
            span = segment.page_range(page)
            if span is not None:
                delete(segment, *span)

    def _flush(self) -> None:
        if len(self._builder):
            stock = self._write(self._builder.finish())
            self._new.append(Segment(self._folder, stock))
            self._builder = Builder()

    def _write(self, new: NewSegment) -> Any:
        """Write a segment and its side file, and bring both to the disk."""
        lengths = {name: int(new.columns[f"{name}.freqs"].sum()) for name in SCORED_FIELDS}
        stock = make_entry(len(new.stored), lengths)
        name: str = stock.segment_id()
        with self._create(f"{name}.seg") as file:
            write_segment(file, stock.segid, new.columns, new.stored)
        with self._create(f"{name}{EXTENSION}") as file:
            write_side(file, new.columns)
        return stock

    @contextmanager
    def _create(self, name: str) -> Iterator[BinaryIO]:
        self._written[name] = FileFacts(0, "")
        with self._disk.create(name) as file:
            yield file
            self._disk.sync(file)
        self._written[name] = describe(self._folder / name)

    def commit(self) -> None:
        """Make the changes the newest generation; without any, do nothing."""
        if not self._touched:
            return
        self._begin()
        self._flush()
        self._restore_sides()
        segments = [segment for segment in (*self._old, *self._new) if segment.live_records.any()]
        generation = next_generation(self._folder)
        toc = self._write_toc(generation, [segment.stock for segment in segments])
        manifest = self._describe(generation, toc, segments)
        self._disk.sync_names()
        write_manifest(self._disk, manifest)
        with suppress(OSError):
            clean(self._disk, [*manifest.files, *manifest.sides])

    def _begin(self) -> None:
        """Say in a manifest that there is no index yet: one that is missing later is lost."""
        if not (self._folder / MANIFEST).exists():
            write_manifest(self._disk, Manifest(0, self._stamp, toc=""))

    def _restore_sides(self) -> None:
        """Write the side files that have been lost."""
        for segment in self._old:
            if not segment.has_side:
                with self._create(f"{segment.name}{EXTENSION}") as file:
                    write_side(file, segment.columns)

    def _write_toc(self, generation: int, segments: list[Any]) -> str:
        name = contents_name(generation)
        with self._create(name) as file:
            file.write(dump_contents(generation, segments))
        return name

    def _describe(self, generation: int, toc: str, segments: list[Segment]) -> Manifest:
        known = dict(self._written)
        if self._previous is not None:
            known = {**self._previous.files, **self._previous.sides, **known}
        files = [f"{segment.name}.seg" for segment in segments]
        sides = [f"{segment.name}{EXTENSION}" for segment in segments]
        return Manifest(
            generation=generation,
            stamp=self._stamp,
            toc=toc,
            files={name: known[name] for name in (toc, *files)},
            sides={name: known[name] for name in sides},
        )

    def discard(self) -> None:
        """Remove what was written for a commit that did not come about.

        An error after the last step, when the new manifest already stands, undoes nothing.
        """
        kept: set[str] = set()
        with suppress(IndexCorrupt, IndexOutdated):
            current = read_manifest(self._folder)
            kept = {*current.files, *current.sides} if current else kept
        for name in {*self._written, MANIFEST_DRAFT} - kept:
            with suppress(OSError):
                self._disk.remove(name)


def open_segments(folder: Path, manifest: Manifest) -> list[Segment]:
    """Open the segments that a manifest names; without a side file only a sound one."""
    stocks = load_contents(folder, manifest.generation)
    for name in (stock.segment_id() for stock in stocks):
        if not (folder / f"{name}{EXTENSION}").exists():
            check_file(folder, f"{name}.seg", manifest.files[f"{name}.seg"])
    return [Segment(folder, stock) for stock in stocks]


def delete(segment: Segment, start: int, end: int) -> None:
    """Mark documents of a segment as deleted, for the commit in the making."""
    for number in range(start, end):
        segment.stock.delete_document(number)
    segment.live[start:end] = False
    segment.live_records[start:end] = False
