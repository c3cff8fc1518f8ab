"""Read the parameters of a request: searches, numbers, switches."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from indexer import QueryError, TooLong, message
from webapp.addresses import FILTER_PARAMETERS, Search, canonical_values
from webapp.site_texts import SITE_TEXTS

MAX_FILTER_VALUES = 64  # values of one filter
MAX_VALUE_CHARS = 200  # characters of one value: the longest page id of the tests is 120

MAX_NUMBER_IN_ADDRESS = 10**9


class NotANumber(QueryError, code="not_a_number"):
    """A parameter that must be a number and is none."""

    catalogue = SITE_TEXTS


class NotASwitch(QueryError, code="not_a_switch"):
    """A parameter that is on or off and says something else."""

    catalogue = SITE_TEXTS


Arguments = MultiDict[str, str]
"""The parameters of a request."""


def read_search(arguments: Arguments) -> Search:
    """Read the state of a search from an address; raises `QueryError` for what makes no sense."""
    filters = {
        name: values
        for name in FILTER_PARAMETERS
        if name in arguments and (values := read_values(arguments, name))
    }
    given = arguments.to_dict()  # what is missing costs an exception in `arguments`
    view = given.get("view", "")
    return Search(
        query=given.get("q", "").strip(),
        exact=read_switch(given, "exact"),
        aliases=read_switch(given, "aliases", default=True),
        every_city=read_switch(given, "every_city"),
        sort=given.get("sort", "") or "relevance",
        start=read_number(given, "start", 0, least=0),
        size=read_number(given, "size", 10, least=1),
        view=view if view == "lines" else "",
        explain=read_switch(given, "explain"),
        group=given.get("group", "").strip(),
        filters=filters,
    )


def read_values(arguments: Arguments, name: str) -> tuple[str, ...]:
    """Read a repeated parameter: blanks dropped, no value twice, in canonical order."""
    values = [value.strip() for value in arguments.getlist(name)]
    longest = max(map(len, values), default=0)
    if len(values) > MAX_FILTER_VALUES:
        raise TooLong(
            actual=len(values), limit=MAX_FILTER_VALUES, unit=message("unit.parameters", name=name)
        )
    if longest > MAX_VALUE_CHARS:
        raise TooLong(actual=longest, limit=MAX_VALUE_CHARS, unit=message("unit.characters"))
    return canonical_values(value for value in values if value)


def read_number(arguments: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    """Read a whole number."""
    given = arguments.get(name, "").strip()
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 11 and int(given) >= least):
        raise NotANumber(name=name, value=given[:20], least=least)
    return min(int(given), MAX_NUMBER_IN_ADDRESS)


def read_switch(arguments: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    """Read a parameter that is on or off."""
    given = arguments.get(name, "").strip().lower()
    if not given:
        return default
    if given in ("0", "false", "off", "no"):
        return False
    if given in ("1", "true", "on", "yes"):
        return True
    raise NotASwitch(name=name, value=given[:20])
