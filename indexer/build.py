"""Bring an index to the state of its sources: pages that changed are read again, others stay.

A page whose digest the index already holds is not done again, a page the sources no longer hold
is taken out, and all of it is one commit: readers see the old index or the new one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from time import time_ns

from indexer.arguments import check_arguments
from indexer.documents import PageMaker
from indexer.engines import open_engine
from indexer.engines.base import Engine, MakeBuildCache, Writer
from indexer.errors import IndexOutdated, SourceError, split_errors
from indexer.model import Page, Stamp, fields_to_json
from indexer.pages import read_changes
from indexer.pages.folders import list_pages
from indexer.pages.recognition import scans_folder
from indexer.pages.seen import Seen
from indexer.reading import find_page_warnings
from indexer.scan_ahead import recognise_ahead
from indexer.settings import Settings, override_settings
from indexer.sources import (
    Choose,
    Sources,
    choose_sources,
    dump_reading,
    dump_sources,
    find_losses,
    find_missing_lists,
    make_losses,
    read_known,
    to_paths,
    with_sources,
    without_sources,
)

Progress = Callable[[str, int], None]
"""Called with the id of each page and the number of pages seen, itself included."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: ids of pages, a count of documents, and what went wrong, by name."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    documents: int = 0  # written by this build
    problems: tuple[SourceError, ...] = ()  # files and records that were not read
    warnings: tuple[SourceError, ...] = ()  # what was repaired, left out or left aside
    dry_run: bool = False  # nothing was done: this is what would be
    seconds: float = 0.0

    def to_dict(self) -> dict[str, object]:
        """Make the JSON of the report."""
        figures = {"unchanged": len(self.unchanged), "seconds": round(self.seconds, 3)}
        return fields_to_json(self, *figures) | figures


@check_arguments
def build_index(
    sources: Sources = (),
    *,
    index: str | Path | None = None,
    full: bool = False,
    replace: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
    settings: Settings | None = None,
    **options: object,
) -> BuildReport:
    """Make the index hold exactly the pages of the sources, doing again only what changed.

    Without `sources` those of the last build are taken, the first time `seeds`. `options` are
    fields of `Settings`. With `full`, or when the index was built with another format, dictionary
    or gazetteer, every page is done again. With `dry_run` the report says what would be done and
    nothing is changed. A file that cannot be read is reported in `problems`, and what the index
    held of it stays.

    Raises `PagesWouldGo` when pages of a source that is not named would be dropped, unless
    `replace` is set; `SourcesForgotten`, `SourceMissing`, `SourceEmpty`, `IndexLocked`,
    `StorageFull` or `IndexCorrupt`. Nothing is changed then.
    """
    settings = override_settings(settings, index=index, **options)
    given = to_paths(sources)
    build = _Build(settings, progress, full=full, replace=replace, dry_run=dry_run)
    return build.run(lambda record: choose_sources(given, record, settings))


@check_arguments
def add_sources(
    sources: Sources,
    *,
    index: str | Path | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    settings: Settings | None = None,
    **options: object,
) -> BuildReport:
    """Build the index from the sources that it remembers and these; see `build_index`.

    Pages of an index that does not say where they came from stay as they are.
    """
    settings = override_settings(settings, index=index, **options)
    given = to_paths(sources)
    build = _Build(settings, progress, keep=True, dry_run=dry_run)
    return build.run(lambda record: with_sources(given, record))


@check_arguments
def remove_sources(
    sources: Sources,
    *,
    index: str | Path | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    settings: Settings | None = None,
    **options: object,
) -> BuildReport:
    """Build the index from the sources that it remembers without these; see `build_index`.

    A source need not exist any more. Raises `SourceUnknown` for one that is not remembered.
    """
    settings = override_settings(settings, index=index, **options)
    given = to_paths(sources)
    build = _Build(settings, progress, replace=True, dry_run=dry_run)
    return build.run(lambda record: without_sources(given, record, settings))


@dataclass(slots=True)
class _Build:
    """One build: its options, and what it has done so far."""

    settings: Settings
    progress: Progress | None
    full: bool = field(default=False, kw_only=True)
    replace: bool = field(default=False, kw_only=True)  # pages of sources not named may go
    keep: bool = field(default=False, kw_only=True)  # pages of sources not remembered stay
    dry_run: bool = field(default=False, kw_only=True)
    maker: PageMaker = field(init=False)
    seen: list[str] = field(default_factory=list, init=False)
    problems: list[SourceError] = field(default_factory=list, init=False)
    added: list[str] = field(default_factory=list, init=False)
    changed: list[str] = field(default_factory=list, init=False)
    _dump: MakeBuildCache = field(default=lambda identity: None, init=False)  # noqa: ARG005

    def __post_init__(self) -> None:
        self.maker = PageMaker(self.settings)

    def run(self, choose: Choose) -> BuildReport:
        """Bring the index to the state of the sources that are chosen."""
        began, now = time.perf_counter(), time_ns()
        engine, stamp = open_engine(self.settings), self.maker.stamp
        fresh = self.full or not _continues(engine, stamp)
        self.problems.extend(find_missing_lists(engine, self.settings, stamp.cutter))
        writing: AbstractContextManager[Writer | None] = (
            nullcontext() if self.dry_run else engine.writer(stamp, fresh=fresh)
        )
        with writing as writer:
            removed = self._update(engine, writer, choose, fresh=fresh, now=now)
        if not self.dry_run:
            engine.save_build_cache(self._dump)
        touched = {*self.added, *self.changed}
        problems, warnings = split_errors(self.problems)
        return BuildReport(
            added=tuple(self.added),
            changed=tuple(self.changed),
            removed=tuple(removed),
            unchanged=tuple(page_id for page_id in self.seen if page_id not in touched),
            documents=writer.documents if writer else 0,
            problems=problems,
            warnings=warnings,
            dry_run=self.dry_run,
            seconds=time.perf_counter() - began,
        )

    def _update(
        self, engine: Engine, writer: Writer | None, choose: Choose, *, fresh: bool, now: int
    ) -> list[str]:
        """Put what is new or changed; return the pages that were removed.

        Without a writer nothing is changed: the report says what would be.
        """
        with read_known(engine, self.settings, damaged=self.full) as (record, known):
            sources = choose(record)
            listing = list_pages(sources, self.problems.append, known)
            losses = find_losses(listing, sources, record, known)
            if losses and not self.replace and (fresh or not self.keep):
                raise make_losses(losses, sources, record, self.settings, full=self.full)
        before = {} if fresh else known.digests
        seen = Seen(before, "" if fresh else known.commit, now=now)
        if before:
            seen.load(engine.load_build_cache(seen.most))
        scans = scans_folder(self.settings.index)
        if writer:
            workers = self.settings.workers
            recognise_ahead(listing, seen, scans, workers=workers, progress=self.progress)
        for page in read_changes(listing, seen, problem=self.problems.append, scans=scans):
            self._take(page, before, writer)
        kept = losses if self.keep else ()
        removed = find_gone(known.digests, (*self.seen, *kept), self.problems)
        if writer:
            for page_id in removed:
                writer.remove(page_id)
            if record.sources is not None or not (self.keep and losses):
                data = dump_sources(sources, self.settings, self.maker.analyzer.cutter)
                writer.set_commit_data(data | dump_reading(listing, self.problems))
        self._dump = seen.dump
        return removed

    def _take(
        self, page: Page | Sequence[str], known: Mapping[str, str], writer: Writer | None
    ) -> None:
        """Take a page, or the ids of some that are as they were."""
        ids = [page.id] if isinstance(page, Page) else page
        if self.progress:
            for number, page_id in enumerate(ids, len(self.seen) + 1):
                self.progress(page_id, number)
        self.seen.extend(ids)
        if isinstance(page, Page) and known.get(page.id) != page.digest:
            (self.changed if page.id in known else self.added).append(page.id)
            self.problems.extend(find_page_warnings(page))
            if writer:
                writer.put_lazily(page.id, page, self.maker)


def find_gone(
    known: Iterable[str], seen: Iterable[str], problems: Iterable[SourceError]
) -> list[str]:
    """Return the known pages that were not seen, but for those of what could not be read now."""
    unread = [str(error.facts["page"]) for error in problems if "page" in error.facts]
    below = tuple(f"{name}/" for name in unread)
    lost = set(known).difference(seen) if "." not in unread else ()
    return sorted(page for page in lost if not f"{page}/".startswith(below))


def _continues(engine: Engine, stamp: Stamp) -> bool:
    """Return whether the index there can be added to, made with the same stamp."""
    if not engine.exists():
        return False
    try:
        reader = engine.reader()
    except IndexOutdated:
        return False
    try:
        return reader.stamp == stamp
    finally:
        reader.close()
