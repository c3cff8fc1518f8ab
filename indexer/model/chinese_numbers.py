"""Read and write numbers as newspapers print them: 2023, 二〇二三, 廿三, 一百一十二."""

from __future__ import annotations

import re

CHINESE_DIGITS = "〇一二三四五六七八九"
"""The index of each is its value."""

_PLAIN_FORMS = str.maketrans({"零": "〇", "○": "〇", "廿": "二十", "卅": "三十"})
_DIGIT = rf"([{CHINESE_DIGITS}])?"
_IN_TENS = re.compile(rf"(?:{_DIGIT}(百))?〇?(?:{_DIGIT}(十))?〇?{_DIGIT}")


def read_number(text: str) -> int | None:
    """Return the number that digits, numerals by place (一九二〇) or in tens (廿三) write."""
    if text.isdecimal():
        return int(text)
    text = text.translate(_PLAIN_FORMS)
    if text and all(char in CHINESE_DIGITS for char in text):
        return int("".join(str(CHINESE_DIGITS.index(char)) for char in text))
    found = _IN_TENS.fullmatch(text)
    if not text or not found:
        return None
    hundreds, hundred, tens, ten, ones = found.groups()
    units = CHINESE_DIGITS.index(ones or "〇")
    return 100 * _count(hundreds, hundred) + 10 * _count(tens, ten) + units


def _count(figure: str | None, unit: str | None) -> int:
    """Return how often a unit counts: once where it has no figure before it."""
    return (CHINESE_DIGITS.index(figure) if figure else 1) if unit else 0


def spell_digits(number: int) -> str:
    """Write a number digit by digit: 一四八, 二〇二三."""
    return "".join(CHINESE_DIGITS[int(digit)] for digit in str(number))


def write_in_tens(number: int) -> str:
    """Write a number from 1 to 999 in hundreds and tens: 十, 二十三, 一百一十二."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{CHINESE_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += f"{CHINESE_DIGITS[tens] if tens > 1 or hundreds else ''}十"
    elif hundreds and ones:
        text += "〇"
    return text + (CHINESE_DIGITS[ones] if ones else "")
