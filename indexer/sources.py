"""The sources of an index: which a build takes, and which pages it would drop.

A commit stores where its pages came from, so that `chaquan build` needs no arguments, `add` and
`remove` change the list, and a build of other sources does not drop pages unasked.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from indexer.command_lines import command
from indexer.engines.base import Engine, Reader
from indexer.errors import (
    BuiltWithMore,
    IndexCorrupt,
    IndexMissing,
    IndexOutdated,
    MetaContradicted,
    PageAsPrinted,
    PagesWouldGo,
    SourceError,
    SourcesForgotten,
    SourceUnknown,
    SourceWarning,
    split_errors,
)
from indexer.messages import Message, message
from indexer.pages.folders import FileBatch
from indexer.pages.page_ids import KnownPages, Source, absolute, make_sources
from indexer.settings import Settings

BUILT_WITH_KEY = "built_with"
OWN_LISTS = ("places", "dictionary")
"""Settings of the user's lists that shape an index when it is built."""

DEFAULT_SOURCES = ("seeds",)
"""What is indexed when there is no index and nothing is named."""

SOURCES_KEY, READING_KEY = "sources", "reading"

OF_CHANGED_PAGES = (MetaContradicted, PageAsPrinted)
"""Warnings that a build gives of the pages that changed: the index has them of all pages."""

MAX_KEPT_ERRORS = 200
"""Errors, and warnings, that a commit keeps; all are counted."""


Sources = str | Path | Iterable[str | Path]
"""One path or several, as the public functions take them."""


def to_paths(sources: Sources) -> list[Path]:
    """Return the paths of sources; a text is one path."""
    return list(map(Path, (sources,) if isinstance(sources, str | Path) else sources))


@dataclass(frozen=True, slots=True)
class Record:
    """What an index says of its sources; `None` when it does not say."""

    sources: tuple[Source, ...] | None = None
    readable: bool = True


@contextmanager
def read_known(
    engine: Engine, settings: Settings, *, damaged: bool = False
) -> Iterator[tuple[Record, KnownPages]]:
    """Open the newest commit for what a build needs: its sources and its pages.

    Raises `IndexCorrupt`, unless the index may be `damaged`.
    """
    record = _read_record(engine, settings)
    reader = _open(engine, damaged=damaged)
    if reader is None:
        lost = record.sources is None and engine.exists()
        yield Record(readable=False) if lost else record, KnownPages()
        return
    try:
        yield record, KnownPages(reader.pages(), reader.identity, partial(_file_of, reader))
    finally:
        reader.close()


def _open(engine: Engine, *, damaged: bool) -> Reader | None:
    try:
        return engine.reader()
    except (IndexMissing, IndexOutdated):
        return None
    except IndexCorrupt:
        if not damaged:
            raise
        return None


def _file_of(reader: Reader, page: str) -> str | None:
    record = reader.page(page)
    return record.page.source if record else None


def _read_record(engine: Engine, settings: Settings) -> Record:
    try:
        data = engine.commit_data()
        if SOURCES_KEY not in data:
            return Record()
        base = absolute(settings.index)
        stored = json.loads(data[SOURCES_KEY])
        return Record(tuple(Source(absolute(base / path), str(name)) for path, name in stored))
    except (IndexCorrupt, IndexOutdated, ValueError, TypeError):
        return Record(readable=False)


def read_sources(engine: Engine, settings: Settings) -> tuple[Source, ...]:
    """Return the sources that the newest commit remembers; none where it does not say."""
    return _read_record(engine, settings).sources or ()


def dump_sources(sources: Iterable[Source], settings: Settings, cutter: str) -> dict[str, str]:
    """Return the record of sources, and of what they were read with, as commit data."""
    stored = [[_stored(source.path, settings), source.name] for source in sources]
    lists = {name: str(getattr(settings, name) or "") for name in OWN_LISTS}
    built_with = json.dumps(lists | {"cutter": cutter}, ensure_ascii=False)
    return {SOURCES_KEY: json.dumps(stored, ensure_ascii=False), BUILT_WITH_KEY: built_with}


def _stored(path: Path, settings: Settings) -> str:
    """Return a path that stays good when the folder around index and source is moved."""
    base = absolute(settings.index)
    movable = settings.engine == "whoosh" and path.is_relative_to(base.parent)
    return os.path.relpath(path, base) if movable else str(path)


def find_missing_lists(engine: Engine, settings: Settings, cutter: str) -> list[SourceWarning]:
    """Return a warning for each list that the last build had and this one has not, and its cutter.

    `cutter` is the one of this build, with its version.
    """
    try:
        before = json.loads(engine.commit_data().get(BUILT_WITH_KEY, "{}"))
    except (IndexMissing, IndexCorrupt, IndexOutdated, ValueError):
        return []
    warnings = [
        BuiltWithMore(name=name, before=before[name], now=message("what.none"), help=_set(name))
        for name in OWN_LISTS
        if before.get(name) and getattr(settings, name) is None
    ]
    if str(before.get("cutter")).startswith("rjieba") and not cutter.startswith("rjieba"):
        how = _set("cutter") if settings.cutter != "auto" else message("help.install_cutter")
        warnings += [BuiltWithMore(name="cutter", before=before["cutter"], now=cutter, help=how)]
    return list(warnings)


def _set(name: str) -> Message:
    return message("help.set_option", name=name, variable=f"CHAQUAN_{name.upper()}")


# ---------------------------------------------------------------- what a build reports of files


def dump_reading(listing: Iterable[FileBatch], errors: Sequence[SourceError]) -> dict[str, str]:
    """Return as commit data how many files the sources have and what is wrong with them."""
    counts: Counter[str] = Counter()
    for files in listing:
        counts[str(files.source.shown)] += len(files.found)
    reported = [error for error in errors if not isinstance(error, OF_CHANGED_PAGES)]
    problems, warnings = split_errors(reported)
    kept = {
        "sources": sorted(counts.items()),
        "problems": _dump_errors(problems),
        "warnings": _dump_errors(warnings),
    }
    return {READING_KEY: json.dumps(kept, ensure_ascii=False)}


def _dump_errors(errors: Sequence[SourceError]) -> list[Any]:
    shown = sorted(tuple(error.to_dict().values()) for error in errors)
    return [len(errors), shown[:MAX_KEPT_ERRORS]]


def read_reading(engine: Engine) -> Mapping[str, Any]:
    """Return what the newest commit keeps of its files; nothing where it does not say."""
    try:
        kept = json.loads(engine.commit_data().get(READING_KEY, "{}"))
    except (IndexCorrupt, IndexOutdated, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


# ---------------------------------------------------------------- which sources


Choose = Callable[[Record], tuple[Source, ...]]
"""Returns the sources of a build from those remembered."""


def choose_sources(given: Sequence[Path], record: Record, settings: Settings) -> tuple[Source, ...]:
    """Return the sources of a build: those given, else those remembered, else `DEFAULT_SOURCES`.

    Raises `SourcesForgotten` when none is given and the index cannot say.
    """
    known = record.sources or ()
    if given:
        return make_sources(given, known)
    if known:
        return known
    if record.sources is not None or not record.readable:
        raise _forgotten(settings, record)
    return make_sources(map(Path, DEFAULT_SOURCES))


def _forgotten(settings: Settings, record: Record) -> SourcesForgotten:
    words = ["build", "FOLDER"] if record.readable else ["build", "--full", "FOLDER"]
    return SourcesForgotten(path=settings.index, command=command(settings, *words))


def with_sources(given: Sequence[Path], record: Record) -> tuple[Source, ...]:
    """Return the remembered sources and those given."""
    known = record.sources or ()
    return make_sources([*(source.path for source in known), *given], known)


def without_sources(
    given: Sequence[Path], record: Record, settings: Settings
) -> tuple[Source, ...]:
    """Return the remembered sources but for those given; raises `SourceUnknown`."""
    if record.sources is None:
        raise _forgotten(settings, record)
    going = {absolute(path) for path in given}
    known = {source.path for source in record.sources}
    for path in sorted(going - known):
        shown = ", ".join(str(source.shown) for source in record.sources)
        raise SourceUnknown(given=path, path=settings.index, sources=shown)
    return tuple(source for source in record.sources if source.path not in going)


# ---------------------------------------------------------------- what would be dropped


def find_losses(
    listing: Sequence[FileBatch], sources: Sequence[Source], record: Record, known: KnownPages
) -> tuple[str, ...]:
    """Return the pages that a build would drop though their source was not named."""
    remembered = set(record.sources or ())
    if record.sources is not None and remembered <= set(sources):
        return ()
    named = remembered.intersection(sources) if record.sources is not None else set(sources)
    lost = _uncovered(known.digests, listing)
    return tuple(page for page in lost if not (named and _is_from(page, named, known)))


def _is_from(page: str, sources: Iterable[Source], known: KnownPages) -> bool:
    origin = known.origin(page)
    return origin is not None and any(source.holds(origin) for source in sources)


def _uncovered(pages: Iterable[str], listing: Sequence[FileBatch]) -> list[str]:
    """Return the pages that none of the listed files can hold."""
    names = {name for files in listing for _, name, _ in files.found}

    def is_covered(page: str) -> bool:
        while page and page not in names:
            page = page.rpartition("/")[0]
        return bool(page)

    return [page for page in pages if not is_covered(page)]


def make_losses(
    pages: Sequence[str],
    sources: Sequence[Source],
    record: Record,
    settings: Settings,
    *,
    full: bool,
) -> PagesWouldGo:
    """Return the error that names the pages that would go, and the commands for either choice."""
    named = [str(source.shown) for source in sources]
    options = ["--replace", "--full"] if full else ["--replace"]
    others = [source for source in record.sources or () if source not in sources]
    shown = ", ".join(str(source.shown) for source in others)
    return PagesWouldGo(
        count=len(pages),
        sources=shown or message("what.forgotten_sources"),
        keep=command(settings, "add", *named),
        replace=command(settings, "build", *options, *named),
    )
