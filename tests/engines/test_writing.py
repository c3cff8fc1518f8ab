"""Many pages, workers and merges: what is written does not depend on who wrote it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from support.engine_samples import STAMP, ask, document, fill, record

from indexer.engines import build_processes
from indexer.engines.base import Reader
from indexer.engines.memory import MemoryEngine
from indexer.engines.whoosh import WhooshEngine, builder, merge, text_terms, writer
from indexer.engines.whoosh.manifest import SegmentEntry, read_manifest
from indexer.errors import ChaquanError, IndexCorrupt
from indexer.model import Document, Literal, Matches, Not, PageRecord, Request, Weighted

REQUESTS = (
    Request(Literal("援疆"), scores=(Weighted("words", "援疆", 1.0),), facets=("page",), size=99),
    Request(Not(Literal("教育援")), scores=(Weighted("chars", "沙", 1.0),), size=99),
)


def make(number: int) -> tuple[PageRecord, list[Document]]:
    """Make a page out of its number."""
    if number == -9:
        os._exit(1)
    if number < 0:
        raise IndexCorrupt(path="page", reason="a page that cannot be made")
    page = f"p{number % 40:02d}"
    texts = ["援疆教育" * (number % 3 + n) + "沙雅" * (n % 2) + str(number) for n in range(4)]
    held = [
        document(text, page=page, number=n, original=1 if n == 3 else None)
        for n, text in enumerate(texts)
    ]
    return record(page, str(number)), held


def answer(reader: Reader, request: Request) -> Matches:
    return replace(reader.find(request), generation=0)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WhooshEngine:
    monkeypatch.setattr(build_processes, "MIN_PAGES_FOR_POOL", 0)
    return WhooshEngine(tmp_path / "index", lock_seconds=0.05, workers=2)


def test_workers_make_what_one_process_makes(engine: WhooshEngine) -> None:
    memory = MemoryEngine()
    for one in (engine, memory):
        with one.writer(STAMP) as writing:
            for number in range(60):  # the last twenty replace the first
                writing.put_lazily(f"p{number % 40:02d}", number, make)
            writing.remove("p30")
            writing.put(*make(31))
            writing.put_lazily("p32", 72, make)
    assert engine.check() > 2
    one, two = engine.reader(), memory.reader()
    assert one.pages() == two.pages()
    for request in REQUESTS:
        assert answer(one, request) == answer(two, request)


def segments(folder: Path) -> tuple[SegmentEntry, ...]:
    manifest = read_manifest(folder)
    return manifest.segments if manifest else ()


def _write(engine: WhooshEngine, numbers: Iterable[int]) -> None:
    with engine.writer(STAMP) as writing:
        for number in numbers:
            writing.put_lazily(f"p{number % 40:02d}", number, make)


def test_an_error_in_a_worker_is_the_writers(engine: WhooshEngine) -> None:
    fill(engine, [document("援疆")])
    with pytest.raises(IndexCorrupt, match="cannot be made"):
        _write(engine, (1, 2, -1, *range(3, 200)))
    assert engine.reader().count() == 1
    assert len(list(engine.folder.iterdir())) == 4


def test_a_lost_worker_is_reported(engine: WhooshEngine) -> None:
    fill(engine, [document("援疆")])
    with pytest.raises(ChaquanError, match="want of memory"):
        _write(engine, (1, 2, -9, *range(3, 200)))
    assert engine.reader().count() == 1
    assert len(list(engine.folder.iterdir())) == 4


@pytest.mark.parametrize("share", [1, 7, 10**6])
def test_postings_do_not_depend_on_how_much_is_sorted_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    monkeypatch.setattr(text_terms, "TOKENS_PER_SORT", share)
    engine, memory = WhooshEngine(tmp_path), MemoryEngine()
    for one in (engine, memory):
        fill(one, [document("", number=9), *make(5)[1], document("一𠀀 二\t三，四", page="x")])
    for field in ("chars", "pairs"):
        expected = list(memory.reader().vocabulary(field))
        assert list(engine.reader().vocabulary(field)) == expected


def test_many_small_commits_are_merged(tmp_path: Path) -> None:
    engine, memory = WhooshEngine(tmp_path), MemoryEngine()
    for number in range(50):
        for one in (engine, memory):
            with one.writer(STAMP) as writing:
                writing.put(*make(number))
                writing.remove(f"p{number - 7:02d}")
    reader = engine.reader()
    assert len(segments(tmp_path)) < merge.MERGE_FACTOR
    assert len(list(tmp_path.iterdir())) <= 3 + merge.MERGE_FACTOR
    assert engine.check() >= 2
    for request in REQUESTS:
        assert answer(reader, request) == answer(memory.reader(), request)


def test_a_build_is_one_commit_however_much_it_merges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "MAX_MERGED_DOCUMENTS", 4)
    monkeypatch.setattr(builder, "MAX_CHARACTERS", 1)  # every page is a segment at first
    engine = WhooshEngine(tmp_path)
    _write(engine, range(13))
    assert engine.reader().generation == 1
    assert len(segments(tmp_path)) < merge.MERGE_FACTOR
    for number in range(4):  # what these leave is merged in a commit of its own
        _write(engine, [13 + number])
    assert engine.reader().generation > 5
    assert len(segments(tmp_path)) <= merge.MERGE_FACTOR
    assert engine.reader().count() == 17 * 4


def test_a_segment_that_is_mostly_deleted_is_rewritten(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    with engine.writer(STAMP) as writing:
        for number in range(10):
            writing.put(*make(number))
    with engine.writer(STAMP) as writing:
        for number in range(6):
            writing.remove(f"p{number:02d}")
    reader = engine.reader()
    assert [segment.documents for segment in segments(tmp_path)] == [20]
    assert ask(reader, Literal("教育"), size=0).total == 10


@pytest.mark.parametrize(
    ("sizes", "merged"),
    [
        ([900, 10, 800], []),
        ([900, 10, 800, 700], [10, 700, 800, 900]),
        ([5000, 5000, 5000, 10], []),
        ([30000, 20000, 25000, 18000], [18000, 20000, 25000]),
        ([60000, 50000, 55000, 40000, 40000], []),
    ],
)
def test_what_is_merged(sizes: list[int], merged: list[int]) -> None:
    segments: list[Any] = [
        SimpleNamespace(documents=size, live=np.ones(size, bool), live_records=np.zeros(size, bool))
        for size in sizes
    ]
    assert [one.documents for one in merge.choose(segments)] == merged
