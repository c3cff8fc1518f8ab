"""Write a page and its documents as lines of bulk requests, also in a building process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indexer.engines.opensearch.bulk import encode
from indexer.engines.opensearch.convert import document_source, page_source
from indexer.engines.opensearch.mapping import escape
from indexer.model import Document, PageRecord

Entry = tuple[str, bytes]
"""A name and the source that is stored under it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page ready to be sent; `turn` is the number its writer gave it."""

    page: str
    turn: int
    record: Entry
    documents: tuple[Entry, ...]


def prepare(
    turn: int, record: PageRecord, documents: Iterable[Document], *, since: int
) -> Prepared:
    """Write what is sent of a page for a generation."""
    page, held, entries = record.page.id, list(documents), []
    originals = {document.id: document for document in held}
    for document in held:
        original = originals.get(document.original) if document.original else None
        source = document_source(document, original, owner=page, since=since)
        entries.append((f"{source['id']}@{since}", encode(source)))
    own = f"{escape(page)}@{since}", encode(page_source(record, since=since))
    return Prepared(page, turn, own, tuple(entries))


@dataclass(frozen=True, slots=True)
class PreparePages:
    """What a building process does for this engine; the parent alone talks to the cluster."""

    since: int
    answers: bool = True

    def take(self, turn: int, record: PageRecord, documents: Iterable[Document]) -> Prepared:
        """Prepare a page."""
        return prepare(turn, record, documents, since=self.since)

    def finish(self) -> None:
        """Nothing is left to do."""
