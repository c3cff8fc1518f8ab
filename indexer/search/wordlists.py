"""Ways to print one word, and aliases: groups of equivalent names, normalised; read once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from itertools import chain
from pathlib import Path

from indexer.analysis import normal_form
from indexer.files import DATA_FOLDER, read_data_lines, read_own_file

Aliases = tuple[tuple[str, ...], ...]


@cache
def spelling_groups() -> tuple[tuple[str, ...], ...]:
    """Return the groups of ways to print one word."""
    return tuple(tuple(line.split()) for line in read_data_lines("spellings.txt"))


@cache
def load_aliases(own: Path | None = None) -> Aliases:
    """Read the groups of equivalent names, the user's own added.

    Raises `SourceMissing` or `BadMetadata` for a file of the user's that is no such thing.
    """
    files = [DATA_FOLDER / "aliases.toml", *([own] if own else [])]
    groups = (read_own_file(file, _read_groups, "reason.not_aliases") for file in files)
    return tuple(chain.from_iterable(groups))


def expand(run: str, aliases: Iterable[tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """Write a folded run with other names in it: (the run so, the name typed, the other name)."""
    return [
        (run.replace(typed, other), typed, other)
        for group in aliases
        if (typed := max((name for name in group if name in run), key=len, default=""))
        for other in group
        if typed not in other  # what holds the typed name is found already
    ]


def _read_groups(content: bytes) -> list[tuple[str, ...]]:
    groups = tomllib.loads(content.decode("utf-8-sig")).get("groups", [])
    return [tuple(filter(None, map(normal_form, group))) for group in groups]
