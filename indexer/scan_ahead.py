"""Recognise the scans that a build is going to read, several pages at a time.

Each page is recognised in another process and kept in the folder of recognised pages, from where
the build reads it. What is wrong with a file is left for the build to report.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from indexer.engines.build_processes import Pool
from indexer.errors import ChaquanError
from indexer.files import read_file
from indexer.model import Document, PageRecord
from indexer.pages.folders import FileBatch
from indexer.pages.formats import SCAN_SUFFIXES
from indexer.pages.formats.page_lines import BadFormat
from indexer.pages.recognition import can_recognise, recognise
from indexer.pages.seen import Seen

MAX_RECOGNISING = 8
"""Processes that recognise pages: each takes up to a gigabyte."""


class ScanPage(NamedTuple):
    """A page of a file that may have to be recognised, and the folder that keeps it."""

    path: Path
    number: int
    name: str
    folder: Path

    @property
    def is_pdf(self) -> bool:
        """Return whether the file is a PDF, which may have a text layer."""
        return self.path.suffix.lower() == ".pdf"


@dataclass(frozen=True, slots=True)
class ReportNames:
    """The work of the processes: pages are kept as they are made, their names are reported."""

    answers: bool = True

    def take(self, turn: int, record: PageRecord, documents: Iterable[Document]) -> Any:
        """Return the name of a page, which comes in the place of its record."""
        del turn, documents
        return record

    def finish(self) -> Any:
        """Return nothing: all is kept in files."""


def recognise_ahead(
    listing: Sequence[FileBatch],
    seen: Seen,
    folder: Path,
    *,
    workers: int,
    progress: Callable[[str, int], None] | None,
) -> None:
    """Recognise the pages of new and changed files, `workers` at a time (0: one a core).

    `progress` is called with the name of each page and the number of pages done.
    """
    cores = min(workers or os.cpu_count() or 1, MAX_RECOGNISING)
    pages = list(_find_pages(listing, seen, folder)) if cores > 1 and can_recognise() else []
    if len(pages) < 2:
        return
    pool, done = Pool(ReportNames(), min(cores, len(pages)), batch=1), 0
    try:
        for turn, page in enumerate(pages):
            pool.put(turn, page, recognise_page)
            done = _report(pool, done, progress)
        pool.finish()
        _report(pool, done, progress)
    except ChaquanError:
        pass  # too little memory: the build recognises what is left, a page at a time
    finally:
        pool.abort()


def _report(pool: Pool, done: int, progress: Callable[[str, int], None] | None) -> int:
    for name in pool.answers():
        done += 1
        if progress:
            progress(name, done)
    return done


def _find_pages(listing: Sequence[FileBatch], seen: Seen, folder: Path) -> Iterator[ScanPage]:
    """Yield the pages of images and PDF files that are not as they were."""
    for files in listing:
        for file, name, fingerprint in files.found:
            page = ScanPage(Path(files.folder) / file, 1, name, folder)
            if not file.lower().endswith((*SCAN_SUFFIXES, ".pdf")):
                continue
            if seen.find(files.real + file, name, fingerprint) is None:
                count = _count_pages(page)
                for number in range(1, count + 1):
                    shown = f"{name}/{number}" if count > 1 else name
                    yield page._replace(number=number, name=shown)


def _count_pages(page: ScanPage) -> int:
    try:
        content = read_file(page.path)
        if page.is_pdf:
            return int(import_module("indexer.pages.formats.pdf").count_pages(content))
        return int(import_module("indexer.pages.formats.scan").count_frames(content))
    except (ChaquanError, BadFormat):
        return 0


def recognise_page(page: ScanPage) -> tuple[Any, tuple[()]]:
    """Recognise a page on one core, and keep it; return its name."""
    try:
        content = read_file(page.path)
        if page.is_pdf:
            pdf = import_module("indexer.pages.formats.pdf")
            if pdf.read_pdf_page(content, page.number) is None:
                pdf.recognise_pdf_page(content, page.number, page.path, page.folder, threads=1)
        else:
            scan = import_module("indexer.pages.formats.scan")
            frame = scan.read_frame(content, page.number)
            recognise(frame, page.path, page.folder, threads=1)
    except (ChaquanError, BadFormat):
        pass  # the build reads the file too, and says what is wrong
    return page.name, ()
