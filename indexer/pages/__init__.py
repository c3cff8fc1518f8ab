"""Read pages from files: folders, encodings, side-car metadata, formats.

A page is a `.txt` or `.md` file, or one line of a `.jsonl` file of articles. What cannot be read
is reported and left out; the rest continues.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from indexer.errors import PageTwice, SourceError, Unreadable
from indexer.files import is_file, is_folder, read_file, require
from indexer.messages import message
from indexer.model import Page, PageMeta
from indexer.pages.articles_jsonl import read_records
from indexer.pages.corrections import CORRECTIONS_SUFFIX, ONLY_PAGE, read_corrections
from indexer.pages.encodings import decode, ignore
from indexer.pages.folders import FileBatch, Problem
from indexer.pages.formats import find_formats, read_format
from indexer.pages.front_matter import add_front_matter, is_markdown_file
from indexer.pages.kinds import ensure_readable, is_records, page_stem
from indexer.pages.seen import READER_VERSION, Seen
from indexer.pages.sidecar import add_date_in_name, read_folder_keys, read_meta_or_report

Keep = Callable[[Mapping[str, str]], None]
"""Remembers the digests of the pages that came of a file."""


def read_listed(listing: Sequence[FileBatch], *, problem: Problem) -> Iterator[Page]:
    """Yield the pages of listed files, all of them read."""
    for page in read_changes(listing, Seen({}, now=0), problem=problem):
        if isinstance(page, Page):
            yield page


def read_changes(
    listing: Sequence[FileBatch], seen: Seen, *, problem: Problem, scans: Path | None = None
) -> Iterator[Page | Sequence[str]]:
    """Yield the pages of listed files; of a file that is as it was when last `seen`, their ids.

    Ids of files that follow one another come together. A file with which something is wrong is
    read again each time. Recognised pages are kept in the folder `scans`.
    """
    taken: dict[str, FileBatch | str] = {}  # where each page is, or among which files
    for files in listing:
        names = seen.find_all(files.real, files.found)
        own = dict.fromkeys(names or (), files)
        if names and len(own) == len(names) and taken.keys().isdisjoint(own):
            taken.update(own)
            yield names
        else:
            yield from _read_files(files, taken, seen, problem, scans)


def _read_files(
    files: FileBatch,
    taken: dict[str, FileBatch | str],
    seen: Seen,
    problem: Problem,
    scans: Path | None,
) -> Iterator[Page | Sequence[str]]:
    """Read one by one, and report the pages that are elsewhere too."""
    for file, name, fingerprint in files.found:
        where, real = f"{files.folder}/{file}", files.real + file
        pages: Iterable[Page | str] | None = seen.find(real, name, fingerprint)
        if pages is None:
            keep, root = partial(seen.keep, real, fingerprint), files.source.shown
            pages = _read_and_keep(Path(where), name, problem, keep, root, scans)
        for page in pages:
            page_id = page if isinstance(page, str) else page.id
            other = taken.setdefault(page_id, where)
            if other is where:
                yield [page] if isinstance(page, str) else page
            else:
                problem(PageTwice(path=Path(where), other=_location(other, page_id)))


def _location(where: FileBatch | str, page_id: str) -> Path:
    """Return the path of a page."""
    if isinstance(where, str):
        return Path(where)
    return where.folder / next(file for file, name, _ in where.found if name == page_id)


def read_page(path: Path, warn: Problem = ignore) -> Page:
    """Read one page file with its metadata; raises a `SourceError` that says what is wrong.

    What was repaired or left out goes to `warn`.
    """
    path, wanted = _split_number(path)
    require(path)
    if is_folder(path):
        raise Unreadable(path=path, reason=message("reason.EISDIR"))
    ensure_readable(path)
    name = page_stem(path.name)
    found: list[Page] = []
    for page in _correct(_read_all(path, name, warn, None, None), path, name, warn):
        if wanted is not None and page.source == f"{path}#{wanted}":
            return page
        found.append(page)
    if len(found) == 1 and wanted is None:
        return found[0]
    shown = f"{path}#{found[0].source.rpartition('#')[2]}" if found else str(path)
    raise Unreadable(path=path, reason=message("reason.name_a_page", count=len(found), page=shown))


def _split_number(path: Path) -> tuple[Path, str | None]:
    """Part `FILE#3`, the third page of a file of several, into file and name of the page."""
    file, mark, name = str(path).rpartition("#")
    return (Path(file), name) if mark and not is_file(path) else (path, None)


def _read_and_keep(
    path: Path, name: str, problem: Problem, keep: Keep, root: Path, scans: Path | None
) -> Iterator[Page]:
    """Read a file, and remember its fingerprint when nothing is wrong with it."""
    digests: dict[str, str] = {}
    problems: list[SourceError] = []

    def report(error: SourceError) -> None:
        problems.append(error)
        problem(error)

    for page in read_source_file(path, name, report, root, scans):
        digests[page.id] = page.digest
        yield page
    if not problems:
        keep(digests)


def read_source_file(
    path: Path, name: str, problem: Problem, root: Path, scans: Path | None
) -> Iterator[Page]:
    """Yield the pages of a file of a source; what is wrong with it goes to `problem`."""
    try:
        yield from _correct(_read_all(path, name, problem, root, scans), path, name, problem)
    except SourceError as error:
        error.facts["page"] = name  # so that what an index holds of it is kept
        problem(error)


def _read_all(
    path: Path, name: str, problem: Problem, root: Path | None, scans: Path | None
) -> Iterator[Page]:
    """Yield the pages of a file as it says; raises `SourceError`."""
    if is_records(path):
        yield from read_records(path, name, READER_VERSION, problem, root)
        return
    meta = read_meta_or_report(path, problem, root)
    if find_formats(path):
        columns = read_folder_keys(path, root).get("columns")
        for page in read_format(path, name, meta, problem, columns, scans):
            yield replace(page, meta=add_date_in_name(page.meta, path))
    else:
        yield _make_page(path, name, meta, problem)


def _correct(pages: Iterable[Page], path: Path, name: str, problem: Problem) -> Iterator[Page]:
    """Yield the pages of a file with the corrections beside it; report those that fit none."""
    corrections = read_corrections(
        path.with_name(page_stem(path.name) + CORRECTIONS_SUFFIX), problem
    )
    for page in pages:
        is_only = page.source == str(path)
        names = (page.id.removeprefix(f"{name}/"), page.source.removeprefix(f"{path}#"))
        yield corrections.apply(page, *((ONLY_PAGE, "1") if is_only else names))
    corrections.report_rest()


def _make_page(path: Path, name: str, meta: PageMeta, warn: Problem) -> Page:
    data = read_file(path)
    text, encoding = decode(data, path, warn)
    if is_markdown_file(path):
        meta = add_front_matter(meta, text, path, warn)
    meta = add_date_in_name(meta, path)
    sides = "\0".join((READER_VERSION, name, repr(meta)))
    digest = hashlib.sha256(sides.encode("utf-8", "backslashreplace") + b"\0" + data)
    return Page(name, str(path), text, digest.hexdigest(), encoding, meta)
