"""The command that searches."""

from __future__ import annotations

import os
from typing import Any

import click

import indexer
from indexer.cli import output
from indexer.cli.localized import option
from indexer.cli.options import (
    TSV_OPTION,
    QueryCommand,
    opened_index,
    query_argument,
    search_options,
)

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
"""A search multiplies no matrices; starting threads for it costs .05 s of CPU in every process."""


@click.command(cls=QueryCommand)
@query_argument(required=True)
@search_options
@option("--start", type=click.IntRange(0), metavar="N", default=0)
@option("--size", type=click.IntRange(0), metavar="N", default=10)
@option("--sort", default="relevance")
@option("--explain", is_flag=True)
@opened_index
@TSV_OPTION
def search(query: str, as_json: bool, as_tsv: bool, opened: indexer.Index, **options: Any) -> None:
    """Search the index and print the hits with their source lines."""
    results = opened.search(query, **options)
    if as_tsv:
        rows = results.rows()
        names = tuple(rows[0]) if rows else ()
        output.show_table(names, (row.values() for row in rows), as_tsv=True)
    else:
        output.show(results.to_dict() if as_json else output.result_lines(results))
