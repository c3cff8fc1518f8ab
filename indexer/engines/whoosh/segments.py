"""Segments as files: a new one written, those of a commit read, pages in them deleted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from indexer.engines.whoosh.builder import NewSegment
from indexer.engines.whoosh.columns import whole_freqs
from indexer.engines.whoosh.contents import load_contents, make_entry
from indexer.engines.whoosh.disk import Disk
from indexer.engines.whoosh.schema import SCORED_FIELDS
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.side import EXTENSION, is_there, write_side
from indexer.engines.whoosh.stock import write_segment
from indexer.engines.whoosh.store import FileFacts, Manifest, check_file, describe


@dataclass(slots=True)
class Files:
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

    def write(self, new: NewSegment) -> Any:
        """Write a segment and its side file; return its entry in the table of contents."""
        lengths = {name: int(whole_freqs(new.columns, name).sum()) for name in SCORED_FIELDS}
        stock = make_entry(len(new.stored), lengths)
        name: str = stock.segment_id()
        with self.create(f"{name}.seg") as file:
            write_segment(file, stock.segid, new.columns, new.stored)
        with self.create(f"{name}{EXTENSION}") as file:
            write_side(file, new.columns)
        return stock


def open_segments(folder: Path, manifest: Manifest) -> list[Segment]:
    """Open the segments that a manifest names; without a side file only a sound one."""
    stocks = load_contents(folder, manifest.generation)
    for name in (stock.segment_id() for stock in stocks):
        if not is_there(folder / f"{name}{EXTENSION}"):
            check_file(folder, f"{name}.seg", manifest.files[f"{name}.seg"])
    return [Segment(folder, stock) for stock in stocks]


def delete_page(segment: Segment, page: str) -> None:
    """Mark a page's documents as deleted, for the commit in the making."""
    span = segment.page_range(page)
    if span is not None:
        start, end = span
        for number in range(start, end):
            segment.stock.delete_document(number)
        segment.live[start:end] = False
        segment.live_records[start:end] = False
