"""What a building process does for this engine: pages become segments in the folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.engines.whoosh.builder import Builder, is_full
from indexer.engines.whoosh.disk import Disk
from indexer.engines.whoosh.segments import Files
from indexer.engines.whoosh.store import FileFacts
from indexer.model import Document, PageRecord


@dataclass(frozen=True, slots=True)
class Made:
    """A segment a worker has written: its entry, and in which turn each of its pages came."""

    stock: Any
    pages: dict[str, int]


@dataclass(frozen=True, slots=True)
class Written:
    """All that a worker has written."""

    made: tuple[Made, ...]
    facts: dict[str, FileFacts]
    documents: int


class WriteSegments:
    """Collects pages and writes a segment whenever there are enough."""

    answers = False

    def __init__(self, folder: Path, most: int) -> None:
        """Write to a folder; a segment is written after so many characters."""
        self._most = most
        self._files = Files(Disk(folder.absolute()))
        self._builder = Builder(most)
        self._made: list[Made] = []
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

    def finish(self) -> Written:
        """Write the rest."""
        self._flush()
        return Written(tuple(self._made), self._files.facts, self._documents)

    def _flush(self) -> None:
        if len(self._builder):
            self._made.append(Made(self._files.write(self._builder.finish()), self._pages))
            self._builder, self._pages = Builder(self._most), {}
