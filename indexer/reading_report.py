"""Report what the builds of an index read: files, what was passed over and why, what to review.

A commit keeps what its build found of files; what is to be reviewed of pages is a facet of the
index.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from indexer.engines import open_engine
from indexer.reading import REVIEW_REASONS
from indexer.search import Index
from indexer.sources import read_reading

MAX_REVIEWED_PAGES = 100
"""Pages that a report lists for each thing to review."""


@dataclass(frozen=True, slots=True)
class ReportedFile:
    """An error or a warning of a file, in English and Chinese."""

    code: str
    message: str
    message_zh: str


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """A source and its files of pages."""

    source: str
    files: int


@dataclass(frozen=True, slots=True)
class Review:
    """What is to be reviewed: paragraphs and pages, the pages with the most paragraphs first."""

    name: str
    paragraphs: int
    pages: int
    listed: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """What an index was built from. `problems` cost a page, `warnings` less than one."""

    pages: int
    sources: tuple[SourceFiles, ...] = ()
    problem_count: int = 0
    problems: tuple[ReportedFile, ...] = ()
    warning_count: int = 0
    warnings: tuple[ReportedFile, ...] = ()
    reviews: tuple[Review, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Make the JSON of the report."""
        return asdict(self)


def read_report(index: Index) -> ReadingReport:
    """Return the report of an index."""
    kept = read_reading(open_engine(index.settings))
    problems, warnings = kept.get("problems", (0, ())), kept.get("warnings", (0, ()))
    return ReadingReport(
        pages=index.page_count,
        sources=tuple(SourceFiles(source, files) for source, files in kept.get("sources", ())),
        problem_count=problems[0],
        problems=tuple(ReportedFile(*one) for one in problems[1]),
        warning_count=warnings[0],
        warnings=tuple(ReportedFile(*one) for one in warnings[1]),
        reviews=tuple(
            filter(lambda one: one.paragraphs, (_review(index, one) for one in REVIEW_REASONS))
        ),
    )


def _review(index: Index, name: str) -> Review:
    found = index.search("", review=[name], facets=("page",), size=0, most_values=index.page_count)
    pages = [(one.value, one.count) for one in found.facets["page"]]
    listed = sorted(pages, key=lambda one: (-one[1], one[0]))[:MAX_REVIEWED_PAGES]
    return Review(name, found.total, len(pages), tuple(listed))
