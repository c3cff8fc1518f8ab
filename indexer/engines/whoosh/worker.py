"""What a building process does for this engine: write segments of the pages it gets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from indexer.engines.whoosh.builder import Builder, is_full
from indexer.engines.whoosh.manifest import CommitFiles, FileFacts, SegmentEntry
from indexer.engines.whoosh.storage import Disk
from indexer.model import Document, PageRecord


@dataclass(frozen=True, slots=True)
class WrittenSegment:
    """A segment a worker has written, and in which turn each of its pages came."""

    entry: SegmentEntry
    pages: dict[str, int]


@dataclass(frozen=True, slots=True)
class WorkerResult:
    """All that a worker has written."""

    segments: tuple[WrittenSegment, ...]
    facts: dict[str, FileFacts]
    documents: int


class WriteSegments:
    """Collects pages and writes a segment whenever there are enough."""

    answers = False

    def __init__(self, folder: Path, most: int) -> None:
        """Write to a folder; a segment is written after so many characters."""
        self._most = most
        self._files = CommitFiles(Disk(folder.absolute()))
        self._builder = Builder(most)
        self._written: list[WrittenSegment] = []
        self._pages: dict[str, int] = {}
        self._documents = 0

    def __reduce__(self) -> tuple[object, ...]:
        return WriteSegments, (self._files.disk.folder, self._most)

    def take(self, turn: int, record: PageRecord, documents: Iterable[Document]) -> None:
        """Take in a page."""
        self._documents += self._builder.add(record, documents)
        self._pages[record.page.id] = turn
        if is_full(self._builder):
            self._flush()

    def finish(self) -> WorkerResult:
        """Write the rest."""
        self._flush()
        return WorkerResult(tuple(self._written), self._files.facts, self._documents)

    def _flush(self) -> None:
        if len(self._builder):
            entry = self._files.write(self._builder.finish())
            self._written.append(WrittenSegment(entry, self._pages))
            self._builder, self._pages = Builder(self._most), {}
