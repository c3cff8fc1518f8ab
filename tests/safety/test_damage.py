"""Damaged files give one typed error that says what to do, and never a wrong answer."""

from __future__ import annotations

import random
from pathlib import Path
from shutil import copytree

import pytest
from support.crash_archive import NEW, OLD, Answers, State, make_documents, read, write
from support.damage import damage
from support.effort import rounds
from support.engine_samples import STAMP, record

from indexer.engines.whoosh import WhooshEngine, manifest, storage
from indexer.engines.whoosh.storage import LOCK_NAME
from indexer.errors import IndexCorrupt

MORE: State = {f"p{n}": (f"第{n}段援疆教育" * (n % 7 + 1), "沙雅的新学校") for n in range(40)}


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of two segments, with pages taken out of the first."""
    folder = tmp_path_factory.mktemp("damage") / "healthy"
    engine = WhooshEngine(folder)
    write(engine, {}, OLD | MORE)
    write(engine, OLD, NEW)
    (folder / LOCK_NAME).unlink()
    return folder


@pytest.fixture(scope="module")
def truth(healthy: Path) -> Answers:
    return read(WhooshEngine(healthy))


def read_or_refuse(engine: WhooshEngine) -> Answers | None:
    try:
        return read(engine)
    except IndexCorrupt:
        return None


@pytest.mark.parametrize("eager", [True, False], ids=["small", "large"])
def test_damage_is_named_and_never_answered_with(
    healthy: Path, truth: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, eager: bool
) -> None:
    if not eager:  # as an index is that is too large to be hashed when it is opened
        monkeypatch.setattr(manifest, "MAX_BYTES_ALWAYS_HASHED", 0)
    for seed in range(rounds(60, 300)):
        folder = tmp_path / str(seed)
        copytree(healthy, folder)
        what = damage(folder, random.Random(seed))
        engine = WhooshEngine(folder)
        with pytest.raises(IndexCorrupt, match="chaquan build --full --index"):
            engine.check()
        found = read_or_refuse(engine)
        assert found is None or (found == truth and not eager), what


def test_a_damaged_index_is_not_built_upon_but_replaced(healthy: Path, tmp_path: Path) -> None:
    for seed in range(rounds(10, 100)):
        folder = tmp_path / str(seed)
        copytree(healthy, folder)
        what = damage(folder, random.Random(seed))
        engine = WhooshEngine(folder)
        with pytest.raises(IndexCorrupt), engine.writer(STAMP):
            pass
        write(engine, {}, NEW, fresh=True)
        assert engine.check(), what
        assert read(engine)[0].keys() == NEW.keys()


def test_generations_continue_after_damage(healthy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    copytree(healthy, folder)
    before = WhooshEngine(folder).reader().generation
    for path in folder.glob("*.toc"):
        path.unlink()
    engine = WhooshEngine(folder)
    with engine.writer(STAMP, fresh=True) as writer:
        writer.put(record("a"), make_documents("a", ("援疆",)))
    assert engine.reader().generation > before


@pytest.mark.parametrize("kind", storage.DAMAGE_ERRORS)
def test_every_foreign_error_over_damage_is_ours(kind: type[Exception], tmp_path: Path) -> None:
    with (
        pytest.raises(IndexCorrupt, match="chaquan build --full"),
        storage.reading_errors(tmp_path),
    ):
        raise kind("x")
