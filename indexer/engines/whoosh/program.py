"""A request as numbers: one call of the compiled loops answers it over all segments.

A program says where in memory everything stands that the loops look at, so that a call costs the
same however many fields and segments a request has: handing an array over takes a quarter of a
microsecond, a number next to nothing. What these numbers point to is held by the snapshot.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from indexer.engines.base import TERM_FIELDS
from indexer.engines.budget import spend
from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.kernels import GIVEN, HOLD_ALL, HOLD_ANY, Run, runner
from indexer.engines.whoosh.order import Hits
from indexer.engines.whoosh.snapshot import Snapshot, Weighed
from indexer.model import And, Node, Or, Request, Sort, Term

_NO_FACTORS = np.zeros((0, 0))
_LIKE = {code: np.zeros(0, code) for code in ("H", "i")}
for _one in _LIKE.values():
    _one.setflags(write=False)


class Answer(NamedTuple):
    """Who matches, by segment, in how many articles, and the page of hits."""

    kept: Sequence[Array]
    articles: int
    hits: Hits


def answer_terms(snapshot: Snapshot, request: Request, stop: int | None) -> Answer | None:
    """Answer a request for all or any of some terms; nothing where it asks for more."""
    run = _runner(snapshot, request, stop)
    if run is None or request.filters or not snapshot.plain:
        return None
    mode, nodes = _join(request.match)
    if not nodes:
        return None
    spend()
    terms = [snapshot.term(one.field, one.text) for one in request.scores]
    matched = []
    for node in nodes:
        term = snapshot.term(node.field, node.text)
        if term not in terms:
            terms.append(term)
        matched.append((terms.index(term),))
    call = _Call(run, mode, np.array(matched, np.int64), terms)
    return _answer(snapshot, request, stop or 0, call)


def answer_kept(
    snapshot: Snapshot, request: Request, kept: Sequence[Array], stop: int | None
) -> Answer | None:
    """Choose the best of the documents of each segment; nothing where that is asked otherwise."""
    run, code = _runner(snapshot, request, stop), snapshot.number_type
    if run is None or any(one.dtype.char != code for one in kept if len(one)):
        return None
    terms = [snapshot.term(one.field, one.text) for one in request.scores]
    given = np.array([(documents.ctypes.data, len(documents)) for documents in kept], np.int64)
    answer = _answer(snapshot, request, stop or 0, _Call(run, GIVEN, given, terms))
    return answer and answer._replace(kept=kept)


def _runner(snapshot: Snapshot, request: Request, stop: int | None) -> Run | None:
    """Return what runs programs where scores alone decide."""
    if stop is None or request.tiers or request.sort is not Sort.RELEVANCE:
        return None
    return runner(stop) if snapshot.number_type in _LIKE else None


def _join(node: Node) -> tuple[int, Sequence[Term]]:
    """Return how a node joins terms, and these; none for a node of another form."""
    if isinstance(node, Term):
        return HOLD_ALL, [node] if node.field in TERM_FIELDS else ()
    if isinstance(node, And) or (isinstance(node, Or) and node.at_least == 1):
        terms = [one for one in node.nodes if isinstance(one, Term) and one.field in TERM_FIELDS]
        if len(terms) == len(node.nodes):
            return HOLD_ALL if isinstance(node, And) else HOLD_ANY, terms
    return GIVEN, ()


class _Call(NamedTuple):
    """How documents are found, by terms or given; the terms that score come first."""

    run: Run
    mode: int
    matched: Array
    terms: Sequence[Weighed]


def _answer(snapshot: Snapshot, request: Request, stop: int, call: _Call) -> Answer | None:
    rows = [term.rows or _add_rows(snapshot, term) for term in call.terms]
    if not all(rows):
        return None
    scoring = zip(request.scores, call.terms, strict=False)  # what only matches comes after
    best, scores, found, ends = call.run(
        _LIKE[snapshot.number_type],
        call.mode,
        snapshot.places,
        np.array(rows, np.int64).reshape(len(rows), len(snapshot.segments), 5),
        call.matched,
        np.array([one.weight * term.rarity for one, term in scoring], np.float64),
        snapshot.kind_factors(request.kind_factors) if request.kind_factors else _NO_FACTORS,
        stop,
    )
    *bounds, articles = ends.tolist()
    kept = [found[begin:end] for begin, end in pairwise([0, *bounds])]
    hits = best.tolist()[request.start :]
    places, numbers = [hit[1] for hit in hits], [hit[2] for hit in hits]
    scored = scores.tolist()[request.start :]
    return Answer(kept, articles, Hits(places, numbers, [0] * len(hits), scored))


def _add_rows(snapshot: Snapshot, term: Weighed) -> list[int]:
    """Write down where everything of a term stands; nothing where loops do not take it."""
    rows: list[int] = []
    held: list[Array] = []
    weights = snapshot.weights(term.field).address
    for segment, (begin, end) in zip(snapshot.segments, term.spans, strict=True):
        field = segment.field(term.field)
        if field.addresses is None:
            return []
        docs, lengths = field.addresses
        freqs = field.freqs(begin, end)
        held.append(freqs)
        docs += begin * field.docs.itemsize
        rows += (docs, freqs.ctypes.data, end - begin, lengths, weights)
    term.rows, term.held = rows, held
    return rows
