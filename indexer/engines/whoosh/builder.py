"""Documents in, a segment out: terms are numbered as they come and sorted all at once.

What a builder holds is one segment in the making: it grows until the writer says it is enough.
Characters, pairs and words are not collected: they are read off the folded text and the lengths of
its pieces when the segment is finished, unless a document came with others than those imply.
"""

from __future__ import annotations

import pickle
import zlib
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.engines.base import TERM_FIELDS
from indexer.engines.whoosh.collecting import Block, CollectedBytes, CollectedTerms
from indexer.engines.whoosh.columns import (
    MOST_DOCUMENTS,
    UNIT,
    Columns,
    checksums,
    complete,
    encode_units,
)
from indexer.engines.whoosh.documents import Folds, dump_document, dump_record, find_folds
from indexer.engines.whoosh.implied import add_implied
from indexer.engines.whoosh.postings import add_postings, to_length_bytes
from indexer.engines.whoosh.schema import (
    DOCUMENT,
    FACET_PREFIX,
    FIELDS,
    HEAD_PREFIX,
    HEADS,
    IMPLIED,
    RECORD,
    WORDS,
)
from indexer.engines.whoosh.words import Pieces, count_words, measure
from indexer.model import (
    FACETS,
    Document,
    ImpliedTerms,
    PageRecord,
    Terms,
    imply_chars,
    imply_pairs,
)

COMPRESSION = 1
"""zlib's level for stored values: half the time of Whoosh's own 3, and 3 % larger."""


MOST_CHARACTERS = 16_000_000
"""Characters in a segment in the making before it is written: about 450 MB at the peak."""

MOST_TOGETHER = 2 * MOST_CHARACTERS
"""Characters in the segments that all building processes are making together: about 1 GB."""

ENOUGH_DOCUMENTS = MOST_DOCUMENTS - 2048
"""A page that makes a segment too large for two-byte numbers must hold more documents than this
leaves; the segment then takes four."""


@dataclass(frozen=True, slots=True)
class NewSegment:
    """A finished segment: its columns and the stored value of each document, compressed."""

    columns: Columns
    stored: Sequence[bytes]


_COLLECTED = tuple(name for name in FIELDS if name not in IMPLIED)


class Builder:
    """Collects pages; a page that comes again replaces itself."""

    def __init__(self, most: int | None = None) -> None:
        self.most = most or MOST_CHARACTERS  # after so many it is full
        self._fields = {name: CollectedTerms() for name in _COLLECTED}
        self._pieces, self._texts = CollectedBytes(), CollectedBytes()
        self._articles = array("i")
        self._numbers = array("i")
        self._loose: dict[int, Terms] = {}
        self._stored: list[bytes] = []
        self._pages: dict[str, tuple[int, int]] = {}
        self.size = 0  # characters held, which decide how much memory finishing takes

    def __len__(self) -> int:
        return len(self._stored)

    def add(self, record: PageRecord, documents: Iterable[Document]) -> int:
        """Take in a page; return how many documents it has."""
        start = len(self)
        held = sorted(documents, key=lambda document: document.order)
        folds = find_folds(held)
        self._add_record(record, dump_record(record, held, folds))
        for document in held:
            self._add_document(record.page.id, document, folds)
        self._pages[record.page.id] = (start, len(self))
        return len(self) - start - 1

    def drop(self, page: str) -> None:
        """Forget a page that was taken in."""
        self._pages.pop(page, None)

    def finish(self) -> NewSegment:
        """Sort everything into a segment, pages in order; the builder is used up."""
        blocks = [self._pages[page] for page in sorted(self._pages)]
        order = np.concatenate([np.arange(*block) for block in blocks] or [np.arange(0)])
        columns: Columns = {
            "article": np.array(self._articles, np.int32)[order],
            "number": np.array(self._numbers, np.int32)[order],
        }
        kept = order.tolist()
        stored = list(self._compress(kept))
        columns["stored.crcs"] = checksums(stored)
        loose = {new: self._loose[old] for new, old in enumerate(kept) if old in self._loose}
        self._add_texts(columns, blocks)
        new = np.full(len(self), -1, np.int32)
        new[order] = np.arange(len(order))
        for name in _COLLECTED:
            postings, counts = self._fields.pop(name).sort(new)
            lengths = counts[order]
            if name == WORDS:
                pieces = Pieces(*self._pieces.take(blocks))
                postings, more = count_words(columns, pieces, postings)
                lengths += more
            add_postings(columns, name, postings)
            if name in TERM_FIELDS:
                columns[f"{name}.lengths"] = to_length_bytes(lengths)
        add_implied(columns, loose)
        return NewSegment(complete(columns), stored)

    def _compress(self, kept: Sequence[int]) -> Iterator[bytes]:
        """Compress all stored values in a row: between other work each took twice the time."""
        for old in kept:
            yield zlib.compress(self._stored[old], COMPRESSION)
            self._stored[old] = b""

    def _add_texts(self, columns: Columns, blocks: Sequence[Block]) -> None:
        texts, counts = self._texts.take(blocks)
        self._texts = CollectedBytes()
        columns["text"] = texts.view(UNIT)
        columns["text.start"] = np.append(0, np.cumsum(counts, dtype=np.int64)) // UNIT.itemsize

    def _add_record(self, record: PageRecord, value: str) -> None:
        self._pieces.add(b"")
        self._fields["page"].add(len(self), (record.page.id,))
        self._fields["digest"].add(len(self), (record.page.digest,))
        self._add_stored(RECORD, value, -1, -1, "")

    def _add_document(self, page: str, document: Document, folds: Folds | None) -> None:
        terms, implied = document.terms, is_implied(document)
        number, fields = len(self), self._fields
        pieces = terms.pieces if implied and isinstance(terms, ImpliedTerms) else ()
        sizes = measure(pieces, len(document.folded))
        self._pieces.add(sizes)
        if not sizes:
            fields[WORDS].add(number, terms.words)
        if not implied:
            self._loose[number] = terms
            fields["loose"].add(number, ("1",))
        for name, values in _field_values(page, document):
            if values:
                fields[name].add(number, values)
        value = dump_document(document, terms=not implied, folds=folds)
        self._add_stored(DOCUMENT, value, document.article, document.number, document.folded)

    def _add_stored(self, name: str, value: str, article: int, number: int, text: str) -> None:
        self._stored.append(pickle.dumps({name: value}, 2))
        self._articles.append(article)
        self._numbers.append(number)
        self._texts.add(encode_units(text))
        self.size += len(text)


def is_full(builder: Builder) -> bool:
    """Tell whether it is time to finish."""
    return builder.size >= builder.most or len(builder) >= ENOUGH_DOCUMENTS


def _field_values(page: str, document: Document) -> Iterator[tuple[str, Collection[str]]]:
    yield "head", document.terms.head
    yield "page", (page,)
    yield "kind", (document.kind.value,)
    yield "date", (document.meta.date,) if document.meta.date else ()
    yield "original", (document.original,) if document.original else ()
    for name, values in document.facets.items():
        if name in FACETS:
            yield FACET_PREFIX + name, dict.fromkeys(values)
    for name, values in document.heads.items():
        if name in HEADS:
            yield HEAD_PREFIX + name, dict.fromkeys(values)


def is_implied(document: Document) -> bool:
    """Tell whether the characters and pairs are those that the folded text implies."""
    terms, folded = document.terms, document.folded
    if isinstance(terms, ImpliedTerms) and terms.folded == folded:
        return True
    return terms.chars == imply_chars(folded) and terms.pairs == imply_pairs(folded)
