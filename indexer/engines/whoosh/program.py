"""A request as numbers: one call of the compiled loops answers it over all segments.

A program says where in memory everything stands that the loops look at, so that a call costs the
same however many fields and segments a request has. What these numbers point to is held by the
snapshot. No array of numpy's is made on the way: with cold caches, where a search begins on a
machine that does other things as well, its first array of a list takes 30 µs, one of Python's 10.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from indexer.engines.base import TERM_FIELDS
from indexer.engines.budget import spend
from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.evaluate import is_exact, run_terms
from indexer.engines.whoosh.field import Span
from indexer.engines.whoosh.kernels import Run, runner
from indexer.engines.whoosh.order import Hits
from indexer.engines.whoosh.snapshot import Snapshot, Told, Weighed
from indexer.model import And, Literal, Node, Or, Request, Sort, Term

_RELEVANCE = Sort.RELEVANCE


class Answer(NamedTuple):
    """How many match, in how many articles, who they are by segment, and the page of hits."""

    total: int
    articles: int
    kept: Sequence[Array]
    hits: Hits


class _Parts(Sequence[Array]):
    """Parts of arrays, cut out when they are looked at, which most are not."""

    __slots__ = ("_arrays", "_spans")

    def __init__(self, arrays: Sequence[Array], spans: Sequence[Span]) -> None:
        self._arrays, self._spans = arrays, spans

    def __len__(self) -> int:
        return len(self._spans)

    def __getitem__(self, place: Any) -> Any:
        begin, end = self._spans[place]
        return self._arrays[place][begin:end]


def answer_terms(snapshot: Snapshot, request: Request, stop: int | None) -> Answer | None:
    """Answer a request for terms or for a run; nothing where it asks for more."""
    run = _runner(snapshot, request, stop)
    if run is None or request.filters or not snapshot.plain:
        return None
    match = _read(request.match)
    if match is None or (match.text and not snapshot.implied):
        return None
    spend()
    lists: list[int] = []
    spans: list[Span] = []
    arrays: list[Array] = []
    for name, text in match.terms:
        for field in snapshot.fields(name):
            begin, end = span = field.find(text)
            lists += (field.address + begin * field.width, end - begin)
            spans.append(span)
            arrays.append(field.docs)
    alone = len(match.terms) == 1 and snapshot.whole and not match.text
    kept = _Parts(arrays, spans) if alone else None
    return _answer(snapshot, request, stop or 0, run, match, lists, kept)


def answer_kept(
    snapshot: Snapshot, request: Request, kept: Sequence[Array], stop: int | None
) -> Answer | None:
    """Choose the best of the documents of each segment; nothing where that is asked otherwise."""
    run, code = _runner(snapshot, request, stop), snapshot.number_type
    if run is None or any(one.dtype.char != code for one in kept if len(one)):
        return None
    lists: list[int] = []
    for documents in kept:
        lists += (documents.ctypes.data, len(documents))
    return _answer(snapshot, request, stop or 0, run, _ANYTHING, lists, kept)


def _runner(snapshot: Snapshot, request: Request, stop: int | None) -> Run | None:
    """Return what runs programs where scores alone decide."""
    if stop is None or request.tiers or request.sort is not _RELEVANCE:
        return None
    return runner(snapshot.number_type, stop)


class _Match(NamedTuple):
    """Who matches: who holds all, or `either`, of some terms, and then a text, if there is one."""

    terms: Sequence[tuple[str, str]]
    either: bool = False
    text: str = ""


_ANYTHING = _Match(())
_NOWHERE = Told(array("q"), 0, [])


def _read(node: Node) -> _Match | None:
    """Read a node that speaks of terms, or of a run; nothing for one of another form."""
    if isinstance(node, Term):
        return _Match(((node.field, node.text),)) if node.field in TERM_FIELDS else None
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
    lists: list[int],
    kept: Sequence[Array] | None,
) -> Answer | None:
    """Complete a program by the terms that score, run it, and read what it gives.

    `kept` is who matches in each segment, where that is known before.
    """
    told: list[Told] = []  # held till the program has run
    rarities: list[float] = []
    for one in request.scores:
        term = snapshot.term(one.field, one.text)
        told.append(term.told or _tell(snapshot, term))
        rarities.append(one.weight * term.rarity)
    addresses = [one.address for one in told]
    if not all(addresses):
        return None
    size = len(snapshot.segments)
    places = snapshot.places_with_texts if match.text else snapshot.places
    text = array("H", match.text.encode("utf-16-le", "surrogatepass"))
    factors, kinds = _factors(snapshot, request)
    head = match.either, size, places.address, len(lists) // (2 * size), len(told), stop
    rest = *text.buffer_info(), factors, kinds, kept is None
    room = [0] * (size + 2 + 3 * stop)
    numbers = array("q", [*head, *rest, *lists, *addresses, *room])
    floats = array("d", [*rarities, *[0.0] * stop])
    found = run(numbers.buffer_info()[0], floats.buffer_info()[0])
    facts, scores = numbers.tolist()[-len(room) :], floats.tolist()[len(told) :]
    if found is not None:
        kept = _Parts([found] * size, list(pairwise([0, *facts[:size]])))
    return _read_answer(facts, scores, size, request.start, kept or ())


def _factors(snapshot: Snapshot, request: Request) -> tuple[int, int]:
    """Tell where the factors of the kinds stand, which the snapshot keeps, and how many."""
    if not request.kind_factors:
        return 0, 0
    factors = snapshot.kind_factors(request.kind_factors)
    return factors.address, factors.values.shape[1]


def _read_answer(
    facts: list[int], scores: list[float], size: int, start: int, kept: Sequence[Array]
) -> Answer:
    """Read what a program wrote over `size` segments, hits from `start` on."""
    held, best = facts[size + 1], facts[size + 2 :]
    places, documents = best[3 * start + 1 : 3 * held : 3], best[3 * start + 2 : 3 * held : 3]
    hits = Hits(places, documents, [0] * len(places), scores[start:held])
    return Answer(facts[size - 1], facts[size], kept, hits)


def _tell(snapshot: Snapshot, term: Weighed) -> Told:
    """Tell where everything of a term stands; nowhere where loops do not take it."""
    rows: list[int] = []
    held: list[Array] = []
    weights = snapshot.weights(term.field).address
    for field, (begin, end) in zip(snapshot.fields(term.field), term.spans, strict=True):
        if field.addresses is None:
            return _NOWHERE
        freqs, lengths = field.addresses
        freqs += begin
        if freqs == begin:
            held.append(field.freqs(begin, end))
            freqs = held[-1].ctypes.data
        rows += (field.address + begin * field.width, freqs, end - begin, lengths, weights)
    packed = array("q", rows)
    term.told = told = Told(packed, packed.buffer_info()[0], held)
    return told
