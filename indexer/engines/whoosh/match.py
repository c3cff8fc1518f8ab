"""Evaluate a query node on one segment: the live documents that match.

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
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.text_search import contains
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


def evaluate(segment: Segment, node: Node) -> Array:
    """Return the live documents of a segment that match."""
    if isinstance(node, Term):
        return segment.find(node.field, node.text)
    check_deadline()
    match node:
        case Literal() | LookAround() | Near() | Wildcard():
            return _find_in_texts(segment, node)
        case And(nodes=nodes):
            sets = [evaluate(segment, one) for one in nodes]
            return intersect_all(sets) if sets else segment.live_numbers
        case Or(nodes=nodes, at_least=least) if least > 0:
            sets = [evaluate(segment, one) for one in nodes]
            size = segment.documents
            return unite(sets, size) if least == 1 else _in_at_least(sets, least, size)
        case Not(node=inner):
            return subtract(segment.live_numbers, evaluate(segment, inner), segment.documents)
        case Keyword(facet=facet, value=value):
            return with_value(segment, facet, value)
        case Contains(field=field, text=text):
            return _any_term(segment, HEAD_PREFIX + field, lambda held: text in held)
        case Dates():
            return _any_term(segment, "date", node.contain)
    return segment.live_numbers


def with_value(segment: Segment, facet: str, value: str) -> Array:
    """Return the live documents that carry a value of a facet; an unknown facet has none."""
    return segment.find(FACET_PREFIX + facet, value) if facet in FACETS else segment.nothing


def _any_term(segment: Segment, field: str, fits: Callable[[str], bool]) -> Array:
    """Join the documents of every term that fits; for fields of few terms."""
    rows = [row for row, name in enumerate(segment.names(field)) if fits(name)]
    sets = [segment.documents_of(field, row) for row in rows]
    return unite(sets, segment.documents)


# ---------------------------------------------------------------- substrings


def _find_in_texts(segment: Segment, node: TextNode) -> Array:
    """Return the documents whose text matches: by the terms alone, from the cache or by search."""
    if isinstance(node, Literal) and is_exact(node.text):
        return _find_candidates(segment, [node.text])
    found = segment.searched.get(node)
    if found is None:
        found = segment.searched[node] = _search_candidates(segment, node)
    return found


def _search_candidates(segment: Segment, node: TextNode) -> Array:
    """Find candidates by their bigrams, then search the text of each."""
    if isinstance(node, Wildcard):
        core = node.pattern.strip("*")  # a star also matches nothing
        if not core:
            return segment.live_numbers if node.pattern else segment.nothing
        if "?" not in core:
            joined = core.replace("*", "")
            if joined == core:
                return _find_in_texts(segment, Literal(core))
            return _search_with_stars(segment, core, joined)
        node = Wildcard(core)
    parts = split_substrings(node)
    found = _find_candidates(segment, parts) if all(parts) else segment.nothing
    return _search(segment, node, found)


def _search_with_stars(segment: Segment, pattern: str, joined: str) -> Array:
    """Find substrings with stars between them: where joined, texts are not searched again."""
    found, node = _find_in_texts(segment, Literal(joined)), Wildcard(pattern)
    candidates = _find_candidates(segment, split_substrings(node))
    others = subtract(candidates, found, segment.documents)
    return unite([found, _search(segment, node, others)], segment.documents)


def _search(segment: Segment, node: TextNode, candidates: Array) -> Array:
    """Search the texts of candidates, some at a time."""
    parts = []
    for begin in range(0, len(candidates), TEXTS_PER_CHECK):
        check_deadline()
        part = candidates[begin : begin + TEXTS_PER_CHECK]
        parts.append(part[contains(segment, node, part)])
    found = np.concatenate(parts) if len(parts) > 1 else parts[0] if parts else candidates
    return as_numbers(found, segment.documents)


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


@lru_cache(maxsize=1024)
def _find_blanks(substring: str) -> frozenset[str]:
    return frozenset(filter(str.isspace, substring))


def _find_candidates(segment: Segment, substrings: list[str]) -> Array:
    """Return the documents with all characters or pairs of the substrings, and with their blanks.

    Where only few are left they are not looked for in more lists: their texts are looked at
    anyway, but for a substring that is a single list.
    """
    sets = []
    for substring in substrings:
        for field, text in substring_terms(substring):
            documents = segment.find(field, text)
            if not len(documents):
                return segment.nothing
            sets.append(documents)
        sets += map(segment.holding_blank, _find_blanks(substring))
    if not sets:
        return segment.live_numbers
    found, *others = sorted(sets, key=len)
    for documents in others:
        if len(found) <= _FEW_TEXTS:
            break
        found = intersect(found, documents)
    return found
