"""The command line, `chaquan`: a function for each command, a module for related ones.

Every command has `--json` and answers in the user's language. Exit codes: 0 fine, 1 trouble, 2
usage or a query that cannot be answered.
"""

from __future__ import annotations

import os

import click

from indexer.cli.localized import LocalizedGroup, Option, default_language, option
from indexer.messages import LANGUAGES

COMMANDS = {
    "build": "index_commands",
    "add": "index_commands",
    "remove": "index_commands",
    "search": "search_commands",
    "count": "count_commands",
    "names": "count_commands",
    "export": "export_commands",
    "compare": "export_commands",
    "cite": "export_commands",
    "inspect": "index_commands",
    "check": "index_commands",
    "stats": "index_commands",
    "serve": "serve_commands",
    "mcp": "serve_commands",
    "config": "config_commands",
    "completion": "config_commands",
}
"""The commands in the order of the help text, with the modules that hold them."""


@click.group(
    "chaquan",
    cls=LocalizedGroup,
    modules=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@option("--lang", type=click.Choice(LANGUAGES), default=default_language, is_eager=True)
@click.version_option(package_name="chaquan", prog_name="chaquan", cls=Option)
@click.pass_context
def main(context: click.Context, lang: str) -> None:
    """Search Chinese newspaper pages; without a command, print the help."""
    del lang  # read by `localized.language`
    if os.environ.get("NO_COLOR"):
        context.color = False
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(2)
