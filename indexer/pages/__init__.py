"""Files in, pages out: folders walked, encodings told, side-car metadata read.

A page is a `.txt` or `.md` file, or one line of a `.jsonl` file of articles. What cannot be read
is reported and left out; the rest goes on.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from indexer.errors import PageTwice, SourceEmpty, SourceError, SourceMissing, Unreadable
from indexer.model import Page, PageMeta
from indexer.pages.encodings import decode
from indexer.pages.files import read_all
from indexer.pages.records import read_records
from indexer.pages.sidecar import FOLDER_FILE, read_meta, strangers
from indexer.plain import open_plain

PAGE_SUFFIXES = (".txt", ".md")
SUFFIXES = (*PAGE_SUFFIXES, ".jsonl")
MOST_FOLDERS = 64  # below one another
READING = "2"
"""Changes whenever the same file is read otherwise, so that every page is read again."""

Problem = Callable[[SourceError], None]


def read_pages(sources: Sequence[Path], *, problem: Problem) -> Iterator[Page]:
    """Yield the pages of files and folders, one at a time, in the order of their names.

    Whatever is wrong with a file goes to `problem` and the rest goes on. Raises `SourceMissing`
    or `SourceEmpty` for a source itself.
    """
    taken: dict[str, Path] = {}
    for source in sources:
        for path, name in _find_files(source, problem):
            for page in _read_file(path, name, problem):
                other = taken.setdefault(page.id, path)
                if other is path:
                    yield page
                else:
                    problem(PageTwice(path=path, other=other))


def read_page(path: Path) -> Page:
    """Read one page file with its metadata; raises a `SourceError` that says what is wrong."""
    if not path.exists():
        raise SourceMissing(path=path)
    if path.suffix.lower() == ".jsonl":
        reason, reason_zh = "it holds many pages, not one", "它包含多个版面"
        raise Unreadable(path=path, reason=reason, reason_zh=reason_zh)
    return _make_page(path, path.stem, read_meta(path))


def _read_file(path: Path, name: str, problem: Problem) -> Iterator[Page]:
    try:
        if path.suffix.lower() == ".jsonl":
            yield from read_records(path, name, READING, problem)
        else:
            yield _make_page(path, name, _meta_or_report(path, problem))
    except SourceError as error:
        error.facts["page"] = name  # so that what an index holds of it is kept
        problem(error)


def _make_page(path: Path, name: str, meta: PageMeta) -> Page:
    data = _read_bytes(path)
    text, encoding = decode(data, path)
    sides = "\0".join((READING, name, repr(meta)))
    digest = hashlib.sha256(sides.encode("utf-8", "backslashreplace") + b"\0" + data)
    return Page(name, str(path), text, digest.hexdigest(), encoding, meta)


def _meta_or_report(path: Path, problem: Problem) -> PageMeta:
    """Read a page without its metadata rather than not at all."""
    try:
        return read_meta(path)
    except SourceError as error:
        problem(error)
        return PageMeta()


def _read_bytes(path: Path) -> bytes:
    try:
        with open_plain(path) as file:
            before = os.fstat(file.fileno())
            data = read_all(file, path)
            after = os.fstat(file.fileno())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Unreadable(path=path, reason=reason, reason_zh=reason) from error
    if (before.st_size, before.st_mtime_ns) != (len(data), after.st_mtime_ns):
        reason = "it changed while it was read; build again"
        raise Unreadable(path=path, reason=reason, reason_zh="读取时文件正在变化，请重新建立索引")
    return data


# ---------------------------------------------------------------- folders


def _find_files(source: Path, problem: Problem) -> Iterator[tuple[Path, str]]:
    """Yield files with the names of their pages."""
    if not source.exists():
        raise SourceMissing(path=source)
    if not source.is_dir():
        if _is_named(source, source.stem, problem):
            yield source, source.stem
        return
    found = False
    for path in _walk(source, source.resolve(), problem):
        name = path.relative_to(source).with_suffix("").as_posix()
        if _is_named(path, name, problem):
            found = True
            yield path, name
    if not found:
        raise SourceEmpty(path=source)


def _is_named(path: Path, name: str, problem: Problem) -> bool:
    """Tell whether a page has a name that can be shown; report it otherwise."""
    if name.isprintable():
        return True
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in str(path))
    reason, reason_zh = "its name is not readable text", "文件名不是可读的文本"
    problem(Unreadable(path=shown, reason=reason, reason_zh=reason_zh))
    return False


def _walk(folder: Path, root: Path, problem: Problem) -> Iterator[Path]:
    if len(folder.resolve().relative_to(root).parts) > MOST_FOLDERS:
        below = folder.resolve().relative_to(root).as_posix()
        reason = f"it lies more than {MOST_FOLDERS} folders deep"
        reason_zh = f"它在 {MOST_FOLDERS} 层以上的文件夹里"
        problem(Unreadable(path=folder, page=below, reason=reason, reason_zh=reason_zh))
        return
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        below = folder.resolve().relative_to(root).as_posix()
        problem(Unreadable(path=folder, page=below, reason=reason, reason_zh=reason))
        return
    pages = [entry for entry in entries if _wanted(entry, root, problem)]
    for stranger in strangers(folder, pages):
        problem(stranger)
    for entry in pages:
        if entry.is_dir():
            yield from _walk(entry, root, problem)
        else:
            yield entry


def _wanted(entry: Path, root: Path, problem: Problem) -> bool:
    """Tell whether a name in a folder is a page or a folder to enter; report links that stray."""
    if entry.name.startswith(".") or entry.name == FOLDER_FILE:
        return False
    is_page = entry.suffix.lower() in SUFFIXES
    if entry.is_symlink() and (is_page or entry.is_dir()) and _strays(entry, root):
        reason, reason_zh = "it is a link out of the folder", "它是指向文件夹之外的链接"
        page = (entry.parent.resolve().relative_to(root) / entry.stem).as_posix()
        problem(Unreadable(path=entry, page=page, reason=reason, reason_zh=reason_zh))
        return False
    return entry.is_dir() or is_page


def _strays(link: Path, root: Path) -> bool:
    """Tell whether a link leads out of the folder, to a folder, or in a circle."""
    try:
        target = link.resolve(strict=True)
    except FileNotFoundError:
        target = link.resolve()
    except (OSError, RuntimeError):
        return True
    return not target.is_relative_to(root) or target.is_dir()
