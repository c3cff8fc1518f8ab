"""Programs run by compiled loops, see `program`; only `kernels` leads here.

A program is two rows of eight-byte values, one of whole numbers and one of floats. The numbers are
`HEAD` facts: whether any list will do, how many segments there are, the address of what they are,
how many lists, terms and wanted hits there are, the address and length of a text, the address of
the factors of the kinds, for how many kinds of each segment, and whether all that match are wanted.
Then come

- the lists of documents that decide who matches: for each, and for each segment, the address and
  the length;
- the address of every term that scores, where for each segment stand the addresses of documents and
  frequencies, how many these are, and the addresses of the field's lengths and weights;
- room for the answer: where the documents of each segment end, the number of articles, how many
  hits there are, and these, each as order, segment and document.

The floats are the rarities of the terms, then room for the scores of the hits.

Of a segment stand the addresses of each document's article, how many documents there are, the
addresses of their global numbers, their kinds, their texts, of where those begin, of which are
live, which is 0 where all are, and of the lowest bytes of the articles.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import carray  # type: ignore[attr-defined]
from numba.core import types
from numba.extending import intrinsic

from indexer.engines.whoosh.compiled import (
    add_found,
    add_term,
    count_articles,
    mark,
    marked,
    njit,
    shared,
    stand_in,
)

_SEEK = 8
"""Postings so many times more than the documents to be scored are looked up, not walked."""

_SPARSE = 32
"""Unions of fewer than one in so many documents are merged, others marked."""

HEAD = 11
"""Numbers that a program begins with."""

_ROW = 5
"""Numbers that a program says of a term in a segment."""

_FEW = 16
"""Texts that are looked through in less time than it takes to look one more list up."""

_BYTES, _SHORTS, _INTS = np.empty(0, "u1"), np.empty(0, "u2"), np.empty(0, "i4")
_LONGS, _FLOATS, _BOOLS = np.empty(0, "i8"), np.empty(0, "f8"), np.empty(0, "?")


@intrinsic
def _pointer(_context: Any, address: Any, like: Any) -> Any:
    """Take an address for one of values of the type that an array holds."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.inttoptr(values[0], context.get_value_type(signature.return_type))

    pointer: Any = types.CPointer
    return pointer(like.dtype)(address, like), generate


_to: Any = _pointer


# ---------------------------------------------------------------- who matches


@njit
def _in_all(lists: Any, few: int, like: Any) -> Any:
    """Return what is in all lists, from the shortest on; once it is few enough, maybe more."""
    shortest = 0
    for at in range(1, len(lists)):
        if lists[at, 1] < lists[shortest, 1]:
            shortest = at
    documents = carray(_to(lists[shortest, 0], like), lists[shortest, 1])
    for at in range(len(lists)):
        if at != shortest and len(documents) > few:
            documents = shared(documents, carray(_to(lists[at, 0], like), lists[at, 1]))
    return documents


@njit
def _in_any(lists: Any, size: int, like: Any) -> Any:
    """Return what is in any list."""
    total = lists[:, 1].sum()
    out = np.empty(max(total, size) + 1, like.dtype)
    if total * _SPARSE > size:
        mask = np.zeros(size, np.bool_)
        for at in range(len(lists)):
            mark(mask, carray(_to(lists[at, 0], like), lists[at, 1]))
        return out[: marked(mask, out)]
    count = 0
    for at in range(len(lists)):
        out[count : count + lists[at, 1]] = carray(_to(lists[at, 0], like), lists[at, 1])
        count += lists[at, 1]
    out[:total].sort()
    count = 0
    for at in range(total):
        if not count or out[at] != out[count - 1]:
            out[count] = out[at]
            count += 1
    return out[:count]


@njit
def _live(documents: Any, segment: Any) -> Any:
    """Leave the deleted documents out."""
    if not segment[6]:
        return documents
    live, count = carray(_to(segment[6], _BOOLS), segment[1]), 0
    kept = np.empty(len(documents), documents.dtype)
    for number in documents:
        kept[count] = number
        count += live[number]
    return kept[:count]


@njit
def _find(either: bool, lists: Any, text: Any, segment: Any, like: Any) -> Any:
    """Return the documents of a segment that match."""
    if either and len(lists) > 1:
        return _live(_in_any(lists, segment[1], like), segment)
    documents = _live(_in_all(lists, _FEW if len(text) else 0, like), segment)
    if not len(text):
        return documents
    starts = carray(_to(segment[5], _LONGS), segment[1] + 1)
    texts = carray(_to(segment[4], _SHORTS), starts[segment[1]])
    return documents[stand_in(texts, starts, text, documents)]


# ---------------------------------------------------------------- which are best


@njit
def _row(terms: Any, at: int, place: int) -> Any:
    """Return what a program says of a term in a segment."""
    return carray(_to(terms[at] + 8 * _ROW * place, _LONGS), _ROW)


@njit
def _score(documents: Any, terms: Any, rarities: Any, place: int, size: int) -> Any:
    """Add up the terms of a program in their order, over a few documents or over all there are."""
    total = 0
    for at in range(len(terms)):
        total += _row(terms, at, place)[2]
    walked = total <= _SEEK * len(documents)
    scores = np.zeros(size if walked else len(documents))
    for at in range(len(terms)):
        row = _row(terms, at, place)
        docs, freqs = carray(_to(row[0], documents), row[2]), carray(_to(row[1], _BYTES), row[2])
        lengths, table = carray(_to(row[3], _BYTES), size), carray(_to(row[4], _FLOATS), 1 << 16)
        if walked:
            add_term(scores, docs, freqs, lengths, table, rarities[at])
        else:
            add_found(scores, documents, docs, freqs, lengths, table, rarities[at])
    if not walked:
        return scores
    held = np.empty(len(documents))
    for at in range(len(documents)):
        held[at] = scores[documents[at]]
    return held


@njit
def _keep(best: Any, scores: Any, held: int, score: float, hit: Any) -> int:
    """Put a hit where it belongs among the best, by score, then order; return how many are held."""
    at = held
    while at and (score > scores[at - 1] or (score == scores[at - 1] and hit[0] < best[at - 1, 0])):
        at -= 1
    if at == len(scores):
        return held
    held = min(held + 1, len(scores))
    for later in range(held - 1, at, -1):
        scores[later], best[later] = scores[later - 1], best[later - 1]
    scores[at] = score
    best[at, 0], best[at, 1], best[at, 2] = hit
    return held


@njit
def _choose(best: Any, scores: Any, held: int, gained: Any, documents: Any, where: Any) -> int:
    """Keep the best of the documents of a segment; return how many are held."""
    place, orders = where
    for at in range(len(documents)):
        if held < len(scores) or gained[at] >= scores[held - 1]:
            hit = (orders[documents[at]], place, np.int64(documents[at]))
            held = _keep(best, scores, held, gained[at], hit)
    return held


@njit
def _choose_alone(best: Any, scores: Any, held: int, row: Any, rarity: float, where: Any) -> Any:
    """Do what `_score` and `_choose` do for all documents of one term, in one go."""
    place, orders, documents = where
    freqs, lengths = carray(_to(row[1], _BYTES), row[2]), carray(_to(row[3], _BYTES), len(orders))
    table = carray(_to(row[4], _FLOATS), 1 << 16)
    worst = scores[held - 1] if held == len(scores) else -np.inf
    for at in range(len(documents)):
        number = documents[at]
        score = rarity * table[(freqs[at] << 8) | lengths[number]]
        if score >= worst:
            hit = (orders[number], place, np.int64(number))
            held = _keep(best, scores, held, score, hit)
            worst = scores[held - 1] if held == len(scores) else -np.inf
    return held


@njit
def _best(
    best: Any, scores: Any, held: int, documents: Any, where: Any, score: Any, factors: Any
) -> Any:
    """Keep the best of the documents of a segment; return how many are held."""
    (place, segment, chosen), (terms, rarities) = where, score
    orders = carray(_to(segment[2], _LONGS), segment[1])
    if len(terms) == 1 and not factors.shape[1]:
        row = _row(terms, 0, place)
        if row[0] == chosen[0, 0] and row[2] == len(documents):
            alone = (place, orders, documents)
            return _choose_alone(best, scores, held, row, rarities[0], alone)
    gained = _score(documents, terms, rarities, place, segment[1])
    _multiply(gained, factors[place], segment[3], documents)
    return _choose(best, scores, held, gained, documents, (place, orders))


@njit
def _run(like: Any, numbers: int, floats: int) -> Any:
    """Run a program, given by its addresses, and write the answer where there is room for it.

    Returns everything that matches end to end, if that is asked for.
    """
    head = carray(_to(numbers, _LONGS), HEAD)
    size, wanted, at = head[1], head[5], numbers + 8 * HEAD
    segments = carray(_to(head[2], _LONGS), (size, 8))
    text = carray(_to(head[6], _SHORTS), head[7])
    factors = carray(_to(head[8], _FLOATS), (size, head[9]))
    lists = carray(_to(at, _LONGS), (head[3], size, 2))
    at += 16 * lists.shape[0] * size
    terms = carray(_to(at, _LONGS), head[4])
    at += 8 * len(terms)
    facts = carray(_to(at, _LONGS), size + 2)
    best = carray(_to(at + 8 * len(facts), _LONGS), (wanted, 3))
    score = terms, carray(_to(floats, _FLOATS), len(terms))
    scores = carray(_to(floats + 8 * len(terms), _FLOATS), wanted)
    found, held = carray(_to(0, like), 0), 0
    for place in range(size):
        segment, chosen = segments[place], lists[:, place]
        documents = _find(head[0], chosen, text, segment, like)
        facts[place] = len(documents) + (facts[place - 1] if place else 0)
        if len(documents):
            facts[size] += _count_articles(documents, segment)
            if wanted:
                where = (place, segment, chosen)
                held = _best(best, scores, held, documents, where, score, factors)
        if head[10]:
            found = np.concatenate((found, documents)) if len(found) else documents
    facts[size + 1] = held
    return found if head[10] else None


@njit
def _count_articles(documents: Any, segment: Any) -> Any:
    """Count the articles in which documents of a segment stand."""
    articles = carray(_to(segment[0], _INTS), segment[1])
    return count_articles(carray(_to(segment[7], _BYTES), segment[1]), articles, documents)


@njit
def _multiply(scores: Any, factors: Any, address: int, documents: Any) -> None:
    """Multiply by the factors of the kinds, if there are any."""
    if len(factors):
        kinds = carray(_to(address, _BYTES), int(documents[-1]) + 1)
        for at in range(len(documents)):
            scores[at] *= factors[kinds[documents[at]]]


@njit
def run_short(numbers: int, floats: int) -> Any:
    """Run a program over document numbers of two bytes."""
    return _run(_SHORTS, numbers, floats)


@njit
def run_long(numbers: int, floats: int) -> Any:
    """Run a program over document numbers of four bytes."""
    return _run(_INTS, numbers, floats)


RUNS = {"H": run_short, "i": run_long}


def prepare() -> None:
    """Compile for the types that occur, or fetch what was compiled before."""
    numbers, floats = np.zeros(HEAD + 2, np.int64), np.zeros(0)
    for run in RUNS.values():
        run(numbers.ctypes.data, floats.ctypes.data)
