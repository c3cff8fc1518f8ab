"""What the command line prints: values of the library in, lines of text or JSON out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote

import click

from indexer.export import (
    make_feed,
    to_atom,
)
from indexer.model import Span

MAX_WARNINGS = 5
"""Warnings of one kind that are shown: an archive may have one for every page."""

if TYPE_CHECKING:
    from datetime import datetime

    from indexer.build import BuildReport
    from indexer.checking import CheckReport
    from indexer.errors import ChaquanError
    from indexer.inspection import Inspection
    from indexer.model import Snippet
    from indexer.search import Hit, Results
    from indexer.suggest import Suggestions

TOLD_EVERY = 0.1
"""Seconds between what is told: telling each of 117,000 pages that need no work takes .6 s of CPU
and more of a terminal."""


def show(answer: Mapping[str, object] | Iterable[str]) -> None:
    """Print a JSON object, or lines as they come."""
    if isinstance(answer, Mapping):
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for line in answer:
        click.echo(line)


@contextmanager
def progress(wanted: bool) -> Iterator[Callable[[str, int], None] | None]:
    """Tell on a terminal's standard error how far a build has come; elsewhere say nothing."""
    if not (wanted and sys.stderr.isatty()):
        yield None
        return

    told = -TOLD_EVERY

    def tell(page: str, seen: int) -> None:
        nonlocal told
        if monotonic() - told >= TOLD_EVERY:
            click.echo(f"\r\033[K{seen} pages … {page}", err=True, nl=False)
            told = monotonic()

    yield tell
    click.echo("\r\033[K", err=True, nl=False)


def source_lines(
    problems: Iterable[ChaquanError], warnings: Iterable[ChaquanError], language: str
) -> Iterator[str]:
    """Show problems, and of each kind of warning the first few with the number of the others."""
    for error in problems:
        yield f"! {error.sentence(language)}"
    kinds: dict[str, list[ChaquanError]] = {}
    for error in warnings:
        kinds.setdefault(error.code, []).append(error)
    for code, errors in kinds.items():
        for error in errors[:MAX_WARNINGS]:
            yield f"* {error.sentence(language)}"
        if len(errors) > MAX_WARNINGS:
            yield f"* … {len(errors) - MAX_WARNINGS} more: {code} (--json lists all)"


def build_lines(report: BuildReport, language: str = "en") -> Iterator[str]:
    """Tell what a build did, problems first."""
    yield from source_lines(report.problems, report.warnings, language)
    counts = (
        ("added", report.added),
        ("changed", report.changed),
        ("removed", report.removed),
        ("unchanged", report.unchanged),
    )
    done = ", ".join(f"{len(pages)} {name}" for name, pages in counts if pages) or "nothing to do"
    if report.dry_run:
        yield f"Pages that would be: {done}. Nothing was changed. {report.seconds:.1f} s."
        return
    yield f"Pages: {done}. Paragraphs written: {report.documents}. {report.seconds:.1f} s."


def result_lines(results: Results) -> Iterator[str]:
    """Show the hits as numbered entries: title, place in the source, snippet."""
    for note in results.notes:
        yield f"* {note}"
    yield (f"{results.total} paragraphs in {results.articles} articles ({results.took_ms:.0f} ms)")
    strict = sum(not hit.relaxed for hit in results.hits)
    for number, hit in enumerate(results.hits, results.start + 1):
        if results.following and number == results.start + strict + 1:
            yield f"\n-- {results.following} that hold only some of the words --"
        yield ""
        yield from _hit_lines(number, hit)
    if results.facets.get("city"):
        values = (f"{value.value} {value.count}" for value in results.facets["city"][:12])
        yield f"\nCities: {', '.join(values)}"
    rest = results.total + results.following - results.start - len(results.hits)
    if results.hits and rest > 0:
        yield f"{rest} more: --start {results.start + len(results.hits)}"
    if results.suggestions:
        yield from suggestion_lines(results.suggestions)


def suggestion_lines(suggestions: Suggestions) -> Iterator[str]:
    """Show what might be searched for instead, each with its reason."""
    if suggestions.missing:
        yield f"Printed nowhere: {', '.join(suggestions.missing)}"
    for head, found in (
        ("Did you mean", (*suggestions.corrections, *suggestions.pinyin)),
        ("Possible misreadings", suggestions.misreadings),
        ("Also printed", suggestions.numerals),
        ("Try", suggestions.relaxations),
    ):
        for one in found:
            count = "" if one.count is None else f", {one.count} paragraphs"
            yield f"{head}: {one.text} ({one.sentence()}{count})"


def _hit_lines(number: int, hit: Hit) -> Iterator[str]:
    head = " › ".join(filter(None, (hit.title, hit.heading)))
    yield click.style(f"{number}. {head or hit.page}", bold=True)
    cities = f" [{' '.join(hit.cities)}]" if hit.cities else ""
    yield f"   {hit.id} {hit.kind}, lines {hit.lines[0]}-{hit.lines[1]}{cities}"
    meta = hit.meta
    if printed := " ".join(filter(None, (*hit.authors, meta.newspaper, meta.date, meta.edition))):
        yield f"   {printed}"
    yield f"   {marked(hit.snippet)}"
    for line in hit.explanation:
        yield f"     {line}"


def marked(snippet: Snippet) -> str:
    """Give a snippet's text with its marks in colour (bare where the output is no terminal)."""
    text = snippet.text.replace("\n", " ")
    parts = []
    end = 0
    for mark in (*snippet.marks, Span(len(text), len(text))):
        parts.append(text[end : mark.start])
        parts.append(click.style(text[mark.start : mark.end], fg="red", bold=True))
        end = mark.end
    return "".join(parts) if snippet.marks else text


def inspection_lines(inspection: Inspection) -> Iterator[str]:
    """Show a page as a reader would mark it up, one block a line."""
    page = inspection.page
    yield f"{page.id}  ({page.source}, {page.encoding}, {len(page.text)} characters)"
    for article in inspection.articles:
        cities = f"  [{' '.join(article.cities)}]" if article.cities else ""
        yield f"\n{article.number}. {article.title or '(no title)'}{cities}"
        if article.byline:
            yield f"   by {article.byline}"
        for paragraph in article.paragraphs:
            spans = " ".join(f"{start}-{end}" for start, end in paragraph.spans)
            marks = [f"={paragraph.duplicate_of}"] if paragraph.duplicate_of else []
            marks += [f"lost:{paragraph.truncated}"] if paragraph.truncated else []
            text = paragraph.text.strip().replace("\n", " ")
            label = " ".join((f"{paragraph.number:>4} {paragraph.kind:<9}", *marks))
            yield f"{label} {text}  ({spans})"


def check_lines(report: CheckReport, language: str = "en") -> Iterator[str]:
    """Tell what is wrong with an index, or that nothing is."""
    for name, pages in report.differences.items():
        for page in pages:
            yield f"! {name}: {page}"
    yield from source_lines(report.problems, report.warnings, language)
    verdict = "The index is sound." if report.healthy else f"The index needs: {report.repair}"
    yield f"Files checked: {report.files}, pages compared: {report.pages}. {verdict}"


def stat_lines(counts: Mapping[str, object]) -> Iterator[str]:
    """Show counts, one a line."""
    for name, count in counts.items():
        yield f"{name:>12}  {count}"


def atom_chunks(hits: Iterable[Hit], query: str, made: datetime) -> Iterator[str]:
    """Write hits as a feed; addresses are those of the pages, or below the root of the site."""
    feed = make_feed(
        hits,
        title=query or "查全",
        link=f"/export.atom?q={quote(query, errors='replace')}",
        updated=made,
        make_url=lambda hit: hit.meta.url or hit.url,
    )
    return to_atom(feed)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Open standard output (`-`) or a file, which takes its name only when all went well."""
    if str(path) == "-":
        yield sys.stdout.buffer
        return
    path = path.resolve()
    special = path.exists() and not path.is_file()  # a device or a pipe takes what comes
    draft = path if special else path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("wb" if special else "xb") as file:
            yield file
        draft.replace(path)
    except OSError as error:
        raise click.FileError(str(path), hint=error.strerror) from error
    finally:
        if not special:
            draft.unlink(missing_ok=True)
