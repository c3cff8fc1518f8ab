"""Read what a date field asks for: a day, a month, a year, a decade, a century, or a range."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, timedelta

from indexer.model import Dates
from indexer.model.dates import read_date, with_digits

_RANGE_MARK = re.compile(r"\.\.|~|至|到|[—–]+|-")
_COMPARISON = re.compile(r"([<>]=?|[≤≥])?(.+?)(以来|以后|之后|起|以前|之前)?")
_DECADE = re.compile(r"(?:(?P<century>\d\d)世纪)?(?P<years>(?:\d\d)?\d0)年代")
_ENGLISH_DECADE = re.compile(r"(?P<years>\d{3}0)[sS]")
_CENTURY = re.compile(r"(\d\d)世纪")
_COMPACT_MONTH = re.compile(r"\A(\d{4})(\d{2})\Z")

_FIRST_SURE_DECADE = 30
"""From here on a decade without its century (八十年代) is one of the twentieth."""

Period = tuple[str, str]
"""The first and the last date, in the form of the index."""


def read_dates(text: str) -> Dates | None:
    """Return the dates that a text asks for, `None` for what is no date and for an empty range."""
    text = with_digits(text).rstrip("-")
    if period := _read_period(text):
        return Dates(*period)
    for found in _RANGE_MARK.finditer(text):
        if dates := _read_range(text[: found.start()].strip(), text[found.end() :].strip()):
            return dates
    return _read_comparison(text)


def _read_range(first: str, last: str) -> Dates | None:
    start, end = _read_period(first), _read_period(last)
    if not (start or end) or (first and not start) or (last and not end):
        return None
    if start and end and start[0][: len(end[1])] > end[1]:
        return None
    return Dates(start and start[0], end and end[1])


def _read_comparison(text: str) -> Dates | None:
    found = _COMPARISON.fullmatch(text)
    period = _read_period(found[2]) if found else None
    if not found or not period or bool(found[1]) is bool(found[3]):
        return None
    match found[1] or found[3]:
        case ">":
            after = _shift(period[1], 1)
            return Dates(after, None) if after else None
        case "<" | "以前" | "之前":
            before = _shift(period[0], -1)
            return Dates(None, before) if before else None
        case "<=" | "≤":
            return Dates(None, period[1])
    return Dates(period[0], None)


def _read_period(text: str) -> Period | None:
    if found := _CENTURY.fullmatch(text):
        century = int(found[1])
        return f"{century - 1:02}01", f"{century:02}00"
    if found := _DECADE.fullmatch(text) or _ENGLISH_DECADE.fullmatch(text):
        return _read_decade(found["years"], found.groupdict().get("century"))
    day = read_date(_COMPACT_MONTH.sub(r"\1-\2", text))
    return (day, day) if day else None


def _read_decade(years: str, century: str | None) -> Period | None:
    if len(years) == 2 and (century or int(years) >= _FIRST_SURE_DECADE):
        years = f"{int(century or 20) - 1:02}{years}"
    return (years, years[:3] + "9") if len(years) == 4 else None


def _shift(day: str, by: int) -> str | None:
    """Return the day, month or year after a date, or before it; `None` beyond the calendar."""
    year, month, last = (*map(int, day.split("-")), 0, 0)[:3]
    with suppress(ValueError, OverflowError):
        if last:
            return (date(year, month, last) + timedelta(by)).isoformat()
        if month:
            months = 12 * year + month - 1 + by
            return date(months // 12, months % 12 + 1, 1).isoformat()[:7]
        return date(year + by, 1, 1).isoformat()[:4]
    return None
