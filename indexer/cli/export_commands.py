"""Commands that write hits as files: export, compare, cite."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

import indexer
from indexer.cite import CITATION_FORMATS, make_reference, write_citations
from indexer.cli import output
from indexer.cli.localized import LocalizedCommand, option
from indexer.cli.options import PATH, QueryCommand, opened_index, query_argument, search_options
from indexer.export import EXPORT_FORMATS, write_export


@click.command(cls=QueryCommand)
@query_argument(required=False)
@search_options
@option("--sort", default="relevance")
@option("--format", "form", type=click.Choice(list(EXPORT_FORMATS)), default="jsonl")
@option("--record", is_flag=True)
@option("--bom", is_flag=True)
@option(
    "-o",
    "--output",
    "path",
    type=click.Path(path_type=Path, dir_okay=False, readable=False),
    default="-",
)
@opened_index
def export(
    query: str,
    form: str,
    record: bool,
    bom: bool,
    path: Path,
    as_json: bool,
    opened: indexer.Index,
    **options: Any,
) -> None:
    """Write every hit of a query, or every paragraph, with no ceiling."""
    form = "jsonl" if as_json else form
    with opened.snapshot() as pinned:
        hits = pinned.scan(query, **options)
        recorded = record or form == "record"
        facts = pinned.describe(query, **options) if recorded else None
        output.write_file(path, write_export(hits, form, bom=bom, record=facts))


@click.command(cls=LocalizedCommand)
@click.argument("record", type=PATH)
@opened_index
def compare(record: Path, as_json: bool, opened: indexer.Index) -> None:
    """Show what a recorded search finds now that is new, and what is gone."""
    comparison = opened.compare(indexer.read_record(record))
    output.show(comparison.to_dict() if as_json else output.comparison_lines(comparison))


@click.command(cls=LocalizedCommand)
@click.argument("id_", metavar="ID")
@option("--style", type=click.Choice(list(CITATION_FORMATS)), default="gbt7714")
@opened_index
def cite(id_: str, style: str, as_json: bool, opened: indexer.Index) -> None:
    """Write the citation of a paragraph."""
    document = opened.paragraph(id_)
    reference = make_reference(document, accessed=date.today())
    citation = "".join(write_citations([reference], style)).rstrip("\n")
    answer = {"id": document.id, "style": style, "citation": citation}
    output.show(answer if as_json else [citation])
