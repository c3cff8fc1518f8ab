"""Find all occurrences in the texts of the segments, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from indexer.engines.budget import check_deadline
from indexer.engines.occurrences import FacetCodes, OccurrenceRequest, Occurrences, encode_values
from indexer.engines.whoosh.columns import FACET_PREFIX, INDEXED_FIELDS, Array, changes, ranges
from indexer.engines.whoosh.match import is_exact
from indexer.engines.whoosh.ranking import match_documents
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.engines.whoosh.text_search import (
    OFFSET_BITS,
    OFFSET_MASK,
    Positions,
    SearchedTexts,
    count_in_texts,
    find,
    gather_texts,
    join,
)
from indexer.model import Literal


class _Spans(NamedTuple):
    """Occurrences, and the code points next to them, as parallel arrays."""

    owners: Array
    starts: Array
    ends: Array
    before: Array
    after: Array


def find_occurrences(snapshot: Snapshot, request: OccurrenceRequest) -> Occurrences:
    """Find what a request asks for in every segment; return it in page order."""
    kept = match_documents(snapshot, request.match, request.filters).kept
    owners = _number_documents(snapshot, kept)
    counting = request.counts_only and all(isinstance(node, Literal) for node in request.find)
    parts, counts = [_no_spans(request)], []
    for position, (documents, numbers) in enumerate(zip(kept, owners, strict=True)):
        check_deadline()
        if counting:
            counts.append(_count_substrings(snapshot, position, documents, request))
        else:
            spans = _find_in_segment(snapshot.segments[position], documents, request)
            counts.append(np.bincount(spans.owners, minlength=len(documents)))
            parts.append(spans._replace(owners=numbers[spans.owners]))
    spans = _sort_by_document(parts)
    return Occurrences(
        sum(map(len, kept)),
        *_describe_documents(snapshot, kept, owners),
        _in_page_order(counts, owners),
        *spans,
        {name: _encode_facet(snapshot, name, kept, owners) for name in request.facets},
        _make_ids(snapshot, kept, owners),
    )


def _in_page_order(parts: Sequence[Array], owners: Sequence[Array]) -> Array:
    """Join numbers of the documents of each segment."""
    joined = np.empty(sum(map(len, parts)), np.int64)
    for part, numbers in zip(parts, owners, strict=True):
        joined[numbers] = part
    return joined


def _sort_by_document(parts: Sequence[_Spans]) -> _Spans:
    """Join occurrences of different documents and put them in page order."""
    held = [part for part in parts if len(part.owners)] or list(parts[:1])
    if len(held) == 1:
        return held[0]
    spans = _Spans(*map(np.concatenate, zip(*held, strict=True)))
    if (spans.owners[1:] >= spans.owners[:-1]).all():
        return spans
    order = np.argsort(spans.owners, kind="stable")
    return _Spans(*(values.take(order, axis=0) for values in spans))


def _no_spans(request: OccurrenceRequest) -> _Spans:
    nothing = np.zeros(0, np.int64)
    before, after = (np.zeros((0, width), np.uint32) for width in (request.before, request.after))
    return _Spans(nothing, nothing, nothing, before, after)


def _number_documents(snapshot: Snapshot, kept: Sequence[Array]) -> list[Array]:
    """Count the documents of all segments from 0 in page order."""
    orders = [order.take(some) for order, some in zip(snapshot.orders, kept, strict=True)]
    joined = np.concatenate([np.zeros(0, np.int64), *orders])
    numbers = np.empty(len(joined), np.int64)
    numbers[np.argsort(joined, kind="stable")] = np.arange(len(joined))  # merges segments
    return np.split(numbers, np.cumsum(list(map(len, kept)), dtype=np.int64))[:-1]


# ---------------------------------------------------------------- texts


def _find_in_segment(segment: Segment, documents: Array, request: OccurrenceRequest) -> _Spans:
    """Find what a request asks for in the texts of documents."""
    parts = [_no_spans(request)]
    for texts in gather_texts(segment, documents) if request.find and len(documents) else ():
        check_deadline()
        found = join([find(texts, node) for node in request.find])
        parts.append(_describe(texts, found, request))
    return _sort_by_document(parts)


def _count_substrings(
    snapshot: Snapshot, position: int, documents: Array, request: OccurrenceRequest
) -> Array:
    """Count substrings in documents of a segment without finding where they are."""
    counts = np.zeros(len(documents), np.int64)
    for node in dict.fromkeys(request.find):
        if isinstance(node, Literal) and node.text:
            counts += _count_substring(snapshot, position, node.text, documents)
    return counts


def _count_substring(snapshot: Snapshot, position: int, substring: str, documents: Array) -> Array:
    """Count a substring in each document: by exact postings, the last search, or the texts."""
    segment, known = snapshot.segments[position], snapshot.counted.get(substring)
    if is_exact(substring):
        field = "pairs" if len(substring) == 2 else "chars"
        docs, freqs = segment.term_postings(field, substring)
    elif known:
        docs, freqs = known[position]
    else:
        return count_in_texts(segment, substring, documents)
    if np.array_equal(docs, documents):
        return freqs
    if not len(docs):
        return np.zeros(len(documents), np.int64)
    positions = docs.searchsorted(documents)
    counts: Array = freqs.take(positions, mode="clip")
    counts *= docs.take(positions, mode="clip") == documents
    return counts


def _describe(texts: SearchedTexts, found: Positions, request: OccurrenceRequest) -> _Spans:
    """Return occurrences by document, with the characters around them."""
    owners = found.begins >> OFFSET_BITS
    starts, ends = found.begins & OFFSET_MASK, found.ends & OFFSET_MASK
    begins = texts.starts.take(texts.numbers).take(owners)
    limits = texts.starts[1:].take(texts.numbers).take(owners)
    before = _read_codes(texts.codes, starts - 1, -1, starts - begins, request.before)
    after = _read_codes(texts.codes, ends, 1, limits - ends, request.after)
    return _Spans(texts.owners.take(owners), starts - begins, ends - begins, before, after)


MIN_WINDOW_CHARS = 4
"""Characters from which a window around each offset is read faster than each character alone."""


def _read_codes(codes: Array, first: Array, step: int, room: Array, width: int) -> Array:
    """Return `width` code points from each offset on, or back, padded with 0 beyond the text."""
    if width < MIN_WINDOW_CHARS or width > len(codes):
        read = np.empty((len(first), width), codes.dtype)
        for distance, column in enumerate(read.T):
            column[:] = codes.take(first + step * distance, mode="clip")
    else:
        begins = first if step > 0 else first - width + 1
        inside = begins.clip(0, len(codes) - width)
        windows = sliding_window_view(codes, width).view(f"V{width * codes.itemsize}")[:, 0]
        read = windows[inside].view(codes.dtype).reshape(-1, width)[:, ::step]
        for row in np.flatnonzero(inside != begins).tolist():
            read[row] = np.roll(read[row], -abs(int(begins[row] - inside[row])))
    short = np.flatnonzero(room < width)
    read[short] *= np.arange(width) < room[short, np.newaxis]
    return read


# ---------------------------------------------------------------- documents and facets


def _describe_documents(
    snapshot: Snapshot, kept: Sequence[Array], owners: Sequence[Array]
) -> tuple[Array, Array]:
    """Return the article and the length of every document."""
    numbered, lengths, held = [], [], 0
    for segment, documents in zip(snapshot.segments, kept, strict=True):
        numbered.append(held + segment.articles.take(documents))
        lengths.append(segment.text_lengths.take(documents))
        held += segment.documents
    articles = np.cumsum(changes(_in_page_order(numbered, owners))) - 1
    return articles, _in_page_order(lengths, owners)


def _encode_facet(
    snapshot: Snapshot, facet: str, kept: Sequence[Array], owners: Sequence[Array]
) -> FacetCodes:
    """Return the values of a facet that the documents carry, with one numbering for all."""
    field = facet if facet == "date" else FACET_PREFIX + facet
    if field not in INDEXED_FIELDS:
        return encode_values(())
    values, codes_of = snapshot.field_codes(field)
    parts = [np.zeros((2, 0), np.int64)]
    segments = zip(snapshot.segments, kept, owners, codes_of, strict=True)
    for segment, documents, numbers, codes in segments:
        if len(documents) and len(codes):
            rows, start, _ = segment.forward_index(field)
            begins = start.take(documents).astype(np.int64)
            sizes = start[1:].take(documents) - begins
            held = codes[rows[ranges(begins, sizes)]]
            parts.append(np.stack([np.repeat(numbers, sizes), held]))
    carriers, codes = np.concatenate(parts, axis=1)
    if len(parts) > 2:
        order = np.argsort(carriers, kind="stable")
        carriers, codes = carriers[order], codes[order]
    used = np.flatnonzero(np.bincount(codes, minlength=len(values)))
    ranks = np.zeros(len(values), np.int64)
    ranks[used] = np.arange(len(used))
    return FacetCodes(tuple(map(values.__getitem__, used.tolist())), carriers, ranks[codes])


def _make_ids(
    snapshot: Snapshot, kept: Sequence[Array], owners: Sequence[Array]
) -> Callable[[Sequence[int]], list[str]]:
    """Return a function that names documents, given by their numbers in page order."""

    def ids(numbers: Sequence[int]) -> list[str]:
        positions = _in_page_order([np.full(len(one), n) for n, one in enumerate(kept)], owners)
        documents, chosen = _in_page_order(kept, owners), np.asarray(numbers, np.int64)
        rows = zip(positions[chosen].tolist(), documents[chosen].tolist(), strict=True)
        return [snapshot.segments[position].document_id(document) for position, document in rows]

    return ids


def count_totals(snapshot: Snapshot, texts: Sequence[str]) -> dict[str, int]:
    """Count how often texts are printed, by the postings of characters and pairs."""
    counted = [_all_but_repeats(segment) for segment in snapshot.segments]
    totals = dict.fromkeys(texts, 0)
    for text in texts:
        check_deadline()
        for segment, documents in zip(snapshot.segments, counted, strict=True):
            totals[text] += _count_term(segment, text, documents)
    return totals


def _all_but_repeats(segment: Segment) -> Array | None:
    """Return the mask of the documents that are counted, `None` for all of them."""
    if not segment.has_deletions and not len(segment.repeats):
        return None
    counted: Array = segment.live.copy()
    counted[segment.repeats[segment.live[segment.originals]]] = False
    return counted


def _count_term(segment: Segment, text: str, documents: Array | None) -> int:
    docs, freqs = segment.term_postings("pairs" if len(text) == 2 else "chars", text)
    if documents is not None:
        freqs = freqs[documents[docs]]
    return int(freqs.sum(dtype=np.int64))
