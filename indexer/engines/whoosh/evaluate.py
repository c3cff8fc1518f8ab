"""A query node in, the documents of one segment that match it out, as a set (see `sets`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain, pairwise

from indexer.engines.budget import spend
from indexer.engines.runs import make_check
from indexer.engines.whoosh.columns import Array, encode_units
from indexer.engines.whoosh.kernels import stand_near
from indexer.engines.whoosh.schema import FACET_PREFIX, HEAD_PREFIX
from indexer.engines.whoosh.segment import NO_POSTINGS, Segment
from indexer.engines.whoosh.sets import (
    in_at_least,
    intersect,
    intersect_all,
    to_mask,
    to_numbers,
    unite,
)
from indexer.engines.wildcards import make_pattern
from indexer.model import (
    FACETS,
    And,
    Contains,
    Dates,
    Every,
    Keyword,
    Literal,
    Near,
    Node,
    Not,
    Or,
    Term,
    Wildcard,
)

_FEW = 16
"""Texts that are looked at in less time than it takes to look one more list up."""


def evaluate(segment: Segment, node: Node) -> Array:
    """Return the live documents of a segment that match."""
    spend()
    match node:
        case Term(field=field, text=text):
            return segment.find(field, text)
        case Literal() | Near() | Wildcard():
            return _in_text(segment, node)
        case And(nodes=nodes):
            sets = [evaluate(segment, one) for one in nodes]
            return intersect_all(sets, segment.documents) if sets else segment.live
        case Or(nodes=nodes, at_least=least):
            sets = [evaluate(segment, one) for one in nodes]
            return _any(segment, sets, least)
        case Not(node=inner):
            return segment.live & ~to_mask(evaluate(segment, inner), segment.documents)
        case Every():
            return segment.live
    return _by_value(segment, node)


def _by_value(segment: Segment, node: Keyword | Contains | Dates) -> Array:
    if isinstance(node, Keyword):
        known = node.facet in FACETS
        return segment.find(FACET_PREFIX + node.facet, node.value) if known else NO_POSTINGS
    if isinstance(node, Contains):
        return _any_term(segment, HEAD_PREFIX + node.field, lambda text: node.text in text)
    return _any_term(segment, "date", lambda date: _in_range(date, node.first, node.last))


def _any(segment: Segment, sets: list[Array], least: int) -> Array:
    if least > 1:
        return in_at_least(sets, least, segment.documents)
    return unite(sets, segment.documents) if least == 1 else segment.live


def _any_term(segment: Segment, field: str, fits: Callable[[str], bool]) -> Array:
    """Join the documents of every term that fits; for fields of few terms."""
    held, names = segment.field(field), segment.names(field)
    rows = [row for row, name in enumerate(names) if fits(name)]
    sets = [segment.only_live(held.postings(row)) for row in rows]
    return unite(sets, segment.documents)


def _in_range(date: str, first: str | None, last: str | None) -> bool:
    after = first is None or date[: len(first)] >= first[: len(date)]
    return after and (last is None or date[: len(last)] <= last[: len(date)])


# ---------------------------------------------------------------- runs of characters


def _in_text(segment: Segment, node: Literal | Near | Wildcard) -> Array:
    """Find candidates by their pairs, then look at the text of each."""
    parts = split_runs(node)
    if not all(parts):
        return NO_POSTINGS
    candidates = _holding(segment, parts)
    loose = segment.find("loose", "1")
    exact = isinstance(node, Literal) and is_exact(node.text)
    if not len(loose):
        return candidates if exact else _check(segment, node, candidates)
    size = segment.documents
    sure = intersect(candidates, ~to_mask(loose, size), size) if exact else NO_POSTINGS
    doubtful = loose if exact else unite([candidates, loose], size)
    return unite([sure, _check(segment, node, doubtful)], size)


def split_runs(node: Literal | Near | Wildcard) -> list[str]:
    """Return the runs that must all stand in the text; an empty one stands nowhere."""
    if isinstance(node, Literal):
        return [node.text]
    if isinstance(node, Near):
        return [node.first, node.second]
    return [run for run in re.split(r"[?*]+", node.pattern) if run] if node.pattern else [""]


def is_exact(run: str) -> bool:
    """Tell whether the terms alone decide: one character or one pair, nothing blank."""
    return len(run) <= 2 and not any(map(str.isspace, run))


def run_terms(run: str) -> list[tuple[str, str]]:
    """Return the terms that every text with a run holds: the pairs, or what stands alone."""
    terms = []
    for piece in run.split():
        pairs = [("pairs", one + two) for one, two in pairwise(piece)]
        terms += pairs or [("chars", piece)]
    return terms


def _holding(segment: Segment, runs: list[str]) -> Array:
    """Return the documents with all characters or pairs of the runs, and with their blanks.

    Where only few are left they are not looked for in more lists: their texts are looked at
    anyway, but for a run that is a single list.
    """
    sets = []
    for field, text in chain.from_iterable(map(run_terms, runs)):
        documents = segment.find(field, text)
        if not len(documents):
            return NO_POSTINGS
        sets.append(documents)
    sets += [segment.holding_blank(char) for char in {*"".join(runs)} if char.isspace()]
    if not sets:
        return segment.live
    found, *others = sorted(sets, key=len)
    for documents in others:
        if len(found) <= _FEW:
            break
        found = intersect(found, documents, segment.documents)
    return found


def _check(segment: Segment, node: Literal | Near | Wildcard, candidates: Array) -> Array:
    numbers = to_numbers(candidates)
    if isinstance(node, Literal):
        return numbers[segment.stand_in(encode_units(node.text), numbers)]
    if isinstance(node, Near):
        return numbers[segment.stand_near(node, numbers)]
    numbers = _with_near_runs(segment, node, numbers)
    return numbers[segment.passing(make_check(node), numbers)]


def _with_near_runs(segment: Segment, node: Wildcard, numbers: Array) -> Array:
    """Leave out texts in which runs stand too far apart for a pattern, where loops are compiled.

    They look at a text in half a microsecond, Python in five.
    """
    pattern = make_pattern(node.pattern)
    if pattern is None:
        return numbers
    for (one, two), (_, most) in zip(pairwise(pattern.runs), pattern.gaps, strict=True):
        texts, near = segment.columns["text"], Near(one, two, most)
        found = stand_near(texts, segment.starts, near, numbers) if one and two else None
        numbers = numbers if found is None else numbers[found]
    return numbers
