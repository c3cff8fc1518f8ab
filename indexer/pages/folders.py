"""List the page files of folders by name, with size and times to detect changes.

A hundred thousand names are listed at every build, so a name stays text until its file is read.
"""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from indexer.errors import FilesLeftAside, SourceEmpty, SourceError, Unreadable, system_reason
from indexer.files import is_file, require
from indexer.messages import Message, message
from indexer.pages.corrections import CORRECTIONS_SUFFIX
from indexer.pages.kinds import (
    PAGE_SUFFIXES,
    belongs_to,
    choose_files,
    ensure_readable,
    holds_text,
    is_image,
    is_issue,
    left_aside,
    page_stem,
    split_suffix,
)
from indexer.pages.page_ids import KnownPages, PageNames, Source, absolute
from indexer.pages.seen import UNKNOWN_PAGE, ListedFile, file_fingerprint, side_car_fingerprint
from indexer.pages.sidecar import FOLDER_FILE, unknown_page_tables

_SIDE_SUFFIXES = (".toml", CORRECTIONS_SUFFIX)

MAX_FOLDER_DEPTH = 64  # below one another

FILES_PER_BATCH = 512
"""Files that are listed before any is read: where all are as they were none is named alone."""

INDEX_FILE = "MAIN_WRITELOCK"
"""A file that every index of the local engine has, from the start of its first build on."""

Problem = Callable[[SourceError], None]


class FileBatch(NamedTuple):
    """Files of a folder that follow one another, some hundreds at most, not opened yet."""

    source: Source
    folder: Path
    real: str  # its path from the root on, with a stroke at the end
    found: Sequence[ListedFile]


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder that is walked: its path from the source and from the root on."""

    source: Source
    path: Path
    root: Path
    below: str = ""  # the root, with a stroke at the end
    depth: int = 0
    fingerprints: str = ""  # of the files of metadata in the folders above
    has_text: bool = False  # a folder above has pages that are no scans
    aside: Counter[str] = field(default_factory=Counter)  # files that are no pages, by suffix

    def enter(self, name: str, fingerprints: str, has_text: bool) -> _Folder:
        """Return a folder in this one; `fingerprints` are of the files of metadata above it."""
        below = f"{self.below}{name}/"
        path, depth = self.path / name, self.depth + 1
        return _Folder(
            self.source, path, self.root, below, depth, fingerprints, has_text, self.aside
        )

    @property
    def page(self) -> str:
        """The name under which it is reported."""
        return self.below.rstrip("/") or "."


def list_pages(
    sources: Iterable[Source], problem: Problem, known: KnownPages | None = None
) -> list[FileBatch]:
    """List the files of all sources with the ids that their pages get.

    Raises `SourceMissing`, `SourceEmpty` or `Unreadable`.
    """
    found = [files for source in sources for files in find_files(source, problem)]
    return _name_all(found, known or KnownPages())


def _name_all(found: list[FileBatch], known: KnownPages) -> list[FileBatch]:
    """Replace paths below sources by ids; with one source they are the same, nearly always."""
    sources = {files.source: f"{files.source.name}/" for files in found}
    prefixes = tuple(sources.values())
    if len(sources) < 2 and not any(page.startswith(prefixes) for page in known.digests):
        return found
    claims: dict[str, dict[Source, Path]] = {}
    for source, folder, _, listed in found:
        for file, name, _ in listed:
            claims.setdefault(name, {})[source] = absolute(folder / file).with_suffix("")
    names = PageNames(claims, known)
    chosen = {name: names.choose(name) for name in claims}
    return [
        files._replace(
            found=[
                (file, chosen[name][files.source], fingerprint)
                for file, name, fingerprint in files.found
            ]
        )
        for files in found
    ]


def find_files(source: Source, problem: Problem) -> Iterator[FileBatch]:
    """Yield the files of a source; raises `SourceMissing`, `SourceEmpty` or `Unreadable`."""
    path = source.shown
    require(path)
    if not path.is_dir():
        ensure_readable(path)
        if _is_named(path, page_stem(path.name), problem):
            yield _single(source, path)
        return
    found, folder, errors = False, _Folder(source, path, path.resolve()), list[SourceError]()

    def report(error: SourceError) -> None:
        errors.append(error)
        problem(error)

    for files in _walk(folder, report):
        found = True
        yield files
    aside = [left_aside(path, suffix, count) for suffix, count in sorted(folder.aside.items())]
    if not found:
        raise errors[0] if errors else _empty(path, aside)
    for warning in aside:
        problem(warning)


def _empty(path: Path, aside: Sequence[FilesLeftAside]) -> SourceEmpty:
    """Return the error for a source without pages, with what it holds instead."""
    files = tuple(message("reason.other_files", **one.facts) for one in aside)
    return SourceEmpty(path=path, held=message("reason.holds", files=files) if files else "")


def _single(source: Source, path: Path) -> FileBatch:
    try:
        fingerprint = file_fingerprint(path.stat())
    except OSError:
        fingerprint = UNKNOWN_PAGE
    stem = page_stem(path.name)
    for side in (FOLDER_FILE, f"{stem}.toml", f"{stem}{CORRECTIONS_SUFFIX}"):
        fingerprint += side_car_fingerprint(path.with_name(side))
    real = f"{path.parent.absolute()}/"
    return FileBatch(source, path.parent, real, [(path.name, stem, fingerprint)])


def _is_named(path: Path, name: str, problem: Problem) -> bool:
    """Return whether a page has a name that can be shown; report it otherwise."""
    if name.isprintable():
        return True
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in str(path))
    problem(Unreadable(path=shown, reason=message("reason.bad_name")))
    return False


def _walk(folder: _Folder, problem: Problem) -> Iterator[FileBatch]:
    entries = _list(folder, problem)
    sides = _SideFiles(folder.path, entries)
    wanted = [entry for entry in entries if _is_wanted(entry, folder, problem)]
    names = [entry.name for entry in wanted if not _is_folder(entry)]
    pages = choose_files(names, images=not folder.has_text)
    has_text = folder.has_text or holds_text(names)
    wanted = [entry for entry in wanted if entry.name in pages or _is_folder(entry)]
    _count_others(entries, wanted, pages, folder)
    if sides.speaks_of_all:
        for error in unknown_page_tables(
            folder.path, (folder.path / entry.name for entry in wanted)
        ):
            problem(error)
    beside = folder.fingerprints + sides.fingerprint(FOLDER_FILE)
    beside += _look_at_issues(entries)
    for is_folder, group in groupby(wanted, _is_folder):
        if is_folder:
            for entry in group:
                yield from _walk(folder.enter(entry.name, beside, has_text), problem)
        else:
            listed = _list_files(group, pages, folder, sides, beside, problem)
            while found := list(islice(listed, FILES_PER_BATCH)):
                yield FileBatch(folder.source, folder.path, f"{folder.root}/{folder.below}", found)


def _count_others(
    entries: Sequence[os.DirEntry[str]],
    wanted: Sequence[os.DirEntry[str]],
    pages: Mapping[str, str],
    folder: _Folder,
) -> None:
    """Count the files that are neither pages nor beside one; hidden ones are no pages."""
    if len(entries) == len(wanted):
        return
    stems = {_fold(stem) for stem in pages.values()}
    folders = {entry.name for entry in entries if _is_folder(entry)}
    for entry in entries:
        name = entry.name
        stem, suffix = split_suffix(name)
        beside = (suffix == ".toml" and _fold(stem) in stems) or belongs_to(_fold(name), stems)
        beside = beside or _fold(name).removesuffix(CORRECTIONS_SUFFIX) in stems
        ours = name in folders or _fold(name) == FOLDER_FILE
        ours = ours or (_is_page(name) and not is_image(name))
        if not (name.startswith(".") or ours or beside):
            folder.aside[suffix] += 1


def _is_page(name: str) -> bool:
    lower = name.lower()
    return lower.endswith(PAGE_SUFFIXES) and not lower.endswith(CORRECTIONS_SUFFIX)


def _look_at_issues(entries: Sequence[os.DirEntry[str]]) -> str:
    """Return one fingerprint of all files of issues in a folder."""
    try:
        facts = [entry.stat() for entry in entries if is_issue(entry.name)]
    except OSError:
        return f"|{UNKNOWN_PAGE}"
    if not facts:
        return ""
    size, node = sum(one.st_size for one in facts), sum(one.st_ino for one in facts)
    newest = max(one.st_mtime_ns for one in facts), max(one.st_ctime_ns for one in facts)
    return f"|{size} {newest[0]} {newest[1]} {node}"


def _list_files(
    entries: Iterable[os.DirEntry[str]],
    pages: Mapping[str, str],
    folder: _Folder,
    sides: _SideFiles,
    beside: str,
    problem: Problem,
) -> Iterator[ListedFile]:
    """Look at the files of a folder; one whose name cannot be shown is reported.

    `beside` is the fingerprint of the files of metadata of the folder and of those above.
    """
    for entry in entries:
        file = entry.name
        stem = pages[file]
        name = f"{folder.below}{stem}"
        if not (name.isprintable() or _is_named(folder.path / file, name, problem)):
            continue
        own = sides.fingerprint(f"{stem}.toml") if sides.any else "|"
        own += sides.fingerprint(f"{stem}{CORRECTIONS_SUFFIX}") if sides.any else "|"
        try:
            yield file, name, f"{file_fingerprint(entry.stat())}{beside}{own}"
        except OSError:
            yield file, name, UNKNOWN_PAGE


class _SideFiles:
    """The side-cars in a folder, also those whose names only the file system takes for a page's."""

    def __init__(self, folder: Path, entries: Iterable[os.DirEntry[str]]) -> None:
        found = [entry for entry in entries if entry.name.lower().endswith(_SIDE_SUFFIXES)]
        self._folder, self._entries = folder, {entry.name: entry for entry in found}
        self._folded = {_fold(entry.name) for entry in found}
        self.speaks_of_all = FOLDER_FILE in self._folded
        self.any = len(self._folded) > self.speaks_of_all

    def fingerprint(self, name: str) -> str:
        """Return the fingerprint of a side-car."""
        side = self._entries.get(name)
        if side is not None:
            return side_car_fingerprint(side)
        return side_car_fingerprint(self._folder / name) if _fold(name) in self._folded else "|"


def _list(folder: _Folder, problem: Problem) -> list[os.DirEntry[str]]:
    """List a folder in the order of names; one that cannot be entered is reported."""
    if folder.depth > MAX_FOLDER_DEPTH:
        reason = message("reason.too_deep", limit=MAX_FOLDER_DEPTH)
        problem(Unreadable(path=folder.path, page=folder.page, reason=reason))
        return []
    try:
        with os.scandir(folder.path) as entries:
            return sorted(entries, key=attrgetter("name"))
    except OSError as error:
        why = system_reason(error)
        problem(Unreadable(path=folder.path, page=folder.page, reason=why))
        return []


def _fold(name: str) -> str:
    """Make names equal that a file system may take for one."""
    return unicodedata.normalize("NFC", name).casefold()


def _is_wanted(entry: os.DirEntry[str], folder: _Folder, problem: Problem) -> bool:
    """Return whether a name in a folder is a page or a folder to enter; report links that stray."""
    name = entry.name
    if name.startswith(".") or name == FOLDER_FILE or _is_index(entry):
        return False
    is_page = _is_page(name)
    if entry.is_symlink() and (is_page or _is_folder(entry)):
        path = folder.path / name
        if reason := _strays(path, folder.root):
            page = f"{folder.below}{page_stem(path.name)}"
            problem(Unreadable(path=path, page=page, reason=reason))
            return False
    return is_page or _is_folder(entry)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False


def _is_index(entry: os.DirEntry[str]) -> bool:
    """Return whether a folder is an index, which may be among the pages it is made of."""
    return _is_folder(entry) and is_file(Path(entry.path, INDEX_FILE))


def _strays(link: Path, root: Path) -> Message | None:
    """Return why a link is not followed: out of the folder, to a folder, or in a circle."""
    try:
        target = link.resolve(strict=True)
    except FileNotFoundError:
        target = link.resolve()
        if target.is_relative_to(root):
            return message("reason.broken_link")
    except (OSError, RuntimeError):
        return message("reason.circular_link")
    if not target.is_relative_to(root):
        return message("reason.link_out_to", target=str(target))
    if target.is_dir():
        return message("reason.link_to_read_folder")
    return None
