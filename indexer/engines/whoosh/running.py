"""Programs run by compiled loops, see `program`; only `kernels` imports this.

A program is an array of terms by segments by five numbers: the addresses of a term's documents
and of its frequencies, how many there are, the addresses of the field's lengths and weights.
Segments are rows of four: the address of each document's article, how many documents there are,
the addresses of their global numbers and of their kinds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import carray  # type: ignore[attr-defined]
from numba.core import types
from numba.extending import intrinsic

from indexer.engines.whoosh.compiled import (
    NUMBERS,
    add_found,
    add_term,
    count_changes,
    mark,
    marked,
    njit,
    shared,
)

GIVEN, HOLD_ALL, HOLD_ANY = 0, 1, 2
"""Which documents match: those given by address and number, by segment; those that hold all, or
any, of the terms given by their rows."""

_SEEK = 8
"""Postings so many times more than the documents to be scored are looked up, not walked."""

_SPARSE = 32
"""Unions of fewer than one in so many documents are merged, others marked."""

_BYTES, _INTS, _LONGS, _FLOATS = (np.empty(0, one) for one in ("u1", "i4", "i8", "f8"))


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
def _hold_all(out: Any, rows: Any, matched: Any) -> int:
    """Write down the documents that hold all the terms, from the rarest on; return how many."""
    rarest = 0
    for at in range(1, len(matched)):
        if rows[matched[at, 0], 2] < rows[matched[rarest, 0], 2]:
            rarest = at
    documents = carray(_to(rows[matched[rarest, 0], 0], out), rows[matched[rarest, 0], 2])
    for at in range(len(matched)):
        if at != rarest and len(documents):
            row = rows[matched[at, 0]]
            documents = shared(documents, carray(_to(row[0], out), row[2]))
    out[: len(documents)] = documents
    return len(documents)


@njit
def _hold_any(out: Any, rows: Any, matched: Any, size: int) -> Any:
    """Write down the documents that hold any of the terms; return how many."""
    total = 0
    for at in range(len(matched)):
        total += rows[matched[at, 0], 2]
    if total * _SPARSE > size:
        mask = np.zeros(size, np.bool_)
        for at in range(len(matched)):
            row = rows[matched[at, 0]]
            mark(mask, carray(_to(row[0], out), row[2]))
        return marked(mask, out)
    documents = np.empty(total, out.dtype)
    count = 0
    for at in range(len(matched)):
        row = rows[matched[at, 0]]
        documents[count : count + row[2]] = carray(_to(row[0], out), row[2])
        count += row[2]
    documents.sort()
    count = 0
    for at in range(total):
        if not at or documents[at] != documents[at - 1]:
            out[count] = documents[at]
            count += 1
    return count


@njit
def _most(mode: int, program: Any, matched: Any, segments: Any) -> Any:
    """Return how many documents of each segment can match at the most."""
    most = np.zeros(len(segments), np.int64)
    for place in range(len(segments)):
        if mode == HOLD_ALL:
            most[place] = segments[place, 1]
            for at in range(len(matched)):
                most[place] = min(most[place], program[matched[at, 0], place, 2])
        elif mode == HOLD_ANY:
            most[place] = segments[place, 1] + 1  # `marked` writes one more than it counts
    return most


# ---------------------------------------------------------------- which are best


@njit
def _score_term(documents: Any, row: Any, rarity: float, size: int) -> Any:
    """Score by one term that stands in as many documents as there are."""
    docs, freqs = carray(_to(row[0], documents), row[2]), carray(_to(row[1], _BYTES), row[2])
    lengths, table = carray(_to(row[3], _BYTES), size), carray(_to(row[4], _FLOATS), 1 << 16)
    scores = np.zeros(len(documents))
    for at in range(len(documents)):
        if docs[at] != documents[at]:
            scores[:] = 0.0
            add_found(scores, documents, docs, freqs, lengths, table, rarity)
            break
        scores[at] = rarity * table[(freqs[at] << 8) | lengths[docs[at]]]
    return scores


@njit
def _score(documents: Any, rows: Any, rarities: Any, size: int) -> Any:
    """Add up the terms of a program in their order, over a few documents or over all there are."""
    total = 0
    for at in range(len(rarities)):
        total += rows[at, 2]
    if len(rarities) == 1 and total == len(documents):
        return _score_term(documents, rows[0], rarities[0], size)
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
def _find(out: Any, mode: int, rows: Any, matched: Any, place: int, size: int) -> Any:
    """Return the documents of a segment that match, written down in `out` but where given."""
    if mode == HOLD_ALL:
        return out[: _hold_all(out, rows, matched)]
    if mode == HOLD_ANY:
        return out[: _hold_any(out, rows, matched, size)]
    return carray(_to(matched[place, 0], out), matched[place, 1])


@njit
def run(
    like: Any,
    mode: int,
    segments: Any,
    program: Any,
    matched: Any,
    rarities: Any,
    factors: Any,
    wanted: int,
) -> Any:
    """Run a program whose first terms score, by their rarities, in documents of the type `like`.

    Returns the best as order, segment and document, their scores, everything that matches end to
    end (but what was given), and where that of each segment ends; at last, the number of articles.
    """
    best, scores, held = np.empty((wanted, 3), np.int64), np.empty(wanted), 0
    most = _most(mode, program, matched, segments)
    found, ends = np.empty(most.sum(), like.dtype), np.zeros(len(segments) + 1, np.int64)
    start = 0
    for place in range(len(segments)):
        size, rows = segments[place, 1], program[:, place]
        out = found[start : start + most[place]]
        documents = _find(out, mode, rows, matched, place, size)
        start += len(documents)
        ends[place] = start
        if len(documents):
            ends[-1] += count_changes(carray(_to(segments[place, 0], _INTS), size), documents)
        if len(documents) and wanted:
            gained = _score(documents, rows, rarities, size)
            if factors.shape[1]:
                kinds = carray(_to(segments[place, 3], _BYTES), size)
                for at in range(len(documents)):
                    gained[at] *= factors[place, kinds[documents[at]]]
            orders = carray(_to(segments[place, 2], _LONGS), size)
            held = _choose(best, scores, held, gained, documents, (place, orders))
    return best[:held], scores[:held], found, ends


def prepare() -> None:
    """Compile for the types that occur, or fetch what was compiled before."""
    floats, program = np.zeros(0), np.zeros((0, 0, 5), np.int64)
    for code in NUMBERS:
        like = np.zeros(0, code)
        like.setflags(write=False)
        pairs = np.zeros((0, 2), np.int64)
        run(like, GIVEN, np.zeros((0, 4), np.int64), program, pairs, floats, np.zeros((0, 0)), 0)
