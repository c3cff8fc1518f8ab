"""Collect the documents of a segment; number terms as they come and sort them all at once.

A builder holds one segment, which grows until the writer says it is enough. Unigrams, bigrams and
words are not collected: they are read off the normalised text and the lengths of its pieces when
the segment is finished, unless the words of a document came without such pieces.
"""

from __future__ import annotations

import zlib
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np

from indexer.engines.base import TERM_FIELDS
from indexer.engines.stored import document_facts, record_facts, to_json
from indexer.engines.whoosh.columns import (
    DERIVED_FIELDS,
    FACET_PREFIX,
    HEAD_PREFIX,
    INDEXED_FIELDS,
    MAX_DOCUMENTS,
    TEXT_UNIT,
    WORDS_FIELD,
    Array,
    Columns,
    add_repeats,
    encode_units,
    ends_of,
    finish,
    narrow,
)
from indexer.engines.whoosh.compression import compress, text_edges
from indexer.engines.whoosh.manifest import CommitFiles, FileFacts, SegmentEntry
from indexer.engines.whoosh.postings import (
    SortedPostings,
    add_postings,
    sort_tokens,
    to_length_bytes,
)
from indexer.engines.whoosh.storage import Disk
from indexer.engines.whoosh.text_terms import Pieces, add_ngrams, count_words, encode_piece_lengths
from indexer.model import FACETS, HEAD_FIELDS, Document, ImpliedTerms, PageRecord

MAX_CHARACTERS = 16_000_000
"""Characters in a segment in the making before it is written: about 450 MB at the peak."""

MAX_CHARACTERS_OF_ALL = 2 * MAX_CHARACTERS
"""Characters in the segments that all building processes are making together: about 1 GB."""

ENOUGH_DOCUMENTS = MAX_DOCUMENTS - 2048
"""A page that makes a segment too large for two-byte numbers must hold more documents than this
leaves; the segment then takes four."""


_Block = tuple[int, int]
"""The first document of a page and the one after its last, by the numbers under which they came."""


class _TermBuffer:
    """The terms of one field by name, in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._tokens = array("i")
        self._owners = array("i")  # documents that hold any
        self._counts = array("i")  # and how many
        self._last: Collection[str] = ()

    def __len__(self) -> int:
        return len(self._tokens)

    def add(self, owner: int, terms: Collection[str]) -> None:
        """Add the terms of a document; often they are those of the document before."""
        if terms is self._last and terms:
            self._tokens.extend(self._tokens[-len(terms) :])
        else:
            self._tokens.extend(map(self._numbers.__getitem__, terms))
            self._last = terms
        self._owners.append(owner)
        self._counts.append(len(terms))

    def sort(self, new: Array) -> tuple[SortedPostings, Array]:
        """Sort by terms and new numbers of documents; how many each has comes by the old ones."""
        owners, counts = np.array(self._owners, np.int32), np.array(self._counts, np.int32)
        tokens, docs = np.frombuffer(self._tokens, np.int32), np.repeat(new[owners], counts)
        if new.min(initial=0) < 0:  # some were dropped
            tokens, docs = tokens[docs >= 0], docs[docs >= 0]
        lengths = np.zeros(len(new), np.int32)
        lengths[owners] = counts
        return sort_tokens(self._numbers, tokens, docs), lengths


class _ByteBuffer:
    """Some bytes of each document, end to end."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._ends = array("i", [0])

    def add(self, data: bytes) -> None:
        """Add those of the next document."""
        self._data += data
        self._ends.append(len(self._data))

    def reorder(self, blocks: Sequence[_Block]) -> tuple[Array, Array]:
        """Return the bytes of pages in the order of the blocks, and how many each document has."""
        ends, data = np.frombuffer(self._ends, np.int32), np.frombuffer(self._data, np.uint8)
        counts = np.diff(ends)
        return (
            np.concatenate([data[:0], *(data[ends[one] : ends[two]] for one, two in blocks)]),
            np.concatenate([counts[:0], *(counts[one:two] for one, two in blocks)]),
        )


_COLLECTED_FIELDS = tuple(name for name in INDEXED_FIELDS if name not in DERIVED_FIELDS)


class Builder:
    """Collects pages; a page that comes again replaces itself."""

    def __init__(self, most: int | None = None) -> None:
        self.most = most or MAX_CHARACTERS  # after so many it is full
        self._fields = {name: _TermBuffer() for name in _COLLECTED_FIELDS}
        self._pieces, self._texts = _ByteBuffer(), _ByteBuffer()
        self._articles = array("i")
        self._numbers = array("i")
        self._repeats = array("i")  # of each document that repeats another: both
        self._values: list[bytes] = []
        self._pages: dict[str, tuple[int, int]] = {}
        self.size = 0  # characters held, which decide how much memory finishing takes

    def __len__(self) -> int:
        return len(self._values)

    def add(self, record: PageRecord, documents: Iterable[Document]) -> int:
        """Add a page; return how many documents it has."""
        start = len(self)
        held = sorted(documents, key=lambda document: document.order)
        self._add_record(record)
        positions = {document.id: position for position, document in enumerate(held, len(self))}
        for document in held:
            if document.original in positions:
                self._repeats.extend((len(self), positions[document.original]))
            self._add_document(record.page.id, document)
        self._pages[record.page.id] = (start, len(self))
        return len(held)

    def drop(self, page: str) -> None:
        """Drop a page that was added."""
        self._pages.pop(page, None)

    def finish(self) -> Columns:
        """Sort everything into a segment, pages in order; the builder is used up."""
        blocks = [self._pages[page] for page in sorted(self._pages)]
        order = np.concatenate([np.arange(*block) for block in blocks] or [np.arange(0)])
        columns: Columns = {
            "article": np.array(self._articles, np.int32)[order],
            "number": np.array(self._numbers, np.int32)[order],
        }
        kept = order.tolist()
        self._add_texts(columns, blocks)
        self._add_values(columns, kept)
        new = np.full(len(self), -1, np.int32)
        new[order] = np.arange(len(order))
        add_repeats(columns, new[np.array(self._repeats, np.int32).reshape(-1, 2)])
        for name in _COLLECTED_FIELDS:
            postings, counts = self._fields.pop(name).sort(new)
            lengths = counts[order]
            if name == WORDS_FIELD:
                pieces = Pieces(*self._pieces.reorder(blocks))
                postings, more = count_words(columns, pieces, postings)
                lengths += more
            add_postings(columns, name, postings)
            if name in TERM_FIELDS:
                columns[f"{name}.lengths"] = to_length_bytes(lengths)
        add_ngrams(columns)
        return finish(columns)

    def _add_texts(self, columns: Columns, blocks: Sequence[_Block]) -> None:
        texts, counts = self._texts.reorder(blocks)
        self._texts = _ByteBuffer()
        columns["text"] = texts.view(TEXT_UNIT)
        columns["text.start"] = ends_of(counts // TEXT_UNIT.itemsize)

    def _add_values(self, columns: Columns, kept: Sequence[int]) -> None:
        """Compress all stored values in a row: between other work each took twice the time."""
        edges = text_edges(columns["number"], columns["text.start"])
        texts = columns["text"]
        values = []
        for old, begin, end in zip(kept, *(edge.tolist() for edge in edges), strict=True):
            values.append(compress(self._values[old], texts[begin:end]))
            self._values[old] = b""
        columns["stored"] = np.frombuffer(b"".join(values), np.uint8)
        columns["stored.sizes"] = narrow(np.fromiter(map(len, values), np.int64, len(values)))
        columns["stored.crcs"] = np.fromiter(map(zlib.crc32, values), np.uint32)

    def _add_record(self, record: PageRecord) -> None:
        self._pieces.add(b"")
        self._fields["page"].add(len(self), (record.page.id,))
        self._fields["digest"].add(len(self), (record.page.digest,))
        facts = record_facts(record)
        del facts["page"]["digest"]  # it is a term
        self._add_value(to_json(facts), -1, -1, "")

    def _add_document(self, page: str, document: Document) -> None:
        terms, number, fields = document.terms, len(self), self._fields
        sizes = b""
        if isinstance(terms, ImpliedTerms) and terms.folded == document.folded:
            sizes = encode_piece_lengths(terms.pieces, len(document.folded))
        self._pieces.add(sizes)
        if not sizes:
            fields[WORDS_FIELD].add(number, terms.words)
        for name, values in _field_values(page, document):
            if values:
                fields[name].add(number, values)
        value = to_json(document_facts(document, normalised=False))
        self._add_value(value, document.article, document.number, document.folded)

    def _add_value(self, value: str, article: int, number: int, text: str) -> None:
        self._values.append(encode_units(value))
        self._articles.append(article)
        self._numbers.append(number)
        self._texts.add(encode_units(text))
        self.size += len(text)


def is_full(builder: Builder) -> bool:
    """Return whether it is time to finish."""
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
        if name in HEAD_FIELDS:
            yield HEAD_PREFIX + name, dict.fromkeys(values)


# ---------------------------------------------------------------- in a building process


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
