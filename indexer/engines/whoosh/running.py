"""Programs run by compiled loops, see `program`; only `kernels` leads here.

Everything is told by addresses:

- `segments` has rows of the address of each document's article, how many documents there are, the
  addresses of their global numbers, their kinds, their texts, of where those begin, of which are
  live, which is 0 where all are, and of the lowest bytes of the articles;
- a program begins with the lists of documents that decide who matches, and for each segment where
  the list stands and how long it is;
- it goes on with the terms that score, and for each segment where their documents and frequencies
  stand, how many these are, and where the field's lengths and weights stand.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import carray  # type: ignore[attr-defined]
from numba.core import types
from numba.extending import intrinsic

from indexer.engines.whoosh.columns import NUMBERS
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
def _score(documents: Any, rows: Any, rarities: Any, size: int) -> Any:
    """Add up the terms of a program in their order, over a few documents or over all there are."""
    total = 0
    for at in range(len(rarities)):
        total += rows[at, 2]
    walked = total <= _SEEK * len(documents)
    scores = np.zeros(size if walked else len(documents))
    for at in range(len(rarities)):
        row = rows[at]
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
def run(
    like: Any,
    either: bool,
    segments: Any,
    program: Any,
    text: Any,
    rarities: Any,
    factors: Any,
    wanted: int,
) -> Any:
    """Find what is in all or `either` of the lists and holds a text, if there is one; score it.

    Returns everything that matches end to end (but what a single list holds, where all is live),
    the best scores, and as one array: where the documents of each segment end, the number of
    articles, and the best hits, each as order, segment and document.
    """
    best, scores, held = np.empty((wanted, 3), np.int64), np.empty(wanted), 0
    found, ends = np.empty(0, like.dtype), np.zeros(len(segments) + 1, np.int64)
    border = len(program) - len(rarities) * len(segments) * 5
    lists = program[:border].reshape(border // (len(segments) * 2), len(segments), 2)
    terms = program[border:].reshape(len(rarities), len(segments), 5)
    for place in range(len(segments)):
        segment, rows = segments[place], terms[:, place]
        documents = _find(either, lists[:, place], text, segment, like)
        ends[place] = len(documents) + (ends[place - 1] if place else 0)
        if len(documents):
            ends[-1] += _count_articles(documents, segment)
        if len(documents) and wanted:
            orders = carray(_to(segment[2], _LONGS), segment[1])
            alone = len(rows) == 1 and not factors.shape[1] and len(documents) == rows[0, 2]
            if alone and rows[0, 0] == lists[0, place, 0]:
                where = (place, orders, documents)
                held = _choose_alone(best, scores, held, rows[0], rarities[0], where)
            else:
                gained = _score(documents, rows, rarities, segment[1])
                _multiply(gained, factors[place], segment[3], documents)
                held = _choose(best, scores, held, gained, documents, (place, orders))
        if len(lists) > 1 or len(text) or segments[:, 6].any():
            found = np.concatenate((found, documents)) if len(found) else documents
    return found, scores[:held], np.concatenate((ends, best[:held].ravel()))


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


def prepare() -> None:
    """Compile for the types that occur, or fetch what was compiled before."""
    segments, program = np.zeros((1, 8), np.int64), np.zeros(2, np.int64)
    rarities, factors = np.zeros(0), np.zeros((0, 0))
    text = np.frombuffer(b"", np.dtype("<u2"))
    for code in NUMBERS:
        like = np.zeros(0, code)
        like.setflags(write=False)
        run(like, False, segments, program, text, rarities, factors, 0)
