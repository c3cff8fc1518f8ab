"""Make what is sent to a server for a document or a page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from indexer.engines.base import TERM_FIELDS
from indexer.engines.lengths import scored_length
from indexer.engines.opensearch.bulk import encode
from indexer.engines.opensearch.mapping import (
    NEVER_REPLACED,
    classes,
    escape,
    terms,
    tokens,
    unescape,
)
from indexer.engines.stored import document_facts, record_facts, to_json
from indexer.model import FACETS, HEAD_FIELDS, Document, PageRecord


def document_source(
    document: Document, original: Document | None, *, owner: str, since: int
) -> dict[str, Any]:
    """Return what is sent for a document; `original` is the one it repeats, where there is one."""
    document = replace(document, terms=document.terms.plain())
    lengths = {name: scored_length(getattr(document.terms, name)) for name in TERM_FIELDS}
    return {
        **searched(document),
        **({"repeated": searched(original), "repeat": True} if original is not None else {}),
        **({"original": escape(document.original)} if document.original is not None else {}),
        "id": escape(document.id),
        "owner": escape(owner),
        "page": escape(document.page),
        "article": document.article,
        "number": document.number,
        "article_key": escape(f"{document.page}:{document.article}"),
        "kind": document.kind.value,
        "lengths": lengths,
        "since": since,
        "until": NEVER_REPLACED,
        "kept": pack(document_facts(document)),
    }


def searched(document: Document) -> dict[str, Any]:
    """Return the fields that a node looks into."""
    return {
        **{name: terms(getattr(document.terms, name)) for name in TERM_FIELDS},
        "text": tokens(document.folded),
        "solid": classes(document.folded),
        **({"date": document.meta.date} if document.meta.date is not None else {}),
        "heads": {
            name: [tokens(value) for value in document.heads[name]]
            for name in HEAD_FIELDS
            if name in document.heads
        },
        "facets": {
            name: [escape(value) for value in document.facets[name]]
            for name in FACETS
            if name in document.facets
        },
    }


def page_source(record: PageRecord, *, since: int) -> dict[str, Any]:
    """Return what is sent for a page."""
    return {
        "page": escape(record.page.id),
        "digest": record.page.digest,
        "since": since,
        "until": NEVER_REPLACED,
        "kept": pack(record_facts(record)),
    }


def pack(facts: Mapping[str, Any]) -> str:
    """Write JSON that UTF-8 can carry, lone surrogates and all."""
    return escape(to_json(facts))


def unpack(text: str) -> Any:
    """Undo `pack`."""
    return json.loads(unescape(text))


# ---------------------------------------------------------------- a page and its documents


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
