"""Read numbers as newspapers print them: 2023, 二〇二三, 廿三, 一百一十二."""

from __future__ import annotations

import re

_FIGURES = "〇一二三四五六七八九"
_PLAIN_FORMS = str.maketrans({"零": "〇", "○": "〇", "廿": "二十", "卅": "三十"})
_IN_TENS = re.compile(rf"(?:([{_FIGURES}])?(百))?〇?(?:([{_FIGURES}])?(十))?〇?([{_FIGURES}])?")


def read_number(text: str) -> int | None:
    """Return the number that digits, numerals by place (一九二〇) or in tens (廿三) write."""
    if text.isdecimal():
        return int(text)
    text = text.translate(_PLAIN_FORMS)
    if text and all(char in _FIGURES for char in text):
        return int("".join(str(_FIGURES.index(char)) for char in text))
    found = _IN_TENS.fullmatch(text)
    if not text or not found:
        return None
    hundreds, hundred, tens, ten, ones = found.groups()
    return 100 * _count(hundreds, hundred) + 10 * _count(tens, ten) + _FIGURES.index(ones or "〇")


def _count(figure: str | None, unit: str | None) -> int:
    """Return how often a unit counts: once where it has no figure before it."""
    return (_FIGURES.index(figure) if figure else 1) if unit else 0
