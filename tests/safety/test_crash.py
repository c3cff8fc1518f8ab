"""A stop at any moment leaves the old index or the new one, and blocks no other process."""

from __future__ import annotations

import errno
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from shutil import copytree

import pytest
from support.crash_archive import NEW, NEXT, OLD, Answers, State, expected, read, write
from support.effort import rounds
from support.faults import CountingDisk, FullDisk, LosingDisk, Stopped, StoppingDisk

from indexer.engines.whoosh import WhooshEngine
from indexer.engines.whoosh.manifest import MANIFEST_FILE, read_manifest
from indexer.engines.whoosh.storage import LOCK_NAME
from indexer.errors import IndexMissing, StorageFull

Change = Callable[[WhooshEngine], None]

CHANGES: dict[str, tuple[Sequence[State], Change]] = {
    "first": ([], lambda engine: write(engine, {}, NEW)),
    "update": ([OLD], lambda engine: write(engine, OLD, NEW)),
    "merge": ([{page: OLD[page]} for page in OLD], lambda engine: write(engine, OLD, NEW)),
    "rebuild": ([OLD], lambda engine: write(engine, {}, NEW, fresh=True)),
}
"""Commits made before, and the one that is looked at."""


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answers]:
    """What healthy indexes over the states answer."""
    folder = tmp_path_factory.mktemp("truth")
    return {
        name: expected(folder / name, state)
        for name, state in {"old": OLD, "new": NEW, "next": NEW | NEXT}.items()
    }


@pytest.fixture(params=CHANGES)
def change(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Change]:
    """A folder as it was before a change, and the change."""
    states, change = CHANGES[request.param]
    for state in states:
        write(WhooshEngine(tmp_path / "before"), {}, state)
    return tmp_path / "before", change


def count_operations(before: Path, change: Change) -> int:
    folder = start_over(before, "counted")
    disk = CountingDisk(folder)
    change(WhooshEngine(folder, disk=disk))
    return disk.operations


def start_over(before: Path, name: str) -> Path:
    folder = before.with_name(name)
    if before.exists():
        copytree(before, folder)
    return folder


def assert_old_or_new(folder: Path, truth: dict[str, Answers]) -> str:
    """Tell which state an index is in, and see that the next writer is not held up."""
    engine = WhooshEngine(folder, lock_seconds=0, disk=CountingDisk(folder))
    try:
        found = read(engine)
        state = next(name for name in ("old", "new") if found == truth[name])
    except IndexMissing:
        state = "none"
    write(engine, {}, NEXT if state == "new" else NEW | NEXT, fresh=state != "new")
    assert read(engine) == truth["next"]
    assert_nothing_left(folder)
    return state


def assert_nothing_left(folder: Path) -> None:
    manifest = read_manifest(folder)
    assert manifest
    known = {MANIFEST_FILE, LOCK_NAME, *manifest.files}
    assert list_names(folder) == known


def test_a_stop_before_every_operation(
    change: tuple[Path, Change], truth: dict[str, Answers]
) -> None:
    before, change_it = change
    states = []
    for stop in range(1, count_operations(before, change_it) + 1):
        folder = start_over(before, f"stop-{stop}")
        with pytest.raises(Stopped):
            change_it(WhooshEngine(folder, disk=StoppingDisk(folder, stop)))
        states.append(assert_old_or_new(folder, truth))
    first = "old" if before.exists() else "none"
    assert states == sorted(states, key=[first, "new"].index)
    assert set(states) == {first, "new"}


def test_power_loss_at_any_moment(change: tuple[Path, Change], truth: dict[str, Answers]) -> None:
    before, change_it = change
    operations = count_operations(before, change_it)
    for seed in range(rounds(10, 100)):
        chance = random.Random(seed)
        stop = chance.randrange(1, operations + 2)
        folder = start_over(before, f"power-{seed}")
        disk = LosingDisk(folder, stop)
        try:
            change_it(WhooshEngine(folder, disk=disk))
        except Stopped:
            returned = False
        else:
            returned = True
        disk.cut_power(chance)
        state = assert_old_or_new(folder, truth)
        assert state == "new" or not returned


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_failing_disk_at_every_operation(
    change: tuple[Path, Change], truth: dict[str, Answers], reason: int
) -> None:
    before, change_it = change
    step = 1 if reason == errno.ENOSPC else 7
    for number in range(1, count_operations(before, change_it) + 1, step):
        folder = start_over(before, f"full-{number}")
        with suppress(StorageFull):
            change_it(WhooshEngine(folder, disk=FullDisk(folder, number, reason)))
        if read_generation(folder) == read_generation(before):
            assert list_names(folder) <= (list_names(before) or {LOCK_NAME, MANIFEST_FILE})
        assert_old_or_new(folder, truth)


def test_a_full_disk_is_said_in_a_sentence(tmp_path: Path) -> None:
    disk = FullDisk(tmp_path, 5)
    with pytest.raises(StorageFull, match=r"the disk is full.*existing index is unchanged"):
        write(WhooshEngine(tmp_path, disk=disk), {}, NEW)


def list_names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def read_generation(folder: Path) -> int:
    manifest = read_manifest(folder)
    return manifest.generation if manifest else 0
