"""Sources of pages, and the ids of pages where several sources are indexed together.

The id of a page is its path below its source, without the suffix. Where two sources hold the same
path, one page keeps that id: the one that has it in the index already, else that of the source
named first. The others get the name of their source in front (`2024/01`). An id that is in the
index is kept as long as its page is there, also when the other source is removed, so that
addresses and citations stay good.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.files import is_file


@dataclass(frozen=True, slots=True)
class Source:
    """A folder or a file of pages."""

    path: Path  # absolute
    name: str  # in front of the ids of its pages that another source has as well

    @property
    def shown(self) -> Path:
        """The path as a user would type it: relative where it is in the working folder."""
        working = Path.cwd()
        below = self.path.is_relative_to(working)
        return self.path.relative_to(working) if below else self.path

    def holds(self, path: Path) -> bool:
        """Return whether this source contains a file."""
        return path.is_relative_to(self.path)


@dataclass(frozen=True, slots=True)
class KnownPages:
    """The pages of an index: their ids, and the file each was read from."""

    digests: Mapping[str, str] = field(default_factory=dict)
    commit: str = ""  # the identity of the commit
    locate: Callable[[str], str | None] = lambda page: None  # noqa: ARG005

    def origin(self, page: str) -> Path | None:
        """Return the absolute path of the file that a page was read from."""
        source = self.locate(page)
        return None if source is None else absolute(re.sub(r"#\d+$", "", source))


def absolute(path: str | Path) -> Path:
    """Return an absolute path without `.` and `..`; links are not followed."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps the dots


def make_sources(paths: Iterable[Path], known: Sequence[Source] = ()) -> tuple[Source, ...]:
    """Name each source after its folder; one that is known keeps its name.

    A source that is given twice, or is within another one, counts once.
    """
    names = {source.path: source.name for source in known}
    wanted = list(dict.fromkeys(map(absolute, paths)))
    sources: dict[Path, Source] = {}
    for path in wanted:
        if any(_contains(other, path) for other in wanted):
            continue
        taken = {source.name for source in sources.values()}
        taken.update(names[other] for other in wanted if other in names)
        sources[path] = Source(path, names.get(path) or _free_name(path, taken))
    return tuple(sources.values())


def _contains(folder: Path, path: Path) -> bool:
    if path == folder or not path.is_relative_to(folder):
        return False
    return not any(part.startswith(".") for part in path.relative_to(folder).parts)


def _free_name(path: Path, taken: Collection[str]) -> str:
    """Return the name of a folder, with as many of those around it as make it unique."""
    parts = [part for part in (path.parent if is_file(path) else path).parts if part.isprintable()]
    for depth in range(1, len(parts)):
        name = "/".join(parts[-depth:])
        if name not in taken:
            return name
    return next(name for number in range(1, 10**9) if (name := f"{number}") not in taken)


class PageNames:
    """Chooses the ids of pages of several sources.

    `claims` maps a path below a source to the sources that have it, with the absolute path of the
    file without its suffix.
    """

    def __init__(self, claims: Mapping[str, Mapping[Source, Path]], known: KnownPages) -> None:
        self._claims, self._known = claims, known
        self._prefixes = _prefixes(known.digests)

    def choose(self, name: str) -> dict[Source, str]:
        """Return the id that the page of a path gets in each source that has it."""
        claimants = self._claims[name]
        ids = {source: own for source in claimants if (own := self._own(source, name))}
        rest = [source for source in claimants if source not in ids]
        keeper = self._keeper(name, rest)
        return ids | {
            source: name if source is keeper else f"{source.name}/{name}" for source in rest
        }

    def _own(self, source: Source, name: str) -> str | None:
        """Return the id with the source's name if the page has it in the index."""
        own, claimants = f"{source.name}/{name}", self._claims[name]
        if own in self._claims or not self._is_known(own):
            return None
        if len(claimants) > 1 or not self._is_known(name):
            return own
        return own if self._origin(own) == claimants[source] else None

    def _keeper(self, name: str, sources: Sequence[Source]) -> Source | None:
        """Return the source whose page has the bare path for its id."""
        if len(sources) > 1 and self._is_known(name):
            origin = self._origin(name)
            for source in sources:
                if self._claims[name][source] == origin:
                    return source
        return sources[0] if sources else None

    def _is_known(self, name: str) -> bool:
        return name in self._known.digests or name in self._prefixes

    def _origin(self, name: str) -> Path | None:
        page = name if name in self._known.digests else self._prefixes[name]
        origin = self._known.origin(page)
        return origin and origin.with_suffix("")


def _prefixes(pages: Iterable[str]) -> dict[str, str]:
    """Map every folder or file of records in ids to one of the ids below it."""
    prefixes: dict[str, str] = {}
    for page in pages:
        end = page.rfind("/")
        while end > 0 and page[:end] not in prefixes:
            prefixes[page[:end]] = page
            end = page.rfind("/", 0, end)
    return prefixes
