"""Locate the occurrences of a query in the paragraphs that match it, each character once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import find_crossed, normalize
from indexer.engines.base import Reader
from indexer.engines.occurrences import FacetCodes, OccurrenceRequest, Occurrences
from indexer.model import (
    CROSSING_PLANE,
    And,
    Document,
    Literal,
    LookAround,
    Near,
    Node,
    Or,
    Span,
    Term,
    TextNode,
    Wildcard,
)

Numbers = NDArray[np.int64]

MAX_SUBSTRINGS_COMPARED = 16
"""Of more substrings it is not tried to find out whether they can overlap."""

_MAX_OFFSET = 1 << 40
"""Offsets in a document are smaller, so that `owner * _MAX_OFFSET + offset` is one in all."""


@dataclass(frozen=True, slots=True)
class Located:
    """Occurrences in page order, none overlapping another, and the documents that match.

    In `found` starts and ends count in the folded text of the document without its tail of
    crossings; contexts end where that text does.
    """

    found: Occurrences
    per_document: Numbers  # how many occurrences each matching document has

    def facet(self, name: str) -> FacetCodes:
        """Return the values of a facet that was asked for."""
        return self.found.facets[name]


def locate_nodes(reader: Reader, nodes: Sequence[Node], request: OccurrenceRequest) -> Located:
    """Locate what the nodes look for in the documents of a request, whose `find` is not used.

    Nodes about anything but the text (titles, facets, dates) are nowhere in it.
    """
    found = reader.occurrences(replace(request, find=tuple(dict.fromkeys(_leaves(nodes)))))
    found = _lead_back_crossings(reader, found)
    found = _cut_contexts(_leave_out_overlaps(found))
    return Located(found, np.bincount(found.owners, minlength=found.documents))


def count_located(reader: Reader, nodes: Sequence[Node], request: OccurrenceRequest) -> Located:
    """Count what `locate_nodes` finds; occurrences that the engine can count are not listed."""
    leaves = tuple(dict.fromkeys(_leaves(nodes)))
    if not _are_apart(leaves):
        return locate_nodes(reader, nodes, request)
    substrings = tuple(leaf for leaf in leaves if isinstance(leaf, Literal))
    found = reader.occurrences(replace(request, find=substrings, counts_only=True))
    return Located(found, found.counts)


def _are_apart(leaves: Sequence[Node]) -> bool:
    """Return whether all are substrings that cannot overlap in a text, nor cross a line end."""
    substrings = [leaf.text for leaf in leaves if isinstance(leaf, Literal)]
    if len(substrings) < len(leaves) or len(substrings) > MAX_SUBSTRINGS_COMPARED:
        return False
    if max("".join(substrings), default="") >= chr(CROSSING_PLANE):
        return False
    return not any(_may_overlap(one, other) for one in substrings for other in substrings)


def _may_overlap(one: str, other: str) -> bool:
    """Return whether an occurrence of a substring can begin within one of another, or of itself."""
    return any(
        one[start : start + len(other)] == other[: len(one) - start]
        for start in range(one == other, len(one))
    )


# ---------------------------------------------------------------- the leaves of the tree


def _leaves(nodes: Iterable[Node]) -> Iterator[TextNode]:
    for node in nodes:
        match node:
            case And(nodes=children) | Or(nodes=children):
                yield from _leaves(children)
            case Term(field=field, text=text) if field != "head":
                yield Literal(text)
            case Literal() | LookAround() | Near() | Wildcard():
                yield node


def _positions(found: Occurrences, *, end: bool = False) -> Numbers:
    """Return where occurrences begin or end, as one sorted number over all documents."""
    positions: Numbers = found.owners * _MAX_OFFSET + (found.ends if end else found.starts)
    return positions


# ---------------------------------------------------------------- occurrences


def _take(found: Occurrences, numbers: Numbers) -> Occurrences:
    """Return some of the occurrences, given by their numbers."""
    return replace(
        found,
        owners=found.owners.take(numbers),
        starts=found.starts.take(numbers),
        ends=found.ends.take(numbers),
        contexts_before=found.contexts_before.take(numbers, axis=0),
        contexts_after=found.contexts_after.take(numbers, axis=0),
    )


def _lead_back_crossings(reader: Reader, found: Occurrences) -> Occurrences:
    """Put occurrences across a line end where they begin in the document's own text."""
    lengths = found.lengths[found.owners]
    crossing = np.flatnonzero(found.ends > lengths)
    if not len(crossing):
        return found
    starts, ends = found.starts.copy(), found.ends.copy()
    before = found.contexts_before.copy()
    ids = found.ids(found.owners[crossing].tolist())
    documents = reader.documents(list(dict.fromkeys(ids)))
    for position, name in zip(crossing.tolist(), ids, strict=True):
        length = int(lengths[position])
        match = Span(int(starts[position]), int(ends[position]))
        starts[position], ends[position] = own = _own_part(documents[name], length, match)
        text = documents[name].folded[: own.start][::-1][: before.shape[1]]
        before[position] = list(map(ord, text.ljust(before.shape[1], "\0")))
    return replace(found, starts=starts, ends=ends, contexts_before=before)


def _own_part(document: Document, length: int, match: Span) -> Span:
    """Return the part of an occurrence that the document's own text holds."""
    crossed = find_crossed(document.folded, length, match)
    if crossed is None:
        return match
    end = length
    if match.start >= length:
        end = len(normalize(document.text[: document.crossings[crossed.number].end]).text)
    return Span(end - crossed.chars, end)


def _leave_out_overlaps(found: Occurrences) -> Occurrences:
    """Return the occurrences that count, in page order: leftmost and longest, none overlapping."""
    begins, stops = _positions(found), _positions(found, end=True)
    if (begins[1:] >= stops[:-1]).all():
        return found
    order = np.lexsort((-stops, begins))
    begins, stops = begins[order], stops[order]
    overlaps = np.flatnonzero(begins[1:] < np.maximum.accumulate(stops)[:-1]) + 1
    kept = np.ones(len(order), np.bool_)
    end = -1
    previous = -1
    for position in overlaps.tolist():
        if position != previous + 1:  # the occurrence before begins a cluster and counts
            end = int(stops[position - 1])
        previous = position
        if begins[position] < end:
            kept[position] = False
        else:
            end = int(stops[position])
    return _take(found, order[kept])


def _cut_contexts(found: Occurrences) -> Occurrences:
    """Blank out what is after a document's own text in the contexts."""
    width = found.contexts_after.shape[1]
    if found.contexts_after.max(initial=0) < CROSSING_PLANE:  # no tail of line-end crossings
        return found
    positions = found.ends[:, np.newaxis] + np.arange(width)
    inside = positions < found.lengths[found.owners][:, np.newaxis]
    return replace(found, contexts_after=(found.contexts_after * inside).astype(np.uint32))
