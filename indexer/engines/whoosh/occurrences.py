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
)
from indexer.engines.whoosh.columns import Array, changes, ranges, read_freqs
from indexer.engines.whoosh.fields import FACET_PREFIX, INDEXED_FIELDS
from indexer.engines.whoosh.match import run_terms
from indexer.engines.whoosh.rank import match_documents
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.engines.whoosh.text_search import (
    OFFSET_BITS,
    OFFSET_MASK,
    Positions,
    SearchedTexts,
    find,
    join,
    lay_out,
)
from indexer.model import And, Every, Literal, Node, Or, Term, Wildcard


class _Spans(NamedTuple):
    """Occurrences, and the code points next to them, as parallel arrays."""

    owners: Array
    starts: Array
    ends: Array
    before: Array
    after: Array


def find_occurrences(snapshot: Snapshot, request: OccurrenceRequest) -> Occurrences:
    """Find what a request asks for in every segment; return it in page order."""
    located = _decides_match(snapshot, request)
    match = _hold_all_terms(request.find) if located else request.match
    kept = list(match_documents(snapshot, match, request.filters).kept)
    parts = []
    for place, segment in enumerate(snapshot.segments):
        spend()
        spans = _find_in_segment(segment, kept[place], request)
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


def _find_in_segment(segment: Segment, documents: Array, request: OccurrenceRequest) -> _Spans:
    """Find what a request asks for in the texts of documents."""
    parts = [_no_spans(request)]
    for texts in lay_out(segment, documents) if request.find and len(documents) else ():
        spend()
        found = join([find(texts, node) for node in request.find])
        parts.append(_describe(texts, found, request))
    return _sort_by_document(parts)


def _describe(texts: SearchedTexts, found: Positions, request: OccurrenceRequest) -> _Spans:
    """Return occurrences by document, with the characters around them."""
    owners = found.begins >> OFFSET_BITS
    starts, ends = found.begins & OFFSET_MASK, found.ends & OFFSET_MASK
    begins = texts.starts.take(texts.numbers).take(owners)
    limits = texts.starts[1:].take(texts.numbers).take(owners)
    before = np.zeros((len(owners), request.before), np.uint32)
    after = np.zeros((len(owners), request.after), np.uint32)
    for distance in range(request.before):
        places = starts - (1 + distance)
        before[:, distance] = texts.codes.take(places, mode="clip") * (places >= begins)
    for distance in range(request.after):
        places = ends + distance
        after[:, distance] = texts.codes.take(places, mode="clip") * (places < limits)
    return _Spans(texts.owners.take(owners), starts - begins, ends - begins, before, after)


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
