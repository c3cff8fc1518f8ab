"""Find substrings, alone, near each other or in patterns, in many texts of a segment at once.

The texts are normalised. Substrings are found and followed by loops (`kernels`); what is found is
arrays of positions. The offset in a position is the index in `SearchedTexts.codes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
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
    follow_substring,
    ranges,
    second_units,
    to_codes,
)
from indexer.engines.whoosh.kernels import loops
from indexer.engines.whoosh.segment import Segment
from indexer.engines.wildcards import Pattern, break_table, make_pattern
from indexer.model import SENTENCE_ENDS, Literal, LookAround, Near, TextNode, Wildcard

Numbers = NDArray[np.int64]

OFFSET_BITS = 40
OFFSET_MASK = (1 << OFFSET_BITS) - 1


class Positions(NamedTuple):
    """Where occurrences begin and where they end: `document << OFFSET_BITS | offset`."""

    begins: Numbers
    ends: Numbers


_NO_POSITIONS = np.zeros(0, np.int64)
_NOT_FOUND = Positions(_NO_POSITIONS, _NO_POSITIONS)

_NO_BREAKS = np.zeros(1, np.bool_)
_SENTENCE_BREAKS = np.append(np.bincount(to_codes(SENTENCE_ENDS)) > 0, False)
"""The code points that no gap may hold, as tables; the last entry is that of all beyond."""


class SearchedTexts(NamedTuple):
    """Texts end to end, some of which are searched.

    `codes` are code points and `starts` says where each text begins, one more at the end.
    `numbers` are the texts that are searched; `owners` says of which document each is the text, by
    its position among the documents that were asked for.
    """

    codes: Array
    starts: Array
    numbers: Array
    owners: Array

    def choose(self, chosen: Array) -> SearchedTexts:
        """Return some of the texts."""
        numbers = self.numbers[chosen]
        numbers.setflags(write=False)
        return self._replace(numbers=numbers, owners=self.owners[chosen])

    def encode(self, substring: str) -> Array | None:
        """Return a substring as codes, `None` where it has one that no text holds."""
        codes, dtype = to_codes(substring), self.codes.dtype
        held = int(codes.max(initial=0)) <= np.iinfo(dtype).max
        return codes.astype(dtype) if held else None


def gather_texts(segment: Segment, documents: Array) -> list[SearchedTexts]:
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
    numbers = as_numbers(np.arange(len(owners)), segment.documents)
    return SearchedTexts(codes, starts, numbers, owners)


def count_in_texts(segment: Segment, substring: str, documents: Array) -> Array:
    """Count a substring in each text: in units of UTF-16 as often as in characters."""
    units = np.frombuffer(encode_units(substring), TEXT_UNIT).copy()
    counts: Array
    counts, _ = loops().find_substring((segment.columns["text"], segment.starts, documents), units)
    return counts


def count_matches(segment: Segment, node: TextNode, documents: Array) -> Array:
    """Return how often a substring is in each text, or in which another node is matched.

    The documents are given by sorted numbers.
    """
    if isinstance(node, Literal):
        return count_in_texts(segment, node.text, documents)
    found = np.zeros(len(documents), np.bool_)
    for texts in gather_texts(segment, documents):
        found[choose(texts, node).owners] = True
    return found


def choose(texts: SearchedTexts, node: LookAround | Near | Wildcard) -> SearchedTexts:
    """Return the texts that match a node."""
    if isinstance(node, Near):
        return _choose_near(texts, node)
    if isinstance(node, LookAround):
        begins = _find_look_around(texts, node)
    else:
        pattern = make_pattern(node.pattern)
        if pattern is None:
            return texts.choose(np.zeros(0, np.int64))
        pairs = [*zip(pairwise(pattern.substrings), pattern.gaps, strict=True)]
        pairs = [(substrings, gap) for substrings, gap in pairs if all(substrings)]
        for substrings, gap in pairs:
            texts = _choose_pair(texts, substrings, gap, break_table())
        if pairs and len(pattern.substrings) == 2:
            return texts
        begins = _find_pattern(texts, pattern).begins
    return texts.choose(np.unique(begins >> OFFSET_BITS))


def find(texts: SearchedTexts, node: TextNode) -> Positions:
    """Return where a node is matched; of occurrences that end together only the longest."""
    if isinstance(node, Near):
        return _find_near(texts, node)
    if isinstance(node, Literal):
        return find_substring(texts, node.text)
    if isinstance(node, LookAround):
        begins = _find_look_around(texts, node)
        return Positions(begins, begins + len(node.text))
    pattern = make_pattern(node.pattern)
    return _earliest(_find_pattern(texts, pattern)) if pattern else _NOT_FOUND


def find_substring(texts: SearchedTexts, substring: str) -> Positions:
    """Return where a substring is."""
    codes = texts.encode(substring)
    if not substring or codes is None:
        return _NOT_FOUND
    counts, offsets = loops().find_substring(texts[:3], codes)
    begins = np.repeat(np.arange(len(counts)) << OFFSET_BITS, counts) + offsets
    return Positions(begins, begins + len(substring))


def _find_look_around(texts: SearchedTexts, node: LookAround) -> Numbers:
    """Return where a substring begins without excluded characters beside it."""
    begins = find_substring(texts, node.text).begins
    for text in node.not_before if len(begins) else ():
        longer = find_substring(texts, text + node.text).begins
        begins = np.setdiff1d(begins, longer + len(text), True)
    for text in node.not_after if len(begins) else ():
        begins = np.setdiff1d(begins, find_substring(texts, node.text + text).begins, True)
    return begins


def _find_near(texts: SearchedTexts, node: Near) -> Positions:
    """Return where each of two substrings has the other near it, without overlap."""
    if node.sentence and set(SENTENCE_ENDS) & {*node.first, *node.second}:
        return _NOT_FOUND
    first, second = (find_substring(texts, text) for text in (node.first, node.second))
    if not len(first.begins) or not len(second.begins):
        return _NOT_FOUND
    marks = SENTENCE_ENDS if node.sentence else ""
    breaks = join([find_substring(texts, mark) for mark in marks]).begins
    chosen = []
    for one, other, leads in ((first, second, True), (second, first, False)):
        near = np.zeros(len(one.begins), np.bool_)
        if leads or not node.ordered:
            following = other.begins.searchsorted(one.ends)
            near |= _are_near(one.ends, other.begins.take(following, mode="clip"), node, breaks)
        if not leads or not node.ordered:
            leading = other.ends.searchsorted(one.begins, side="right") - 1
            near |= _are_near(other.ends.take(leading, mode="clip"), one.begins, node, breaks)
        chosen.append(Positions(one.begins[near], one.ends[near]))
    return join(chosen)


def _are_near(ends: Numbers, begins: Numbers, node: Near, breaks: Numbers) -> Array:
    """Return which gaps, from an end to a begin in one document, are narrow or without breaks."""
    together = (ends <= begins) & (ends >> OFFSET_BITS == begins >> OFFSET_BITS)
    if node.sentence:
        near: Array = breaks.searchsorted(ends) == breaks.searchsorted(begins)
    else:
        near = begins - ends <= node.distance
    near &= together
    return near


def _choose_near(texts: SearchedTexts, node: Near) -> SearchedTexts:
    """Return the texts with few characters, or no end of a sentence, between two substrings."""
    substrings = node.first, node.second
    if not node.sentence:
        return _choose_pair(texts, substrings, (0, node.distance), _NO_BREAKS, not node.ordered)
    if set(SENTENCE_ENDS) & {*"".join(substrings)}:
        return texts.choose(np.zeros(0, np.int64))
    gap = 0, int(texts.starts[-1])
    return _choose_pair(texts, substrings, gap, _SENTENCE_BREAKS, not node.ordered)


def _choose_pair(
    texts: SearchedTexts,
    substrings: tuple[str, str],
    gap: tuple[int, int],
    breaks: Array,
    either: bool = False,
) -> SearchedTexts:
    """Return the texts with two substrings a gap without breaks apart, in one or `either` order."""
    codes = tuple(map(texts.encode, substrings))
    if not all(substrings) or codes[0] is None or codes[1] is None:
        return texts.choose(np.zeros(0, np.int64))
    return texts.choose(loops().holds_pair(texts[:3], codes, either, (*gap, breaks)))


# ---------------------------------------------------------------- patterns


def _find_pattern(texts: SearchedTexts, pattern: Pattern) -> Positions:
    """Return where a pattern is, each end at least with its earliest start.

    The substrings are followed from left to right.
    """
    (first, *others), gaps = pattern.substrings, pattern.gaps
    if first:
        found = find_substring(texts, first)
    elif any(others):
        found, others, gaps = _find_behind_gap(texts, others[0], gaps[0]), others[1:], gaps[1:]
    else:
        found = _find_everywhere(texts)
    for substring, gap in zip(others, gaps, strict=True):
        found = _follow(texts, _earliest(found), substring, gap)
    return found


def _earliest(found: Positions) -> Positions:
    """Return every end once, each with its earliest start."""
    if (found.ends[1:] > found.ends[:-1]).all():
        return found
    ends, offsets = np.unique(found.ends, return_index=True)  # the starts are in order
    return Positions(found.begins[offsets], ends)


def _find_behind_gap(texts: SearchedTexts, substring: str, gap: tuple[int, int]) -> Positions:
    """Return where a substring is after a gap with which a pattern begins."""
    (least, most), begins = gap, find_substring(texts, substring).begins
    earliest = begins - _count_solid(texts, begins, most)
    follows = earliest <= begins - least
    return Positions(earliest[follows], begins[follows] + len(substring))


def _find_everywhere(texts: SearchedTexts) -> Positions:
    """Return every position of every text, its end included."""
    begins = texts.starts.take(texts.numbers)
    sizes = texts.starts[1:].take(texts.numbers) - begins + 1
    offsets = np.repeat(np.arange(len(sizes)) << OFFSET_BITS, sizes) + ranges(begins, sizes)
    return Positions(offsets, offsets)


def _follow(
    texts: SearchedTexts, found: Positions, substring: str, gap: tuple[int, int]
) -> Positions:
    """Return what continues with a substring after a gap that holds no separators."""
    codes = texts.encode(substring)
    if codes is None:
        return _NOT_FOUND
    owners, ends = found.ends >> OFFSET_BITS, found.ends & OFFSET_MASK
    limits = texts.starts[1:].take(texts.numbers).take(owners)
    before, offsets = follow_substring(texts.codes, codes, ends, limits, (*gap, break_table()))
    ends = (owners[before] << OFFSET_BITS) + offsets + len(substring)
    return Positions(found.begins[before], ends)


def _count_solid(texts: SearchedTexts, positions: Array, most: int) -> Array:
    """Count the characters right before positions that a gap may hold, up to so many."""
    breaks, offsets = break_table(), positions & OFFSET_MASK
    limits = texts.starts.take(texts.numbers).take(positions >> OFFSET_BITS)
    counts, going = np.zeros(len(positions), np.int64), np.ones(len(positions), np.bool_)
    for distance in range(1, most + 1):
        going &= offsets - distance >= limits
        if not going.any():
            break
        going &= ~breaks.take(texts.codes.take(offsets - distance, mode="clip"), mode="clip")
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
