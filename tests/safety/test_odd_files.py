"""Names of an index that are no plain files: folders, pipes, devices, links to somewhere else."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from support.crash_archive import NEW, NEXT, OLD, read, write

from indexer import Settings, build_index, make_settings
from indexer.cli import main
from indexer.engines.whoosh import WhooshEngine
from indexer.engines.whoosh.manifest import MANIFEST_DRAFT, MANIFEST_FILE, toc_name
from indexer.engines.whoosh.storage import LOCK_NAME
from indexer.errors import IndexMissing, IndexUnreadable, StorageFull, StoreError
from webapp import WebSettings, create_app

ODD: dict[str, Callable[[Path], None]] = {
    "folder": lambda path: path.mkdir(),
    "pipe": lambda path: os.mkfifo(path),
    "device": lambda path: path.symlink_to("/dev/zero"),
    "circle": lambda path: path.symlink_to(path.name),
    "nowhere": lambda path: path.symlink_to("/nowhere/at/all"),
}


@pytest.fixture
def engine(tmp_path: Path) -> WhooshEngine:
    engine = WhooshEngine(tmp_path / "index", lock_seconds=0)
    write(engine, {}, OLD)
    return engine


def replace(folder: Path, pattern: str, kind: str) -> None:
    (path,) = folder.glob(pattern)
    path.unlink()
    ODD[kind](path)


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("pattern", [MANIFEST_FILE, "*.toc", "*.seg"])
def test_an_odd_file_is_a_sentence(engine: WhooshEngine, pattern: str, kind: str) -> None:
    replace(engine.folder, pattern, kind)
    for ask in (engine.reader, engine.check, lambda: write(engine, OLD, NEW)):
        with pytest.raises(StoreError):
            ask()
    settings: Settings = make_settings({}, index=engine.folder)
    client = create_app(settings, web=WebSettings(access_log=0)).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/?q=援疆").status_code == 503  # of another analyzer, where it can be read
    with suppress(StorageFull):  # a folder cannot be replaced by a file
        write(engine, {}, NEW, fresh=True)
        assert read(engine)[0].keys() == NEW.keys()


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", [LOCK_NAME, MANIFEST_DRAFT, toc_name(2), "MAIN_odd.seg"])
def test_an_odd_file_in_a_writer_s_way(engine: WhooshEngine, name: str, kind: str) -> None:
    (engine.folder / name).unlink(missing_ok=True)
    ODD[kind](engine.folder / name)
    with suppress(StorageFull):
        write(engine, OLD, NEW)
        assert read(engine)[0].keys() == NEW.keys()
        write(engine, NEW, {**NEW, **NEXT})
    assert read(engine)[0].keys() >= {"a", "c"}


@pytest.mark.parametrize("name", [LOCK_NAME, MANIFEST_DRAFT, toc_name(2), MANIFEST_FILE])
def test_a_link_in_an_index_never_leads_a_writer_elsewhere(engine: WhooshEngine, name: str) -> None:
    """An index from elsewhere must not overwrite the files of whoever builds upon it."""
    treasure = engine.folder.parent / "treasure"
    path = engine.folder / name
    content = path.read_bytes() if path.exists() else b"dear"
    treasure.write_bytes(content)
    path.unlink(missing_ok=True)
    path.symlink_to(treasure)
    with suppress(StorageFull):
        write(engine, OLD, NEW)
    assert treasure.read_bytes() == content


def test_an_index_that_is_a_file_or_a_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    with pytest.raises(IndexMissing):
        WhooshEngine(tmp_path / "file").reader()
    with pytest.raises(IndexMissing):
        WhooshEngine(tmp_path / "file" / "below").reader()
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    engine = WhooshEngine(tmp_path / "link")
    write(engine, {}, OLD)
    assert read(WhooshEngine(tmp_path / "real")) == read(engine)
    (tmp_path / "lost").symlink_to("nowhere")
    with pytest.raises(StorageFull):
        write(WhooshEngine(tmp_path / "lost"), {}, OLD)


@pytest.mark.parametrize("seconds", [-(2**33), 0, 2**33, 2**40])
def test_a_clock_that_is_wrong(engine: WhooshEngine, seconds: int) -> None:
    truth = read(engine)
    for path in engine.folder.iterdir():
        os.utime(path, (seconds, seconds))
    assert read(engine) == truth
    write(engine, OLD, NEW)
    assert engine.reader().generation == 2


@contextmanager
def without_privileges() -> Iterator[None]:
    """Be a user who may not read everything."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("pattern", ["*.seg", "*.toc", MANIFEST_FILE, "."])
def test_files_that_may_not_be_read(engine: WhooshEngine, pattern: str) -> None:
    for path in engine.folder.glob(pattern) if pattern != "." else [engine.folder]:
        path.chmod(0)
    with (
        without_privileges(),
        pytest.raises(IndexUnreadable, match=r"Permission denied.*check its permissions"),
    ):
        engine.reader()
    with without_privileges(), pytest.raises(IndexUnreadable):
        engine.check()
    with without_privileges(), pytest.raises((StorageFull, IndexUnreadable)):
        write(engine, OLD, NEW)
    engine.folder.chmod(0o700)


@pytest.mark.parametrize("locked", ["pages", "pages/1930"])
@pytest.mark.parametrize("command", ["build", "add", "inspect", "check"])
def test_a_folder_that_may_not_be_read_is_not_called_empty(
    tmp_path: Path, locked: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pages" / "1930").mkdir(parents=True)
    (tmp_path / "pages" / "1930" / "a.txt").write_text("嘉兴援疆。", "utf-8")
    build_index([tmp_path / "pages"], index=tmp_path / "index")
    list_folder = os.scandir

    def refuse(path: Path) -> Any:
        if path == tmp_path / locked:
            raise PermissionError(errno.EACCES, "Permission denied")
        return list_folder(path)

    monkeypatch.setattr("os.scandir", refuse)
    monkeypatch.setattr("os.access", lambda *asked, **how: False)
    words = [command, str(tmp_path / "pages")]
    words += [] if command == "inspect" else ["--index", str(tmp_path / "index")]
    said = CliRunner().invoke(main, words).stderr
    assert said == f"chaquan: {tmp_path / locked} was not read: permission denied.\n"
