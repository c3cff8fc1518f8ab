"""Offsets of the API in the unit that a client counts in.

Python, and the index, count code points. JavaScript, Java and C# count UTF-16 units, of which a
character beyond U+FFFF (a rare ideograph, an emoji) has two.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any

from indexer import UnknownField, message
from webapp.parameters import Arguments

OFFSET_UNITS = ("codepoints", "utf16")

Convert = Callable[[int], int]


def wants_utf16(arguments: Arguments) -> bool:
    """Read the parameter `offsets`; raises `UnknownField` for a unit that does not exist."""
    unit = arguments.get("offsets", "").strip().lower() or OFFSET_UNITS[0]
    if unit not in OFFSET_UNITS:
        choices = ", ".join(OFFSET_UNITS)
        raise UnknownField(what=message("what.unit_of_offsets"), value=unit, choices=choices)
    return unit == "utf16"


def to_utf16(text: str) -> Convert:
    """Return what turns an offset in code points of a text into one in UTF-16 units."""
    if text.isascii() or max(text, default="") <= "\uffff":
        return lambda offset: offset
    wide = [position for position, char in enumerate(text) if char > "\uffff"]
    return lambda offset: offset + bisect_left(wide, offset)


def convert_hit(hit: dict[str, Any], page_text: str) -> None:
    """Convert the offsets of a hit: spans in its page, places in its text, marks in its snippet."""
    convert_paragraph(hit, page_text)
    convert = to_utf16(hit["text"])
    for one in hit["statements"]:
        one["span"] = [convert(offset) for offset in one["span"]]
    snippet = hit["snippet"]
    snippet["marks"] = _convert(snippet["marks"], to_utf16(snippet["text"]))


def convert_paragraph(paragraph: dict[str, Any], page_text: str) -> None:
    """Convert the offsets of a paragraph: spans in its page, and what has a span in its text."""
    paragraph["spans"] = _convert(paragraph["spans"], to_utf16(page_text))
    convert = to_utf16(paragraph["text"])
    for name in ("places", "corrections", "unsure"):
        for one in paragraph.get(name, ()):
            one["span"] = [convert(offset) for offset in one["span"]]


def _convert(spans: Iterable[Iterable[int]], convert: Convert) -> list[list[int]]:
    return [[convert(offset) for offset in span] for span in spans]
