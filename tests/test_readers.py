"""One open index under many hands: new commits are followed, each answer is of one commit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from support.search_samples import SETTINGS, STAMP, fill

from indexer.engines.memory import MemoryEngine, MemoryReader
from indexer.errors import IndexClosed, IndexMissing, IndexOutdated
from indexer.model import Kind
from indexer.search import Index


def page(number: int) -> dict[str, list[tuple[str, Kind, tuple[str, ...]]]]:
    return {f"p{number:03}": [(f"援疆第{number}号", Kind.BODY, ())]}


def test_a_new_commit_is_seen_without_opening_again() -> None:
    engine = MemoryEngine()
    index = Index(engine, SETTINGS)
    with pytest.raises(IndexMissing):
        index.search("援疆")
    for number in (1, 2, 3):
        fill(engine, page(number))
        assert index.search("援疆").total == number
        assert index.generation == number


def test_a_scan_stays_with_the_commit_it_began_on() -> None:
    engine = MemoryEngine()
    index = Index(engine, SETTINGS)
    fill(engine, page(1) | page(2))
    scan = index.scan("援疆")
    first = next(scan)
    fill(engine, page(3))
    assert {first.id, *(hit.id for hit in scan)} == {"p001:1:1", "p002:1:1"}
    assert index.search("援疆").total == 3


def test_an_old_reader_is_closed_after_its_last_user(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[int] = []
    monkeypatch.setattr(MemoryReader, "close", lambda reader: closed.append(reader.generation))
    engine = MemoryEngine()
    index = Index(engine, SETTINGS)
    fill(engine, page(1))
    scan = index.scan("援疆")
    next(scan)
    fill(engine, page(2))
    index.search("援疆")
    assert closed == []
    list(scan)
    assert closed == [1]
    index.close()
    assert closed == [1, 2]


def test_a_closed_index_stays_closed() -> None:
    engine = MemoryEngine()
    fill(engine, page(1))
    with Index(engine, SETTINGS) as index:
        scan = index.scan("援疆")
        assert index.search("援疆").total == 1
    for use in (lambda: index.search("援疆"), lambda: next(scan), lambda: index.generation):
        with pytest.raises(IndexClosed):
            use()


def test_an_index_cut_otherwise_is_not_searched() -> None:
    engine = MemoryEngine()
    with engine.writer(replace(STAMP, analysis="0"), fresh=True):
        pass
    with pytest.raises(IndexOutdated):
        Index(engine, SETTINGS).search("援疆")


def test_many_threads_search_while_one_writes() -> None:
    engine = MemoryEngine()
    fill(engine, page(0))
    index = Index(engine, SETTINGS)

    def is_of_one_commit() -> bool:
        results = index.search("援疆", size=200)
        return results.total == results.generation == len(results)

    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(is_of_one_commit) for _ in range(60)]
        for number in range(1, 20):
            fill(engine, page(number))
            answers += [pool.submit(is_of_one_commit) for _ in range(3)]
    assert all(answer.result() for answer in answers)
    assert index.search("援疆").total == 20


def test_a_snapshot_answers_everything_from_one_commit() -> None:
    engine = MemoryEngine()
    fill(engine, page(1))
    index = Index(engine, SETTINGS)
    with index.snapshot() as snapshot:
        fill(engine, page(2))
        assert snapshot.search("援疆").total == snapshot.generation == 1
        assert snapshot.search("援疆").generation == 1
        assert len(list(snapshot.scan("援疆"))) == snapshot.page_count == 1
        assert snapshot.suggest("援缰").corrections == ()
        snapshot.close()
        assert index.search("援疆").total == index.generation == 2
        assert snapshot.page("p001").articles
    assert index.search("援疆").total == 2


def test_the_newest_commit_is_looked_up_without_holding_a_lock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = MemoryEngine()
    fill(engine, page(1))
    index = Index(engine, SETTINGS)
    index.check()
    asked = []
    latest = engine.latest

    def look_up() -> str:
        nested = not asked
        asked.append(nested)
        if nested:  # another thread's search in the meantime
            with ThreadPoolExecutor() as pool:
                assert pool.submit(index.search, "援疆").result(timeout=20).total == 1
        return latest()

    monkeypatch.setattr(engine, "latest", look_up)
    assert index.search("援疆").total == 1
    assert len(asked) == 2
