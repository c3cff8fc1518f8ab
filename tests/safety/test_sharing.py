"""Writers take turns, readers are never disturbed, nothing wipes a live index."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest
from support.crash_archive import NEW, OLD, State, answers, make_documents, read, write
from support.effort import rounds
from support.engine_samples import STAMP, record

from indexer.engines.whoosh import WhooshEngine
from indexer.errors import IndexLocked, StorageFull
from indexer.model import Every, Request


@pytest.fixture
def engine(tmp_path: Path) -> WhooshEngine:
    engine = WhooshEngine(tmp_path / "index", lock_seconds=0.05)
    write(engine, {}, OLD)
    return engine


def test_the_second_writer_says_who_holds_the_lock(engine: WhooshEngine) -> None:
    with engine.writer(STAMP) as writer:
        second = WhooshEngine(engine.folder, lock_seconds=0.05)
        for fresh in (False, True):
            with (
                pytest.raises(IndexLocked, match=rf"process {os.getpid()} on .*waited 0\.05 s"),
                second.writer(STAMP, fresh=fresh),
            ):
                pass
        writer.put(record("z"), make_documents("z", ("新的",)))
    assert read(engine)[0].keys() == {*OLD, "z"}


def test_a_writer_in_another_process_holds_the_lock(engine: WhooshEngine) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from indexer.engines.whoosh.storage import locked\n"
        "with locked(Path(sys.argv[1]), 0):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(engine.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    with child:
        assert child.stdout
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(IndexLocked, match=f"process {child.pid} on"), engine.writer(STAMP):
            pass
        child.kill()
        child.wait()
        write(engine, OLD, NEW)  # the lock ended with its holder
    assert read(engine)[0].keys() == NEW.keys()


def test_a_writer_that_waits_gets_its_turn(engine: WhooshEngine) -> None:
    patient = WhooshEngine(engine.folder, lock_seconds=60)
    began = Event()

    def wait_and_write() -> None:
        began.set()
        write(patient, OLD, {**OLD, "y": ("等到了",)})

    with ThreadPoolExecutor(1) as pool:
        with engine.writer(STAMP) as writer:
            waiting = pool.submit(wait_and_write)
            began.wait()
            writer.put(record("z"), make_documents("z", ("新的",)))
        waiting.result()
    assert read(engine)[0].keys() == {*OLD, "y", "z"}


def test_opening_and_failing_never_wipe_a_live_index(engine: WhooshEngine) -> None:
    truth = read(engine)
    with suppress(ZeroDivisionError), engine.writer(STAMP, fresh=True) as writer:
        writer.put(record("a"), [])
        raise ZeroDivisionError
    with engine.writer(STAMP):
        pass
    assert engine.exists()
    assert read(engine) == truth
    assert engine.reader().generation == 1


def test_opens_during_commits(engine: WhooshEngine) -> None:
    """Readers open all the time while a writer commits: no error, generations only grow."""
    commits, opens = rounds(20, 50), rounds(200, 1000)
    done = Event()

    def commit() -> None:
        try:
            for number in range(commits):
                pages: State = {f"p{number % 5}": (f"第{number}次援疆",)}
                write(engine, {}, pages, fresh=number % 10 == 9)
        finally:
            done.set()

    def open_often(least: int) -> list[int]:
        seen = []
        while len(seen) < least or not done.is_set():
            reader = WhooshEngine(engine.folder).reader()
            assert len(reader.find(Request(Every(), size=100)).hits) == reader.count()
            assert len(reader.pages()) <= len(OLD) + 5
            seen.append(reader.generation)
            reader.close()
        return seen

    with ThreadPoolExecutor(3) as pool:
        writing = pool.submit(commit)
        reading = [pool.submit(open_often, opens // 2) for _ in range(2)]
        writing.result()
        for one in reading:
            generations = one.result()
            assert generations == sorted(generations)
    assert engine.reader().generation == commits + 1


def test_a_reader_keeps_its_commit_while_others_are_made(engine: WhooshEngine) -> None:
    reader = engine.reader()
    truth = answers(reader)
    for number in range(5):
        write(engine, {}, {"a": (f"第{number}次",)}, fresh=True)
        assert answers(reader) == truth
    reader.close()


@pytest.mark.parametrize("location", ["file", "below a file"])
def test_an_impossible_location_is_said(tmp_path: Path, location: str) -> None:
    (tmp_path / "file").write_text("text")
    folder = tmp_path / "file" if location == "file" else tmp_path / "file" / "index"
    with pytest.raises(StorageFull, match="Cannot write to"), WhooshEngine(folder).writer(STAMP):
        pass
    assert (tmp_path / "file").read_text() == "text"
