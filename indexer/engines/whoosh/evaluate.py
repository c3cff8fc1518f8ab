"""A query node in, the documents of one segment that match it out, as a mask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np

from indexer.engines.runs import make_check
from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.schema import FACET_PREFIX, HEAD_PREFIX
from indexer.engines.whoosh.segment import NO_POSTINGS, Segment
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


def evaluate(segment: Segment, node: Node) -> Array:
    """Return a mask over the documents of a segment; never one that is not live."""
    return _matching(segment, node) & segment.live


def _matching(segment: Segment, node: Node) -> Array:
    match node:
        case Every():
            return np.ones(segment.documents, bool)
        case Term(field=field, text=text):
            return _mask(segment, segment.find(field, text))
        case Keyword(facet=facet, value=value):
            known = facet in FACETS
            docs = segment.find(FACET_PREFIX + facet, value) if known else NO_POSTINGS
            return _mask(segment, docs)
        case Contains(field=head, text=run):
            return _any_term(segment, HEAD_PREFIX + head, lambda text: run in text)
        case Dates():
            return _any_term(segment, "date", lambda date: _in_range(date, node.first, node.last))
        case Literal() | Near() | Wildcard():
            return _in_text(segment, node)
        case Not(node=inner):
            return ~evaluate(segment, inner)
        case And(nodes=nodes):
            return _all(segment, nodes)
        case Or(nodes=nodes, at_least=least):
            return _at_least(segment, nodes, least)


def _mask(segment: Segment, docs: Array) -> Array:
    mask = np.zeros(segment.documents, bool)
    mask[docs] = True
    return mask


def _all(segment: Segment, nodes: Iterable[Node]) -> Array:
    mask = segment.live.copy()
    for node in nodes:
        mask &= _matching(segment, node)
    return mask


def _at_least(segment: Segment, nodes: tuple[Node, ...], least: int) -> Array:
    if least == 1:
        mask = np.zeros(segment.documents, bool)
        for node in nodes:
            mask |= _matching(segment, node)
        return mask
    counts = np.zeros(segment.documents, np.int32)
    for node in nodes:
        counts += _matching(segment, node)
    return counts >= least


def _any_term(segment: Segment, field: str, fits: Callable[[str], bool]) -> Array:
    """Join the documents of every term that fits; for fields of few terms."""
    mask = np.zeros(segment.documents, bool)
    for text, row in segment.terms(field):
        if fits(text):
            mask[segment.postings(field, row)] = True
    return mask


def _in_range(date: str, first: str | None, last: str | None) -> bool:
    after = first is None or date[: len(first)] >= first[: len(date)]
    return after and (last is None or date[: len(last)] <= last[: len(date)])


# ---------------------------------------------------------------- runs of characters


def _in_text(segment: Segment, node: Literal | Near | Wildcard) -> Array:
    """Find candidates by their pairs, then look at the text of each."""
    parts = split_runs(node)
    if not all(parts):
        return np.zeros(segment.documents, bool)
    candidates = segment.live.copy()
    for part in parts:
        candidates &= _holding(segment, part)
    loose = _mask(segment, segment.find("loose", "1")) & segment.live
    if not (isinstance(node, Literal) and _is_exact(node.text)):
        return _check(segment, node, candidates | loose)
    if loose.any():
        return (candidates & ~loose) | _check(segment, node, loose)
    return candidates


def split_runs(node: Literal | Near | Wildcard) -> list[str]:
    """Return the runs that must all stand in the text; an empty one stands nowhere."""
    if isinstance(node, Literal):
        return [node.text]
    if isinstance(node, Near):
        return [node.first, node.second]
    return [run for run in re.split(r"[?*]+", node.pattern) if run] if node.pattern else [""]


def _is_exact(run: str) -> bool:
    """Tell whether the terms alone decide: one character or one pair, nothing blank."""
    return len(run) <= 2 and not any(map(str.isspace, run))


def _holding(segment: Segment, run: str) -> Array:
    """Return the documents with all characters or pairs of a run, between blanks."""
    mask = segment.live.copy()
    for piece in run.split():
        pairs = [one + two for one, two in pairwise(piece)]
        for field, text in [("pairs", pair) for pair in pairs] or [("chars", piece)]:
            mask &= _mask(segment, segment.find(field, text))
    return mask


def _check(segment: Segment, node: Literal | Near | Wildcard, candidates: Array) -> Array:
    mask = np.zeros(segment.documents, bool)
    if isinstance(node, Literal):
        run = node.text.encode("utf-16-le", "surrogatepass")
        for number in np.flatnonzero(candidates).tolist():
            mask[number] = segment.stands_in(run, number)
        return mask
    check = make_check(node)
    for number in np.flatnonzero(candidates).tolist():
        mask[number] = check(segment.text(number))
    return mask
