"""Read what the names of files say of their pages: by a declared pattern, or a date in full.

`name = "{newspaper}_{date}_第{edition}版"` in `pages.toml` says how the names of a folder are made.
A pattern with `/` takes in the folders above. Without a pattern only a full date is read
(1946-05-15, 1946年5月15日), which can hardly be anything else; a row of digits can.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import product

from indexer.model.dates import read_date

PATTERN_FIELDS = {
    "newspaper": r"[^/]+?",
    "date": r"\d[\d年月日./_-]*\d[日号]?|\d{1,8}",
    "year": r"\d{4}",
    "month": r"\d{1,2}",
    "day": r"\d{1,2}",
    "edition": r"[A-Za-z]{0,2}\d{1,3}|[〇零一二三四五六七八九十百]{1,4}",
    "title": r"[^/]+?",
    "*": r"[^/]*?",
}
"""What a pattern can name, and what it may be made of; `*` is passed over."""

MAX_PATTERN_CHARS = 200
MAX_SAMPLE_NAMES = 2_000
"""Names by which a pattern is looked for."""

MIN_MATCHING = 0.95
"""Share of the names of a folder that a pattern must fit to be offered."""

_PLACEHOLDER = re.compile(r"\{([a-z*]+)\}")
_DATE_IN_NAME = re.compile(
    r"(?<!\d)(?:(?:1[89]|20)\d\d([-._/])\d{1,2}\1\d{1,2}|(?:1[89]|20)\d\d年\d{1,2}月\d{1,2}日"
    r"|\d{1,2}\.\d{1,2}\.(?:1[89]|20)\d\d)(?!\d)"
)


class BadPattern(ValueError):
    """A pattern that names something unknown, or the same twice."""


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return the expression of a pattern; raises `BadPattern`."""
    names = _PLACEHOLDER.findall(pattern)
    kept = [name for name in names if name != "*"]
    known = not set(names) - PATTERN_FIELDS.keys() and len(set(kept)) == len(kept)
    if not (known and names) or len(pattern) > MAX_PATTERN_CHARS:
        raise BadPattern(pattern)
    parts = _PLACEHOLDER.split(pattern)
    for at in range(0, len(parts), 2):
        parts[at] = re.escape(parts[at])
    for at in range(1, len(parts), 2):
        form = PATTERN_FIELDS[parts[at]]
        parts[at] = f"(?:{form})" if parts[at] == "*" else f"(?P<{parts[at]}>{form})"
    return re.compile("".join(parts))


def read_name(pattern: str, path: str) -> dict[str, str]:
    """Return the metadata in the name of a page, which is given with the folders above it.

    Empty where the name is not made by the pattern, or its date is none. Raises `BadPattern`.
    """
    expression = compile_pattern(pattern)
    name = "/".join(path.split("/")[-1 - pattern.count("/") :])
    found = expression.fullmatch(name)
    if not found:
        return {}
    values = {key: value for key, value in found.groupdict().items() if value}
    parts = [values.pop(key) for key in ("year", "month", "day") if key in values]
    if parts and "date" not in values:
        values["date"] = "-".join(parts)
    if "date" in values:
        date = read_date(values["date"].replace("_", "-").strip("-./"))
        if date is None:
            return {}
        values["date"] = date
    return values


def find_date(name: str) -> str | None:
    """Return the only full date in the name of a page; None without or with several."""
    dates = {read_date(found[0].replace("_", "-")) for found in _DATE_IN_NAME.finditer(name)}
    return dates.pop() if len(dates) == 1 else None


def suggest_pattern(names: Iterable[str]) -> str | None:
    """Return the most telling pattern that fits nearly all names of a folder; None without one."""
    held = [name for name, _ in zip(names, range(MAX_SAMPLE_NAMES), strict=False)]
    if len(held) < 2:
        return None
    for pattern in _candidates():
        found = [read_name(pattern, name) for name in held]
        fitting = [values for values in found if values]
        if len(fitting) >= MIN_MATCHING * len(held) and _is_plausible(fitting):
            return pattern
    return None


def _candidates() -> Iterator[str]:
    """Yield patterns, those that say more first."""
    forms = (
        ("{newspaper}", "{date}", "第{edition}版", "{title}"),
        ("{newspaper}", "{date}", "{edition}", "{title}"),
        ("{date}", "第{edition}版", "{title}"),
        ("{newspaper}", "{date}", "第{edition}版"),
        ("{newspaper}", "{date}", "{edition}版"),
        ("{newspaper}", "{date}", "{edition}"),
        ("{date}", "第{edition}版"),
        ("{date}", "{edition}", "{title}"),
        ("{date}", "{edition}"),
        ("{newspaper}", "{date}", "{title}"),
        ("{date}", "{title}"),
        ("{newspaper}", "{date}"),
        ("{date}",),
    )
    for separator, form in product(("_", "-", " ", ""), forms):
        yield separator.join(form)


def _is_plausible(found: Iterable[Mapping[str, str]]) -> bool:
    """Return whether dates are in full, and papers are few."""
    values = list(found)
    dates = [one["date"] for one in values]
    papers = {one.get("newspaper") for one in values}
    readable = all(paper is None or not paper[-1].isdigit() for paper in papers)
    return all(len(date) == 10 for date in dates) and readable and len(papers) * 2 <= len(values)
