"""Merge small segments into a larger one by array operations; deleted documents are left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.engines.base import TERM_FIELDS
from indexer.engines.whoosh.columns import (
    INDEXED_FIELDS,
    MAX_DOCUMENTS,
    Array,
    Columns,
    add_repeats,
    ends_of,
    finish,
    narrow,
    read_freqs,
)
from indexer.engines.whoosh.postings import SortedPostings, add_postings, join_postings
from indexer.engines.whoosh.segment import Segment

MERGE_FACTOR = 4
"""Segments of about one size that are merged into one: each document is merged about eight times
on the way from one page to a full segment, and at most three segments of each size are searched."""

MIN_TIER_DOCUMENTS = 1024
"""Documents up to which segments count as of one size."""


def choose(segments: Sequence[Segment], most: int = MAX_DOCUMENTS) -> list[Segment]:
    """Choose what should be merged next into at most so many documents, if anything should."""
    wasteful = [one for one in segments if 2 * kept_count(one) < min(one.documents, 2 * most)]
    if wasteful:
        return wasteful[:1]
    tiers: dict[int, list[Segment]] = {}
    for segment in segments:
        tiers.setdefault(_tier(kept_count(segment)), []).append(segment)
    for tier in sorted(tiers):
        group = sorted(tiers[tier], key=kept_count)[:MERGE_FACTOR]
        full = len(group) == MERGE_FACTOR
        while sum(map(kept_count, group)) > MAX_DOCUMENTS:
            group.pop()  # of large segments two or three are merged
        if full and len(group) > 1 and sum(map(kept_count, group)) <= most:
            return group
    return []


def _tier(documents: int) -> int:
    tier = 0
    while documents > MIN_TIER_DOCUMENTS * MERGE_FACTOR**tier:
        tier += 1
    return tier


def kept_count(segment: Segment) -> int:
    """Count the documents and page records that are not deleted."""
    return int(np.count_nonzero(segment.live | segment.live_records))


def merge(segments: Sequence[Segment]) -> Columns:
    """Merge segments, their pages in order."""
    pages = sorted(
        (name, position, record)
        for position, segment in enumerate(segments)
        for record, name in zip(*segment.live_pages(), strict=True)
    )
    blocks = []
    for name, position, record in pages:
        span = segments[position].page_range(name)
        blocks.append((position, record, span[1] if span else record + 1))
    columns: Columns = {}
    for name in ("article", "number"):
        columns[name] = _gather([getattr(one, name) for one in segments], blocks)
    columns["stored.crcs"] = _gather([one.columns["stored.crcs"] for one in segments], blocks)
    _gather_texts(columns, segments, blocks)
    maps = _number(segments, blocks)
    pairs = [
        numbers[np.stack((segment.repeats, segment.originals), axis=1)]
        for numbers, segment in zip(maps, segments, strict=True)
    ]
    add_repeats(columns, np.concatenate(pairs))
    for position, field in enumerate(INDEXED_FIELDS):
        _merge_field(columns, field, segments, maps)
        if field in TERM_FIELDS:
            lengths = [segment.lengths[position] for segment in segments]
            columns[f"{field}.lengths"] = _gather(lengths, blocks)
    _gather_values(columns, segments, blocks)
    return finish(columns)


Block = tuple[int, int, int]


def _number(segments: Sequence[Segment], blocks: Sequence[Block]) -> list[Array]:
    """Return the new number of each document, -1 for those that are deleted."""
    maps = [np.full(segment.documents, -1, np.int64) for segment in segments]
    number = 0
    for position, start, end in blocks:
        maps[position][start:end] = np.arange(number, number + end - start)
        number += end - start
    return maps


def _gather(values: Sequence[Array], blocks: Sequence[Block]) -> Array:
    parts = [values[position][start:end] for position, start, end in blocks]
    return np.concatenate([values[0][:0], *parts])


def _gather_texts(columns: Columns, segments: Sequence[Segment], blocks: Sequence[Block]) -> None:
    sizes = [np.diff(segment.starts) for segment in segments]
    columns["text.start"] = ends_of(_gather(sizes, blocks))
    parts = [
        segments[position].columns["text"][slice(*segments[position].starts[[start, end]].tolist())]
        for position, start, end in blocks
    ]
    columns["text"] = np.concatenate([segments[0].columns["text"][:0], *parts])


def _gather_values(columns: Columns, segments: Sequence[Segment], blocks: Sequence[Block]) -> None:
    values = [
        segments[position].raw(number)
        for position, start, end in blocks
        for number in range(start, end)
    ]
    columns["stored"] = np.frombuffer(b"".join(values), np.uint8)
    columns["stored.sizes"] = narrow(np.fromiter(map(len, values), np.int64, len(values)))


def _merge_field(
    columns: Columns, field: str, segments: Sequence[Segment], maps: Sequence[Array]
) -> None:
    held = (_read(segment, field) for segment in segments)
    add_postings(columns, field, join_postings(list(map(_renumber, held, maps))))


def _read(segment: Segment, field: str) -> SortedPostings:
    """Read the postings of a field; a keyword is in a document once."""
    starts = segment.field(field).starts
    begin, end = int(starts[0]), int(starts[-1])
    freqs = np.ones(end - begin, np.uint8)
    if field in TERM_FIELDS:
        _, repeated, ranks, often = segment.postings
        freqs = read_freqs(repeated, ranks, often, begin, end)
    index = segment.field(field)
    terms = list(map(index.term, range(index.size)))
    return SortedPostings(terms, starts - begin, segment.docs[begin:end], freqs)


def _renumber(postings: SortedPostings, numbers: Array) -> SortedPostings:
    """Renumber documents, leaving out those that are deleted."""
    docs = numbers[postings.docs]
    stays = docs >= 0
    start = ends_of(stays)[postings.start]
    return SortedPostings(postings.terms, start, docs[stays], postings.freqs[stays])
