"""Commands that count what a query finds: count, names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

import indexer
from indexer.cli import output
from indexer.cli.localized import LocalizedCommand, option
from indexer.cli.options import (
    PATH,
    QueryCommand,
    filter_options,
    opened_index,
    query_argument,
    search_options,
)
from indexer.export import NAME_COLUMNS, to_kwic_csv, to_table_csv
from indexer.model import to_cell
from indexer.search.statistics_methods import COUNTABLE, read_names
from indexer.statistics import CONCORDANCE_SORTS, Counts, Neighbours

CSV_OPTION = option("--csv", "as_csv", is_flag=True)
STANDARD_OUTPUT = Path("-")
BOM_OPTION = option("--bom", is_flag=True)


@click.command(cls=QueryCommand)
@query_argument(required=False)
@option("--by", multiple=True, type=click.Choice(list(COUNTABLE)))
@option(
    "--neighbours", "chars", type=click.IntRange(1, 2), metavar="N", is_flag=False, flag_value=2
)
@option("--lines", "lines", type=click.Choice(CONCORDANCE_SORTS), is_flag=False, flag_value="page")
@search_options
@opened_index
@CSV_OPTION
@BOM_OPTION
def count(
    query: str,
    by: tuple[str, ...],
    chars: int | None,
    lines: str | None,
    as_csv: bool,
    bom: bool,
    as_json: bool,
    opened: indexer.Index,
    **options: Any,
) -> None:
    """Count what a query finds, or list its neighbours or the lines of its concordance."""
    if lines is not None:
        rows = opened.scan_concordance(query, sort=lines, **options)
        if as_json:
            for row in rows:
                output.show(row.to_dict())
        else:
            output.write_file(STANDARD_OUTPUT, to_kwic_csv(rows, bom=bom))
        return
    answer: Counts | Neighbours
    if chars is None:
        answer = opened.count(query, by=by, **options)
        found = [*answer.rows(), *([] if as_csv and by else [answer.total.to_dict(())])]
    else:
        answer = opened.neighbours(query, chars=chars, **options)
        found = answer.rows()
    if as_json:
        output.show(answer.to_dict())
    else:
        _show_rows(answer.columns, found, as_csv=as_csv, bom=bom)


@click.command(cls=LocalizedCommand)
@click.argument("file", type=PATH)
@filter_options
@option("--exact", is_flag=True)
@opened_index
@CSV_OPTION
@BOM_OPTION
def names(
    file: Path, as_csv: bool, bom: bool, as_json: bool, opened: indexer.Index, **options: Any
) -> None:
    """Look up each name of a file: a text with one a line, or the first column of a CSV."""
    wanted = read_names(file)
    found = [row.to_dict() for row in opened.lookup_names(wanted, **options)]
    if as_json:
        output.show({"names": found})
    else:
        _show_rows(NAME_COLUMNS, found, as_csv=as_csv, bom=bom)


def _show_rows(
    columns: Sequence[str], rows: Iterable[Mapping[str, object]], *, as_csv: bool, bom: bool
) -> None:
    if as_csv:
        output.write_file(STANDARD_OUTPUT, to_table_csv(columns, rows, bom=bom))
    else:
        output.show_table(columns, ([to_cell(row.get(name)) for name in columns] for row in rows))
