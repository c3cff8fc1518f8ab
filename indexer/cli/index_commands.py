"""Commands about what an index is made of: build, add, remove, inspect, check, stats."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import indexer
from indexer.cli import output
from indexer.cli.localized import LocalizedCommand, option
from indexer.cli.options import (
    PATH,
    REQUIRED_SOURCES_ARGUMENT,
    SOURCES_ARGUMENT,
    TSV_OPTION,
    build_options,
    engine_options,
)
from indexer.files import is_folder
from indexer.pages.kinds import is_records
from indexer.settings import make_settings


@click.command(cls=LocalizedCommand)
@SOURCES_ARGUMENT
@option("--full", is_flag=True)
@option("--replace", is_flag=True)
@build_options
def build(**options: Any) -> None:
    """Bring the index up to date with the sources."""
    _change(indexer.build_index, **options)


@click.command(cls=LocalizedCommand)
@REQUIRED_SOURCES_ARGUMENT
@build_options
def add(**options: Any) -> None:
    """Build the index from its sources and others."""
    _change(indexer.add_sources, **options)


@click.command(cls=LocalizedCommand)
@REQUIRED_SOURCES_ARGUMENT
@build_options
def remove(**options: Any) -> None:
    """Remove the pages of sources from the index."""
    _change(indexer.remove_sources, **options)


def _change(
    change: Callable[..., indexer.BuildReport],
    *,
    sources: tuple[Path, ...],
    as_json: bool,
    **options: Any,
) -> None:
    with output.progress(not as_json) as progress:
        report = change(sources, progress=progress, **options)
    show_build(report, as_json)


def show_build(report: indexer.BuildReport, as_json: bool) -> None:
    """Print what a build did; exit with 1 when a source could not be read."""
    output.show(report.to_dict() if as_json else output.build_lines(report))
    if report.problems:
        sys.exit(1)


@click.command(cls=LocalizedCommand)
@click.argument("file", type=PATH)
@option("--explain", is_flag=True)
def inspect(file: Path, as_json: bool, explain: bool) -> None:
    """Show how one page is read, or how the names of a folder's files are made."""
    holds_pages = is_folder(file) or is_records(file)
    inspection = indexer.inspect_folder(file) if holds_pages else indexer.inspect_page(file)
    for line in output.source_lines((), inspection.warnings):
        click.echo(line, err=True)
    if as_json:
        output.show(inspection.to_dict())
    elif isinstance(inspection, indexer.FolderInspection):
        output.show(output.folder_lines(inspection))
    else:
        output.show(output.inspection_lines(inspection, explain=explain))


@click.command(cls=LocalizedCommand)
@SOURCES_ARGUMENT
@engine_options
def check(sources: tuple[Path, ...], as_json: bool, **options: Any) -> None:
    """Check every file of the index, and compare it with its sources."""
    report = indexer.check_index(sources, settings=make_settings(**options))
    output.show(report.to_dict() if as_json else output.check_lines(report))
    if not report.healthy:
        sys.exit(1)


@click.command(cls=LocalizedCommand)
@engine_options
@TSV_OPTION
def stats(as_json: bool, as_tsv: bool, **options: Any) -> None:
    """Count what the index holds."""
    with indexer.open_index(settings=make_settings(**options)) as opened:
        counts = opened.stats()
    if as_json:
        output.show(counts)
    else:
        output.show_table(("name", "value"), counts.items(), as_tsv=as_tsv)
