"""A request as numbers: one call of the compiled loops answers it over all segments.

A program says which terms are meant and where in memory everything stands that the loops look at,
so that a call costs the same however many fields and segments a request has. What these numbers
point to is held by the snapshot. No array of numpy's is made on the way: with cold caches, where a
search begins on a machine that does other things as well, making one of a list, handing it over and
reading it again takes 50 µs, one of Python's own 16.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from indexer.engines.base import TERM_FIELDS
from indexer.engines.budget import spend
from indexer.engines.whoosh.columns import Array, encode_units
from indexer.engines.whoosh.evaluate import is_exact, run_terms
from indexer.engines.whoosh.field import ROW
from indexer.engines.whoosh.kernels import Run, runner
from indexer.engines.whoosh.order import Hits, Ranking
from indexer.engines.whoosh.schema import to_bytes
from indexer.engines.whoosh.snapshot import Placed, Snapshot
from indexer.model import And, Literal, Node, Or, Request, Sort, Term

_RELEVANCE = Sort.RELEVANCE
_NO_FACTORS = Placed(np.zeros((0, 0)), 0)


class _Lazy(Sequence[Array]):
    """Documents by segment, made when they are looked at."""

    __slots__ = ("_made", "_make")

    def __init__(self, size: int, make: Callable[[int], Array]) -> None:
        self._make = make
        self._made: list[Array | None] = [None] * size

    def __len__(self) -> int:
        return len(self._made)

    def __getitem__(self, place: Any) -> Any:
        made = self._made[place]
        if made is None:
            made = self._made[place] = self._make(place)
        return made


def answer_terms(snapshot: Snapshot, request: Request, stop: int | None) -> Ranking | None:
    """Answer a request for terms or for a run; nothing where it asks for more."""
    run = runner(snapshot.number_type, stop)
    if run is None or request.filters or not snapshot.plain:
        return None
    match, kept = _read(request.match), None
    if match is None or (match.text and not snapshot.implied):
        return None
    if len(match.terms) == 1 and not match.text:
        segments, term = snapshot.segments, match.terms[0]
        kept = _Lazy(len(segments), lambda place: segments[place].find(*term))
    else:
        spend()
    return _answer(snapshot, request, stop or 0, run, match, kept)


def answer_kept(
    snapshot: Snapshot, request: Request, kept: Sequence[Array], stop: int | None
) -> Ranking | None:
    """Choose the best of the documents of each segment; nothing where that is asked otherwise."""
    run, code = runner(snapshot.number_type, stop), snapshot.number_type
    if run is None or any(one.dtype.char != code for one in kept if len(one)):
        return None
    return _answer(snapshot, request, stop or 0, run, _GIVEN, kept)


class _Match(NamedTuple):
    """Who matches: who holds all, or `either`, of some terms, and then a text, if there is one.

    Without terms they are given.
    """

    terms: list[tuple[str, str]]
    either: bool = False
    text: str = ""


_GIVEN = _Match([])


def _read(node: Node) -> _Match | None:
    """Read a node that speaks of terms, or of a run; nothing for one of another form."""
    if isinstance(node, Term):
        return _Match([(node.field, node.text)]) if node.field in TERM_FIELDS else None
    if isinstance(node, Literal):
        terms = run_terms(node.text)
        return _Match(terms, text="" if is_exact(node.text) else node.text) if terms else None
    if not (isinstance(node, And) or (isinstance(node, Or) and node.at_least == 1)):
        return None
    terms = [
        (one.field, one.text)
        for one in node.nodes
        if isinstance(one, Term) and one.field in TERM_FIELDS
    ]
    whole = terms and len(terms) == len(node.nodes)
    return _Match(terms, isinstance(node, Or)) if whole else None


def _answer(
    snapshot: Snapshot,
    request: Request,
    stop: int,
    run: Run,
    match: _Match,
    kept: Sequence[Array] | None,
) -> Ranking | None:
    """Write a program, run it, and read the answer; nothing where the loops do not take it.

    `kept` is who matches in each segment, where that is known before.
    """
    if request.tiers or request.sort is not _RELEVANCE:
        return None
    program = _write(snapshot, request, stop, match, kept)
    if program is None:
        return None
    size, start = len(snapshot.segments), request.start
    numbers, floats, texts, _ = program
    found = run(numbers.buffer_info()[0], floats.buffer_info()[0], texts.buffer_info()[0])
    facts = numbers.tolist()[-(size + 2 + 2 * stop) :]
    ends, (articles, held), best = facts[:size], facts[size : size + 2], facts[size + 2 :]
    if found is not None:
        begins = [0, *ends]
        kept = _Lazy(size, lambda place: found[begins[place] : ends[place]])
    scores = floats.tolist()[-stop:][start:held] if stop else []
    places, documents = best[2 * start : 2 * held : 2], best[2 * start + 1 : 2 * held : 2]
    hits = Hits(places, documents, [0] * len(scores), scores)
    return Ranking(ends[-1], articles, hits, kept or (), kept or (), {})


def _write(
    snapshot: Snapshot, request: Request, stop: int, match: _Match, kept: Sequence[Array] | None
) -> tuple[array[int], array[float], array[int], array[int]] | None:
    """Write a program, see `running`; nothing where the loops do not take its terms.

    Returns its numbers, floats and texts, and what else it speaks of.
    """
    texts = array("B", encode_units(match.text) if match.text else b"")
    units, size = len(texts) // 2, len(snapshot.segments)
    scored, weights = [], []
    for one in request.scores:
        scored.append((one.field, one.text))
        weights.append(one.weight)
    given, specs = array("q"), []
    if kept is not None and not match.terms:
        given = array("q", [fact for one in kept for fact in (one.ctypes.data, len(one))])
        specs = [0, given.buffer_info()[0], 0, 0]
    for field, text in scored if scored == match.terms else match.terms + scored:
        table, term, begin = snapshot.table(field), to_bytes(text), len(texts)
        if not table.address:
            return None
        texts.frombytes(term)
        specs += (table.address, begin, len(texts), crc32(term))
    factors = snapshot.kind_factors(request.kind_factors) if request.kind_factors else _NO_FACTORS
    places = snapshot.places_with_texts if match.text else snapshot.places
    head = match.either, size, places.address, len(match.terms) or 1, len(scored), stop, units
    rest = len(specs) // 4, factors.address, factors.values.shape[1], snapshot.count, kept is None
    room = len(specs) // 4 * size * ROW + size + 2 + 2 * stop
    numbers = array("q", [*head, *rest, *specs, *[0] * room])
    return numbers, array("d", [*weights, *[0.0] * stop]), texts, given
