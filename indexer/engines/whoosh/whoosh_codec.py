"""Whoosh's view of the index: a codec whose segments are the segments of this engine.

`whoosh.index.open_dir` opens the folder wherever `indexer` can be imported, and Whoosh's queries,
matchers, sorting and highlighting read the same arrays as this engine does. The table of contents
is written for Whoosh and never read by this engine; Whoosh unpickles it, so an index from an
unknown source must not be opened that way. The index is read-only for Whoosh.

Page records count as deleted. Positions are not stored: a term of `chars` or `words` is where its
text occurs in the normalised text of the document, in characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import analysis, fields, formats
from whoosh.codec import base
from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC
from whoosh.matching import ListMatcher
from whoosh.query.spans import Span
from whoosh.reading import TermInfo, TermNotFound

from indexer.engines.base import TERM_FIELDS
from indexer.engines.lengths import LENGTHS_BY_BYTE
from indexer.engines.whoosh.columns import INDEX_NAME, INDEXED_FIELDS, Array, from_bytes
from indexer.engines.whoosh.manifest import SegmentEntry, toc_name
from indexer.engines.whoosh.segment import Segment
from indexer.model import find_starts

POSITION_FIELDS = ("words", "chars")
"""Fields in which phrases can be searched."""


@cache
def whoosh_schema() -> fields.Schema:
    """Return the schema of every index: its fields, and what is stored of a document."""
    schema = fields.Schema(id=fields.STORED(), text=fields.STORED())
    for name in INDEXED_FIELDS:
        field = fields.KEYWORD(scorable=name in TERM_FIELDS)
        field.analyzer = analysis.SpaceSeparatedTokenizer()
        field.format = formats.Frequency()
        if name in POSITION_FIELDS:
            field.format = formats.Positions()
        if name == "chars":
            field.analyzer = analysis.RegexTokenizer(r"\S")
        schema.add(name, field)
    return schema


def dump_toc(generation: int, entries: Iterable[SegmentEntry]) -> bytes:
    """Return Whoosh's table of contents of a commit."""
    memory = RamStorage()
    TOC(whoosh_schema(), list(map(ArraySegment, entries)), generation).write(memory, INDEX_NAME)
    data: bytes = memory.files[toc_name(generation)]
    return data


class ArraySegment(base.Segment):  # type: ignore[misc]
    """A segment in Whoosh's table of contents."""

    def __init__(self, entry: SegmentEntry) -> None:
        super().__init__(INDEX_NAME)
        self.segid = entry.name.removeprefix(f"{INDEX_NAME}_")
        self.entry = entry

    def codec(self) -> ArrayCodec:
        return ArrayCodec()

    def doc_count_all(self) -> int:
        return self.entry.documents

    def has_deletions(self) -> bool:
        """Return whether page records or deleted documents are in the segment."""
        return self.entry.documents > 0


class ArrayCodec(base.Codec):  # type: ignore[misc]
    """Reads segments of this engine."""

    def terms_reader(self, storage: Any, segment: ArraySegment) -> ArrayTerms:
        return ArrayTerms(Segment(Path(storage.folder), segment.entry))

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> ArrayDocuments:
        return ArrayDocuments(Segment(Path(storage.folder), segment.entry))


class ArrayTerms(base.TermsReader):  # type: ignore[misc]
    """The terms of a segment and their postings."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        field, text = term
        return self._segment.field(field).find_row(from_bytes(text)) >= 0

    def indexed_field_names(self) -> tuple[str, ...]:
        return INDEXED_FIELDS

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for field in INDEXED_FIELDS:
            yield from self.terms_from(field, b"")

    def terms_from(self, field: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        index = self._segment.field(field)
        for row in range(index.first_row(prefix), index.size):
            yield field, index.term(row)

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, field: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(field, prefix))

    def cursor(self, field: str, _object: Any) -> ArrayCursor:
        return ArrayCursor(self._segment, field)

    def term_info(self, field: str, text: bytes) -> TermInfo:
        docs, freqs = self._postings(field, text)
        lengths = _length_bytes(self._segment, field)
        held = lengths.take(docs) if len(lengths) else np.ones(len(docs), np.uint8)
        return TermInfo(
            weight=float(freqs.sum()),
            df=len(docs),
            minlength=LENGTHS_BY_BYTE[int(held.min())],
            maxlength=LENGTHS_BY_BYTE[int(held.max())],
            maxweight=float(freqs.max()),
            minid=int(docs[0]),
            maxid=int(docs[-1]),
        )

    def matcher(self, field: str, text: bytes, format_: Any, scorer: Any = None) -> ArrayMatcher:
        try:
            docs, freqs = self._postings(field, text)
        except KeyError:
            raise TermNotFound(f"{field}:{text!r}") from None
        return ArrayMatcher(
            docs.tolist(),
            freqs.astype(np.float64).tolist(),
            format=format_,
            scorer=scorer,
            term=(field, text),
            terminfo=self.term_info(field, text),
            segment=self._segment,
        )

    def _postings(self, field: str, text: bytes) -> tuple[Array, Array]:
        docs, freqs = self._segment.term_postings(field, from_bytes(text))
        if not len(docs):
            raise KeyError(text)
        return docs, freqs


def _length_bytes(segment: Segment, field: str) -> Array:
    known = field in TERM_FIELDS
    return segment.lengths[TERM_FIELDS.index(field)] if known else np.zeros(0, np.uint8)


class ArrayCursor(base.FieldCursor):  # type: ignore[misc]
    """Steps through the terms of a field in order."""

    def __init__(self, segment: Segment, field: str) -> None:
        self._index, self._row = segment.field(field), 0

    def first(self) -> str | None:
        self._row = 0
        return self.text()

    def find(self, text: str) -> str | None:
        self._row = self._index.first_row(text.encode("utf-8", "surrogatepass"))
        return self.text()

    def next(self) -> str | None:
        self._row += 1
        return self.text()

    def is_valid(self) -> bool:
        return self._row < self._index.size

    def text(self) -> str | None:
        return from_bytes(self._index.term(self._row)) if self.is_valid() else None


class ArrayMatcher(ListMatcher):  # type: ignore[misc]
    """The postings of a term; positions are found in the text of a document when asked for."""

    def __init__(self, *arguments: Any, segment: Segment, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._segment = segment

    def copy(self) -> ArrayMatcher:
        return copy(self)

    def spans(self) -> list[Span]:
        """Return where the term occurs in the text of the document here."""
        size = len(from_bytes(self._term[1]))
        return [Span(start, start + size - 1) for start in self.value_as("positions")]

    def value_as(self, kind: str) -> Any:
        """Return positions, or how often the term occurs."""
        if kind != "positions":
            return self._weights[self._i]
        term = from_bytes(self._term[1])
        text = "".join(self._segment.text(self._ids[self._i]).split())
        return list(find_starts(text, term))

    def value(self) -> Any:
        if self._format.supports("positions"):
            return self._format.encode(self.value_as("positions"))
        return self._format.encode(self._weights[self._i])


class ArrayDocuments(base.PerDocumentReader):  # type: ignore[misc]
    """The documents of a segment, without columns or vectors; page records count as deleted."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    def doc_count(self) -> int:
        return self._segment.live_count

    def doc_count_all(self) -> int:
        return self._segment.documents

    def has_deletions(self) -> bool:
        """Return whether anything counts as deleted."""
        return bool(self._deleted)

    def is_deleted(self, number: int) -> bool:
        return number in self._deleted

    def deleted_docs(self) -> frozenset[int]:
        return self._deleted

    @cached_property
    def _deleted(self) -> frozenset[int]:
        return frozenset(np.flatnonzero(~self._segment.live).tolist())

    def stored_fields(self, number: int) -> dict[str, str]:
        """Return the id and the text of a document; `chars` is its normalised text."""
        document = self._segment.document(number)
        return {"id": document.id, "text": document.text, "chars": document.folded}

    def doc_field_length(self, number: int, field: str, default: int = 0) -> int:
        """Return the quantised number of terms of a document."""
        lengths = _length_bytes(self._segment, field)
        return LENGTHS_BY_BYTE[int(lengths[number])] if len(lengths) else default

    def field_length(self, field: str) -> int:
        return sum(self._live_lengths(field))

    def min_field_length(self, field: str) -> int:
        return min(self._live_lengths(field), default=0)

    def max_field_length(self, field: str) -> int:
        return max(self._live_lengths(field), default=0)

    def _live_lengths(self, field: str) -> list[int]:
        lengths = _length_bytes(self._segment, field)
        held = lengths[self._segment.live] if len(lengths) else lengths
        return [LENGTHS_BY_BYTE[byte] for byte in held.tolist()]
