"""Commands to type, complete with the index they are for: what errors tell a reader to run."""

from __future__ import annotations

import shlex
from urllib.parse import urlsplit, urlunsplit

from indexer.settings import Settings


def command(settings: Settings, *words: str) -> str:
    """Write a command that works on the index of these settings, quoted for a shell."""
    return f"{shlex.join(['chaquan', *words])} {index_options(settings)}"


def index_options(settings: Settings) -> str:
    """Write the options that name an index, quoted for a shell.

    User and password in the address of a cluster are left out.
    """
    options = ["--index", str(settings.index)]
    if settings.engine != Settings().engine:
        options += ["--engine", settings.engine]
    if settings.url:
        options += ["--url", " ".join(map(_without_password, settings.url.split()))]
    return shlex.join(options)


def _without_password(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "URL"
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
