"""Documents in, a segment out: terms are numbered as they come and sorted all at once.

What a builder holds is one segment in the making: it grows until the writer says it is enough.
"""

from __future__ import annotations

import pickle
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

import numpy as np

from indexer.engines.base import TERM_FIELDS
from indexer.engines.lengths import LENGTHS
from indexer.engines.whoosh.columns import Array, Columns, complete, narrow, pack_terms, pack_texts
from indexer.engines.whoosh.documents import dump_document, dump_record
from indexer.engines.whoosh.schema import (
    DOCUMENT,
    FACET_PREFIX,
    FIELDS,
    HEAD_PREFIX,
    HEADS,
    RECORD,
    to_bytes,
)
from indexer.model import FACETS, Document, PageRecord

COMPRESSION = 3
"""zlib's level for stored values, the one Whoosh 2.7.4 uses."""


@dataclass(frozen=True, slots=True)
class NewSegment:
    """A finished segment: its columns and the stored value of each document, compressed."""

    columns: Columns
    stored: Sequence[bytes]


class _Field:
    """The postings of one field, in the order in which they come."""

    def __init__(self) -> None:
        self.numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self.tokens = array("i")
        self.counts = array("i")  # tokens of each document

    def add(self, terms: Iterable[str]) -> None:
        before = len(self.tokens)
        self.tokens.extend(map(self.numbers.__getitem__, terms))
        self.counts.append(len(self.tokens) - before)


class Builder:
    """Collects pages; a page that comes again replaces itself."""

    def __init__(self) -> None:
        self._fields = {name: _Field() for name in FIELDS}
        self._articles = array("i")
        self._numbers = array("i")
        self._texts: list[str] = []
        self._stored: list[bytes] = []
        self._pages: dict[str, tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self._stored)

    @property
    def tokens(self) -> int:
        """Count the terms held, which is what decides how much memory they take."""
        return sum(len(field.tokens) for field in self._fields.values())

    def add(self, record: PageRecord, documents: Iterable[Document]) -> None:
        """Take in a page."""
        start = len(self)
        self._add_record(record)
        for document in sorted(documents, key=lambda document: document.order):
            self._add_document(record.page.id, document)
        self._pages[record.page.id] = (start, len(self))

    def drop(self, page: str) -> None:
        """Forget a page that was taken in."""
        self._pages.pop(page, None)

    def finish(self) -> NewSegment:
        """Sort everything into a segment, pages in order."""
        blocks = [self._pages[page] for page in sorted(self._pages)]
        order = np.concatenate([np.arange(*block) for block in blocks] or [np.arange(0)])
        new = np.full(len(self), -1, np.int64)
        new[order] = np.arange(len(order))
        columns: Columns = {
            "article": np.array(self._articles, np.int32)[order],
            "number": np.array(self._numbers, np.int32)[order],
        }
        columns["text"], columns["text.start"] = pack_texts([self._texts[n] for n in order])
        for name, field in self._fields.items():
            _sort_field(columns, name, field, new, order)
        return NewSegment(complete(columns), [self._stored[n] for n in order])

    def _add_record(self, record: PageRecord) -> None:
        values = {"page": [record.page.id], "digest": [record.page.digest]}
        for name, field in self._fields.items():
            field.add(values.get(name, ()))
        self._add_stored(RECORD, dump_record(record), -1, -1, "")

    def _add_document(self, page: str, document: Document) -> None:
        terms, fields = document.terms, self._fields
        for name in TERM_FIELDS:
            fields[name].add(getattr(terms, name))
        fields["page"].add((page,))
        fields["digest"].add(())
        fields["kind"].add((document.kind.value,))
        fields["date"].add((document.meta.date,) if document.meta.date else ())
        fields["original"].add((document.original,) if document.original else ())
        fields["loose"].add(() if _implied(document) else ("1",))
        for name in FACETS:
            fields[FACET_PREFIX + name].add(dict.fromkeys(document.facets.get(name, ())))
        for name in HEADS:
            fields[HEAD_PREFIX + name].add(dict.fromkeys(document.heads.get(name, ())))
        self._add_stored(
            DOCUMENT, dump_document(document), document.article, document.number, document.folded
        )

    def _add_stored(self, name: str, value: str, article: int, number: int, text: str) -> None:
        self._stored.append(zlib.compress(pickle.dumps({name: value}, 2), COMPRESSION))
        self._articles.append(article)
        self._numbers.append(number)
        self._texts.append(text)


def _implied(document: Document) -> bool:
    """Tell whether the characters and pairs are those that the folded text implies."""
    runs = document.folded.split()
    pairs = [one + two for run in runs for one, two in pairwise(run)]
    return document.terms.chars == tuple("".join(runs)) and document.terms.pairs == tuple(pairs)


def _sort_field(columns: Columns, name: str, field: _Field, new: Array, order: Array) -> None:
    """Sort the tokens of a field into postings: by term, then by document."""
    texts = list(field.numbers)
    rank = np.empty(len(texts), np.int64)
    by_text = sorted(range(len(texts)), key=texts.__getitem__)
    rank[by_text] = np.arange(len(texts))
    counts = np.array(field.counts, np.int32)
    docs = np.repeat(new, counts)
    keys = (rank[np.array(field.tokens, np.int32)] << 32) | docs
    keys = np.sort(keys[docs >= 0])
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    rows = keys[first] >> 32
    present, start = np.unique(rows, return_index=True)
    terms = [to_bytes(texts[by_text[row]]) for row in present.tolist()]
    columns[f"{name}.blob"], columns[f"{name}.ends"] = pack_terms(terms)
    columns[f"{name}.start"] = np.append(start, len(rows)).astype(np.int64)
    columns[f"{name}.docs"] = (keys[first] & 0xFFFFFFFF).astype(np.int32)
    if name in TERM_FIELDS:
        columns[f"{name}.freqs"] = narrow(np.diff(first, append=len(keys)))
        columns[f"{name}.lengths"] = to_bytes_of_length(counts[order])


def to_bytes_of_length(lengths: Array) -> Array:
    """Quantise lengths as Whoosh's format does, one byte each."""
    places = np.searchsorted(np.array(LENGTHS), lengths)
    return np.minimum(places, len(LENGTHS) - 1).astype(np.uint8)
