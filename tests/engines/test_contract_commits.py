"""What every engine promises of commits: whole or not at all, one writer at a time."""

from __future__ import annotations

import pytest
from support.engine_samples import (
    A1,
    A2,
    A3,
    B1,
    C1,
    DOCUMENTS,
    STAMP,
    ask,
    document,
    fill,
    ids,
    record,
)

from indexer.engines.base import Engine
from indexer.errors import IndexLocked, IndexMissing
from indexer.model import Literal, Sort


def test_an_index_that_is_not_there(engine: Engine) -> None:
    assert not engine.exists()
    assert engine.latest() == ""
    with pytest.raises(IndexMissing):
        engine.reader()
    with pytest.raises(IndexMissing):
        engine.check()


def _fail_to_write(engine: Engine) -> None:
    with engine.writer(STAMP) as writer:
        writer.remove("a")
        writer.put(record("z"), [document("z", page="z")])
        raise ZeroDivisionError


def test_a_commit_is_all_or_nothing(engine: Engine) -> None:
    before = fill(engine, DOCUMENTS)
    with pytest.raises(ZeroDivisionError):
        _fail_to_write(engine)
    assert engine.latest() == before.identity
    assert engine.reader().count() == 6
    with engine.writer(STAMP) as writer:
        writer.put(record("z"), [document("z", page="z")])
    after = engine.reader()
    assert after.generation > before.generation
    assert engine.latest() == after.identity != before.identity


def test_a_commit_without_change_is_none_unless_it_is_fresh(engine: Engine) -> None:
    first = fill(engine, DOCUMENTS)
    with engine.writer(STAMP):
        pass
    assert engine.latest() == first.identity
    with engine.writer(STAMP, fresh=True):
        pass
    assert engine.latest() != first.identity
    assert engine.reader().generation > first.generation
    assert engine.reader().count() == 0


def test_texts_stored_with_a_commit(engine: Engine) -> None:
    assert engine.commit_data() == {}
    with engine.writer(STAMP) as writer:
        writer.put(record("a"), [document("援疆")])
        writer.set_commit_data({"sources": "版面", "other": ""})
    first = engine.latest()
    assert engine.commit_data() == {"sources": "版面", "other": ""}
    with engine.writer(STAMP) as writer:  # the same again is no change
        writer.set_commit_data({"other": "", "sources": "版面"})
    assert engine.latest() == first
    with engine.writer(STAMP) as writer:
        writer.put(record("b"), [document("教育", page="b")])
    assert engine.commit_data() == {"sources": "版面", "other": ""}
    with engine.writer(STAMP) as writer:
        writer.set_commit_data({"sources": "other"})
    assert engine.commit_data() == {"sources": "other"}
    assert list(engine.reader().pages()) == ["a", "b"]
    with engine.writer(STAMP, fresh=True):
        pass
    assert engine.commit_data() == {}


def test_put_replaces_and_remove_forgets(engine: Engine) -> None:
    reader = fill(engine, DOCUMENTS)
    with engine.writer(STAMP) as writer:
        writer.put(record("a", "2"), [document("新的教育", number=7)])
        writer.put(record("b"), [document("一")])
        writer.put(record("b", "3"), [document("教二", page="b")])
        writer.remove("b/c:d")
        writer.remove("nobody")
        writer.put(record("e"), [document("教三", page="e")])
        writer.remove("e")
    newer = engine.reader()
    assert ids(ask(newer, Literal("教"))) == ["a:1:7", "b:1:1"]
    assert newer.pages() == {"a": "2", "b": "3"}
    assert list(newer.vocabulary("words", "援")) == []
    assert ids(ask(reader, Literal("教"), sort=Sort.PAGE)) == [A1, A2, A3, B1, C1]


def test_a_fresh_commit_replaces_everything(engine: Engine) -> None:
    fill(engine, DOCUMENTS)
    reader = fill(engine, [document("新", page="n")], fresh=True)
    assert ids(ask(reader)) == ["n:1:1"]
    assert list(reader.pages()) == ["n"]


def test_a_second_writer_gets_an_error_with_the_holder(engine: Engine) -> None:
    with (
        engine.writer(STAMP) as writer,
        pytest.raises(IndexLocked, match=r"waited 0\.05 s"),
        engine.writer(STAMP),
    ):
        pass
    with engine.writer(STAMP) as writer:
        writer.put(record("a"), [])
    assert engine.reader().page("a") == record("a")


def test_a_closed_reader_may_be_closed_again(engine: Engine) -> None:
    reader = fill(engine, DOCUMENTS)
    reader.close()
    reader.close()


def test_a_note_is_given_back_or_forgotten_and_the_next_commit_forgets_it(engine: Engine) -> None:
    fill(engine, DOCUMENTS)
    assert engine.load_build_cache(99) == b""
    note = f"note {engine.latest()}".encode()
    engine.save_build_cache(lambda identity: f"note {identity}".encode())
    assert engine.load_build_cache(len(note)) in (note, b"")
    assert engine.load_build_cache(len(note) - 1) == b""
    engine.save_build_cache(lambda _: None)
    assert engine.load_build_cache(999) in (note, b"")
    with engine.writer(STAMP) as writer:
        writer.remove("b")
    assert engine.load_build_cache(99) == b""
