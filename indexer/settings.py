"""Settings: made once at the door from arguments, environment and defaults, then handed inwards.

Nothing further in reads the environment. Every field can be given as `CHAQUAN_<FIELD>`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

from indexer.errors import BadSetting
from indexer.messages import message

MOST = 1_000_000_000  # of any number; what is not finite is not below it
CHOICES = {"reading": ("usual", "cautious")}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, with its default."""

    index: Path = Path("index")
    engine: str = "whoosh"
    url: str = field(default="", repr=False)  # of a remote engine; several, separated by blanks
    user: str = ""
    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    authorities: Path | None = None  # certificates to trust, PEM
    certificate: Path | None = None  # of the client, PEM
    certificate_key: Path | None = field(default=None, repr=False)
    verify: bool = True  # the server's certificate
    shards: int = 1
    replicas: int = 1
    remote_seconds: float = 30.0  # how long one request to a remote engine may take
    partial: bool = False  # answer, and say so, when part of a remote engine is down
    cutter: str = "auto"  # "jieba", "rjieba", or "auto": rjieba where installed
    dictionary: Path | None = None  # the user's words, one a line
    aliases: Path | None = None  # the user's aliases, TOML
    places: Path | None = None  # the user's places, TOML
    reading: str = "usual"  # or "cautious": fewer cut paragraphs are joined, none displaced
    workers: int = 0  # building processes; 0 is one a core
    lock_seconds: float = 10.0  # how long a second writer waits
    max_query: int = 256  # characters
    max_terms: int = 32
    max_depth: int = 16
    max_size: int = 200  # hits on one page of results
    max_expansion: int = 1000  # candidates of one wildcard
    query_seconds: float = 5.0  # of CPU time for one query, or for one step of an export


def make_settings(environment: Mapping[str, str] | None = None, /, **arguments: object) -> Settings:
    """Combine arguments (`None` is not given), environment and defaults, in that order.

    Raises `BadSetting` for a value that is not of the field's type.
    """
    environment = os.environ if environment is None else environment
    hints = get_type_hints(Settings)
    values: dict[str, Any] = {}
    for setting in fields(Settings):
        given = arguments.pop(setting.name, None)
        if given is None:
            given = environment.get(f"CHAQUAN_{setting.name.upper()}") or None
        if given is not None:
            values[setting.name] = _convert(setting.name, given, hints[setting.name])
    if arguments:
        raise TypeError(f"unknown settings: {', '.join(sorted(arguments))}")
    return Settings(**values)


def _convert(name: str, given: object, hint: object) -> object:
    if hint is str:
        return _choose(name, str(given))
    if hint is bool:
        return _truth(name, str(given).lower())
    if hint is int or hint is float:
        try:
            number = int(str(given)) if hint is int else float(str(given))
        except ValueError as error:
            raise BadSetting(name=name, given=given, wanted=message("wanted.number")) from error
        if not 0 <= number < MOST:
            raise BadSetting(name=name, given=given, wanted=message("wanted.not_negative"))
        return number
    return Path(str(given))


def _choose(name: str, given: str) -> str:
    """Return a text, which must be one of the choices where there are any."""
    choices = CHOICES.get(name)
    if choices and given not in choices:
        raise BadSetting(name=name, given=given, wanted=message("wanted.one_of", choices=choices))
    return given


def _truth(name: str, given: str) -> bool:
    if given in {"1", "true", "yes", "on"}:
        return True
    if given in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(name=name, given=given, wanted=message("wanted.one_of", choices=("yes", "no")))
