"""Evaluate a query node: the live documents of each segment that match.

A set of documents is an array of their sorted numbers, read-only and of the segment's number type.
Postings give the candidates of a substring, a pattern, substrings near each other or a look-around
(`援疆[!干部]`); `text_search` finds them in the texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np

from indexer.engines.budget import check_deadline
from indexer.engines.whoosh.columns import FACET_PREFIX, HEAD_PREFIX, Array, as_numbers, number_type
from indexer.engines.whoosh.kernels import loops
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.engines.whoosh.text_search import count_matches
from indexer.model import (
    FACETS,
    And,
    Contains,
    Dates,
    Keyword,
    Literal,
    LookAround,
    Near,
    Node,
    Not,
    Or,
    Term,
    TextNode,
    Wildcard,
)

_FEW_TEXTS = 16
"""Texts that are searched in less time than it takes to intersect one more posting list."""

TEXTS_PER_CHECK = 8192
"""Texts searched between two checks of the deadline: 1 to 40 ms."""


def to_mask(documents: Array, size: int) -> Array:
    """Return a set as a mask."""
    mask = np.zeros(size, np.bool_)
    loops().mark(mask, documents)
    return mask


def to_numbers(mask: Array) -> Array:
    """Return the set of a mask."""
    numbers = np.empty(len(mask), number_type(len(mask)))
    numbers = numbers[: loops().list_marked(mask, numbers)]
    numbers.setflags(write=False)
    return numbers


def intersect(one: Array, two: Array) -> Array:
    """Return what two sets share."""
    few, many = (one, two) if len(one) <= len(two) else (two, one)
    shared: Array = loops().intersect_sorted(few, many)
    shared.setflags(write=False)
    return shared


def intersect_all(sets: Sequence[Array]) -> Array:
    """Return what all sets share, the smallest first."""
    result, *others = sorted(sets, key=len)
    for other in others:
        if not len(result):
            break
        result = intersect(result, other)
    return result


def subtract(documents: Array, others: Array, size: int) -> Array:
    """Return what is not among the others."""
    if not len(others) or not len(documents):
        return documents
    left = documents[~to_mask(others, size).take(documents)]
    left.setflags(write=False)
    return left


def unite(sets: Sequence[Array], size: int) -> Array:
    """Return what is in any of the sets."""
    held = [one for one in sets if len(one)]
    if len(held) == 1:
        return held[0]
    mask = np.zeros(size, np.bool_)
    for one in held:
        loops().mark(mask, one)
    return to_numbers(mask)


def _in_at_least(sets: Sequence[Array], least: int, size: int) -> Array:
    """Return what is in at least so many of the sets."""
    counts = np.zeros(size, np.int16)
    for one in sets:
        counts[one] += 1
    return to_numbers(counts >= least)


# ---------------------------------------------------------------- nodes


def evaluate(snapshot: Snapshot, node: Node) -> list[Array]:
    """Return the live documents that match, by segment."""
    if isinstance(node, Term):
        return snapshot.find(node.field, node.text)
    check_deadline()
    match node:
        case Literal() | LookAround() | Near() | Wildcard():
            return _find_in_texts(snapshot, node)
        case And(nodes=nodes) if nodes:
            return list(map(intersect_all, _evaluate_all(snapshot, nodes)))
        case Or(nodes=nodes, at_least=least) if least > 0:
            sets = zip(_evaluate_all(snapshot, nodes), snapshot.sizes, strict=True)
            if least == 1:
                return [unite(held, size) for held, size in sets]
            return [_in_at_least(held, least, size) for held, size in sets]
        case Not(node=inner):
            inside = evaluate(snapshot, inner)
            return list(map(subtract, snapshot.live_numbers, inside, snapshot.sizes))
        case Keyword(facet=facet, value=value):
            known = facet in FACETS
            return snapshot.find(FACET_PREFIX + facet, value) if known else _nothing(snapshot)
        case Contains(field=field, text=text):
            return _any_term(snapshot, HEAD_PREFIX + field, lambda held: text in held)
        case Dates():
            return _any_term(snapshot, "date", node.contain)
    return snapshot.live_numbers


def _evaluate_all(snapshot: Snapshot, nodes: Sequence[Node]) -> list[tuple[Array, ...]]:
    """Return the documents of several nodes, by segment."""
    sets = [evaluate(snapshot, node) for node in nodes]
    return list(zip(*sets, strict=True)) if sets else [() for _ in snapshot.segments]


def _nothing(snapshot: Snapshot) -> list[Array]:
    return [documents[:0] for documents in snapshot.live_numbers]


def _any_term(snapshot: Snapshot, field: str, fits: Callable[[str], bool]) -> list[Array]:
    """Join the documents of every term that fits; for fields of few terms."""
    found = []
    for segment in snapshot.segments:
        rows = [row for row, name in enumerate(segment.names(field)) if fits(name)]
        sets = [segment.documents_of(field, row) for row in rows]
        found.append(unite(sets, segment.documents))
    return found


# ---------------------------------------------------------------- substrings


def _find_in_texts(snapshot: Snapshot, node: TextNode) -> list[Array]:
    """Return the documents whose text matches: by the terms alone, from the cache or by search."""
    if isinstance(node, Literal) and is_exact(node.text):
        return _find_candidates(snapshot, [node.text])
    found = snapshot.searched.get(node)
    if found is None:
        found = snapshot.searched[node] = _search_candidates(snapshot, node)
    return found


def _search_candidates(snapshot: Snapshot, node: TextNode) -> list[Array]:
    """Find candidates by their bigrams, then search the text of each."""
    if isinstance(node, Wildcard):
        core = node.pattern.strip("*")  # a star also matches nothing
        if not core:
            return snapshot.live_numbers if node.pattern else _nothing(snapshot)
        if "?" not in core:
            joined = core.replace("*", "")
            if joined == core:
                return _find_in_texts(snapshot, Literal(core))
            return _search_with_stars(snapshot, core, joined)
        node = Wildcard(core)
    parts = split_substrings(node)
    found = _find_candidates(snapshot, parts) if all(parts) else _nothing(snapshot)
    return _search(snapshot, node, found)


def _search_with_stars(snapshot: Snapshot, pattern: str, joined: str) -> list[Array]:
    """Find substrings with stars between them: where joined, texts are not searched again."""
    found, node = _find_in_texts(snapshot, Literal(joined)), Wildcard(pattern)
    candidates = _find_candidates(snapshot, split_substrings(node))
    others = _search(snapshot, node, list(map(subtract, candidates, found, snapshot.sizes)))
    return list(map(unite, zip(found, others, strict=True), snapshot.sizes))


def _search(snapshot: Snapshot, node: TextNode, candidates: Sequence[Array]) -> list[Array]:
    """Search the texts of candidates, some at a time; keep how often each holds a substring."""
    found, counted = [], []
    for segment, documents in zip(snapshot.segments, candidates, strict=True):
        counts = [np.zeros(0, np.int64)]
        for begin in range(0, len(documents), TEXTS_PER_CHECK):
            check_deadline()
            part = documents[begin : begin + TEXTS_PER_CHECK]
            counts.append(count_matches(segment, node, part))
        joined = np.concatenate(counts)
        held = np.flatnonzero(joined)
        found.append(as_numbers(documents[held], segment.documents))
        counted.append((found[-1], joined[held]))
    if isinstance(node, Literal):
        snapshot.counted[node.text] = counted
    return found


def split_substrings(node: TextNode) -> list[str]:
    """Return the substrings that must all occur in the text; an empty one does not."""
    if isinstance(node, Literal | LookAround):
        return [node.text]
    if isinstance(node, Near):
        return [node.first, node.second]
    return list(filter(None, re.split(r"[?*]+", node.pattern))) if node.pattern else [""]


def is_exact(substring: str) -> bool:
    """Return whether the terms alone decide: one character or one pair, nothing blank."""
    return 1 <= len(substring) <= 2 and not any(map(str.isspace, substring))


@lru_cache(maxsize=1024)
def substring_terms(substring: str) -> tuple[tuple[str, str], ...]:
    """Return the terms of every text with a substring: its bigrams, or its one character."""
    terms = []
    for piece in substring.split():
        pairs = [("pairs", one + two) for one, two in pairwise(piece)]
        terms += pairs or [("chars", piece)]
    return tuple(terms)


def _find_candidates(snapshot: Snapshot, substrings: Sequence[str]) -> list[Array]:
    """Return the documents with all characters or pairs of the substrings that are not blank."""
    terms = [term for substring in substrings for term in substring_terms(substring)]
    sets = [snapshot.find(field, text) for field, text in terms]
    if len(sets) < 2:
        return sets[0] if sets else snapshot.live_numbers
    return list(map(_intersect_to_few, zip(*sets, strict=True)))


def _intersect_to_few(sets: Sequence[Array]) -> Array:
    """Return what all sets share, or some more: so few that looking at their texts is faster."""
    found, *others = sorted(sets, key=len)
    for documents in others:
        if len(found) <= _FEW_TEXTS:
            break
        found = intersect(found, documents)
    return found
