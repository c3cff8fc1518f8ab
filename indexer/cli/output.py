"""Write what the commands print: JSON, tables, and lines of text in the user's language."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import accumulate
from pathlib import Path
from shutil import get_terminal_size
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO
from unicodedata import east_asian_width

import click

from indexer.cite import say_edition
from indexer.cli.localized import language, say
from indexer.errors import NotWritten, system_reason
from indexer.messages import message
from indexer.model import locate_spans, to_cell

if TYPE_CHECKING:
    from indexer.build import BuildReport
    from indexer.checking import CheckReport
    from indexer.errors import ChaquanError
    from indexer.inspection import FolderInspection, Inspection
    from indexer.model import Paragraph, Snippet
    from indexer.reading import Join
    from indexer.search import Hit, Results
    from indexer.search.search_records import Comparison
    from indexer.suggest import Suggestions

MAX_WARNINGS = 5
"""Warnings of one kind that are shown: an archive may have one for every page."""

PROGRESS_SECONDS = 0.1
"""Seconds between updates of the progress line: writing one for each of 117,000 unchanged pages
takes .6 s of CPU."""


_CONTROLS = re.compile(
    r"(?!\x1b\[\d+(;\d+)*m)[\x00-\x08\x0b-\x1f\x7f-\x9f]|[\u202a-\u202e\u2066-\u2069]"
)
"""Characters by which the text of a page could control a terminal; colours are ours."""


def show(answer: Mapping[str, object] | Iterable[str]) -> None:
    """Print a JSON object, or lines as they come."""
    if isinstance(answer, Mapping):
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for line in answer:
        click.echo(_CONTROLS.sub("", line))


@contextmanager
def progress(wanted: bool) -> Iterator[Callable[[str, int], None] | None]:
    """Show the progress of a build on stderr if that is a terminal."""
    if not (wanted and sys.stderr.isatty()):
        yield None
        return

    shown = -PROGRESS_SECONDS

    def show(page: str, seen: int) -> None:
        nonlocal shown
        if monotonic() - shown >= PROGRESS_SECONDS:
            line = _fit(say("progress", count=seen, page=page), get_terminal_size().columns - 1)
            click.echo(f"\r\033[K{line}", err=True, nl=False)
            shown = monotonic()

    try:
        yield show
    finally:
        click.echo("\r\033[K", err=True, nl=False)


def _fit(text: str, columns: int) -> str:
    """Cut a text to so many columns of a terminal."""
    widths = accumulate(map(display_width, text))
    return text[: sum(width <= columns for width in widths)]


def source_lines(
    problems: Iterable[ChaquanError], warnings: Iterable[ChaquanError]
) -> Iterator[str]:
    """Show problems, and of each kind of warning the first few with the number of the others."""
    for error in problems:
        yield f"! {error.sentence(language())}"
    kinds: dict[str, list[ChaquanError]] = {}
    for error in warnings:
        kinds.setdefault(error.code, []).append(error)
    for code, errors in kinds.items():
        for error in errors[:MAX_WARNINGS]:
            yield f"* {error.sentence(language())}"
        if len(errors) > MAX_WARNINGS:
            yield f"* {say('more_warnings', count=len(errors) - MAX_WARNINGS, code=code)}"


def build_lines(report: BuildReport) -> Iterator[str]:
    """Show what a build did, problems first."""
    yield from source_lines(report.problems, report.warnings)
    counts = (
        ("added", report.added),
        ("changed", report.changed),
        ("removed", report.removed),
        ("unchanged", report.unchanged),
    )
    done = tuple(message(f"cli.build.{name}", count=len(pages)) for name, pages in counts if pages)
    facts = {"done": done or message("cli.build.nothing"), "seconds": report.seconds}
    if report.dry_run:
        yield say("build.dry_run", **facts)
    else:
        yield say("build.done", **facts, paragraphs=report.documents)


def result_lines(results: Results) -> Iterator[str]:
    """Show the hits as numbered entries: title, id and lines, snippet."""
    for note in results.notes:
        yield f"* {note.sentence(language())}"
    articles = message("cli.search.articles", count=results.articles)
    yield say("search.total", count=results.total, articles=articles, took_ms=results.took_ms)
    strict = sum(not hit.relaxed for hit in results.hits)
    for number, hit in enumerate(results.hits, results.start + 1):
        if results.following and number == results.start + strict + 1:
            yield f"\n{say('search.following', count=results.following)}"
        yield ""
        yield from _hit_lines(number, hit)
    if results.facets.get("city"):
        values = tuple(f"{value.value} {value.count}" for value in results.facets["city"][:12])
        yield f"\n{say('search.cities', cities=values)}"
    shown = results.start + len(results.hits)
    rest = results.total + results.following - shown
    if results.hits and rest > 0:
        yield say("search.more", count=rest, start=shown)
    if results.suggestions:
        missing = () if results.total else results.suggestions.missing
        if missing and not any(note.code == "missing" for note in results.notes):
            yield say("search.missing", words=missing)
        yield from suggestion_lines(results.suggestions)


def suggestion_lines(suggestions: Suggestions) -> Iterator[str]:
    """Show what might be searched for instead, each with its reason."""
    for key, found in (
        ("corrections", (*suggestions.corrections, *suggestions.pinyin)),
        ("misreadings", suggestions.misreadings),
        ("numerals", suggestions.numerals),
        ("synonyms", suggestions.synonyms),
        ("relaxations", suggestions.relaxations),
    ):
        for one in found:
            reasons: tuple[object, ...] = (one.sentence(language()),)
            if one.count is not None:
                reasons += (message("cli.search.count", count=one.count),)
            yield say(f"search.{key}", text=one.text, reasons=reasons)


def _hit_lines(number: int, hit: Hit) -> Iterator[str]:
    head = " › ".join(filter(None, (hit.title, hit.heading)))
    yield click.style(f"{number}. {head or hit.page}", bold=True)
    cities = f" [{' '.join(hit.cities)}]" if hit.cities else ""
    first, last = hit.lines
    lines = say("search.lines" if last > first else "search.line", first=first, last=last)
    yield f"   {hit.id} {hit.kind}, {lines}{cities}"
    meta = hit.meta
    edition = say_edition(meta.edition, language()) if meta.edition else ""
    if printed := " ".join(filter(None, (*hit.authors, meta.newspaper, meta.date, edition))):
        yield f"   {printed}"
    yield f"   {marked(hit.snippet)}"
    for line in hit.explanation:
        yield f"     {line.sentence(language())}"


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """Show what is new, changed and gone since a search was recorded."""
    record = comparison.record
    yield say("compare.then", query=record.query, made=record.made[:10], count=len(record.hits))
    if not (comparison.new or comparison.changed or comparison.gone):
        yield say("compare.nothing", count=comparison.same)
        return
    for name, hits in (("new", comparison.new), ("changed", comparison.changed)):
        if hits:
            yield f"\n{say(f'compare.{name}', count=len(hits))}"
        for number, hit in enumerate(hits, 1):
            yield from _hit_lines(number, hit)
    if comparison.gone:
        yield f"\n{say('compare.gone', count=len(comparison.gone))}"
        yield from (f"   {hit.id} {hit.title or ''}".rstrip() for hit in comparison.gone)
    yield f"\n{say('compare.same', count=comparison.same)}"


def marked(snippet: Snippet) -> str:
    """Return a snippet's text with its marks in colour (bare where the output is no terminal)."""
    text = snippet.text.replace("\n", " ")
    parts = []
    end = 0
    for mark in snippet.marks:
        parts.append(text[end : mark.start])
        parts.append(click.style(text[mark.start : mark.end], fg="red", bold=True))
        end = mark.end
    return "".join((*parts, text[end:]))


MAX_NAMED_FEATURES = 4
"""Features that a line about a join names, those that weigh most."""

MAX_NAMED_PAGES = 5
"""Pages that a line of a folder's inspection names."""


def folder_lines(inspection: FolderInspection) -> Iterator[str]:
    """Show how many files a folder has, and the pattern of their names."""
    yield say("inspect.folder", path=inspection.path, count=inspection.files)
    if inspection.declared is not None:
        yield say("inspect.declared", pattern=inspection.declared)
    elif inspection.pattern is None:
        yield say("inspect.no_pattern")
    else:
        yield say("inspect.pattern", pattern=inspection.pattern)
        yield "  ".join(f"{name}: {value}" for name, value in inspection.example.items())
    yield say("inspect.read" if inspection.reviews else "inspect.well", count=inspection.read)
    for name, pages in inspection.reviews.items():
        yield f"  {say(f'inspect.{name}')}: {len(pages)}  {' '.join(pages[:MAX_NAMED_PAGES])}"


def inspection_lines(inspection: Inspection, *, explain: bool) -> Iterator[str]:
    """Show a page as a reader would mark it up, one block a line; `explain` shows each join."""
    page = inspection.page
    yield say(
        "inspect.page",
        page=page.id,
        source=page.source,
        encoding=page.encoding,
        count=len(page.text),
    )
    for article in inspection.articles:
        cities = f"  [{' '.join(article.cities)}]" if article.cities else ""
        yield f"\n{article.number}. {article.title or say('inspect.untitled')}{cities}"
        if article.byline:
            yield f"   {say('inspect.byline', byline=article.byline)}"
        for paragraph in article.paragraphs:
            spans = " ".join(f"{start}-{end}" for start, end in paragraph.spans)
            marks = [f"={paragraph.duplicate_of}"] if paragraph.duplicate_of else []
            if paragraph.truncated:
                marks.append(say("inspect.lost", part=str(paragraph.truncated)))
            text = paragraph.text.strip().replace("\n", " ")
            label = " ".join((f"{paragraph.number:>4} {paragraph.kind:<9}", *marks))
            yield f"{label} {text}  ({spans})"
            joins = inspection.joins_of(paragraph) if explain else {}
            yield from (_join_line(paragraph, *one) for one in joins.items())


def _join_line(paragraph: Paragraph, number: int, join: Join) -> str:
    """Return the line about a join: what it joins, its rule, and what weighed most."""
    at = locate_spans(paragraph.text, paragraph.spans)[number]
    around = f"{paragraph.text[max(0, at - 6) : at]}|{paragraph.text[at : at + 6]}"
    most = sorted(join.evidence.items(), key=lambda one: -abs(one[1]))[:MAX_NAMED_FEATURES]
    weights = ", ".join(f"{name} {value:+.1f}" for name, value in most)
    odds = "" if join.log_odds is None else f" {join.log_odds:+.1f} ({weights})"
    return f"         {around.strip()}  {say(f'inspect.join_{join.rule}')}{odds}"


def check_lines(report: CheckReport) -> Iterator[str]:
    """Show what is wrong with an index, or that nothing is."""
    for name, pages in report.differences.items():
        for page in pages:
            yield f"! {say('check.difference', name=name, page=page)}"
    yield from source_lines(report.problems, report.warnings)
    verdict = message("cli.check.sound" if report.healthy else "cli.check.unread")
    if any(report.differences.values()):
        verdict = message("cli.check.needs", command=report.repair)
    yield say("check.summary", files=report.files, pages=report.pages, verdict=verdict)


def show_table(
    names: Sequence[str], rows: Iterable[Iterable[object]], *, as_tsv: bool = False
) -> None:
    """Print rows below the names of their columns: aligned for a reader, or with tabs."""
    table = [[to_cell(value, separator=" ") for value in row] for row in (names, *rows)]
    if as_tsv:
        show("\t".join(" ".join(cell.split()) for cell in row) for row in table)
        return
    widths = [max(map(display_width, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = zip(row, widths, strict=True)
        padded = (cell + " " * (width - display_width(cell)) for cell, width in cells)
        show(("  ".join(padded).rstrip(),))


def display_width(text: str) -> int:
    """Return how many columns of a terminal a text takes: two for a wide character."""
    return sum(1 + (east_asian_width(char) in "WF") for char in text)


def write_file(path: Path, chunks: Iterable[str]) -> None:
    """Write text to stdout (`-`) or to a file, which takes its name only when all went well."""
    if str(path) == "-":
        _write_chunks(sys.stdout.buffer, chunks)
        sys.stdout.buffer.flush()
        return
    path = path.resolve()
    draft = path.with_name(f".chaquan.{os.getpid()}.tmp")
    try:
        if special := path.exists() and not path.is_file():  # a device or a pipe takes what comes
            draft = path
        with draft.open("wb" if special else "xb") as file:
            _write_chunks(file, chunks)
        draft.replace(path)
    except OSError as error:
        raise NotWritten(path=path, reason=system_reason(error)) from error
    finally:
        if draft != path:
            with suppress(OSError):  # there is none
                draft.unlink()


def _write_chunks(file: BinaryIO, chunks: Iterable[str]) -> None:
    for chunk in chunks:
        file.write(chunk.encode("utf-8", "replace"))
