"""Check an index: its files against their hashes, its pages against the sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from indexer.arguments import check_arguments
from indexer.build import find_gone
from indexer.command_lines import command
from indexer.engines import open_engine
from indexer.errors import SourceError, split_errors
from indexer.model import fields_to_json, to_json
from indexer.pages import read_listed
from indexer.pages.folders import list_pages
from indexer.settings import Settings, override_settings
from indexer.sources import Sources, choose_sources, read_known, to_paths


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found; `differences` maps missing, changed and orphaned to ids of pages."""

    files: int  # of the index, each checked against its hash
    pages: int  # compared with their sources
    differences: Mapping[str, tuple[str, ...]]
    problems: tuple[SourceError, ...] = ()
    warnings: tuple[SourceError, ...] = ()  # what was repaired, left out or left aside
    repair: str = "chaquan build"  # the command that makes it healthy

    @property
    def healthy(self) -> bool:
        """Return whether index and sources agree and every source could be read."""
        return not self.problems and not any(self.differences.values())

    def to_dict(self) -> dict[str, object]:
        """Make the JSON of the report."""
        return {
            "healthy": self.healthy,
            **fields_to_json(self, "differences"),
            **to_json(self.differences),
            "repair": self.repair if any(self.differences.values()) else None,
        }


@check_arguments
def check_index(
    sources: Sources = (),
    *,
    index: str | Path | None = None,
    settings: Settings | None = None,
    **options: object,
) -> CheckReport:
    """Check every file of the index, and compare its pages with the sources.

    Without `sources` those that the index was built from are taken.

    Raises `IndexMissing`, `IndexOutdated` or `IndexCorrupt` when the index itself is at fault.
    """
    settings = override_settings(settings, index=index, **options)
    engine, given = open_engine(settings), to_paths(sources)
    files = engine.check()
    problems: list[SourceError] = []
    with read_known(engine, settings) as (record, known):
        indexed = known.digests
        chosen = choose_sources(given, record, settings)
        listing = list_pages(chosen, problems.append, known)
    pages = read_listed(listing, problem=problems.append)
    printed = {page.id: page.digest for page in pages}
    return CheckReport(
        files,
        len(printed),
        _compare(indexed, printed, problems),
        *split_errors(problems),
        command(settings, "build", *map(str, given)),
    )


def _compare(
    indexed: Mapping[str, str], printed: Mapping[str, str], problems: Iterable[SourceError]
) -> dict[str, tuple[str, ...]]:
    both = indexed.keys() & printed.keys()
    return {
        "missing": tuple(sorted(printed.keys() - indexed.keys())),
        "changed": tuple(sorted(page for page in both if indexed[page] != printed[page])),
        "orphaned": tuple(find_gone(indexed, printed, problems)),
    }
