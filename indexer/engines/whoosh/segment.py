"""One segment, open for searching: postings, texts and documents by document number."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from indexer.engines.base import TERM_FIELDS
from indexer.engines.stored import make_document, make_record
from indexer.engines.whoosh.columns import (
    Array,
    as_numbers,
    changes,
    ends_of,
    from_bytes,
    narrow,
    rank_bits,
    read_freqs,
    second_units,
)
from indexer.engines.whoosh.compression import decompress, text_edges
from indexer.engines.whoosh.kernels import loops
from indexer.engines.whoosh.manifest import SegmentEntry
from indexer.engines.whoosh.segment_file import SEGMENT_EXTENSION, SegmentFile
from indexer.engines.whoosh.storage import reading_errors
from indexer.engines.whoosh.term_index import Span, TermIndex
from indexer.errors import IndexCorrupt
from indexer.model import CROSSING_PLANE, Document, Kind, PageRecord

KINDS = tuple(Kind)

_CROSSING_UNIT = 0xD800 + ((CROSSING_PLANE - 0x10000) >> 10)
"""The first unit of characters that only the tail of a text holds."""


class ForwardIndex(NamedTuple):
    """The terms of a keyword field by document: where each one's begin, and whose each is."""

    rows: Array
    start: Array
    owners: Array


class Segment:
    """A segment of one commit; its live documents are those that are not deleted."""

    def __init__(self, folder: Path, entry: SegmentEntry) -> None:
        self.folder, self.name = folder, entry.name
        self.columns = SegmentFile(folder / f"{entry.name}{SEGMENT_EXTENSION}")
        self.documents = self.columns.documents
        if entry.documents != self.documents:
            raise ValueError(f"{entry.name}{SEGMENT_EXTENSION} belongs to another segment")
        self.has_deletions = bool(entry.deleted)
        self.docs, self._first = self.columns.joined_docs()
        self.number = self.columns["number"].astype(np.int64) - 1
        self.live, self.live_records = self._find_live(entry)
        self._fields: dict[str, TermIndex] = {}
        self._forward: dict[tuple[str, ...], ForwardIndex] = {}
        self._names: dict[str, list[str]] = {}

    @property
    def entry(self) -> SegmentEntry:
        """What the manifest holds of the segment."""
        gone = np.concatenate(([False], ~(self.live | self.live_records), [False]))
        edges = np.flatnonzero(gone[1:] != gone[:-1]).tolist()
        spans = tuple(zip(edges[::2], edges[1::2], strict=True))
        return SegmentEntry(self.name, self.documents, spans)

    def _find_live(self, entry: SegmentEntry) -> tuple[Array, Array]:
        kept = np.ones(self.documents, np.bool_)
        for begin, end in entry.deleted:
            kept[begin:end] = False
        records = self.number < 0
        return kept & ~records, kept & records

    def delete_page(self, page: str) -> None:
        """Delete a page and its documents, for the commit in the making."""
        span = self.page_range(page)
        if span is not None:
            self.has_deletions = True
            self.live[slice(*span)] = self.live_records[slice(*span)] = False

    @cached_property
    def live_count(self) -> int:
        """How many documents are live."""
        return int(np.count_nonzero(self.live))

    @cached_property
    def repeats(self) -> Array:
        """The documents that repeat another of the segment."""
        return self.columns["repeats"]

    @cached_property
    def originals(self) -> Array:
        """What each of `repeats` repeats."""
        return self.columns["repeats.of"]

    @cached_property
    def article(self) -> Array:
        """The number of the article of each document within its page, -1 for a page record."""
        article: Array = self.columns["article"].astype(np.int64) - 1
        return article

    @cached_property
    def kinds(self) -> Array:
        """The kind of each document as a position in `KINDS`, one beyond for a page record."""
        forward, code = self.forward_index("kind"), {str(kind): n for n, kind in enumerate(KINDS)}
        codes = [code.get(name, len(KINDS)) for name in self.names("kind")]
        kinds = np.full(self.documents, len(KINDS), np.uint8)
        kinds[forward.owners] = np.array(codes, np.uint8)[forward.rows]
        kinds.setflags(write=False)
        return kinds

    def kind(self, number: int) -> Kind:
        """Return the kind of a document."""
        return KINDS[int(self.kinds[number])]

    @cached_property
    def articles(self) -> Array:
        """The articles of the segment, numbered along its documents."""
        articles = self.article
        differ = changes(articles) | np.append(False, self.number[1:] < 0)[: self.documents]
        numbers = np.cumsum(differ).astype(np.int32)
        numbers.setflags(write=False)
        return numbers

    def count_articles(self, documents: Array) -> int:
        """Count the articles of some documents, given by sorted numbers."""
        return int(loops().count_distinct(self.articles, documents))

    def in_article(self, number: int, documents: Array) -> Array:
        """Return those of the documents, given by sorted numbers, in the article of one of them."""
        article = self.articles[number]  # searched for in its own type, or all would be converted
        begin = self.articles.searchsorted(article)
        end = self.articles.searchsorted(article, side="right")
        first = documents.searchsorted(documents.dtype.type(begin))
        last = documents.searchsorted(documents.dtype.type(end - 1), side="right")
        return documents[first:last]

    # ------------------------------------------------------------ terms

    def field(self, name: str) -> TermIndex:
        """Return the terms of a field; its columns are checked when it is first asked for."""
        held = self._fields.get(name)
        if held is None:
            self.columns[f"{name}.docs"]  # checked here, read as part of `docs`
            made = TermIndex(self.columns, name, self._first.get(f"{name}.docs", 0))
            held = self._fields.setdefault(name, made)
        return held

    @cached_property
    def lengths(self) -> Array:
        """The length byte of every document, a row for each of `TERM_FIELDS`."""
        return self.columns["lengths"].reshape(len(TERM_FIELDS), -1)

    @cached_property
    def postings(self) -> tuple[Array, Array, Array, Array]:
        """The postings, see `columns`.

        The documents, the bits of repeated terms, how many are set before each block of them, and
        the frequencies of those.
        """
        repeated = self.columns["repeated"]
        return self.docs, repeated, rank_bits(repeated), self.columns["repeated.freqs"]

    @cached_property
    def scored(self) -> tuple[Array, ...]:
        """What the loops score documents by: the postings, lengths and kinds."""
        return *self.postings, self.lengths, self.kinds

    @cached_property
    def has_small_freqs(self) -> bool:
        """Whether no term is in a document so often that the compiled loops cannot count it."""
        return self.columns["repeated.freqs"].dtype == np.uint8

    def forward_index(self, *fields: str) -> ForwardIndex:
        """Return the terms of keyword fields by document, the rows of each field after the last."""
        forward = self._forward.get(fields)
        if forward is None:
            starts = [self.field(field).starts for field in fields]
            docs = np.concatenate([self.docs[held[0] : held[-1]] for held in starts])
            counts = np.concatenate([np.diff(held) for held in starts])
            order = np.argsort(docs, kind="stable")
            rows = narrow(np.repeat(np.arange(len(counts)), counts)[order])
            rows = rows if rows.itemsize <= 2 else rows.astype(np.uint32)
            held = np.bincount(docs, minlength=self.documents)
            start = ends_of(held).astype(np.uint32)
            for values in (rows, start):
                values.setflags(write=False)
            forward = ForwardIndex(rows, start, docs[order].astype(np.int64))
            self._forward[fields] = forward
        return forward

    def names(self, field: str) -> list[str]:
        """Return all terms of a keyword field, in order."""
        names = self._names.get(field)
        if names is None:
            held = self.field(field)
            names = self._names[field] = held.texts(0, held.size)
        return names

    def term_postings(self, field: str, text: str) -> tuple[Array, Array]:
        """Return the documents of a term, deleted ones too, and how often it occurs in each."""
        begin, end = self.field(field).find(text)
        if field not in TERM_FIELDS:
            return self.docs[begin:end], np.ones(end - begin, np.uint8)
        _, repeated, ranks, freqs = self.postings
        return self.docs[begin:end], read_freqs(repeated, ranks, freqs, begin, end)

    def documents_of(self, field: str, row: int) -> Array:
        """Return the live documents of a term by its row."""
        begin, end = self.field(field).span(row)
        return self.only_live(self.docs[begin:end])

    def only_live(self, documents: Array) -> Array:
        """Return the live ones of some documents."""
        if not self.has_deletions:
            return documents
        return as_numbers(documents[self.live.take(documents)], self.documents)

    def frequency(self, span: Span) -> int:
        """Count the live documents of a term, given by where its postings begin and end."""
        begin, end = span
        if not self.has_deletions:
            return end - begin
        return int(np.count_nonzero(self.live.take(self.docs[begin:end])))

    def vocabulary(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        """Yield the terms with a prefix in order, and how many live documents hold each."""
        held = self.field(field)
        begin, end = held.range_of(prefix)
        counts = self.term_counts(field, begin, end)
        return zip(held.texts(begin, end), counts.tolist(), strict=True)

    def term_counts(self, field: str, begin: int = 0, end: int | None = None) -> Array:
        """Count the live documents of each term of a range of rows, or of all."""
        starts = self.field(field).starts[begin : None if end is None else end + 1]
        counts = np.diff(starts)
        if self.has_deletions:
            gone = starts[0] + np.flatnonzero(~self.live[self.docs[starts[0] : starts[-1]]])
            rows = starts.searchsorted(gone, side="right") - 1
            counts -= np.bincount(rows, minlength=len(counts))
        return counts

    # ------------------------------------------------------------ texts and documents

    @cached_property
    def starts(self) -> Array:
        """Where the text of each document begins, in UTF-16 units."""
        return ends_of(self.columns["text.sizes"])

    @cached_property
    def text_lengths(self) -> Array:
        """The characters of each text, without the tail of line-end crossings."""
        units, starts = self.columns["text"], self.starts
        ends = starts[1:].copy()
        private = np.flatnonzero((units >= _CROSSING_UNIT) & (units < 0xDC00))
        owners = starts.searchsorted(private, side="right") - 1
        first = changes(owners)
        ends[owners[first]] = private[first]
        tails = second_units(units, starts)
        counted = tails.searchsorted(ends) - tails.searchsorted(starts[:-1])
        lengths: Array = ends - starts[:-1] - counted
        lengths.setflags(write=False)
        return lengths

    @cached_property
    def has_pairs(self) -> Array:
        """Which documents have a text with characters of two UTF-16 units."""
        units = self.columns["text"]
        positions = np.flatnonzero((units & 0xF800) == 0xD800)
        mask = np.zeros(self.documents, np.bool_)
        mask[self.starts.searchsorted(positions, side="right") - 1] = True
        mask.setflags(write=False)
        return mask

    def text(self, number: int) -> str:
        """Return the normalised text of a document."""
        start, end = self.starts[number : number + 2].tolist()
        return self.columns["text"][start:end].tobytes().decode("utf-16-le", "surrogatepass")

    def document_id(self, number: int) -> str:
        """Return the id of a document, from its page and its numbers."""
        pages = self.forward_index("page")
        page = self.names("page")[pages.rows[pages.start[number]]]
        return f"{page}:{self.article[number]}:{self.number[number]}"

    def document(self, number: int) -> Document:
        """Return a document."""
        with reading_errors(self.folder):
            return make_document(self.stored(number), folded=self.text(number))

    def record(self, number: int) -> PageRecord:
        """Return a page record."""
        with reading_errors(self.folder):
            facts, digests = self.stored(number), self.forward_index("digest")
            row = int(digests.rows[digests.start[number]])
            facts["page"]["digest"] = from_bytes(self.field("digest").term(row))
            return make_record(facts)

    def stored(self, number: int) -> Any:
        """Return what is stored of a document or page; raises `IndexCorrupt` and `ValueError`."""
        begins, ends = self._text_edges
        text = self.columns["text"][begins[number] : ends[number]]
        return json.loads(decompress(self.raw(number), text).decode("utf-16-le", "surrogatepass"))

    def raw(self, number: int) -> bytes:
        """Return what is stored of a document or page as it is stored; raises `IndexCorrupt`."""
        begin, end = self._stored_edges[number : number + 2].tolist()
        data = self.columns["stored"][begin:end].tobytes()
        if zlib.crc32(data) != self.columns["stored.crcs"][number]:
            reason = f"document {number} of {self.name}{SEGMENT_EXTENSION} is not what was written"
            raise IndexCorrupt(path=self.folder, reason=reason)
        return data

    @cached_property
    def _stored_edges(self) -> Array:
        return ends_of(self.columns["stored.sizes"])

    @cached_property
    def _text_edges(self) -> tuple[Array, Array]:
        return text_edges(self.number, self.starts)

    # ------------------------------------------------------------ pages

    def live_pages(self) -> tuple[Array, list[str]]:
        """Return the live page records' numbers and the names of their pages."""
        return np.flatnonzero(self.live_records), self._of_records("page")

    def digests(self) -> list[str]:
        """Return the digests of the pages of `live_pages`."""
        return self._of_records("digest")

    def _of_records(self, field: str) -> list[str]:
        """Return the term of a field that each live page record has."""
        records = np.flatnonzero(self.live_records)
        forward, names = self.forward_index(field), self.names(field)
        with reading_errors(self.folder):  # a record without one is none
            rows: Sequence[int] = forward.rows[forward.start[records]].tolist()
            return list(map(names.__getitem__, rows))

    def page_sizes(self, records: Array) -> Array:
        """Count the documents of the pages of some records, the records included."""
        every = np.flatnonzero(self.number < 0)
        ends = np.append(every[1:], self.documents)
        sizes: Array = ends[np.searchsorted(every, records)] - records
        return sizes

    def page_range(self, page: str) -> tuple[int, int] | None:
        """Return the record of a live page and the end of its documents."""
        begin, end = self.field("page").find(page)
        docs = self.docs[begin:end]
        if not len(docs) or not self.live_records[docs[0]]:
            return None
        return int(docs[0]), int(docs[-1]) + 1
