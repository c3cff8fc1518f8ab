"""Settings, made once from arguments, environment, a file and defaults, in that order.

Nothing else in the library reads the environment. Every field can be given as `CHAQUAN_<FIELD>`,
or as a key of `chaquan.toml` beside the index folder; `CHAQUAN_CONFIG` names another file.
Relative paths in the file start from its folder.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from indexer.errors import BadSetting, UnknownField
from indexer.files import is_file
from indexer.messages import message

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

CONFIG_FILE = "chaquan.toml"
OTHER_VARIABLES = frozenset({"CHAQUAN_CONFIG", "CHAQUAN_LANG"})
SECRET_SETTINGS = frozenset({"password", "api_key", "url"})
MAX_NUMBER = 1_000_000_000  # of any setting; infinity and NaN are not below it
SETTING_CHOICES = {"reading": ("usual", "cautious"), "log_format": ("text", "json")}


Group = TypeVar("Group", bound="DataclassInstance")


class Origin(StrEnum):
    """Where the value of a setting comes from."""

    ARGUMENT = "argument"
    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Effective:
    """The value of a setting that counts, as text, and where it comes from."""

    name: str
    value: str
    origin: Origin
    variable: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that no setting has: the file or "environment", and the most similar name or ""."""

    found_in: str
    name: str
    similar: str


@dataclass(frozen=True, slots=True)
class Config:
    """A file of settings, or one of its tables; empty without a file."""

    path: Path | None = None
    table: Mapping[str, Any] = field(default_factory=dict)

    def group(self, name: str) -> Config:
        """Return one of its tables."""
        table = self.table.get(name)
        return Config(self.path, table if isinstance(table, dict) else {})

    def value(self, name: str, hint: object) -> object:
        """Return a value; a relative path becomes absolute, from the folder of the file."""
        given = self.table[name]
        if hint in (str, int, float, bool) or self.path is None:
            return given
        return self.path.parent / str(given)


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
    synonyms: Path | None = None  # words of one meaning that are offered, a group a line
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


_type_hints = cache(get_type_hints)


def make_settings(environment: Mapping[str, str] | None = None, /, **arguments: object) -> Settings:
    """Combine arguments (`None` is not given), environment, file and defaults, in that order.

    Raises `BadSetting` for a value that is not of the field's type or a file that is not TOML.
    """
    return fill_settings(Settings, find_config(environment, arguments), environment, arguments)


def override_settings(settings: Settings | None, **arguments: object) -> Settings:
    """Return settings with arguments (`None` is not given) in place of theirs.

    Without settings these are what `make_settings` makes of the arguments.
    """
    if settings is None:
        return make_settings(**arguments)
    given = _collect(Settings, Config(), {}, arguments, "")
    return replace(settings, **{name: value for name, (value, _) in given.items()})


def fill_settings(
    cls: type[Group],
    config: Config,
    environment: Mapping[str, str] | None = None,
    arguments: Mapping[str, object] | None = None,
    *,
    prefix: str = "CHAQUAN_",
) -> Group:
    """Make a dataclass of settings from arguments, variables with a prefix, file and defaults."""
    given = _collect(cls, config, environment, arguments or {}, prefix)
    return cls(**{name: value for name, (value, _) in given.items()})


def trace_settings(
    cls: type[Group],
    config: Config,
    environment: Mapping[str, str] | None = None,
    arguments: Mapping[str, object] | None = None,
    *,
    prefix: str = "CHAQUAN_",
) -> tuple[Effective, ...]:
    """Return every setting with its value and where that comes from; secrets are masked."""
    given = _collect(cls, config, environment, arguments or {}, prefix)
    found = [(one.name, given.get(one.name, (one.default, Origin.DEFAULT))) for one in fields(cls)]
    return tuple(
        Effective(name, _show(name, value), origin, f"{prefix}{name.upper()}")
        for name, (value, origin) in found
    )


def _show(name: str, value: object) -> str:
    if name in SECRET_SETTINGS and value:
        return "…"
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def find_config(
    environment: Mapping[str, str] | None = None, arguments: Mapping[str, object] | None = None
) -> Config:
    """Read the file of settings beside the index, or that of `CHAQUAN_CONFIG`, if there is one.

    Raises `BadSetting` when it cannot be read as TOML.
    """
    environment = os.environ if environment is None else environment
    given = (arguments or {}).get("index") or environment.get("CHAQUAN_INDEX") or Settings().index
    path = Path(str(given)).absolute().parent / CONFIG_FILE
    if named := environment.get("CHAQUAN_CONFIG"):
        path = Path(named).absolute()
    elif not is_file(path):
        return Config()
    try:
        return Config(path, tomllib.loads(path.read_text("utf-8-sig")))
    except (OSError, ValueError, RecursionError) as error:
        wanted = message("wanted.toml_file", error=str(error))
        raise BadSetting(name=CONFIG_FILE, given=str(path), wanted=wanted) from error


def find_unknown_settings(
    groups: Mapping[str, type[Any]], config: Config, environment: Mapping[str, str] | None = None
) -> tuple[Unknown, ...]:
    """Return the names in environment and file that no setting has.

    `groups` maps the tables of the file ("" is its top) to dataclasses of settings.
    """
    environment = os.environ if environment is None else environment
    keys = {
        f"{table}.{one.name}" if table else one.name
        for table, cls in groups.items()
        for one in fields(cls)
    }
    variables = {f"CHAQUAN_{key.replace('.', '_').upper()}" for key in keys} | OTHER_VARIABLES
    in_environment = (
        Unknown("environment", name, _nearest(name, variables))
        for name in sorted(environment)
        if name.startswith("CHAQUAN_") and name not in variables
    )
    in_file = (
        Unknown(str(config.path), key, _nearest(key, keys))
        for key in _keys(config.table, groups)
        if key not in keys - {"index"}
    )
    return (*in_environment, *in_file)


def _keys(table: Mapping[str, Any], groups: Mapping[str, type[Any]]) -> Iterator[str]:
    for key, value in table.items():
        if key in groups and isinstance(value, dict):
            yield from (f"{key}.{name}" for name in value)
        else:
            yield key


def _nearest(name: str, known: Iterable[str]) -> str:
    return next(iter(get_close_matches(name, sorted(known), 1)), "")


def _collect(
    cls: type[Group],
    config: Config,
    environment: Mapping[str, str] | None,
    arguments: Mapping[str, object],
    prefix: str,
) -> dict[str, tuple[Any, Origin]]:
    """Map the settings that are given to value and origin."""
    environment = os.environ if environment is None else environment
    hints = _type_hints(cls)
    if unknown := sorted(set(arguments) - set(hints)):
        raise UnknownField(what=message("what.setting"), value=unknown[0], choices=tuple(hints))
    found: dict[str, tuple[object, Origin]] = {}
    for name in hints:
        if arguments.get(name) is not None:
            found[name] = (arguments[name], Origin.ARGUMENT)
        elif value := environment.get(f"{prefix}{name.upper()}"):
            found[name] = (value, Origin.ENVIRONMENT)
        elif name in config.table and name != "index":
            found[name] = (config.value(name, hints[name]), Origin.FILE)
    return {
        name: (_convert(name, one, hints[name]), origin) for name, (one, origin) in found.items()
    }


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
        if not 0 <= number < MAX_NUMBER:
            raise BadSetting(name=name, given=given, wanted=message("wanted.not_negative"))
        return number
    return Path(str(given))


def _choose(name: str, given: str) -> str:
    """Return a text, which must be one of the choices where there are any."""
    choices = SETTING_CHOICES.get(name)
    if choices and given not in choices:
        raise BadSetting(name=name, given=given, wanted=message("wanted.one_of", choices=choices))
    return given


def _truth(name: str, given: str) -> bool:
    if given in {"1", "true", "yes", "on"}:
        return True
    if given in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(name=name, given=given, wanted=message("wanted.one_of", choices=("yes", "no")))
