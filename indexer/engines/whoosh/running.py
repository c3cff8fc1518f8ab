"""Programs run by compiled loops, see `program`; only `kernels` leads here.

A program is three rows: whole numbers and floats of eight bytes each, and bytes of texts. The
numbers are `HEAD` facts: whether any list will do, how many segments there are, the address of what
they are, how many lists decide who matches, how many terms score, how many hits are wanted, how
long the text is that must stand in a document, how many terms are told of, the address of the
factors of the kinds and for how many kinds of each segment, how many documents are live, and
whether all that match are wanted. Then come

- for each term the address of the tables of its field, see `lookup`, where its bytes begin and end
  and their checksum; or 0 and the address of a list given by address and length for each segment.
  The first ones decide, the last ones score;
- room for `ROW` numbers on each term in each segment;
- room for the answer: where the documents of each segment end, the number of articles, how many
  hits there are, and these, each as segment and document.

The floats are the weights of the terms, then room for the scores of the hits. The texts are the
units of the text, then the terms.

Of a segment stand the addresses of each document's article, how many documents there are, the
addresses of their global numbers, their kinds, their texts, of where those begin, of which are
live, which is 0 where all are, and of the lowest bytes of the articles.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import carray  # type: ignore[attr-defined]

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
from indexer.engines.whoosh.field import ROW, TABLE
from indexer.engines.whoosh.lookup import (
    BOOLS,
    BYTES,
    FLOATS,
    INTS,
    LONGS,
    SHORTS,
    fill_in,
    look_up,
    to,
)

_SEEK = 8
"""Postings so many times more than the documents to be scored are looked up, not walked."""

_SPARSE = 32
"""Unions of fewer than one in so many documents are merged, others marked."""

HEAD = 12
"""Numbers that a program begins with."""

_FEW = 16
"""Texts that are looked through in less time than it takes to look one more list up."""


# ---------------------------------------------------------------- which terms


@njit
def _look_up_all(specs: Any, texts: int, segments: Any, rows: Any) -> None:
    """Tell where the postings of every term stand in every segment."""
    for at in range(len(specs)):
        tables, begin, end, crc = specs[at]
        for place in range(len(segments)):
            if tables:
                table = carray(to(tables + 8 * TABLE * place, LONGS), TABLE)
                look_up(table, carray(to(texts + begin, BYTES), end - begin), crc, rows[at, place])
            else:
                rows[at, place, 0] = carray(to(begin + 16 * place, LONGS), 2)[0]
                rows[at, place, 2] = carray(to(begin + 16 * place, LONGS), 2)[1]


@njit
def _fill_in_all(specs: Any, rows: Any) -> Any:
    """Make the frequencies that have to be filled in; they last as long as what is returned."""
    total = 0
    for row in rows.reshape(-1, ROW):
        total += 0 if row[1] else row[2]
    freqs, end = np.empty(total, np.uint8) if total else carray(to(0, BYTES), 0), 0
    for at in range(len(specs)):
        for place in range(rows.shape[1]):
            row = rows[at, place]
            if not row[1] and row[2]:
                table = carray(to(specs[at, 0] + 8 * TABLE * place, LONGS), TABLE)
                begin, end = end, end + row[2]
                fill_in(table, row, freqs[begin:end])
    return freqs


@njit
def _count_live(documents: Any, segment: Any) -> int:
    """Count the documents that nobody has deleted."""
    if not segment[6]:
        return len(documents)
    live, count = carray(to(segment[6], BOOLS), segment[1]), 0
    for number in documents:
        count += live[number]
    return count


@njit
def _weigh_all(rows: Any, segments: Any, count: int, weights: Any, like: Any) -> None:
    """Multiply the weight of each term by its rarity, see `base.idf`."""
    for at in range(len(rows)):
        held = 0
        for place in range(len(segments)):
            documents = carray(to(rows[at, place, 0], like), rows[at, place, 2])
            held += _count_live(documents, segments[place])
        weights[at] *= math.log1p((count - held + 0.5) / (held + 0.5))


# ---------------------------------------------------------------- who matches


@njit
def _in_all(lists: Any, few: int, like: Any) -> Any:
    """Return what is in all lists, from the shortest on; once it is few enough, maybe more."""
    shortest = 0
    for at in range(1, len(lists)):
        if lists[at, 2] < lists[shortest, 2]:
            shortest = at
    documents = carray(to(lists[shortest, 0], like), lists[shortest, 2])
    for at in range(len(lists)):
        if at != shortest and len(documents) > few:
            documents = shared(documents, carray(to(lists[at, 0], like), lists[at, 2]))
    return documents


@njit
def _in_any(lists: Any, size: int, like: Any) -> Any:
    """Return what is in any list."""
    total = lists[:, 2].sum()
    out = np.empty(max(total, size) + 1, like.dtype)
    if total * _SPARSE > size:
        mask = np.zeros(size, np.bool_)
        for at in range(len(lists)):
            mark(mask, carray(to(lists[at, 0], like), lists[at, 2]))
        return out[: marked(mask, out)]
    count = 0
    for at in range(len(lists)):
        out[count : count + lists[at, 2]] = carray(to(lists[at, 0], like), lists[at, 2])
        count += lists[at, 2]
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
    live, count = carray(to(segment[6], BOOLS), segment[1]), 0
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
    starts = carray(to(segment[5], LONGS), segment[1] + 1)
    texts = carray(to(segment[4], SHORTS), starts[segment[1]])
    return documents[stand_in(texts, starts, text, documents)]


# ---------------------------------------------------------------- which are best


@njit
def _score(documents: Any, rows: Any, rarities: Any, size: int) -> Any:
    """Add up the terms of a program in their order, over a few documents or over all there are."""
    total = 0
    for row in rows:
        total += row[2]
    walked = total <= _SEEK * len(documents)
    scores = np.zeros(size if walked else len(documents))
    for at in range(len(rows)):
        row = rows[at]
        docs, freqs = carray(to(row[0], documents), row[2]), carray(to(row[1], BYTES), row[2])
        lengths, table = carray(to(row[3], BYTES), size), carray(to(row[4], FLOATS), 1 << 16)
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
def _order(segments: Any, hit: Any) -> Any:
    """Return the global number of a document of a segment; asked for only between equals."""
    return carray(to(segments[hit[0], 2], LONGS), hit[1] + 1)[hit[1]]


@njit
def _keep(best: Any, scores: Any, held: int, score: float, hit: Any, segments: Any) -> int:
    """Put a hit where it belongs among the best, by score, then order; return how many are held."""
    at = held
    while at and score >= scores[at - 1]:
        if score == scores[at - 1] and _order(segments, hit) > _order(segments, best[at - 1]):
            break
        at -= 1
    if at == len(scores):
        return held
    held = min(held + 1, len(scores))
    for later in range(held - 1, at, -1):
        scores[later], best[later] = scores[later - 1], best[later - 1]
    scores[at] = score
    best[at, 0], best[at, 1] = hit
    return held


@njit
def _choose(best: Any, scores: Any, held: int, gained: Any, where: Any) -> int:
    """Keep the best of the documents of a segment; return how many are held."""
    place, segments, documents = where
    for at in range(len(documents)):
        if held < len(scores) or gained[at] >= scores[held - 1]:
            hit = (place, np.int64(documents[at]))
            held = _keep(best, scores, held, gained[at], hit, segments)
    return held


@njit
def _choose_alone(best: Any, scores: Any, held: int, row: Any, rarity: float, where: Any) -> int:
    """Do what `_score` and `_choose` do for all documents of one term, in one go."""
    place, segments, documents = where
    freqs, lengths = (
        carray(to(row[1], BYTES), row[2]),
        carray(to(row[3], BYTES), segments[place, 1]),
    )
    table = carray(to(row[4], FLOATS), 1 << 16)
    worst = scores[held - 1] if held == len(scores) else -np.inf
    for at in range(len(documents)):
        score = rarity * table[(freqs[at] << 8) | lengths[documents[at]]]
        if score >= worst:
            held = _keep(best, scores, held, score, (place, np.int64(documents[at])), segments)
            worst = scores[held - 1] if held == len(scores) else -np.inf
    return held


@njit
def _best(best: Any, scores: Any, held: int, where: Any, chosen: Any, score: Any) -> Any:
    """Keep the best of the documents of a segment, which come from `chosen` lists.

    Returns how many are held.
    """
    (place, segments, documents), (rows, rarities, factors) = where, score
    if len(rows) == 1 and not factors.shape[1]:
        row = rows[0, place]
        if row[0] == chosen[0, 0] and row[2] == len(documents):
            return _choose_alone(best, scores, held, row, rarities[0], where)
    gained = _score(documents, rows[:, place], rarities, segments[place, 1])
    _multiply(gained, factors[place], segments[place, 3], documents)
    return _choose(best, scores, held, gained, where)


@njit
def _run(like: Any, numbers: int, floats: int, texts: int) -> Any:
    """Run a program, given by its addresses, and write the answer where there is room for it.

    Returns everything that matches end to end, if that is asked for.
    """
    head = carray(to(numbers, LONGS), HEAD)
    size, scored, wanted = head[1], head[4], head[5]
    segments = carray(to(head[2], LONGS), (size, 8))
    text = carray(to(texts, SHORTS), head[6])
    factors = carray(to(head[8], FLOATS), (size, head[9]))
    at = numbers + 8 * HEAD
    specs = carray(to(at, LONGS), (head[7], 4))
    at += 32 * len(specs)
    rows = carray(to(at, LONGS), (len(specs), size, ROW))
    at += 8 * rows.size
    facts = carray(to(at, LONGS), size + 2)
    best = carray(to(at + 8 * len(facts), LONGS), (wanted, 2))
    rarities = carray(to(floats, FLOATS), scored)
    scores = carray(to(floats + 8 * scored, FLOATS), wanted)
    _look_up_all(specs, texts, segments, rows)
    lists, rows = rows[: head[3]], rows[len(specs) - scored :]
    freqs = _fill_in_all(specs[len(specs) - scored :], rows)
    _weigh_all(rows, segments, head[10], rarities, like)
    found, held = carray(to(0, like), 0), 0
    for place in range(size):
        segment, chosen = segments[place], lists[:, place]
        documents = _find(head[0], chosen, text, segment, like)
        facts[place] = len(documents) + (facts[place - 1] if place else 0)
        if len(documents):
            facts[size] += _count_articles(documents, segment)
        if len(documents) and wanted:
            where, score = (place, segments, documents), (rows, rarities, factors)
            held = _best(best, scores, held, where, chosen, score)
        if head[11]:
            found = np.concatenate((found, documents)) if len(found) else documents
    facts[size + 1] = held + freqs[:0].sum()
    return found if head[11] else None


@njit
def _count_articles(documents: Any, segment: Any) -> Any:
    """Count the articles in which documents of a segment stand."""
    articles = carray(to(segment[0], INTS), segment[1])
    return count_articles(carray(to(segment[7], BYTES), segment[1]), articles, documents)


@njit
def _multiply(scores: Any, factors: Any, address: int, documents: Any) -> None:
    """Multiply by the factors of the kinds, if there are any."""
    if len(factors):
        kinds = carray(to(address, BYTES), int(documents[-1]) + 1)
        for at in range(len(documents)):
            scores[at] *= factors[kinds[documents[at]]]


@njit
def run_short(numbers: int, floats: int, texts: int) -> Any:
    """Run a program over document numbers of two bytes."""
    return _run(SHORTS, numbers, floats, texts)


@njit
def run_long(numbers: int, floats: int, texts: int) -> Any:
    """Run a program over document numbers of four bytes."""
    return _run(INTS, numbers, floats, texts)


RUNS = {"H": run_short, "i": run_long}


def prepare() -> None:
    """Compile for the types that occur, or fetch what was compiled before."""
    numbers = np.zeros(HEAD + 2, np.int64)
    for run in RUNS.values():
        run(numbers.ctypes.data, 0, 0)
