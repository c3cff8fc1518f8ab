"""Disks that fail: one that stops before an operation, one that is full, one that loses power.

Every disk counts its operations (making the folder, opening, each write, sync, rename, removal),
so that a test can stop before each of them.
"""

from __future__ import annotations

import errno
import io
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from indexer.engines.whoosh.storage import Disk


class Stopped(BaseException):
    """The machine has stopped: nothing that comes later happens either."""


class CountingDisk(Disk):
    """Counts operations; `before` is called with the name of each.

    Nothing is really synced: what that means is played by the disks below.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.operations = 0

    def before(self, operation: str) -> None:
        self.operations += 1

    def prepare(self) -> None:
        self.before("prepare")
        self.folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        self.before(f"create {name}")
        raw = Watched(self.folder / name, self.before)
        try:
            with io.BufferedWriter(raw) as file:
                yield file
        finally:
            raw.close()

    def sync(self, file: BinaryIO) -> None:
        file.flush()
        self.before("sync")

    def replace(self, name: str, target: str) -> None:
        self.before(f"replace {target}")
        super().replace(name, target)

    def remove(self, name: str) -> None:
        self.before(f"remove {name}")
        super().remove(name)

    def sync_names(self) -> None:
        self.before("sync names")


class Watched(io.FileIO):
    """A file that reports each write before it happens."""

    def __init__(self, path: Path, before: Callable[[str], None]) -> None:
        super().__init__(path, "wb")
        self._before = before

    def write(self, data: Any) -> int:
        self._before("write")
        return super().write(data) or 0


class StoppingDisk(CountingDisk):
    """Stands still from an operation on, as after `kill -9`."""

    def __init__(self, folder: Path, stop: int) -> None:
        super().__init__(folder)
        self._stop = stop

    def before(self, operation: str) -> None:
        super().before(operation)
        if self.operations >= self._stop:
            raise Stopped(operation)


class FullDisk(CountingDisk):
    """Fails writes, renames and new files from an operation on, but still removes."""

    def __init__(self, folder: Path, full: int, code: int = errno.ENOSPC) -> None:
        super().__init__(folder)
        self._full, self._code = full, code

    def before(self, operation: str) -> None:
        super().before(operation)
        if self.operations >= self._full and not operation.startswith("remove"):
            raise OSError(self._code, os.strerror(self._code))


# ---------------------------------------------------------------- power loss


class LosingDisk(StoppingDisk):
    """Remembers what was synced; `cut_power` leaves that, and of the rest whatever it likes.

    Modelled on what POSIX allows: the content of a file that was not synced may be there in
    part, as zeros or not at all, and of the names changed since the folder was synced any may
    have reached the disk, in any order.
    """

    def __init__(self, folder: Path, stop: int) -> None:
        super().__init__(folder, stop)
        self._durable: dict[str, object] = {}  # name -> file, as on the disk
        self._now: dict[str, object] = {}  # name -> file, as programs see it
        self._pending: list[tuple[str, object | None]] = []
        self._content: dict[object, bytes] = {}  # of files that were synced
        self._names: dict[object, str] = {}
        for path in folder.iterdir() if folder.exists() else ():
            key = object()
            self._durable[path.name] = self._now[path.name] = key
            self._content[key] = path.read_bytes()

    @contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        with super().create(name) as file:
            self._bind(name, object())
            self._names[file.name] = name
            yield file

    def sync(self, file: BinaryIO) -> None:
        super().sync(file)
        name = self._names[file.name]
        self._content[self._now[name]] = (self.folder / name).read_bytes()

    def replace(self, name: str, target: str) -> None:
        super().replace(name, target)
        key = self._now[name]
        self._bind(target, key)
        self._bind(name, None)

    def remove(self, name: str) -> None:
        super().remove(name)
        self._bind(name, None)

    def sync_names(self) -> None:
        super().sync_names()
        self._durable = dict(self._now)
        self._pending.clear()

    def _bind(self, name: str, key: object | None) -> None:
        self._pending.append((name, key))
        if key is None:
            self._now.pop(name, None)
        else:
            self._now[name] = key

    def cut_power(self, chance: random.Random) -> None:
        """Leave the folder as the machine finds it when the power is back."""
        kept = [change for change in self._pending if chance.random() < 0.5]
        chance.shuffle(kept)
        names = dict(self._durable)
        for name, key in kept:
            if key is None:
                names.pop(name, None)
            else:
                names[name] = key
        lasting = {name: self._remains(name, key, chance) for name, key in names.items()}
        self.folder.mkdir(exist_ok=True)
        for path in self.folder.iterdir():
            path.unlink()
        for name, data in lasting.items():
            (self.folder / name).write_bytes(data)

    def _remains(self, name: str, key: object, chance: random.Random) -> bytes:
        if key in self._content:
            return self._content[key]
        where = [seen for seen, file in self._now.items() if file is key]
        path = self.folder / where[0] if where else None
        data = path.read_bytes() if path and path.exists() else b""
        cut = chance.randrange(len(data) + 1)
        return chance.choice(
            [b"", data[:cut], bytes(len(data)), data[:cut] + bytes(len(data) - cut)]
        )
