"""Ways to print one word, and aliases: groups of equivalent names, normalised; read once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from indexer.analysis import normal_form
from indexer.data_files import DATA_FOLDER, read_data_lines
from indexer.errors import BadMetadata, SourceMissing, cannot_read
from indexer.messages import message
from indexer.plain import read_plain

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
    return tuple(group for file in files for group in _read_groups(file))


def expand(run: str, aliases: Iterable[tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """Write a folded run with other names in it: (the run so, the name typed, the other name)."""
    return [
        (run.replace(typed, other), typed, other)
        for group in aliases
        if (typed := max((name for name in group if name in run), key=len, default=""))
        for other in group
        if typed not in other  # what holds the typed name is found already
    ]


def _read_groups(file: Path) -> list[tuple[str, ...]]:
    try:
        groups = tomllib.loads(read_plain(file).decode("utf-8-sig")).get("groups", [])
        return [tuple(filter(None, map(normal_form, group))) for group in groups]
    except FileNotFoundError as error:
        raise SourceMissing(path=file) from error
    except OSError as error:
        raise cannot_read(file, error) from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise BadMetadata(
            path=file, reason=message("reason.not_aliases", error=str(error))
        ) from error
