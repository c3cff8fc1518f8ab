"""Find runs, patterns and near runs in the texts of a segment, for many documents at once.

Runs are found and followed by loops (`kernels`); what is found is arrays of positions. The offset
in a position is the place in `Texts.codes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.engines.whoosh.columns import (
    TEXT_UNIT,
    Array,
    as_numbers,
    changes,
    encode_units,
    ends_of,
    ranges,
    second_units,
    to_codes,
)
from indexer.engines.whoosh.kernels import loops
from indexer.engines.whoosh.segment import Segment
from indexer.engines.wildcards import Pattern, break_table, make_pattern
from indexer.model import SENTENCE_ENDS, Literal, LookAround, Near, TextNode

Numbers = NDArray[np.int64]

OFFSET_BITS = 40
OFFSET_MASK = (1 << OFFSET_BITS) - 1


class Positions(NamedTuple):
    """Where occurrences begin and where they end: `document << OFFSET_BITS | offset`."""

    begins: Numbers
    ends: Numbers


_NO_POSITIONS = np.zeros(0, np.int64)
_NOT_FOUND = Positions(_NO_POSITIONS, _NO_POSITIONS)


class SearchedTexts(NamedTuple):
    """Texts end to end, some of which are searched.

    `codes` are code points and `starts` says where each text begins, one more at the end.
    `numbers` are the texts that are searched; `owners` says of which document each is the text, by
    its place among the documents that were asked for.
    """

    codes: Array
    starts: Array
    numbers: Array
    owners: Array


def lay_out(segment: Segment, documents: Array) -> list[SearchedTexts]:
    """Return the texts of documents: as they are stored, and decoded those with surrogates."""
    units, owners = segment.columns["text"], np.arange(len(documents))
    paired = segment.has_pairs.take(documents)
    if not paired.any():
        return [SearchedTexts(units, segment.starts, documents, owners)]
    plain = as_numbers(documents[~paired], segment.documents)
    found = [SearchedTexts(units, segment.starts, plain, owners[~paired])] if len(plain) else []
    return [*found, _decode(segment, documents[paired], owners[paired])]


def _decode(segment: Segment, documents: Array, owners: Array) -> SearchedTexts:
    """Gather the texts of documents and join two units of UTF-16 that are one character."""
    sizes = segment.columns["text.sizes"].take(documents).astype(np.int64)
    units = segment.columns["text"][ranges(segment.starts.take(documents), sizes)]
    starts, codes = ends_of(sizes), units.astype(np.uint32)
    second = second_units(units, starts)
    codes[second - 1] = 0x10000 + ((codes[second - 1] & 0x3FF) << 10) + (codes[second] & 0x3FF)
    codes, starts = np.delete(codes, second), starts - second.searchsorted(starts)
    for values in (codes, starts):
        values.setflags(write=False)
    return SearchedTexts(
        codes, starts, as_numbers(np.arange(len(owners)), segment.documents), owners
    )


def count_in_texts(segment: Segment, run: str, documents: Array) -> Array:
    """Count a run in the text of each document: in units of UTF-16 as often as in characters."""
    units = np.frombuffer(encode_units(run), TEXT_UNIT).copy()
    counts: Array
    counts, _ = loops().find_run(segment.columns["text"], segment.starts, units, documents)
    return counts


def contains(segment: Segment, node: TextNode, documents: Array) -> Array:
    """Return in which documents, given by sorted numbers, the text matches a node."""
    if isinstance(node, Literal):
        return count_in_texts(segment, node.text, documents) > 0
    found = np.zeros(len(documents), np.bool_)
    for texts in lay_out(segment, documents):
        found[texts.owners[_find(texts, node).begins >> OFFSET_BITS]] = True
    return found


def find(texts: SearchedTexts, node: TextNode) -> Positions:
    """Return where a node is matched; of occurrences that end together only the longest."""
    return _earliest(_find(texts, node))


def _find(texts: SearchedTexts, node: TextNode) -> Positions:
    """Return where a node is matched: by a run, a pattern, or the first of two near runs."""
    if isinstance(node, Literal):
        return find_run(texts, node.text)
    if isinstance(node, LookAround):
        return _find_look_around(texts, node)
    if isinstance(node, Near):
        return _find_near(texts, node)
    pattern = make_pattern(node.pattern)
    return _find_pattern(texts, pattern) if pattern else _NOT_FOUND


def find_run(texts: SearchedTexts, run: str) -> Positions:
    """Return where a run of characters is."""
    codes = to_codes(run)
    if not len(codes) or int(codes.max()) > np.iinfo(texts.codes.dtype).max:
        return _NOT_FOUND
    counts, places = loops().find_run(
        texts.codes, texts.starts, codes.astype(texts.codes.dtype), texts.numbers
    )
    begins = np.repeat(np.arange(len(counts)) << OFFSET_BITS, counts) + places
    return Positions(begins, begins + len(run))


def _find_look_around(texts: SearchedTexts, node: LookAround) -> Positions:
    """Find a run, but for the places beside which excluded characters are."""
    begins = find_run(texts, node.text).begins
    for text in node.not_before if len(begins) else ():
        begins = np.setdiff1d(begins, find_run(texts, text + node.text).begins + len(text), True)
    for text in node.not_after if len(begins) else ():
        begins = np.setdiff1d(begins, find_run(texts, node.text + text).begins, True)
    return Positions(begins, begins + len(node.text))


def _find_near(texts: SearchedTexts, node: Near) -> Positions:
    """Find two runs with few characters, or no end of a sentence, between them."""
    one, two = node.first, node.second
    if node.sentence and set(SENTENCE_ENDS) & {*one, *two}:
        return _NOT_FOUND
    gap, breaks = (0, node.distance), _no_breaks()
    if node.sentence:
        gap, breaks = (0, int(texts.starts[-1])), _sentence_ends()
    first = find_run(texts, one)
    found = [_follow(texts, first, two, gap, breaks)]
    if not node.ordered and node.sentence:
        found.append(_follow(texts, find_run(texts, two), one, gap, breaks))
    elif not node.ordered:
        found.append(_choose_preceded(texts, first, two, node.distance))
    return Positions(*map(np.concatenate, zip(*found, strict=True)))


def _choose_preceded(texts: SearchedTexts, found: Positions, run: str, distance: int) -> Positions:
    """Return what has a run before it, at most so many characters away."""
    codes, dtype = to_codes(run), texts.codes.dtype
    if int(codes.max(initial=0)) > np.iinfo(dtype).max:
        return _NOT_FOUND
    begins = found.begins & OFFSET_MASK
    starts = texts.starts.take(texts.numbers).take(found.begins >> OFFSET_BITS)
    starts = np.maximum(starts, begins - distance - len(run))
    chosen, _ = loops().follow_run(
        texts.codes, codes.astype(dtype), starts, begins, 0, distance, _no_breaks()
    )
    return Positions(found.begins[chosen], found.ends[chosen])


@cache
def _sentence_ends() -> Array:
    """Return which code points end sentences, as a table."""
    table = np.zeros(max(map(ord, SENTENCE_ENDS)) + 2, np.bool_)
    table[[ord(mark) for mark in SENTENCE_ENDS]] = True
    return table


@cache
def _no_breaks() -> Array:
    """Return the table of nothing."""
    return np.zeros(1, np.bool_)


def _follow(
    texts: SearchedTexts, found: Positions, run: str, gap: tuple[int, int], breaks: Array
) -> Positions:
    """Return what goes on with a run behind a gap that holds no breaks."""
    codes, dtype = to_codes(run), texts.codes.dtype
    if len(codes) and int(codes.max()) > np.iinfo(dtype).max:
        return _NOT_FOUND
    owners, ends = found.ends >> OFFSET_BITS, found.ends & OFFSET_MASK
    limits = texts.starts[1:].take(texts.numbers).take(owners)
    before, places = loops().follow_run(
        texts.codes, codes.astype(dtype), ends, limits, *gap, breaks
    )
    return Positions(found.begins[before], (owners[before] << OFFSET_BITS) + places + len(run))


# ---------------------------------------------------------------- patterns


def _find_pattern(texts: SearchedTexts, pattern: Pattern) -> Positions:
    """Return where a pattern is, each end at least with its earliest start.

    The runs are followed from left to right.
    """
    (first, *others), gaps = pattern.runs, pattern.gaps
    if first:
        found = find_run(texts, first)
    elif any(others):
        found, others, gaps = _find_behind_gap(texts, others[0], gaps[0]), others[1:], gaps[1:]
    else:
        found = _find_everywhere(texts)
    for run, gap in zip(others, gaps, strict=True):
        found = _follow(texts, _earliest(found), run, gap, break_table())
    return found


def _earliest(found: Positions) -> Positions:
    """Return every end once, each with its earliest start."""
    if (found.ends[1:] > found.ends[:-1]).all():
        return found
    ends, places = np.unique(found.ends, return_index=True)  # the starts are in order
    return Positions(found.begins[places], ends)


def _find_behind_gap(texts: SearchedTexts, run: str, gap: tuple[int, int]) -> Positions:
    """Return where a run is behind a gap with which a pattern begins."""
    (least, most), begins = gap, find_run(texts, run).begins
    earliest = begins - _count_solid(texts, begins, most)
    follows = earliest <= begins - least
    return Positions(earliest[follows], begins[follows] + len(run))


def _find_everywhere(texts: SearchedTexts) -> Positions:
    """Return every position of every text, its end included."""
    begins = texts.starts.take(texts.numbers)
    sizes = texts.starts[1:].take(texts.numbers) - begins + 1
    places = np.repeat(np.arange(len(sizes)) << OFFSET_BITS, sizes) + ranges(begins, sizes)
    return Positions(places, places)


def _count_solid(texts: SearchedTexts, positions: Array, most: int) -> Array:
    """Count the characters right before positions that a gap may hold, up to so many."""
    breaks, places = break_table(), positions & OFFSET_MASK
    limits = texts.starts.take(texts.numbers).take(positions >> OFFSET_BITS)
    counts, going = np.zeros(len(positions), np.int64), np.ones(len(positions), np.bool_)
    for distance in range(1, most + 1):
        going &= places - distance >= limits
        if not going.any():
            break
        going &= ~breaks.take(texts.codes.take(places - distance, mode="clip"), mode="clip")
        counts += going
    return counts


def join(parts: Sequence[Positions]) -> Positions:
    """Join positions in order of start and end, the same span once and empty ones left out."""
    begins = np.concatenate([_NO_POSITIONS, *(part.begins for part in parts)])
    ends = np.concatenate([_NO_POSITIONS, *(part.ends for part in parts)])
    new = begins < ends
    if len(parts) > 1:
        order = np.lexsort((ends, begins))
        begins, ends = begins[order], ends[order]
        new = (begins < ends) & (changes(begins) | changes(ends))
    return Positions(begins, ends) if new.all() else Positions(begins[new], ends[new])
