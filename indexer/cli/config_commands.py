"""Commands about the command line itself: config, completion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click
from click.shell_completion import get_completion_class

from indexer.cli import output
from indexer.cli.localized import LocalizedCommand, say
from indexer.cli.options import TSV_OPTION, engine_options
from indexer.messages import message
from indexer.model import to_json
from indexer.settings import Settings, Unknown, find_config, find_unknown_settings, trace_settings

SHELLS = ("bash", "zsh", "fish")
COMPLETION_VARIABLE = "_CHAQUAN_COMPLETE"


@click.command(cls=LocalizedCommand)
@engine_options
@TSV_OPTION
def config(as_json: bool, as_tsv: bool, **options: Any) -> None:
    """Show every setting, its value, where that comes from, and its variable."""
    from webapp.web_settings import SETTINGS_TABLE, VARIABLE_PREFIX, WebSettings

    file = find_config(None, options)
    of_site = trace_settings(WebSettings, file.group(SETTINGS_TABLE), prefix=VARIABLE_PREFIX)
    found = (
        *trace_settings(Settings, file, None, options),
        *(replace(one, name=f"{SETTINGS_TABLE}.{one.name}") for one in of_site),
    )
    unknown = warn_of_unknown_settings(options)
    if as_json:
        path = str(file.path) if file.path else None
        names = [one.name for one in unknown]
        output.show({"settings": to_json(found), "unknown": names, "file": path})
        return
    heads = tuple(say(f"config.{name}") for name in ("name", "value", "origin", "variable"))
    lines = ((one.name, one.value, say(f"config.{one.origin}"), one.variable) for one in found)
    output.show_table(heads, lines, as_tsv=as_tsv)


def warn_of_unknown_settings(options: Mapping[str, object]) -> tuple[Unknown, ...]:
    """Print the names in environment and file that no setting has, and return them."""
    from webapp.web_settings import SETTINGS_TABLE, WebSettings

    groups: dict[str, type[object]] = {"": Settings, SETTINGS_TABLE: WebSettings}
    unknown = find_unknown_settings(groups, find_config(None, options))
    for one in unknown:
        hint = message("cli.config.meant", name=one.similar) if one.similar else ""
        said = say("config.unknown", name=one.name, found_in=one.found_in, hint=hint)
        click.echo(f"* {said}", err=True)
    return unknown


@click.command(cls=LocalizedCommand)
@click.argument("shell", type=click.Choice(SHELLS), metavar="SHELL")
def completion(shell: str, as_json: bool) -> None:
    """Print the completion script of a shell."""
    from indexer.cli import main

    cls = get_completion_class(shell)
    assert cls is not None  # noqa: S101 - one of `SHELLS`
    script = cls(main, {}, "chaquan", COMPLETION_VARIABLE).source()
    output.show({"shell": shell, "script": script} if as_json else [script])
