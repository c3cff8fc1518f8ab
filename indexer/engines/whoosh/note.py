"""The builder's note beside an index: bytes in, the same bytes out, or none.

It is no part of a commit and no manifest names it: the next commit removes it, and whoever wrote
it tells by its content whether it is whole.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from indexer.engines.whoosh.disk import Disk
from indexer.engines.whoosh.store import DRAFT, NOTE, locked
from indexer.errors import ChaquanError
from indexer.plain import open_plain


def write_note(disk: Disk, make: Callable[[], bytes | None]) -> None:
    """Replace the note in one step, unless another writer is at work or there is no room."""
    draft = f"{NOTE}{DRAFT}"
    try:
        with locked(disk.folder, 0.0):
            note = make()
            if note is None:
                return
            try:
                with disk.create(draft) as file:  # not synced: a torn one is read as none
                    file.write(note)
                disk.replace(draft, NOTE)
            finally:
                disk.remove(draft)
    except (OSError, ChaquanError):
        return


def read_note(folder: Path, most: int) -> bytes:
    """Read the note, nothing where there is none that can be read."""
    try:
        with open_plain(folder / NOTE) as file:
            note = file.read(most + 1)
    except OSError:
        return b""
    return note if len(note) <= most else b""
