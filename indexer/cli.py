"""The command line: `chaquan build, add, remove, search, serve, inspect, check, stats, export`.

Every command has `--json`. Exit codes: 0 fine, 1 trouble, 2 usage or a bad query.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import indexer
from indexer import terminal
from indexer.errors import ChaquanError
from indexer.export import EXPORT_FORMATS, write_export
from indexer.settings import make_settings

INDEX = click.option(
    "--index", type=click.Path(path_type=Path), help="The index folder.  [default: index]"
)
JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
Command = Callable[..., Any]


class Chaquan(click.Group):
    """Turns the errors raised on purpose into one sentence and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a bug stays a traceback."""
        try:
            return super().invoke(ctx)
        except ChaquanError as error:
            click.echo(f"chaquan: {error.sentence(ctx.params['lang'])}", err=True)
            ctx.exit(error.exit_code)


def join_words(ctx: click.Context, parameter: click.Parameter, words: tuple[str, ...]) -> str:
    """Take several words for one query, as if they had been quoted for the shell."""
    del ctx, parameter
    return " ".join(words)


class QueryCommand(click.Command):
    """Takes `-城市:嘉兴` for what it is, part of the query: no option begins that way."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Move words that begin with `-` and something Chinese behind the options."""
        if "--" in args:
            return super().parse_args(ctx, args)
        excluding = [word for word in args if word[:1] == "-" and not word[1:2].isascii()]
        rest = [word for word in args if word not in excluding]
        return super().parse_args(ctx, [*rest, "--", *excluding] if excluding else rest)


@click.group(cls=Chaquan, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--lang",
    type=click.Choice(["en", "zh"]),
    default="en",
    envvar="CHAQUAN_LANG",
    help="The language of messages.",
)
@click.version_option(package_name="chaquan")
def main(lang: str) -> None:
    """Search Chinese newspaper pages 查全: build an index, search it, serve it."""
    del lang  # read by Chaquan.invoke


def language() -> str:
    """Return the language of messages of the command that runs."""
    return str(click.get_current_context().find_root().params["lang"])


def engine_options(command: Command) -> Command:
    """Add the options that say where the index lives."""
    for option in (
        click.option("--engine", help="whoosh, memory or opensearch.  [default: whoosh]"),
        click.option("--url", help="Where a remote engine answers."),
        INDEX,
    ):
        command = option(command)
    return command


def filter_options(command: Command) -> Command:
    """Add the options that narrow a search."""
    for spec in indexer.FACETS.values():
        for name in spec.parameters:
            help_ = str(spec.help) if name == spec.name else f"Leave these out: --{spec.name}."
            command = click.option(f"--{name.replace('_', '-')}", multiple=True, help=help_)(
                command
            )
    return command


SOURCES = click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
SOME_SOURCES = click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))


def build_options(command: Command) -> Command:
    """Add the options of the commands that change an index."""
    for option in (
        JSON,
        engine_options,
        click.option(
            "--workers",
            type=click.IntRange(0, 1000),
            help="Processes that make pages.  [default: one a core]",
        ),
        click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing."),
    ):
        command = option(command)
    return command


@main.command()
@SOURCES
@click.option("--full", is_flag=True, help="Do every page again, whatever the index holds.")
@click.option(
    "--replace", is_flag=True, help="Take pages of sources that are not named out of the index."
)
@build_options
def build(
    sources: tuple[Path, ...],
    full: bool,
    replace: bool,
    as_json: bool,
    dry_run: bool,
    **options: Any,
) -> None:
    """Bring the index up to date with SOURCES, folders or files of pages.

    Without SOURCES those of the last build are taken, the first time seeds/. Only changed pages
    are done again. Pages of other sources are never dropped in silence: see --replace, add and
    remove.
    """
    with terminal.progress(not as_json) as progress:
        report = indexer.build_index(
            sources,
            full=full,
            replace=replace,
            dry_run=dry_run,
            progress=progress,
            settings=make_settings(**options),
        )
    _show_build(report, as_json)


@main.command()
@SOME_SOURCES
@build_options
def add(sources: tuple[Path, ...], as_json: bool, dry_run: bool, **options: Any) -> None:
    """Build the index from its sources and SOURCES too."""
    with terminal.progress(not as_json) as progress:
        report = indexer.add_sources(
            sources, dry_run=dry_run, progress=progress, settings=make_settings(**options)
        )
    _show_build(report, as_json)


@main.command()
@SOME_SOURCES
@build_options
def remove(sources: tuple[Path, ...], as_json: bool, dry_run: bool, **options: Any) -> None:
    """Take the pages of SOURCES out of the index; the files stay."""
    with terminal.progress(not as_json) as progress:
        report = indexer.remove_sources(
            sources, dry_run=dry_run, progress=progress, settings=make_settings(**options)
        )
    _show_build(report, as_json)


def _show_build(report: indexer.BuildReport, as_json: bool) -> None:
    terminal.show(report.to_dict() if as_json else terminal.build_lines(report, language()))
    if report.problems:
        sys.exit(1)


@main.command(cls=QueryCommand)
@click.argument("query", nargs=-1, required=True, callback=join_words)
@filter_options
@click.option("--start", default=0, show_default=True, help="Skip so many hits.")
@click.option("--size", default=10, show_default=True, help="Show so many hits.")
@click.option(
    "--sort", default="relevance", show_default=True, help="relevance, page, date or newest."
)
@click.option("--exact", is_flag=True, help="Switch every expansion and relaxation off.")
@click.option(
    "--no-aliases", "aliases", is_flag=True, flag_value=False, default=True, help="No other names."
)
@click.option("--every-city", is_flag=True, help="All of the cities instead of any.")
@click.option("--explain", is_flag=True, help="Say why each hit stands where it does.")
@engine_options
@JSON
def search(
    query: str,
    as_json: bool,
    index: Path | None,
    engine: str | None,
    url: str | None,
    **options: Any,
) -> None:
    """Search the index for QUERY and print the hits with their source lines."""
    with indexer.open_index(index, engine=engine, url=url) as opened:
        results = opened.search(query, **options)
    terminal.show(results.to_dict() if as_json else terminal.result_lines(results))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@JSON
def inspect(file: Path, as_json: bool) -> None:
    """Show how one page FILE is understood: articles, paragraphs, kinds, places."""
    inspection = indexer.inspect_page(file)
    for warning in inspection.warnings:
        click.echo(f"* {warning.sentence(language())}", err=True)
    terminal.show(inspection.to_dict() if as_json else terminal.inspection_lines(inspection))


@main.command()
@SOURCES
@engine_options
@JSON
def check(sources: tuple[Path, ...], as_json: bool, **options: Any) -> None:
    """Check every file of the index, and compare it with SOURCES (default: its own)."""
    report = indexer.check_index(sources, settings=make_settings(**options))
    terminal.show(report.to_dict() if as_json else terminal.check_lines(report, language()))
    if not report.healthy:
        sys.exit(1)


@main.command()
@engine_options
@JSON
def stats(as_json: bool, **options: Any) -> None:
    """Count what the index holds."""
    with indexer.open_index(settings=make_settings(**options)) as opened:
        counts = opened.stats()
    terminal.show(counts if as_json else terminal.stat_lines(counts))


@main.command(cls=QueryCommand)
@click.argument("query", nargs=-1, callback=join_words)
@filter_options
@click.option(
    "--format",
    "form",
    type=click.Choice([*EXPORT_FORMATS, "atom"]),
    default="jsonl",
    show_default=True,
    help="JSON lines, a table, a concordance, citations of the articles, or a feed.",
)
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, for spreadsheets.")
@click.option("--exact", is_flag=True, help="Switch every expansion and relaxation off.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default="-", help="A file."
)
@engine_options
@click.option("--json", "as_json", is_flag=True, help="The same as --format jsonl.")
def export(
    query: str,
    form: str,
    bom: bool,
    output: Path,
    as_json: bool,
    index: Path | None,
    engine: str | None,
    url: str | None,
    **options: Any,
) -> None:
    """Write every hit of QUERY, or with an empty QUERY every paragraph, with no ceiling."""
    with (
        indexer.open_index(index, engine=engine, url=url) as opened,
        terminal.writing(output) as file,
    ):
        hits = opened.scan(query, **options)
        if form == "atom" and not as_json:
            chunks = terminal.atom_chunks(hits, query, opened.made)
        else:
            chunks = write_export(hits, "jsonl" if as_json else form, bom=bom)
        for chunk in chunks:
            file.write(chunk.encode("utf-8", "replace"))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    default=8000,
    type=click.IntRange(0, 65535),
    show_default=True,
    help="The port to listen on.",
)
@click.option(
    "--threads",
    default=4,
    type=click.IntRange(1, 1000),
    show_default=True,
    help="Requests answered at once by each process.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 1000),
    help="Processes that serve.  [default: one a core]",
)
@click.option(
    "--source",
    "sources",
    multiple=True,
    type=click.Path(path_type=Path),
    help="What to index when there is no index yet.  [default: seeds/]",
)
@engine_options
@JSON
def serve(
    host: str,
    port: int,
    threads: int,
    workers: int | None,
    sources: tuple[Path, ...],
    as_json: bool,
    **options: Any,
) -> None:
    """Serve the search page; builds the index first when there is none."""
    import webapp

    settings = make_settings(**options)
    if not indexer.index_exists(settings):
        with terminal.progress(not as_json) as progress:
            report = indexer.build_index(sources, progress=progress, settings=settings)
        terminal.show(report.to_dict() if as_json else terminal.build_lines(report, language()))
    app = webapp.create_app(settings)
    address = {"url": f"http://{host}:{port}/"}
    terminal.show(address if as_json else [f"Chaquan 查全: {address['url']}  (Ctrl-C stops it)"])
    webapp.serve(app, host=host, port=port, threads=threads, workers=workers)


if __name__ == "__main__":
    main()
