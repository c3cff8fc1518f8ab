"""A stock segment in, its columns out: what makes a lost side file again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from indexer.engines.base import TERM_FIELDS
from indexer.engines.whoosh.columns import (
    Array,
    Columns,
    checksums,
    complete,
    pack_texts,
)
from indexer.engines.whoosh.documents import load_document, load_folds, load_terms
from indexer.engines.whoosh.implied import add_implied
from indexer.engines.whoosh.postings import Postings, add_postings
from indexer.engines.whoosh.schema import DOCUMENT, RECORD, STOCK_FIELDS
from indexer.engines.whoosh.stock import StoredValues


def rebuild_columns(reader: Any, stored: StoredValues, documents: int) -> Columns:
    """Read the columns of a segment from Whoosh's reader of it and its stored values."""
    columns = _read_stored(stored, documents)
    for field in STOCK_FIELDS:
        _read_field(columns, reader, field)
        if field in TERM_FIELDS:
            columns[f"{field}.lengths"] = _read_lengths(reader, field, documents)
    return complete(columns)


def _read_stored(stored: StoredValues, documents: int) -> Columns:
    articles, numbers, texts = [], [], []
    loose, folds = {}, None
    for number in range(documents):
        value = stored[number]
        data = value.get(DOCUMENT)
        folds = load_folds(value[RECORD]) if data is None else folds
        document = load_document(data, folds=folds) if data is not None else None
        terms = load_terms(data) if data is not None else None  # kept where text implies others
        articles.append(document.article if document else -1)
        numbers.append(document.number if document else -1)
        texts.append(document.folded if document else "")
        if terms:
            loose[number] = terms
    columns = {"article": np.array(articles, np.int32), "number": np.array(numbers, np.int32)}
    columns["text"], columns["text.start"] = pack_texts(texts)
    columns["stored.crcs"] = checksums(map(stored.raw, range(documents)))
    add_implied(columns, loose)
    return columns


def _read_field(columns: Columns, reader: Any, field: str) -> None:
    terms, sizes = [], [0]
    docs, freqs = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for term, ids, weights in _read_terms(reader, field):
        terms.append(term)
        docs.append(ids)
        freqs.append(weights.astype(np.int64))
        sizes.append(len(ids))
    postings = Postings(terms, np.cumsum(sizes), np.concatenate(docs), np.concatenate(freqs))
    add_postings(columns, field, postings)


def _read_terms(reader: Any, field: str) -> Iterator[tuple[bytes, Array, Array]]:
    codec, terms = reader.codec(), reader._terms
    format_ = reader.schema[field].format
    for (name, text), info in terms.items_from(field, b""):
        if name != field:
            return
        matcher = codec.postings_reader(terms._postfile, info, format_)
        ids: list[Array] = []
        weights: list[Array] = []
        while matcher.is_active():
            matcher._read_ids()
            matcher._read_weights()
            ids.append(np.array(matcher._ids, np.int64))
            weights.append(np.array(matcher._weights, np.float64))
            matcher._next_block()
        yield text, np.concatenate(ids), np.concatenate(weights)


def _read_lengths(reader: Any, field: str, documents: int) -> Array:
    from whoosh.codec.whoosh3 import LENGTHS_COLUMN

    lengths = reader._perdoc.column_reader(f"_{field}_len", LENGTHS_COLUMN)
    return np.fromiter((lengths[number] for number in range(documents)), np.uint8, documents)
