"""Commands that answer others: the site for readers, and tools for language models."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

import indexer
from indexer.cli import output
from indexer.cli.config_commands import warn_of_unknown_settings
from indexer.cli.localized import LocalizedCommand, option, say
from indexer.cli.options import PATH, engine_options
from indexer.settings import make_settings


@click.command(cls=LocalizedCommand)
@option("--host", default="127.0.0.1")
@option("--port", default=8000, type=click.IntRange(0, 65535), metavar="N")
@option("--threads", default=4, type=click.IntRange(1, 1000), metavar="N")
@option("--workers", "processes", type=click.IntRange(1, 1000), metavar="N")
@option("--source", "sources", multiple=True, type=PATH)
@engine_options
def serve(
    host: str,
    port: int,
    threads: int,
    processes: int | None,
    sources: tuple[Path, ...],
    as_json: bool,
    **options: Any,
) -> None:
    """Serve the search page; builds the index first when there is none."""
    import webapp

    warn_of_unknown_settings(options)
    settings = make_settings(**options)
    answer: dict[str, object] = {}
    if not indexer.index_exists(settings):
        with output.progress(not as_json) as progress:
            report = indexer.build_index(sources, progress=progress, settings=settings)
        answer["build"] = report.to_dict()
        if not as_json:
            output.show(output.build_lines(report))

    def show_address(url: str) -> None:
        output.show({"url": url} | answer if as_json else [say("serve.address", url=url)])

    app = webapp.create_app(settings)
    webapp.serve(app, host, port, threads, workers=processes, listening=show_address)


@click.command(cls=LocalizedCommand)
@engine_options
def mcp(as_json: bool, index: Path | None, engine: str | None, url: str | None) -> None:
    """Offer the index to language models as read-only tools."""
    from indexer.mcp_server import list_tools, serve_mcp

    if as_json:
        output.show({"tools": list_tools()})
        return
    for stream in (sys.stdin, sys.stdout):  # the protocol's encoding, whatever the locale's is
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    with indexer.open_index(index, engine=engine, url=url) as opened:
        serve_mcp(opened, sys.stdin, sys.stdout)
