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
from indexer.engines.whoosh.columns import NUMBERS, Array, to_units
from indexer.engines.whoosh.evaluate import is_exact, run_terms
from indexer.engines.whoosh.kernels import Run, runner
from indexer.engines.whoosh.order import Hits
from indexer.engines.whoosh.snapshot import Snapshot, Weighed
from indexer.model import And, Literal, Node, Or, Request, Sort, Term

_NO_TEXT = to_units("")
_NO_FACTORS = np.zeros((0, 0))
_LIKE = {code: np.zeros(0, code) for code in NUMBERS}
for _one in _LIKE.values():
    _one.setflags(write=False)


class Answer(NamedTuple):
    """How many match, in how many articles, who they are by segment, and the page of hits."""

    total: int
    articles: int
    kept: Sequence[Array]
    hits: Hits


def answer_terms(snapshot: Snapshot, request: Request, stop: int | None) -> Answer | None:
    """Answer a request for terms or for a run; nothing where it asks for more."""
    run = _runner(snapshot, request, stop)
    if run is None or request.filters or not snapshot.plain:
        return None
    match = _read(request.match)
    if match is None or (match.text and not snapshot.implied):
        return None
    spend()
    alone = len(match.terms) == 1 and snapshot.whole and not match.text
    program: list[int] = []
    kept: list[Array] = []
    for name, text in match.terms:
        for field in snapshot.fields(name):
            begin, end = field.find(text)
            program += (field.address + begin * field.docs.itemsize, end - begin)
            if alone:
                kept.append(field.docs[begin:end])
    return _answer(snapshot, request, stop or 0, run, match, program, kept if alone else None)


def answer_kept(
    snapshot: Snapshot, request: Request, kept: Sequence[Array], stop: int | None
) -> Answer | None:
    """Choose the best of the documents of each segment; nothing where that is asked otherwise."""
    run, code = _runner(snapshot, request, stop), snapshot.number_type
    if run is None or any(one.dtype.char != code for one in kept if len(one)):
        return None
    program: list[int] = []
    for documents in kept:
        program += (documents.ctypes.data, len(documents))
    return _answer(snapshot, request, stop or 0, run, _ANYTHING, program, kept)


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


def _read(node: Node) -> _Match | None:
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


def _answer(
    snapshot: Snapshot,
    request: Request,
    stop: int,
    run: Run,
    match: _Match,
    program: list[int],
    kept: Sequence[Array] | None,
) -> Answer | None:
    """Complete a program by the terms that score, run it, and read what it gives.

    `kept` is who matches in each segment, where that is known before.
    """
    terms = [snapshot.term(one.field, one.text) for one in request.scores]
    told = [term.told or _tell(snapshot, term) for term in terms]  # held till the program has run
    for rows, _ in told:
        if not rows:
            return None
        program += rows
    rarities = [one.weight * term.rarity for one, term in zip(request.scores, terms, strict=True)]
    found, scores, facts = run(
        _LIKE[snapshot.number_type],
        match.either,
        snapshot.places_with_texts if match.text else snapshot.places,
        np.array(program, np.int64),
        to_units(match.text) if match.text else _NO_TEXT,
        np.array(rarities, np.float64),
        snapshot.kind_factors(request.kind_factors) if request.kind_factors else _NO_FACTORS,
        stop,
    )
    told, size = facts.tolist(), len(snapshot.segments)
    ends, articles, best = told[:size], told[size], told[size + 1 + 3 * request.start :]
    scored = scores.tolist()[request.start :]
    if kept is None:
        kept = [found[begin:end] for begin, end in pairwise([0, *ends])]
    hits = Hits(best[1::3], best[2::3], [0] * len(scored), scored)
    return Answer(ends[-1], articles, kept, hits)


def _tell(snapshot: Snapshot, term: Weighed) -> tuple[list[int], list[Array]]:
    """Tell where everything of a term stands; nothing where loops do not take it."""
    rows: list[int] = []
    held: list[Array] = []
    weights = snapshot.weights(term.field).address
    for field, (begin, end) in zip(snapshot.fields(term.field), term.spans, strict=True):
        if field.addresses is None:
            return [], []
        freqs, lengths = field.addresses
        freqs += begin
        if freqs == begin:
            held.append(field.freqs(begin, end))
            freqs = held[-1].ctypes.data
        docs = field.address + begin * field.docs.itemsize
        rows += (docs, freqs, end - begin, lengths, weights)
    term.told = rows, held
    return term.told
