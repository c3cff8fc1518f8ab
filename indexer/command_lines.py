"""Commands to type: what errors advise to run, and a search as a command and in Python."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
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


def write_search_command(query: str, options: Mapping[str, object]) -> str:
    """Write a search as a command; `options` are keyword arguments of `Index.search`."""
    words = [word for name, value in options.items() for word in _flags(name, value)]
    bare = query and not query.startswith("-")
    return shlex.join(["chaquan", "search", *([query, *words] if bare else [*words, "--", query])])


def _flags(name: str, value: object) -> Iterator[str]:
    flag = name.replace("_", "-")
    if isinstance(value, bool):
        yield f"--{flag}" if value else f"--no-{flag}"
        return
    for one in [value] if isinstance(value, str) else list(value):  # type: ignore[call-overload]
        yield from (f"--{flag}={one}",) if one.startswith("-") else (f"--{flag}", one)


def write_search_call(query: str, options: Mapping[str, object]) -> str:
    """Write a search as a call in Python, of an index that is open."""
    arguments = (f"{name}={value!r}" for name, value in options.items())
    return f"index.search({', '.join([repr(query), *arguments])})"


def _without_password(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "URL"
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
