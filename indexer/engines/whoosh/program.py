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
from indexer.engines.whoosh.columns import Array, to_units
from indexer.engines.whoosh.evaluate import is_exact, run_terms
from indexer.engines.whoosh.kernels import Run, runner
from indexer.engines.whoosh.order import Hits
from indexer.engines.whoosh.snapshot import Snapshot, Weighed
from indexer.model import And, Literal, Node, Or, Request, Sort, Term

_NO_TEXT = to_units("")
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
    """Answer a request for terms or for a run; nothing where it asks for more."""
    run = _runner(snapshot, request, stop)
    if run is None or request.filters or not snapshot.plain:
        return None
    match = read(request.match)
    if match is None or (match.text and not snapshot.implied):
        return None
    spend()
    fields = [snapshot.fields(name) for name, _ in match.terms]
    spans = [
        [field.find(text) for field in held]
        for held, (_, text) in zip(fields, match.terms, strict=True)
    ]
    lists = [
        [(field.address + begin * field.docs.itemsize, end - begin) for field, (begin, end) in each]
        for each in map(zip, fields, spans)
    ]
    answer = _answer(snapshot, request, stop or 0, _Call(run, match, lists))
    if answer and len(lists) == 1 and snapshot.whole and not match.text:
        kept = [
            field.docs[begin:end] for field, (begin, end) in zip(fields[0], spans[0], strict=True)
        ]
        return answer._replace(kept=kept)
    return answer


def answer_kept(
    snapshot: Snapshot, request: Request, kept: Sequence[Array], stop: int | None
) -> Answer | None:
    """Choose the best of the documents of each segment; nothing where that is asked otherwise."""
    run, code = _runner(snapshot, request, stop), snapshot.number_type
    if run is None or any(one.dtype.char != code for one in kept if len(one)):
        return None
    lists = [[(documents.ctypes.data, len(documents)) for documents in kept]]
    answer = _answer(snapshot, request, stop or 0, _Call(run, _ANYTHING, lists))
    return answer and answer._replace(kept=kept)


def _runner(snapshot: Snapshot, request: Request, stop: int | None) -> Run | None:
    """Return what runs programs where scores alone decide."""
    if stop is None or request.tiers or request.sort is not Sort.RELEVANCE:
        return None
    return runner(stop) if snapshot.number_type in _LIKE else None


class _Match(NamedTuple):
    """Who matches: who holds all, or `either`, of some terms, and then a text, if there is one."""

    terms: Sequence[tuple[str, str]]
    either: bool = False
    text: str = ""


_ANYTHING = _Match(())


def read(node: Node) -> _Match | None:
    """Read a node that speaks of terms, or of a run; nothing for one of another form."""
    if isinstance(node, Literal):
        terms = run_terms(node.text)
        return _Match(terms, text="" if is_exact(node.text) else node.text) if terms else None
    either = isinstance(node, Or)
    if isinstance(node, Term):
        nodes: Sequence[Node] = (node,)
    elif isinstance(node, And) or (isinstance(node, Or) and node.at_least == 1):
        nodes = node.nodes
    else:
        return None
    terms = [
        (one.field, one.text) for one in nodes if isinstance(one, Term) and one.field in TERM_FIELDS
    ]
    return _Match(terms, either) if terms and len(terms) == len(nodes) else None


class _Call(NamedTuple):
    """What to run, and on which documents."""

    run: Run
    match: _Match
    lists: list[list[tuple[int, int]]]


def _answer(snapshot: Snapshot, request: Request, stop: int, call: _Call) -> Answer | None:
    terms = [snapshot.term(one.field, one.text) for one in request.scores]
    rows = [term.rows or _add_rows(snapshot, term) for term in terms]
    if not all(rows):
        return None
    match, scoring = call.match, zip(request.scores, terms, strict=True)
    best, scores, found, ends = call.run(
        _LIKE[snapshot.number_type],
        match.either,
        snapshot.places_with_texts if match.text else snapshot.places,
        np.array(call.lists, np.int64),
        to_units(match.text) if match.text else _NO_TEXT,
        np.array(rows, np.int64).reshape(len(rows), len(snapshot.segments), 5),
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
    for field, (begin, end) in zip(snapshot.fields(term.field), term.spans, strict=True):
        if field.addresses is None:
            return []
        freqs, lengths = field.addresses
        freqs += begin
        if freqs == begin:
            held.append(field.freqs(begin, end))
            freqs = held[-1].ctypes.data
        docs = field.address + begin * field.docs.itemsize
        rows += (docs, freqs, end - begin, lengths, weights)
    term.rows, term.held = rows, held
    return rows
