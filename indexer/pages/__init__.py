"""Files in, pages out: folders walked, encodings told, side-car metadata read.

A page is a `.txt` or `.md` file, or one line of a `.jsonl` file of articles. What cannot be read
is reported and left out; the rest goes on.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from indexer.errors import PageTwice, SourceError, SourceMissing, Unreadable
from indexer.model import Page, PageMeta
from indexer.pages.encodings import decode
from indexer.pages.files import read_all
from indexer.pages.folders import File, Problem, find_files
from indexer.pages.records import read_records
from indexer.pages.seen import READING, Seen, Unread
from indexer.pages.sidecar import read_meta
from indexer.plain import open_plain


def read_pages(sources: Sequence[Path], *, problem: Problem) -> Iterator[Page]:
    """Yield the pages of files and folders, one at a time, in the order of their names.

    Whatever is wrong with a file goes to `problem` and the rest goes on. Raises `SourceMissing`
    or `SourceEmpty` for a source itself.
    """
    for page in read_changes(sources, Seen({}, now=0), problem=problem):
        if isinstance(page, Page):
            yield page


def read_changes(
    sources: Sequence[Path], seen: Seen, *, problem: Problem
) -> Iterator[Page | Unread]:
    """Yield the same pages, `Unread` those of files that look as they did when last `seen`.

    A file with which something is wrong is read again each time.
    """
    taken: dict[str, File] = {}
    for source in sources:
        for file in find_files(source, problem):
            pages: Iterable[Page | Unread] | None = seen.find(file.key, file.name, file.look)
            for page in _read_and_keep(file, seen, problem) if pages is None else pages:
                other = taken.setdefault(page.id, file)
                if other is file:
                    yield page
                else:
                    problem(PageTwice(path=file.path, other=other.path))


def read_page(path: Path) -> Page:
    """Read one page file with its metadata; raises a `SourceError` that says what is wrong."""
    if not path.exists():
        raise SourceMissing(path=path)
    if path.suffix.lower() == ".jsonl":
        reason, reason_zh = "it holds many pages, not one", "它包含多个版面"
        raise Unreadable(path=path, reason=reason, reason_zh=reason_zh)
    return _make_page(path, path.stem, read_meta(path))


def _read_and_keep(file: File, seen: Seen, problem: Problem) -> Iterator[Page]:
    """Read a file, and remember what it looked like when nothing is wrong with it."""
    pages: list[Unread] = []
    told: list[SourceError] = []

    def tell(error: SourceError) -> None:
        told.append(error)
        problem(error)

    for page in _read_file(file.path, file.name, tell):
        pages.append(Unread(page.id, page.digest))
        yield page
    if not told:
        seen.keep(file.key, file.look, pages)


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
