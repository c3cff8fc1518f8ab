"""Everything an index does to its folder, one operation a method: the seam where tests do damage.

`create`, `sync`, `replace`, `remove` and `sync_names` are all that a commit needs; what is not
synced may be lost or reordered by a power cut, so the writer syncs before it names anything.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


class Disk:
    """The folder of an index, as it is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Make the folder, its own name on the disk as well."""
        missing = [self.folder, *self.folder.parents]
        missing = missing[: next(n for n, path in enumerate(missing) if path.exists())]
        self.folder.mkdir(parents=True, exist_ok=True)
        for folder in missing:
            _sync_folder(folder.parent)

    @contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        """Open a new file for writing, whatever had the name: a link is not followed."""
        self.remove(name)
        with (self.folder / name).open("xb") as file:
            yield file

    def sync(self, file: BinaryIO) -> None:
        """Bring what was written to a file to the disk."""
        file.flush()
        os.fsync(file.fileno())

    def replace(self, name: str, target: str) -> None:
        """Give a file another name in one step, in place of what had it."""
        (self.folder / name).replace(self.folder / target)

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone already is no error."""
        with suppress(FileNotFoundError):
            (self.folder / name).unlink()

    def sync_names(self) -> None:
        """Bring the names in the folder to the disk."""
        _sync_folder(self.folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
