"""Dates as people write them, brought to the form of the index: 2023, 2023-10 or 2023-10-27.

Nothing is guessed: what may mean two days is no date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime

from indexer.model.chinese_numbers import read_number

_BEHIND_DATE = r"(?:[T\s,，(（]*(?:星期|周|週|礼拜|[上下]午|\d{1,2}[:点时]).*)?"
"""A day of the week or a time after a date."""

_DATE_FORMS = tuple(
    re.compile(form.replace("{rest}", _BEHIND_DATE), re.IGNORECASE)
    for form in (
        # 2023-10-27, 2023/10/27, 2023.10.27, also with a time after it, and parts of 0
        r"(?P<y>\d{4})(?:(?P<s>[-/.])(?P<m>\d{1,2})(?:(?P=s)(?P<d>\d{1,2}))?)?{rest}",
        # 20231027, 20231027080000
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:T?\d{4}(?:\d{2})?Z?)?",
        # 2023年10月27日 星期五 8时
        r"(?:公元)?(?P<y>\d{4})年(?:(?P<m>\d{1,2})月(?:份|(?P<d>\d{1,2})[日号]{rest})?)?",
        # 民国十二年三月五日
        r"(?:中华)?(?:民国|民國)(?P<roc>\d{1,3}|元)年(?:(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})[日号]{rest})?)?",
        # Fri, 27 Oct 2023 08:00:00 +0800; 27 October 2023
        r"(?:[a-z]{3,9},?\s+)?(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<month>[a-z]{3,9})\.?,?[\s-]+(?P<y>\d{4}){rest}",
        # October 27, 2023; Fri Oct 27 08:00:00 2023
        r"(?:[a-z]{3,9},?\s+)?(?P<month>[a-z]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?:\d{1,2}:[\d:]+\s+)?(?P<y>\d{4})",
        # 27.10.2023, where the day is first; 10/27/2023, where one number is no month
        r"(?P<a>\d{1,2})(?P<s>[-/.])(?P<b>\d{1,2})(?P=s)(?P<y>\d{4}){rest}",
    )
)
_ENGLISH_MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_CHINESE_NUMBER = re.compile("[〇零○一二三四五六七八九十廿卅]+")

YEAR_BEFORE_REPUBLIC = 1911
"""Year 1 of the Republic (民国) is 1912."""


def read_date(value: object) -> str | None:
    """Return a date in the form of the index, `None` for what is none.

    Month or day 00 are not known: the date ends before them.
    """
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    text = unicodedata.normalize("NFKC", str(value)).strip()
    text = re.sub(r"\s*([年月日])\s*", r"\1", _CHINESE_NUMBER.sub(_to_digits, text))
    for form in _DATE_FORMS:
        if (found := form.fullmatch(text)) and (parts := _parts(found.groupdict())):
            return "-".join(parts)
    return None


def _parts(found: dict[str, str | None]) -> tuple[str, ...] | None:
    year = _year(found)
    month, day = _month_and_day(found)
    try:
        date(year, month or 1, (day or 1) if month else 1)
    except ValueError:
        return None
    return tuple(_written(year, month, day))


def _written(year: int, month: int, day: int) -> Iterator[str]:
    yield f"{year:04}"
    if month:
        yield f"{month:02}"
        if day:
            yield f"{day:02}"


def _year(found: dict[str, str | None]) -> int:
    republic = found.get("roc")
    if republic is None:
        return int(found["y"] or 0)
    return YEAR_BEFORE_REPUBLIC + (1 if republic == "元" else int(republic))


def _month_and_day(found: dict[str, str | None]) -> tuple[int, int]:
    """Return month and day, 0 for what is not known, and a month of 99 for what is none."""
    name = found.get("month")
    if name is not None:
        known = name[:3].lower() in _ENGLISH_MONTHS
        return (_ENGLISH_MONTHS.index(name[:3].lower()) + 1 if known else 99), int(found["d"] or 0)
    if found.get("a") is None:
        return int(found.get("m") or 0), int(found.get("d") or 0)
    first, second = int(found["a"] or 0), int(found["b"] or 0)
    if first == second or first > 12 >= second or found.get("s") == ".":
        return second, first
    return (first, second) if second > 12 else (99, 0)


def _to_digits(found: re.Match[str]) -> str:
    """Write a Chinese number in digits: 二〇二三 digit by digit, 二十七 by its value."""
    number = read_number(found[0])
    return found[0] if number is None else str(number)
