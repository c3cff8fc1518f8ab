"""Dates as people write them, brought to the form of the index: 2023, 2023-10 or 2023-10-27.

Nothing is guessed: what may mean two days is no date.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from functools import cache

from indexer.model.chinese_numbers import read_number

_BEHIND_DATE = r"(?:[T\s,，(（]*(?:星期|周|週|礼拜|[上下]午|\d{1,2}[:点时]).*)?"
"""A day of the week or a time after a date."""

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}"

_DATE_FORMS = (
    # 2023-10-27, 2023/10/27, 2023.10.27, also with a time after it, and parts of 0
    r"(?P<y>\d{4})(?:(?P<s>[-/.])(?P<m>\d{1,2})(?:(?P=s)(?P<d>\d{1,2}))?)?{rest}",
    # 20231027, 20231027080000
    r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:T?\d{4}(?:\d{2})?Z?)?",
    # 2023年10月27日 星期五 8时
    r"(?:公元)?(?P<y>\d{4})年(?:(?P<m>\d{1,2})月(?:份|[上中下]旬|(?P<d>\d{1,2})[日号]{rest})?)?",
    # 民国十二年三月五日
    r"(?:中[华華])?民[国國](?P<roc>\d{1,3}|元)年(?:(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})[日号]{rest})?)?",
    # Fri, 27 Oct 2023 08:00:00 +0800; 27 October 2023
    r"(?:[a-z]{3,9},?\s+)?(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s-]+{month}\.?,?[\s-]+(?P<y>\d{4}){rest}",
    # October 27, 2023; Fri Oct 27 08:00:00 2023
    r"(?:[a-z]{3,9},?\s+)?{month}\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?:\d{1,2}:[\d:]+\s+)?(?P<y>\d{4})",
    # 27.10.2023, 27/10/2023, 7/7/2023: the day first, where dots or the numbers say so
    r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4}){rest}",
    r"(?P<d>1[3-9]|2\d|3[01])(?P<s>[-/])(?P<m>\d{1,2})(?P=s)(?P<y>\d{4}){rest}",
    r"0?(?P<d>\d{1,2})(?P<s>[-/])0?(?P<m>(?P=d))(?P=s)(?P<y>\d{4}){rest}",
    # 10/27/2023, where one number is no month
    r"(?P<m>\d{1,2})(?P<s>[-/])(?P<d>1[3-9]|2\d|3[01])(?P=s)(?P<y>\d{4}){rest}",
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
    text = re.sub(r"\s*([年月日])\s*", r"\1", with_digits(str(value)))
    for form in _date_forms():
        if (found := form.fullmatch(text)) and (written := _write(found.groupdict())):
            return written
    return None


@cache
def _date_forms() -> tuple[re.Pattern[str], ...]:
    """Compile the forms of dates when a date is first read: 5 ms that most starts do not need."""
    return tuple(
        re.compile(form.replace("{rest}", _BEHIND_DATE).replace("{month}", _MONTH), re.IGNORECASE)
        for form in _DATE_FORMS
    )


def with_digits(text: str) -> str:
    """Write the numbers of a text in digits: 二〇二三 digit by digit, 二十七 by its value."""
    return _CHINESE_NUMBER.sub(_to_digits, unicodedata.normalize("NFKC", text).strip())


def _write(found: dict[str, str | None]) -> str | None:
    """Return the date of the parts found, `None` where the calendar has no such day."""
    if name := found.get("month"):
        found["m"] = str(_MONTHS.index(name.lower()) + 1)
    if republic := found.get("roc"):
        found["y"] = str(YEAR_BEFORE_REPUBLIC + int(republic.replace("元", "1")))
    year, month, day = (int(found.get(part) or 0) for part in "ymd")
    try:
        date(year, month or 1, (day or 1) if month else 1)
    except ValueError:
        return None
    parts = f"{year:04}", f"{month:02}", f"{day:02}"
    return "-".join(parts[: 1 + bool(month) + bool(month and day)])


def _to_digits(found: re.Match[str]) -> str:
    number = read_number(found[0])
    return found[0] if number is None else str(number)
