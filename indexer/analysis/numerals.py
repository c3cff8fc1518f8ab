"""Write the years, dates and ages of a query in the other numerals that papers print.

2023年, 二〇二三年 and 二零二三年; 5月4日 and 五月四日; 廿三日 and 二十三日; 民国十二年,
民国12年 and 1923年. Numbers without such a unit are left alone: 八路军 is no 8路军.
"""

from __future__ import annotations

import re
from functools import partial

from indexer.model.chinese_numbers import CHINESE_DIGITS, read_number, spell_digits, write_in_tens
from indexer.model.dates import YEAR_BEFORE_REPUBLIC

LAST_REPUBLIC = 200
"""Years of the Republic from here on are no years that a page prints."""

FIRST_YEAR = 1000
"""Numbers from this on are years, written figure by figure; smaller ones are counted in tens."""

NUMERAL_STYLES = ("arabic", "chinese", "old", "republican", "republican old", "republican arabic")

PHONE_NUMBER = (
    r"(?<![\d.-])(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0(?:10|2\d|[3-9]\d\d)[ -]?\d{3,4}[ -]?\d{4}"
    r"|[48]00[ -]?\d{3}[ -]?\d{4}|[48]00[ -]?\d{4}[ -]?\d{3})(?![\d.-])"
)
"""Mobile numbers, landline numbers with their area code, and hotline numbers."""

_OLD_TENS = {"二十": "廿", "三十": "卅"}
_NUMBER_IN_QUERY = re.compile(
    r"(?P<republic>民国)?(?P<number>(?<![\d.])\d{1,4}|(?<![千万百一二三四五六七八九〇零十廿卅])[一二三四五六七八九〇零百十廿卅元]{1,6})"
    r"(?P<unit>[年月日号岁届周大])"
)
_BARE_YEAR = re.compile(r"(?:1\d|20)\d\d|[一二][一二三四五六七八九〇零]{3}")


def other_numerals(substring: str) -> tuple[str, ...]:
    """Return a normalised substring in the other styles of numerals, each once."""
    if _BARE_YEAR.fullmatch(substring):
        years = (text[:-1] for text in other_numerals(f"{substring}年"))
        return tuple(year for year in years if not year.startswith("民国"))
    written = [
        _NUMBER_IN_QUERY.sub(partial(_write, style=style), substring) for style in NUMERAL_STYLES
    ]
    written += [text.replace("〇", "零") for text in written]
    return tuple(text for text in dict.fromkeys(written) if text != substring)


def count_otherwise(number: str) -> tuple[str, ...]:
    """Return a number below 1,000 in figures and in tens (5 and 五); nothing for what is none."""
    value = _read(number)
    return (str(value), _count(value, "chinese")) if value and value < FIRST_YEAR else ()


def _write(found: re.Match[str], style: str) -> str:
    """Write a number and its unit in a style, or unchanged where it has none of that."""
    unit, value = found["unit"], _read(found["number"])
    republic, is_year = bool(found["republic"]), unit == "年"
    if not value or (republic and not is_year) or (value >= FIRST_YEAR and not is_year):
        return found[0]
    year = value + YEAR_BEFORE_REPUBLIC * republic
    if style.startswith("republican"):
        count = year - YEAR_BEFORE_REPUBLIC
        if not is_year or not 0 < count < LAST_REPUBLIC:
            return found[0]
        return f"民国{count if style.endswith('arabic') else _count(count, style)}年"
    number = year if republic else value
    if style == "arabic":
        return f"{number}{unit}"
    return (spell_digits(number) if number >= FIRST_YEAR else _count(number, style)) + unit


def _read(number: str) -> int | None:
    """Read figures and numerals; `None` for others, and for 三四, which is three or four."""
    if number == "元":
        return 1
    if len(number) in (2, 3) and all(char in f"{CHINESE_DIGITS}零" for char in number):
        return None
    return read_number(number)


def _count(number: int, style: str) -> str:
    """Write a number up to 999 in tens: 十, 二十三 (in the old style 廿三), 一百一十二."""
    text = write_in_tens(number)
    return _OLD_TENS.get(text[:2], text[:2]) + text[2:] if style.endswith("old") else text
