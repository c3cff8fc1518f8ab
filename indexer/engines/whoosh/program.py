"""A request as numbers: one call of the compiled loops answers it over all segments.

A program says which terms are meant and where in memory everything stands that the loops look at,
so that a call costs the same however many fields and segments a request has. What these numbers
point to is held by the snapshot. No array of numpy's is made on the way: with cold caches, where a
search begins on a machine that does other things as well, making one of a list and handing it over
takes 40 µs, one of Python's 10.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from zlib import crc32

from indexer.engines.base import TERM_FIELDS
from indexer.engines.budget import spend
from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.evaluate import is_exact, run_terms
from indexer.engines.whoosh.kernels import Run, runner
from indexer.engines.whoosh.order import Hits
from indexer.engines.whoosh.schema import to_bytes
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.model import And, Literal, Node, Or, Request, Sort, Term

_RELEVANCE = Sort.RELEVANCE


class Answer(NamedTuple):
    """How many match, in how many articles, who they are by segment, and the page of hits."""

    total: int
    articles: int
    kept: Sequence[Array]
    hits: Hits


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


def answer_terms(snapshot: Snapshot, request: Request, stop: int | None) -> Answer | None:
    """Answer a request for terms or for a run; nothing where it asks for more."""
    run = _runner(snapshot, request, stop)
    if run is None or request.filters or not snapshot.plain:
        return None
    match = _read(request.match)
    if match is None or (match.text and not snapshot.implied):
        return None
    spend()
    kept = None
    if len(match.terms) == 1 and not match.text:
        segments, term = snapshot.segments, match.terms[0]
        kept = _Lazy(len(segments), lambda place: segments[place].find(*term))
    return _answer(snapshot, request, stop or 0, run, match, kept)


def answer_kept(
    snapshot: Snapshot, request: Request, kept: Sequence[Array], stop: int | None
) -> Answer | None:
    """Choose the best of the documents of each segment; nothing where that is asked otherwise."""
    run, code = _runner(snapshot, request, stop), snapshot.number_type
    if run is None or any(one.dtype.char != code for one in kept if len(one)):
        return None
    given = array("q", [fact for one in kept for fact in (one.ctypes.data, len(one))])
    return _answer(snapshot, request, stop or 0, run, _Match([], given=given), kept)


def _runner(snapshot: Snapshot, request: Request, stop: int | None) -> Run | None:
    """Return what runs programs where scores alone decide."""
    if stop is None or request.tiers or request.sort is not _RELEVANCE:
        return None
    return runner(snapshot.number_type, stop)


class _Match(NamedTuple):
    """Who matches: who holds all, or `either`, of some terms, and then a text, if there is one.

    Or else it is given, by the address and number of the documents of each segment.
    """

    terms: list[tuple[str, str]]
    either: bool = False
    text: str = ""
    given: array[int] | None = None


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
) -> Answer | None:
    """Write a program, run it, and read what it gives; nothing where the loops do not take it.

    `kept` is who matches in each segment, where that is known before.
    """
    texts = array("B", match.text.encode("utf-16-le", "surrogatepass") if match.text else b"")
    units, scored = len(texts) // 2, [(one.field, one.text) for one in request.scores]
    terms = scored if scored == match.terms else match.terms + scored
    specs = _specify(snapshot, terms, texts)
    if specs is None:
        return None
    if match.given:
        specs = [0, match.given.buffer_info()[0], 0, 0, *specs]
    size, lists = len(snapshot.segments), len(match.terms) or 1
    places = snapshot.places_with_texts if match.text else snapshot.places
    head = match.either, size, places.address, lists, len(scored), stop, units, len(specs) // 4
    rest = *_factors(snapshot, request), snapshot.count, kept is None
    room = [0] * (size + 2 + 3 * stop)
    numbers = array("q", [*head, *rest, *specs, *room])
    floats = array("d", [*(one.weight for one in request.scores), *[0.0] * stop])
    found = run(*(one.buffer_info()[0] for one in (numbers, floats, texts)))
    facts, scores = numbers.tolist()[-len(room) :], floats.tolist()[len(scored) :]
    if found is not None:
        ends = [0, *facts[:size]]
        kept = _Lazy(size, lambda place: found[ends[place] : ends[place + 1]])
    return _read_answer(facts, scores, size, request.start, kept or ())


def _specify(
    snapshot: Snapshot, terms: Sequence[tuple[str, str]], texts: array[int]
) -> list[int] | None:
    """Tell what terms are meant, their bytes put behind others; nothing where loops fail them."""
    specs: list[int] = []
    for field, text in terms:
        table, term, begin = snapshot.table(field), to_bytes(text), len(texts)
        if not table.address:
            return None
        texts.frombytes(term)
        specs += (table.address, begin, len(texts), crc32(term))
    return specs


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
