"""One segment, open for searching: postings and documents by number, whatever the page says.

Columns come from the side file; where that is missing they are made again from the segment.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from indexer.engines.whoosh.bounds import check_all
from indexer.engines.whoosh.columns import Array, Columns, as_numbers, count_documents
from indexer.engines.whoosh.documents import load_document, load_record
from indexer.engines.whoosh.field import Field, Span
from indexer.engines.whoosh.kernels import loops
from indexer.engines.whoosh.maps import FileMap, map_file
from indexer.engines.whoosh.schema import DOCUMENT, RECORD, from_bytes
from indexer.engines.whoosh.side import EXTENSION, BadSide, SideColumns, is_there
from indexer.engines.whoosh.stock import StoredValues, load_stored, open_stock, read_directory
from indexer.engines.whoosh.store import reading_errors
from indexer.errors import IndexCorrupt
from indexer.model import Document, Kind, PageRecord


class ForwardIndex(NamedTuple):
    """The terms of a keyword field by document: where each one's begin, and whose each is."""

    rows: Array
    start: Array
    owners: Array


class Segment:
    """A segment of one generation; its live documents are those nobody has deleted."""

    def __init__(self, folder: Path, segment: Any) -> None:
        self.folder, self.stock = folder, segment
        self.name: str = segment.segment_id()
        path = folder / f"{self.name}.seg"
        self._data = map_file(path)
        self.documents: int = segment.doc_count_all()
        place = read_directory(path, self._data)["._stored.col"]
        self._stored = StoredValues(self._data, *place, self.documents)
        self.columns = self._open_columns()
        self._crcs = self.columns["stored.crcs"]
        if count_documents(self.columns) != self.documents:
            raise BadSide(f"{self.name}{EXTENSION} belongs to another segment")
        self.live, self.live_records = self._find_live()
        self._fields: dict[str, Field] = {}
        self._forward: dict[str, ForwardIndex] = {}
        self._names: dict[str, list[str]] = {}
        self._blanks: dict[str, Array] = {}

    def _open_columns(self) -> Mapping[str, Array]:
        path = self.folder / f"{self.name}{EXTENSION}"
        return SideColumns(path) if is_there(path) else self._rebuild()

    @property
    def has_side(self) -> bool:
        """Whether the columns come from a side file."""
        return isinstance(self.columns, SideColumns)

    def check_length(self) -> None:
        """Raise `IndexCorrupt` when what was just read may have been cut away meanwhile.

        Stored values carry checksums, so only the side file is looked at.
        """
        if isinstance(self.columns, SideColumns):
            self.columns.check_length()

    def _rebuild(self) -> Columns:
        from indexer.engines.whoosh.guard import guarded
        from indexer.engines.whoosh.rebuild import rebuild_columns

        with guarded():
            reader = self.open_stock()
            try:
                columns = rebuild_columns(reader, self._stored, self.documents)
            finally:
                reader.close()
        check_all(columns)
        return columns

    def open_stock(self) -> Any:
        """Open the segment as Whoosh does."""
        return open_stock(self.folder, self.stock)

    def _find_live(self) -> tuple[Array, Array]:
        kept = np.ones(self.documents, bool)
        kept[list(self.stock.deleted_docs())] = False
        records = self.columns["number"] < 0
        return kept & ~records, kept & records

    @cached_property
    def live_count(self) -> int:
        """How many documents are live."""
        return int(np.count_nonzero(self.live))

    @cached_property
    def whole(self) -> bool:
        """Whether nothing has been deleted."""
        return not self.stock.has_deletions()

    @cached_property
    def nothing(self) -> Array:
        """The empty set of documents."""
        return as_numbers(np.zeros(0, np.int64), self.documents)

    @cached_property
    def repeats(self) -> Array:
        """The documents that repeat another of the segment."""
        return np.flatnonzero(self.columns["originals"] >= 0)

    @cached_property
    def kinds(self) -> Array:
        """The term of each document in the field `kind`."""
        forward = self.forward_index("kind")
        kinds = np.zeros(self.documents, np.uint8)
        kinds[forward.owners] = forward.rows
        return kinds

    def kind(self, number: int) -> Kind:
        """Return the kind of a document."""
        return Kind(self.names("kind")[self.kinds[number]])

    def kind_factors(self, factors: Mapping[Kind, float] | Mapping[str, float]) -> Array | None:
        """Return the factor of each term of `kind`, nothing where all are 1."""
        known = {str(kind): factor for kind, factor in factors.items()}
        values = [known.get(name, 1.0) for name in self.names("kind")]
        return None if all(value == 1.0 for value in values) else np.array(values)

    @cached_property
    def articles(self) -> Array:
        """The articles of the segment, numbered along its documents."""
        pages = np.zeros(self.documents, np.int64)
        forward = self.forward_index("page")
        pages[forward.owners] = forward.rows
        articles = self.columns["article"]
        changes = (pages[1:] != pages[:-1]) | (articles[1:] != articles[:-1])
        return np.append(0, np.cumsum(changes))[: self.documents].astype(np.int32)

    def count_articles(self, documents: Array) -> int:
        """Count the articles in which documents stand, given by sorted numbers."""
        return int(loops().count_distinct(self.articles, documents))

    def count_in_article(self, number: int, documents: Array) -> int:
        """Count those of the documents, given by sorted numbers, in the article of one of them."""
        article = self.articles[number]  # searched for in its own type, or all would be converted
        begin = self.articles.searchsorted(article)
        end = self.articles.searchsorted(article, side="right")
        first = documents.searchsorted(documents.dtype.type(begin))
        last = documents.searchsorted(documents.dtype.type(end - 1), side="right")
        return int(last - first)

    # ------------------------------------------------------------ terms

    def field(self, name: str) -> Field:
        """Return a field; its columns are checked when it is first asked for."""
        try:
            return self._fields[name]
        except KeyError:
            return self._fields.setdefault(name, Field(self.columns, name))

    def forward_index(self, field: str) -> ForwardIndex:
        """Return the terms of a keyword field by document."""
        forward = self._forward.get(field)
        if forward is None:
            start = self.columns[f"{field}.held_start"].astype(np.uint32)
            start.setflags(write=False)
            owners = np.repeat(np.arange(self.documents), start[1:] - start[:-1])
            forward = ForwardIndex(self.columns[f"{field}.held"], start, owners)
            self._forward[field] = forward
        return forward

    def names(self, field: str) -> list[str]:
        """Return all terms of a keyword field, in order."""
        names = self._names.get(field)
        if names is None:
            held = self.field(field)
            names = self._names[field] = held.texts(0, held.terms)
        return names

    def term(self, field: str, row: int) -> str:
        """Return a term by its number."""
        return from_bytes(self.field(field).term(row))

    def find(self, field: str, text: str) -> Array:
        """Return the live documents of a term by its text."""
        held = self.field(field)
        begin, end = held.find(text)
        return self.only_live(held.docs[begin:end]) if begin < end else self.nothing

    def only_live(self, documents: Array) -> Array:
        """Return the live ones of some documents."""
        if self.whole:
            return documents
        return as_numbers(documents[self.live.take(documents)], self.documents)

    def frequency(self, field: str, span: Span) -> int:
        """Count the live documents of a term."""
        begin, end = span
        if self.whole:
            return end - begin
        return int(np.count_nonzero(self.live.take(self.field(field).docs[begin:end])))

    def vocabulary(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        """Yield the terms with a prefix in order, and how many live documents hold each."""
        held = self.field(field)
        begin, end = held.range_of(prefix)
        counts = held.frequencies(begin, end, None if self.whole else self.live)
        return zip(held.texts(begin, end), counts.tolist(), strict=True)

    # ------------------------------------------------------------ documents

    def text(self, number: int) -> str:
        """Return the folded text of a document."""
        start, end = self._text_range(number)
        return self._texts[0][start:end].decode("utf-16-le", "surrogatepass")

    @cached_property
    def starts(self) -> Array:
        """Where the text of each document begins, in UTF-16 units."""
        starts = self.columns["text.start"].astype(np.int64, copy=False)
        starts.setflags(write=False)
        return starts

    def holding_blank(self, blank: str) -> Array:
        """Return the live documents whose text holds a blank character, which no term has."""
        held = self._blanks.get(blank)
        if held is None:
            places = np.flatnonzero(self.columns["text"] == ord(blank))
            numbers = np.unique(self.starts.searchsorted(places, side="right") - 1)
            held = self.only_live(as_numbers(numbers, self.documents))
            self._blanks[blank] = held
        return held

    def _text_range(self, number: int) -> tuple[int, int]:
        start, end = self.starts[number : number + 2].tolist()
        base = self._texts[1]
        return base + 2 * start, base + 2 * end

    @cached_property
    def _texts(self) -> tuple[FileMap | bytes, int]:
        """What holds the texts end to end, and where they begin in it."""
        texts = self.columns["text"]
        if isinstance(self.columns, SideColumns):
            return self.columns.data, self.columns.place("text")
        return texts.tobytes(), 0

    def document(self, number: int) -> Document:
        """Return a document."""
        with reading_errors(self.folder):
            return load_document(load_stored(self.raw(number))[DOCUMENT], folded=self.text(number))

    def record(self, number: int) -> PageRecord:
        """Return a page record."""
        with reading_errors(self.folder):
            return load_record(load_stored(self.raw(number))[RECORD], self._documents_of(number))

    def _documents_of(self, record: int) -> Iterator[str]:
        """Yield the documents of a page as they are stored."""
        numbers = self.columns["number"]
        for number in range(record + 1, self.documents):
            if numbers[number] < 0:
                return
            yield load_stored(self.raw(number))[DOCUMENT]

    def raw(self, number: int) -> bytes:
        """Return a stored value as it is stored; raises `IndexCorrupt`."""
        data = self._stored.raw(number)
        if zlib.crc32(data) != self._crcs[number]:
            reason = f"document {number} of {self.name}.seg is not what was written"
            raise IndexCorrupt(path=self.folder, reason=reason)
        return data

    def live_pages(self) -> tuple[Array, Array]:
        """Return the live page records' numbers and the rows of their pages, in page order."""
        records = np.flatnonzero(self.live_records)
        return records, self.columns["page.held"][self.columns["page.held_start"][records]]

    def digests(self) -> dict[int, str]:
        """Return the digest of every live page by its record's number."""
        records = np.flatnonzero(self.live_records)
        held = self.field("digest")
        digests = held.texts(0, held.terms)
        with reading_errors(self.folder):  # a record without a digest is none
            rows = self.columns["digest.held"][self.columns["digest.held_start"][records]]
        return dict(zip(records.tolist(), map(digests.__getitem__, rows.tolist()), strict=True))

    def page_sizes(self, records: Array) -> Array:
        """Count the documents of the pages of some records, the records included."""
        every = np.flatnonzero(self.columns["number"] < 0)
        ends = np.append(every[1:], self.documents)
        sizes: Array = ends[np.searchsorted(every, records)] - records
        return sizes

    def page_range(self, page: str) -> tuple[int, int] | None:
        """Return the record of a live page and the end of its documents."""
        held = self.field("page")
        begin, end = held.find(page)
        docs = held.docs[begin:end]
        if not len(docs) or not self.live_records[docs[0]]:
            return None
        return int(docs[0]), int(docs[-1]) + 1
