"""Options that several commands have, and commands that take a query."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

import indexer
from indexer.cli.localized import LocalizedCommand, option
from indexer.messages import message
from indexer.model import FACETS

Function = Callable[..., Any]

PATH = click.Path(path_type=Path, readable=False)
FILE_PATH = click.Path(path_type=Path, dir_okay=False, readable=False)
"""Whoever opens a path says whether it may be read; click would say that it must be a file."""

INDEX_OPTION = option("--index", type=PATH)
TSV_OPTION = option("--tsv", "as_tsv", is_flag=True)
SOURCES_ARGUMENT = click.argument("sources", nargs=-1, type=PATH)
REQUIRED_SOURCES_ARGUMENT = click.argument("sources", nargs=-1, required=True, type=PATH)


def join_query_words(ctx: click.Context, parameter: click.Parameter, words: tuple[str, ...]) -> str:
    """Take several words for one query, as if they had been quoted for the shell."""
    del ctx, parameter
    return " ".join(words)


class QueryCommand(LocalizedCommand):
    """A command whose words may begin with a dash: `-城市:嘉兴` is part of the query."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Move words that begin with `-` and something Chinese after the options."""
        if "--" in args:
            return super().parse_args(ctx, args)
        excluding = [word for word in args if word[:1] == "-" and not word[1:2].isascii()]
        rest = [word for word in args if word not in excluding]
        return super().parse_args(ctx, [*rest, "--", *excluding] if excluding else rest)


def query_argument(*, required: bool) -> Function:
    """Declare the words of a query."""
    return click.argument("query", nargs=-1, required=required, callback=join_query_words)


def combine(*decorators: Function) -> Function:
    """Return a decorator that adds options in the order of the help text."""

    def decorate(command: Function) -> Function:
        for add in reversed(decorators):
            command = add(command)
        return command

    return decorate


engine_options = combine(INDEX_OPTION, option("--url"), option("--engine"))
"""Adds the options that name the index."""


def opened_index(command: Function) -> Function:
    """Add the options that name the index, and pass the index as `opened`, closed afterwards."""

    @wraps(command)
    def with_index(index: Path | None, engine: str | None, url: str | None, **options: Any) -> None:
        with indexer.open_index(index, engine=engine, url=url) as opened:
            command(opened=opened, **options)

    decorated: Function = engine_options(with_index)
    return decorated


filter_options = combine(
    *(
        option(
            f"--{name.replace('_', '-')}",
            multiple=True,
            sentence=spec.help
            if name == spec.name
            else message("cli.option.exclude", name=spec.name),
        )
        for spec in FACETS.values()
        for name in spec.parameters
    )
)
"""Adds an option for each filter of each facet."""

search_options = combine(
    filter_options,
    option("--exact", is_flag=True),
    option("--no-aliases", "aliases", is_flag=True, flag_value=False, default=True),
    option("--every-city", is_flag=True),
)
"""Adds the options that choose what a query finds: filters, exactness, aliases."""

build_options = combine(
    option("--dry-run", is_flag=True),
    option("--workers", type=click.IntRange(0, 1000), metavar="N"),
    engine_options,
)
"""Adds the options of the commands that change an index."""
