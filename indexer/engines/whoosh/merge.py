"""Small segments in, one larger segment out, by array operations; deleted documents stay behind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.engines.base import TERM_FIELDS
from indexer.engines.whoosh.builder import NewSegment
from indexer.engines.whoosh.columns import (
    MOST_DOCUMENTS,
    Array,
    Columns,
    complete,
)
from indexer.engines.whoosh.postings import (
    Postings,
    add_postings,
    join_postings,
    read_postings,
)
from indexer.engines.whoosh.schema import FIELDS
from indexer.engines.whoosh.segment import Segment

FAN = 4
"""Segments of about one size that are merged into one: each document is merged about eight times
on the way from one page to a full segment, and at most three segments of each size are searched."""

SMALLEST = 1024
"""Documents up to which segments count as of one size."""


def choose(segments: Sequence[Segment], most: int = MOST_DOCUMENTS) -> list[Segment]:
    """Choose what should be merged next into at most so many documents, if anything should."""
    wasteful = [one for one in segments if 2 * kept_count(one) < min(one.documents, 2 * most)]
    if wasteful:
        return wasteful[:1]
    tiers: dict[int, list[Segment]] = {}
    for segment in segments:
        tiers.setdefault(_tier(kept_count(segment)), []).append(segment)
    for tier in sorted(tiers):
        group = sorted(tiers[tier], key=kept_count)[:FAN]
        full = len(group) == FAN
        while sum(map(kept_count, group)) > MOST_DOCUMENTS:
            group.pop()  # of large segments two or three are merged
        if full and len(group) > 1 and sum(map(kept_count, group)) <= most:
            return group
    return []


def _tier(documents: int) -> int:
    tier = 0
    while documents > SMALLEST * FAN**tier:
        tier += 1
    return tier


def kept_count(segment: Segment) -> int:
    """Count the documents and page records that are not deleted."""
    return int(np.count_nonzero(segment.live | segment.live_records))


def merge(segments: Sequence[Segment]) -> NewSegment:
    """Merge segments, their pages in order."""
    pages = sorted(
        (segment.term("page", row), place, int(record))
        for place, segment in enumerate(segments)
        for record, row in zip(*segment.live_pages(), strict=True)
    )
    blocks = []
    for name, place, record in pages:
        span = segments[place].page_range(name)
        blocks.append((place, record, span[1] if span else record + 1))
    maps = _number(segments, blocks)
    columns: Columns = {}
    for name in ("article", "number", "stored.crcs"):
        columns[name] = _gather(segments, blocks, name)
    texts, sizes = _gather_texts(segments, blocks)
    columns["text"], columns["text.start"] = texts, np.append(0, np.cumsum(sizes, dtype=np.int64))
    for field in FIELDS:
        _merge_field(columns, field, segments, maps)
        if field in TERM_FIELDS:
            columns[f"{field}.lengths"] = _gather(segments, blocks, f"{field}.lengths")
    stored = [
        segments[place].raw(number) for place, start, end in blocks for number in range(start, end)
    ]
    return NewSegment(complete(columns), stored)


Block = tuple[int, int, int]


def _number(segments: Sequence[Segment], blocks: Sequence[Block]) -> list[Array]:
    """Give every document that stays its new number, the others -1."""
    maps = [np.full(segment.documents, -1, np.int64) for segment in segments]
    number = 0
    for place, start, end in blocks:
        maps[place][start:end] = np.arange(number, number + end - start)
        number += end - start
    return maps


def _gather(segments: Sequence[Segment], blocks: Sequence[Block], name: str) -> Array:
    parts = [segments[place].columns[name][start:end] for place, start, end in blocks]
    return np.concatenate(parts) if parts else segments[0].columns[name][:0]


def _gather_texts(segments: Sequence[Segment], blocks: Sequence[Block]) -> tuple[Array, Array]:
    texts = [segments[0].columns["text"][:0]]
    sizes = [np.zeros(0, np.int64)]
    for place, start, end in blocks:
        starts = segments[place].columns["text.start"][start : end + 1]
        texts.append(segments[place].columns["text"][starts[0] : starts[-1]])
        sizes.append(np.diff(starts))
    return np.concatenate(texts), np.concatenate(sizes)


def _merge_field(
    columns: Columns, field: str, segments: Sequence[Segment], maps: Sequence[Array]
) -> None:
    parts = [
        _renumber(read_postings(segment.columns, field), numbers)
        for segment, numbers in zip(segments, maps, strict=True)
    ]
    add_postings(columns, field, join_postings(parts))


def _renumber(postings: Postings, numbers: Array) -> Postings:
    """Give documents their new numbers, and leave out those that are deleted."""
    docs = numbers[postings.docs]
    stays = docs >= 0
    start = np.append(0, np.cumsum(stays))[postings.start]
    return Postings(postings.terms, start, docs[stays], postings.freqs[stays])
