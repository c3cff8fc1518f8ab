"""A disk that is really full, a folder that really is read-only: on a small tmpfs.

Where mounting is not possible the tests are skipped and say so; `test_crash.py` plays the same
errors at every operation without any privilege.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.crash_archive import NEW, OLD, State, read, write
from support.effort import LONG

from indexer import build_index, open_index
from indexer.engines.whoosh import WhooshEngine
from indexer.errors import StorageFull

LARGE: State = {
    f"large-{n}": tuple("".join(f"第{n}版第{m}段援疆教育。" for _ in range(20)) for m in range(200))
    for n in range(8)
}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 600 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("a small tmpfs cannot be mounted here: needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


@pytest.mark.parametrize("fresh", [False, True])
def test_a_full_disk(small_disk: Path, fresh: bool) -> None:
    engine = WhooshEngine(small_disk / "index")
    write(engine, {}, OLD)
    truth, names = read(engine), set(engine.folder.iterdir())
    with pytest.raises(StorageFull, match=r"the disk is full.*existing index is unchanged"):
        write(engine, {}, LARGE, fresh=fresh)
    assert read(engine) == truth
    assert set(engine.folder.iterdir()) == names
    write(engine, OLD, NEW)  # a small one still fits
    assert read(engine)[0].keys() == NEW.keys()
    remount(small_disk, "size=40m")
    write(engine, NEW, {**NEW, **LARGE})
    assert read(engine)[0].keys() == NEW.keys() | LARGE.keys()
    assert engine.check()


def test_a_read_only_folder(small_disk: Path) -> None:
    engine = WhooshEngine(small_disk / "index")
    write(engine, {}, OLD)
    truth = read(engine)
    remount(small_disk, "ro")
    with pytest.raises(StorageFull, match="the disk is read-only"):
        write(engine, OLD, NEW)
    with pytest.raises(StorageFull):
        write(WhooshEngine(small_disk / "other"), {}, NEW)
    assert read(engine) == truth
    assert engine.check()
    remount(small_disk, "rw")
    write(engine, OLD, NEW)
    assert read(engine)[0].keys() == NEW.keys()


@pytest.mark.skipif(not LONG, reason="starts building processes: LONG_TESTS=1")
def test_a_full_disk_under_building_processes(small_disk: Path, tmp_path: Path) -> None:
    pages, index = tmp_path / "pages", small_disk / "index"
    pages.mkdir()
    (pages / "first.txt").write_text("标题\n\n嘉兴援疆教育，大家都说很好。\n", "utf-8")
    build_index([pages], index=index)
    names = set(index.iterdir())
    for number in range(200):
        text = f"第{number}号标题\n\n" + "\n\n".join(LARGE[f"large-{number % 8}"])
        (pages / f"p{number}.txt").write_text(text, "utf-8")
    with pytest.raises(StorageFull, match="the disk is full"):
        build_index([pages], index=index, workers=2)
    assert set(index.iterdir()) == names
    with open_index(index) as opened:
        assert opened.search("援疆教育").total == 1
    remount(small_disk, "size=50m")
    assert len(build_index([pages], index=index, workers=2).added) == 200
