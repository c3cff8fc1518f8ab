"""The cache of a build is used where it fits the commit, and left alone elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from errno import ENOSPC
from hashlib import sha256
from pathlib import Path

import pytest
from support.archives import TEXT, Archive, make_archive, rewrite

import indexer
from indexer.engines.whoosh import WhooshEngine
from indexer.engines.whoosh.storage import BUILD_CACHE as NOTE
from indexer.engines.whoosh.storage import Disk
from indexer.pages.seen import READER_VERSION, file_fingerprint

MOST = 1_000_000


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    return make_archive(tmp_path, monkeypatch)


def forge(archive: Archive, make: Callable[[bytes], bytes]) -> None:
    """Change what a note says, and its checksum with it."""
    path = archive.index / NOTE
    head, _, body = path.read_bytes().partition(b"\n")
    body = make(body)
    head = b" ".join((*head.split()[:-1], sha256(body).hexdigest().encode()))
    path.write_bytes(head + b"\n" + body)


def test_a_check_sees_what_no_fingerprint_shows(archive: Archive) -> None:
    path = archive.pages / "a.txt"
    before = file_fingerprint(path.stat()).encode()
    rewrite(path)
    forge(archive, lambda body: body.replace(before, file_fingerprint(path.stat()).encode()))
    assert archive.build().changed == ()
    report = indexer.check_index([archive.pages], index=archive.index)
    assert report.differences["changed"] == ("a",)
    assert archive.build(full=True).added
    assert archive.finds("体育馆") == {"a"}


def change_byte(note: bytes) -> bytes:
    return note[:-1] + bytes([note[-1] ^ 1])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: b"",
        lambda note: note[: len(note) // 2],
        change_byte,
        lambda note: note.replace(b"chaquan-seen 2", b"chaquan-seen 1"),
        lambda note: note.replace(b" %s " % READER_VERSION.encode(), b" other ", 1),
        lambda note: b"\n" * 10_000_000,
    ],
)
def test_a_note_that_is_none_is_left_alone(
    archive: Archive, spoil: Callable[[bytes], bytes]
) -> None:
    path = archive.index / NOTE
    path.write_bytes(spoil(path.read_bytes()))
    report = archive.build()
    assert (len(archive.read), len(report.unchanged), report.changed) == (4, 5, ())
    archive.build()
    assert archive.read == []


@pytest.mark.parametrize("make", [Path.unlink, Path.mkdir, os.mkfifo, Path.symlink_to])
def test_whatever_has_the_name_of_the_build_cache(
    archive: Archive, make: Callable[..., object]
) -> None:
    path, other = archive.index / NOTE, archive.write("b.toml", "page = '1'")
    archive.build()
    path.rename(archive.index.with_name("kept"))
    path.write_bytes(b"")
    if make is not Path.unlink:
        path.unlink()
    make(*((path, other) if make is Path.symlink_to else (path,)))
    assert len(archive.build().unchanged) == 5
    assert len(archive.read) == 4
    assert other.read_text(encoding="utf-8") == "page = '1'"
    indexer.check_index([archive.pages], index=archive.index)


def test_a_note_of_another_commit_is_left_alone(archive: Archive) -> None:
    note = (archive.index / NOTE).read_bytes()
    archive.write("a.txt", TEXT * 2)
    archive.build()
    (archive.index / NOTE).write_bytes(note)
    archive.build()
    assert len(archive.read) == 4


def test_a_note_of_another_folder_is_left_alone(archive: Archive) -> None:
    moved = archive.pages.rename(archive.pages.with_name("moved"))
    assert len(archive.build(moved).unchanged) == 5
    assert len(archive.read) == 4
    assert archive.build(moved / "c", replace=True).unchanged == ("c/d",)  # its id stays


def test_the_same_folder_by_another_way(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(archive.pages)
    archive.build(Path())
    assert archive.read == []
    link = archive.pages.with_name("link")
    link.symlink_to(archive.pages)
    archive.build(link)
    assert archive.read == []


def test_files_that_are_named_are_remembered_too(archive: Archive) -> None:
    sources = [archive.pages / "a.txt", archive.pages / "e.jsonl"]
    archive.build(*sources, replace=True)
    assert archive.build(*sources).unchanged == ("a", "e/1", "e/2")
    assert archive.read == []
    archive.write("pages.toml", "newspaper = '甲'")
    archive.build(*sources)
    assert archive.read == ["a.txt", "e.jsonl"]


def test_a_commit_forgets_the_note_and_one_that_fails_does_not(archive: Archive) -> None:
    engine = WhooshEngine(archive.index)
    stamp = engine.reader().stamp
    with suppress(ZeroDivisionError), engine.writer(stamp) as writer:
        writer.remove("a")
        writer.remove(str(1 / 0))
    assert engine.load_build_cache(MOST)
    with engine.writer(stamp) as writer:
        writer.remove("a")
    assert engine.load_build_cache(MOST) == b""
    assert archive.build().added == ("a",)


def test_a_note_waits_for_no_writer(archive: Archive) -> None:
    engine = WhooshEngine(archive.index)
    note = engine.load_build_cache(MOST)
    with engine.writer(engine.reader().stamp):
        engine.save_build_cache(lambda _: b"another")
    assert engine.load_build_cache(MOST) == note
    assert engine.load_build_cache(len(note) - 1) == b""


def test_a_build_cache_on_a_full_disk_is_none(archive: Archive) -> None:
    class Full(Disk):
        def replace(self, name: str, target: str) -> None:
            raise OSError(ENOSPC, "No space left on device")

    names = set(archive.index.iterdir())
    WhooshEngine(archive.index, disk=Full(archive.index)).save_build_cache(lambda _: b"another")
    assert set(archive.index.iterdir()) == names
    archive.build()
    assert archive.read == []
