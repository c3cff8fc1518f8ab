"""Find all occurrences in the texts of the segments, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from indexer.engines.budget import spend
from indexer.engines.occurrences import (
    FacetCodes,
    OccurrenceRequest,
    Occurrences,
    encode_values,
    find_spans,
)
from indexer.engines.whoosh.columns import (
    TEXT_UNIT,
    Array,
    changes,
    ends_of,
    ranges,
    read_freqs,
    second_units,
    to_codes,
)
from indexer.engines.whoosh.fields import FACET_PREFIX, INDEXED_FIELDS
from indexer.engines.whoosh.match import run_terms
from indexer.engines.whoosh.rank import match_documents
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.model import And, Every, Literal, Node, Or, Term, Wildcard

_WHOLE_TEXT_RATIO = 2
"""Where a segment has at most so many times the text to be searched, all of it is searched."""


class _Spans(NamedTuple):
    """Occurrences, and the code points next to them, as parallel arrays."""

    owners: Array
    starts: Array
    ends: Array
    before: Array
    after: Array


class _Texts(NamedTuple):
    """Texts end to end: their code points, where each begins, and the document of each.

    `owners` are -1 for texts that are not searched.
    """

    codes: Array
    starts: Array
    owners: Array


def find_occurrences(snapshot: Snapshot, request: OccurrenceRequest) -> Occurrences:
    """Find what a request asks for in every segment; return it in page order."""
    located = _decides_match(snapshot, request)
    match = _hold_all_terms(request.find) if located else request.match
    kept = list(match_documents(snapshot, match, request.filters).kept)
    parts = []
    for place, segment in enumerate(snapshot.segments):
        spend()
        spans = _find_in_segment(segment, kept[place], np.arange(len(kept[place])), request)
        if located:
            kept[place], spans = _leave_out_others(kept[place], spans)
        parts.append(spans)
    owners = _number_documents(snapshot, kept)
    parts = [
        spans._replace(owners=numbers[spans.owners])
        for numbers, spans in zip(owners, parts, strict=True)
    ]
    spans = _sort_by_document([_no_spans(request), *parts])
    return Occurrences(
        sum(map(len, kept)),
        *_describe_documents(snapshot, kept, owners),
        spans.owners,
        spans.starts,
        spans.ends,
        spans.before,
        spans.after,
        {name: _encode_facet(snapshot, name, kept, owners) for name in request.facets},
        _make_ids(snapshot, kept, owners),
    )


def _decides_match(snapshot: Snapshot, request: OccurrenceRequest) -> bool:
    """Return whether a document matches where, and only where, anything is found in it.

    Then candidates are chosen by their terms and each text is searched once instead of twice.
    """
    match = request.match
    nodes = match.nodes if isinstance(match, Or) and match.at_least == 1 else (match,)
    literals = all(isinstance(node, Literal) and node.text for node in nodes)
    if not literals or set(nodes) != set(request.find) or not snapshot.has_no_repeats:
        return False
    return not any(len(segment.find("loose", "1")) for segment in snapshot.segments)


def _hold_all_terms(nodes: Iterable[Literal | Wildcard]) -> Node:
    """Match documents that have all terms of a run: those that hold one are among them."""
    runs = (node.text for node in nodes if isinstance(node, Literal))
    return Or(tuple(And(tuple(Term(*term) for term in run_terms(run))) for run in runs))


def _leave_out_others(documents: Array, spans: _Spans) -> tuple[Array, _Spans]:
    """Leave out the documents in which nothing was found."""
    holds = np.zeros(len(documents), np.bool_)
    holds[spans.owners] = True
    numbers = np.cumsum(holds) - 1
    return documents[holds], spans._replace(owners=numbers[spans.owners])


def _sort_by_document(parts: Sequence[_Spans]) -> _Spans:
    """Join occurrences of different documents and put them in page order."""
    held = [part for part in parts if len(part.owners)] or list(parts[:1])
    if len(held) == 1:
        return held[0]
    spans = _Spans(*map(np.concatenate, zip(*held, strict=True)))
    order = np.argsort(spans.owners, kind="stable")
    return _Spans(*(values[order] for values in spans))


def _no_spans(request: OccurrenceRequest) -> _Spans:
    nothing = np.zeros(0, np.int64)
    before, after = (np.zeros((0, width), np.uint32) for width in (request.before, request.after))
    return _Spans(nothing, nothing, nothing, before, after)


def _number_documents(snapshot: Snapshot, kept: Sequence[Array]) -> list[Array]:
    """Count the documents of all segments from 0 in page order."""
    orders = [order.take(some) for order, some in zip(snapshot.orders, kept, strict=True)]
    joined = np.concatenate([np.zeros(0, np.int64), *orders])
    numbers = np.empty(len(joined), np.int64)
    numbers[np.argsort(joined)] = np.arange(len(joined))
    return np.split(numbers, np.cumsum(list(map(len, kept)), dtype=np.int64))[:-1]


# ---------------------------------------------------------------- texts


def _find_in_segment(
    segment: Segment, documents: Array, owners: Array, request: OccurrenceRequest
) -> _Spans:
    """Find in texts without characters of two units as they are stored, decode only the others."""
    if not request.find or not len(documents):
        return _no_spans(request)
    paired = segment.has_pairs.take(documents)
    if not paired.any():
        return _find_in_texts(segment, documents, owners, request, paired=False)
    halves = (
        _find_in_texts(segment, documents[chosen], owners[chosen], request, paired=chosen is paired)
        for chosen in (paired, ~paired)
        if chosen.any()
    )
    return _sort_by_document(list(halves))


def _find_in_texts(
    segment: Segment,
    documents: Array,
    owners: Array,
    request: OccurrenceRequest,
    *,
    paired: bool,
) -> _Spans:
    texts = _lay_out_texts(segment, documents, owners)
    if paired:
        texts = _join_surrogates(texts)
    literals = [node.text for node in request.find if isinstance(node, Literal) and node.text]
    parts = [(np.zeros(0, np.int64), 0), *((_find_run(texts, run), len(run)) for run in literals)]
    starts = np.concatenate([found for found, _ in parts])
    ends = np.concatenate([found + size for found, size in parts])
    patterns = [node for node in request.find if isinstance(node, Wildcard)]
    if patterns:
        more = _find_patterns(segment, documents, texts, owners, patterns)
        starts, ends = np.concatenate([starts, more[0]]), np.concatenate([ends, more[1]])
    if len(literals) > 1 or patterns:
        starts, ends = np.unique(np.stack([starts, ends], axis=1), axis=0).T
    return _describe(texts, starts, ends, request)


def _lay_out_texts(segment: Segment, documents: Array, owners: Array) -> _Texts:
    """Return the texts of documents, gathered where they are few of the segment."""
    begins, sizes = segment.starts.take(documents), segment.columns["text.sizes"].take(documents)
    units = segment.columns["text"]
    if int(sizes.sum()) * _WHOLE_TEXT_RATIO > len(units):
        every = np.full(segment.documents, -1)
        every[documents] = owners
        return _Texts(units, segment.starts, every)
    gathered = units[ranges(begins, sizes.astype(np.int64))]
    return _Texts(gathered, ends_of(sizes), owners)


def _join_surrogates(texts: _Texts) -> _Texts:
    """Replace two units of UTF-16 that are one character by its code point."""
    units, starts, owners = texts
    second = second_units(units, starts)
    if not len(second):
        return texts
    codes = units.astype(np.uint32)
    codes[second - 1] = 0x10000 + ((codes[second - 1] & 0x3FF) << 10) + (codes[second] & 0x3FF)
    return _Texts(np.delete(codes, second), starts - second.searchsorted(starts), owners)


def _find_run(texts: _Texts, run: str) -> Array:
    """Return where a run begins, within a text that is searched."""
    codes, (first, *others) = texts.codes, to_codes(run).tolist()
    if codes.dtype == TEXT_UNIT and max(first, *others, 0) > np.iinfo(TEXT_UNIT).max:
        return np.zeros(0, np.int64)
    found = np.flatnonzero(codes[: max(0, len(codes) - len(others))] == first)
    for distance, code in enumerate(others, 1):
        found = found[codes.take(found + distance) == code]
    place = _find_texts(texts.starts, found)
    inside = (texts.owners.take(place) >= 0) & (found + len(run) <= texts.starts.take(place + 1))
    return found[inside]


def _find_texts(starts: Array, places: Array) -> Array:
    """Return in which text each place is, for places in order."""
    if len(places) < len(starts):
        found: Array = starts.searchsorted(places, side="right") - 1
        return found
    held = np.diff(places.searchsorted(starts))
    return np.repeat(np.arange(len(held)), held)


def _find_patterns(
    segment: Segment,
    documents: Array,
    texts: _Texts,
    owners: Array,
    patterns: Iterable[Wildcard],
) -> Array:
    """Return where patterns begin and end; each text is decoded and searched by itself."""
    spans = []
    place = dict(zip(texts.owners.tolist(), texts.starts.tolist(), strict=False))
    for document, owner in zip(documents.tolist(), owners.tolist(), strict=True):
        spend()
        base, text = place[owner], segment.text(document)
        spans += [(base + start, base + end) for start, end in find_spans(text, patterns)]
    return np.array(spans, np.int64).reshape(-1, 2).T


def _describe(texts: _Texts, starts: Array, ends: Array, request: OccurrenceRequest) -> _Spans:
    """Return occurrences by document, with the characters around them."""
    place = _find_texts(texts.starts, starts)
    begins, limits = texts.starts.take(place), texts.starts.take(place + 1)
    before = starts[:, np.newaxis] - 1 - np.arange(request.before)
    after = ends[:, np.newaxis] + np.arange(request.after)
    return _Spans(
        texts.owners.take(place).astype(np.int64),
        starts - begins,
        ends - begins,
        _read(texts.codes, before, before >= begins[:, np.newaxis]),
        _read(texts.codes, after, after < limits[:, np.newaxis]),
    )


def _read(codes: Array, places: Array, inside: Array) -> Array:
    """Return the code points at some places, 0 at those outside."""
    read: Array = codes.take(places, mode="clip").astype(np.uint32) if len(codes) else places
    return (read * inside).astype(np.uint32)


# ---------------------------------------------------------------- documents and facets


def _describe_documents(
    snapshot: Snapshot, kept: Sequence[Array], owners: Sequence[Array]
) -> tuple[Array, Array]:
    """Return the article and the length of every document."""
    articles, lengths = np.empty((2, sum(map(len, kept))), np.int64)
    held = 0
    for segment, documents, numbers in zip(snapshot.segments, kept, owners, strict=True):
        articles[numbers] = held + segment.articles.take(documents)
        lengths[numbers] = segment.text_lengths.take(documents)
        held += segment.documents
    return np.cumsum(changes(articles)) - 1, lengths


def _encode_facet(
    snapshot: Snapshot, facet: str, kept: Sequence[Array], owners: Sequence[Array]
) -> FacetCodes:
    """Return the values of a facet that the documents carry, with one numbering for all."""
    field = facet if facet == "date" else FACET_PREFIX + facet
    if field not in INDEXED_FIELDS:
        return encode_values(())
    values, codes_of = snapshot.field_codes(field)
    parts = [np.zeros((2, 0), np.int64)]
    for segment, documents, numbers, codes in zip(
        snapshot.segments, kept, owners, codes_of, strict=True
    ):
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
    places = np.empty((sum(map(len, kept)), 2), np.int64)
    for place, (documents, numbers) in enumerate(zip(kept, owners, strict=True)):
        places[numbers] = np.stack([np.full(len(documents), place), documents], axis=1)

    def ids(numbers: Sequence[int]) -> list[str]:
        rows = places[np.asarray(numbers, np.int64)].tolist()
        return [snapshot.segments[place].document_id(document) for place, document in rows]

    return ids


def count_totals(snapshot: Snapshot, texts: Sequence[str]) -> dict[str, int]:
    """Count how often texts are printed, by the postings of characters and pairs."""
    counted = [_all_but_repeats(segment) for segment in snapshot.segments]
    loose = any(len(segment.find("loose", "1")) for segment in snapshot.segments)
    if loose:  # documents whose terms do not follow from their texts
        return {text: _count_found(snapshot, text) for text in texts}
    totals = dict.fromkeys(texts, 0)
    for text in texts:
        spend()
        for segment, documents in zip(snapshot.segments, counted, strict=True):
            totals[text] += _count_term(segment, text, documents)
    return totals


def _count_found(snapshot: Snapshot, text: str) -> int:
    request = OccurrenceRequest(Every(), (Literal(text),))
    return len(find_occurrences(snapshot, request).owners)


def _all_but_repeats(segment: Segment) -> Array | None:
    """Return the mask of the documents that are counted, `None` for all of them."""
    if not segment.has_deletions and not len(segment.repeats):
        return None
    counted: Array = segment.live.copy()
    counted[segment.repeats[segment.live[segment.originals]]] = False
    return counted


def _count_term(segment: Segment, text: str, documents: Array | None) -> int:
    begin, end = segment.field("pairs" if len(text) == 2 else "chars").find(text)
    if begin >= end:
        return 0
    postings = segment.postings
    often = read_freqs(postings.repeated, postings.ranks, postings.freqs, begin, end)
    if documents is not None:
        often = often[documents[postings.docs[begin:end]]]
    return int(often.sum(dtype=np.int64))
