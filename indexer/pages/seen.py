"""Fingerprints of files as they were when they were last read in full, to read only what changed.

The fingerprint of a file is its size, its times of modification and of change (ns) and its inode,
with those of its side-cars. All fingerprints are kept in the build cache: at worst a damaged one
has a page read again, or a changed page not read again. They are matched against what the index
holds.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

SEEN_FORMAT = "chaquan-seen 2"

READER_VERSION = "8"
"""Changes whenever the same file is read otherwise, so that every page is read again."""

MTIME_GRANULARITY_NS = 3_000_000_000
"""ns before its fingerprint was taken within which a second change is not seen: clocks of file
systems tick in steps of 4 ms (Linux) to 2 s (FAT)."""

UNKNOWN_PAGE = "?"

EXTRA_CACHE_LINES = 1_000
MAX_MEAN_LINE_BYTES = 1_000
"""Lines of a cache beyond two a page of the index, and bytes a line on average: half of them hold a
path, the others a fingerprint (70 bytes) and a digest (64)."""


ListedFile = tuple[str, str, str]
"""The name of a file, that of its page, and its fingerprint with that of its side-cars."""


class Seen:
    """What was seen at the time of a commit, and what is seen now.

    `known` are the digests of the pages in the index at a commit (its identity, empty for none):
    what is noted is matched against them.
    """

    def __init__(self, known: Mapping[str, str], commit: str = "", *, now: int) -> None:
        self._known, self._commit, self._now = known, commit, now
        self._before: dict[str, str] = {}
        self._kept: dict[str, str] = {}

    @property
    def most(self) -> int:
        """How many bytes the cache of the index has at the most."""
        return MAX_MEAN_LINE_BYTES * _most_lines(len(self._known))

    def load(self, cache: bytes) -> None:
        """Load a cache; ignore one that is damaged or of another commit.

        The lines of a file: its path, its fingerprint, and the digests and names of its pages.
        """
        head, _, body = cache.partition(b"\n")
        if head != _head(body, self._commit):
            return
        if body.count(b"\n") > _most_lines(len(self._known)):
            return
        lines = body.decode("utf-8", "surrogateescape").split("\n")
        self._before = dict(zip(lines[::2], lines[1::2], strict=False))

    def dump(self, commit: str) -> bytes | None:
        """Return what is seen now as a cache; nothing when that is stored, or too much."""
        if commit == self._commit and self._kept == self._before:
            return None
        lines = [line for pair in self._kept.items() for line in pair]
        body = "\n".join(lines).encode("utf-8", "surrogateescape")
        most = _most_lines(sum(line.count("\t") for line in lines[1::2]))
        if len(lines) > most or len(body) > MAX_MEAN_LINE_BYTES * (most - 1):  # a line for the head
            return None
        return _head(body, commit) + b"\n" + body

    def find_all(self, folder: str, found: Sequence[ListedFile]) -> list[str] | None:
        """Return the pages of files of a folder if all are as `find` expects, one page each."""
        before, known = self._before, self._known
        held = {}
        for file, name, fingerprint in found:
            path = folder + file
            line = before.get(path)
            if line is None or name not in known or line != f"{fingerprint}\t{known[name]} {name}":
                return None
            held[path] = line
        self._kept.update(held)
        return [name for _, name, _ in found]

    def find(self, path: str, name: str, fingerprint: str) -> Sequence[str] | None:
        """Return the pages of a file of the same fingerprint that the index holds as they were."""
        held = self._before.get(path)
        if held is None:
            return None
        pages: tuple[str, ...] | None = (name,)
        digest = self._known.get(name)
        if digest is None or held != f"{fingerprint}\t{digest} {name}":
            pages = self._find_records(held, name, fingerprint)
        if pages is not None:
            self._kept[path] = held
        return pages

    def _find_records(self, held: str, name: str, fingerprint: str) -> tuple[str, ...] | None:
        """Return the records of a file of many."""
        before, *parts = held.split("\t")
        if before != fingerprint:
            return None
        digests = {page: digest for digest, _, page in (part.partition(" ") for part in parts)}
        for page, digest in digests.items():
            if not page.startswith(f"{name}/") or self._known.get(page) != digest:
                return None
        return tuple(digests)

    def keep(self, path: str, fingerprint: str, digests: Mapping[str, str]) -> None:
        """Remember the pages of a file that was read, unless it may have changed since unseen."""
        if self._is_settled(fingerprint) and "\n" not in path:
            pages = (f"{digest} {page}" for page, digest in digests.items())
            self._kept[path] = "\t".join((fingerprint, *pages))

    def _is_settled(self, fingerprint: str) -> bool:
        if UNKNOWN_PAGE in fingerprint:
            return False
        times = (int(time) for one in fingerprint.split("|") if one for time in one.split()[1:3])
        return max(times) < self._now - MTIME_GRANULARITY_NS


def _most_lines(pages: int) -> int:
    return 2 * pages + EXTRA_CACHE_LINES


def file_fingerprint(facts: os.stat_result) -> str:
    """Return the fingerprint of a file."""
    return f"{facts.st_size} {facts.st_mtime_ns} {facts.st_ctime_ns} {facts.st_ino}"


def side_car_fingerprint(side: Path | os.DirEntry[str]) -> str:
    """Return the fingerprint of a side-car, none when it is not there; a link with its target."""
    try:
        facts = side.stat(follow_symlinks=False)
    except FileNotFoundError:
        return "|"
    except OSError:
        return f"|{UNKNOWN_PAGE}"
    if not stat.S_ISLNK(facts.st_mode):
        return f"|{file_fingerprint(facts)}"
    try:
        return f"|{file_fingerprint(facts)}|{file_fingerprint(side.stat())}"
    except OSError:
        return f"|{UNKNOWN_PAGE}"


def _head(body: bytes, commit: str) -> bytes:
    """Head a cache with all that must fit."""
    return f"{SEEN_FORMAT} {READER_VERSION} {commit} {hashlib.sha256(body).hexdigest()}".encode()
