"""Evaluate a query node on one segment: the set of live documents that match.

A set is an array: of type bool it is a mask over the segment, otherwise the sorted document
numbers themselves, read-only and of the segment's number type. Sets are never changed in place.
Postings give the candidates of a substring, a pattern, substrings near each other or a look-around
(`援疆[!干部]`); `text_search` finds them in the texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain, pairwise

import numpy as np

from indexer.engines.budget import check_deadline
from indexer.engines.whoosh.columns import (
    FACET_PREFIX,
    HEAD_PREFIX,
    Array,
    as_numbers,
    changes,
    number_type,
)
from indexer.engines.whoosh.kernels import loops
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.text_search import contains
from indexer.model import (
    FACETS,
    And,
    Contains,
    Dates,
    Every,
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

_DENSE_UNION = 32
"""A union of more than one in so many documents is made as a mask."""

_FEW_TEXTS = 16
"""Texts that are searched in less time than it takes to intersect one more posting list."""

TEXTS_PER_CHECK = 8192
"""Texts searched between two checks of the deadline: 1 to 40 ms."""


def is_mask(documents: Array) -> bool:
    """Return which of the two forms a set has."""
    return documents.dtype.char == "?"


def to_mask(documents: Array, size: int) -> Array:
    """Return a set as a mask."""
    if is_mask(documents):
        return documents
    mask = np.zeros(size, np.bool_)
    loops().mark(mask, documents)
    return mask


def to_numbers(documents: Array) -> Array:
    """Return a set as sorted numbers."""
    if not is_mask(documents):
        return documents
    numbers = np.empty(len(documents), number_type(len(documents)))
    numbers = numbers[: loops().list_marked(documents, numbers)]
    numbers.setflags(write=False)
    return numbers


def count(documents: Array) -> int:
    """Count the members of a set."""
    return int(np.count_nonzero(documents)) if is_mask(documents) else len(documents)


def intersect(one: Array, two: Array) -> Array:
    """Return what two sets share."""
    masks = is_mask(one), is_mask(two)
    if masks == (True, True):
        return one & two
    if masks == (False, False):
        few, many = (one, two) if len(one) <= len(two) else (two, one)
        shared: Array = loops().intersect_sorted(few, many)
    else:
        mask, numbers = (one, two) if masks[0] else (two, one)
        shared = numbers[mask.take(numbers)]
    shared.setflags(write=False)
    return shared


def intersect_all(sets: Sequence[Array]) -> Array:
    """Return what all sets share, the smallest first."""
    result, *others = sorted(sets, key=_extent)
    for other in others:
        if not len(result):
            break
        result = intersect(result, other)
    return result


def _extent(documents: Array) -> int:
    """Order sets by size, masks last: they are as long as a segment."""
    return len(documents) + is_mask(documents)


def unite(sets: Sequence[Array], size: int) -> Array:
    """Return what is in any of the sets."""
    held = [one for one in sets if is_mask(one) or len(one)]
    if not held:
        return as_numbers(np.zeros(0, np.int64), size)
    if len(held) == 1:
        return held[0]
    if not any(map(is_mask, held)) and sum(map(len, held)) * _DENSE_UNION <= size:
        joined = np.sort(np.concatenate(held))
        return as_numbers(joined[changes(joined)], size)
    mask = np.zeros(size, np.bool_)
    for one in held:
        if is_mask(one):
            mask |= one
        else:
            loops().mark(mask, one)
    return mask


def in_at_least(sets: Sequence[Array], least: int, size: int) -> Array:
    """Return the mask of what is in at least so many of the sets."""
    counts = np.zeros(size, np.int16)
    for one in sets:
        if is_mask(one):
            counts += one
        else:
            counts[one] += 1
    return counts >= least


# ---------------------------------------------------------------- nodes


Evaluated = dict[Node, Array]
"""The nodes that were evaluated on a segment for one request: tiers ask for the same again."""


def evaluate(segment: Segment, node: Node, known: Evaluated | None = None) -> Array:
    """Return the live documents of a segment that match; every node below is evaluated once.

    A node that is not evaluated again is not kept: hashing it takes longer than many a search.
    """
    if isinstance(node, Term):
        return segment.find(node.field, node.text)
    found = None if known is None else known.get(node)
    if found is None:
        check_deadline()
        found = _evaluate(segment, node, {} if known is None else known)
        if known is not None:
            known[node] = found
    return found


def _evaluate(segment: Segment, node: Node, known: Evaluated) -> Array:
    match node:
        case Literal() | LookAround() | Near() | Wildcard():
            return _in_text(segment, node)
        case And(nodes=nodes):
            sets = [evaluate(segment, one, known) for one in nodes]
            return intersect_all(sets) if sets else segment.live
        case Or(nodes=nodes, at_least=least):
            sets = [evaluate(segment, one, known) for one in nodes]
            if least > 1:
                return in_at_least(sets, least, segment.documents)
            return unite(sets, segment.documents) if least == 1 else segment.live
        case Not(node=inner):
            return segment.live & ~to_mask(evaluate(segment, inner, known), segment.documents)
        case Every():
            return segment.live
        case Keyword(facet=facet, value=value):
            return with_value(segment, facet, value)
        case Contains(field=field, text=text):
            return _any_term(segment, HEAD_PREFIX + field, lambda held: text in held)
        case Dates():
            return _any_term(segment, "date", node.contain)
    return segment.find(node.field, node.text)


def with_value(segment: Segment, facet: str, value: str) -> Array:
    """Return the live documents that carry a value of a facet; an unknown facet has none."""
    return segment.find(FACET_PREFIX + facet, value) if facet in FACETS else segment.nothing


def _any_term(segment: Segment, field: str, fits: Callable[[str], bool]) -> Array:
    """Join the documents of every term that fits; for fields of few terms."""
    rows = [row for row, name in enumerate(segment.names(field)) if fits(name)]
    sets = [segment.documents_of(field, row) for row in rows]
    return unite(sets, segment.documents)


# ---------------------------------------------------------------- substrings


def _in_text(segment: Segment, node: TextNode) -> Array:
    """Find candidates by their bigrams, then search the text of each."""
    if isinstance(node, Wildcard):
        core = node.pattern.strip("*")  # a star also matches nothing
        if not core:
            return segment.live if node.pattern else segment.nothing
        joined = core.replace("*", "")
        if "?" not in core and joined != core:
            return _in_text_with_stars(segment, core, joined)
        node = Wildcard(core) if "?" in core else Literal(core)
    parts = split_substrings(node)
    return (
        _search(segment, node, _find_candidates(segment, parts)) if all(parts) else segment.nothing
    )


def _in_text_with_stars(segment: Segment, pattern: str, joined: str) -> Array:
    """Find substrings with stars between them: where joined, texts are not searched again."""
    found, node = _in_text(segment, Literal(joined)), Wildcard(pattern)
    candidates = _find_candidates(segment, split_substrings(node))
    others = intersect(candidates, ~to_mask(found, segment.documents))
    return unite([found, _search(segment, node, others)], segment.documents)


def _search(segment: Segment, node: TextNode, candidates: Array) -> Array:
    """Search the texts of candidates some at a time, unless their terms decide."""
    if not len(candidates) or (isinstance(node, Literal) and is_exact(node.text)):
        return candidates
    numbers, parts = to_numbers(candidates), []
    for begin in range(0, len(numbers), TEXTS_PER_CHECK):
        check_deadline()
        part = numbers[begin : begin + TEXTS_PER_CHECK]
        parts.append(part[contains(segment, node, part)])
    found = np.concatenate(parts) if len(parts) > 1 else parts[0] if parts else numbers
    return as_numbers(found, segment.documents)


def split_substrings(node: TextNode) -> list[str]:
    """Return the substrings that must all occur in the text; an empty one does not."""
    if isinstance(node, Literal | LookAround):
        return [node.text]
    if isinstance(node, Near):
        return [node.first, node.second]
    return (
        [substring for substring in re.split(r"[?*]+", node.pattern) if substring]
        if node.pattern
        else [""]
    )


def is_exact(substring: str) -> bool:
    """Return whether the terms alone decide: one character or one pair, nothing blank."""
    return len(substring) <= 2 and not any(map(str.isspace, substring))


@lru_cache(maxsize=1024)
def substring_terms(substring: str) -> tuple[tuple[str, str], ...]:
    """Return the terms of every text with a substring: its bigrams, or its one character."""
    terms = []
    for piece in substring.split():
        pairs = [("pairs", one + two) for one, two in pairwise(piece)]
        terms += pairs or [("chars", piece)]
    return tuple(terms)


def _find_candidates(segment: Segment, substrings: list[str]) -> Array:
    """Return the documents with all characters or pairs of the substrings, and with their blanks.

    Where only few are left they are not looked for in more lists: their texts are looked at
    anyway, but for a substring that is a single list.
    """
    sets = []
    for field, text in chain.from_iterable(map(substring_terms, substrings)):
        documents = segment.find(field, text)
        if not len(documents):
            return segment.nothing
        sets.append(documents)
    sets += [segment.holding_blank(char) for char in {*"".join(substrings)} if char.isspace()]
    if not sets:
        return segment.live
    found, *others = sorted(sets, key=len)
    for documents in others:
        if len(found) <= _FEW_TEXTS:
            break
        found = intersect(found, documents)
    return found
