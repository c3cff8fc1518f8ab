"""Read PAGE XML (PcGts, as Transkribus, eScriptorium and OCR-D write it).

Schema: https://github.com/PRImA-Research-Lab/PAGE-XML. Regions come in their reading order where
the file has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from indexer.model import Box, Sheet, Unsure
from indexer.pages.formats import FormatFile
from indexer.pages.formats.char_boxes import mark_chars, mark_word
from indexer.pages.formats.labels import find_kind, find_level
from indexer.pages.formats.page_lines import (
    JoinedWords,
    PrintedLine,
    PrintedPage,
    Word,
    base_name,
    join_words,
    make_box,
)
from indexer.pages.formats.xml_tree import (
    child_elements,
    find_all,
    local_name,
    read_number,
    read_pixels,
)

_GROUP_ELEMENTS = ("OrderedGroup", "UnorderedGroup", "OrderedGroupIndexed", "UnorderedGroupIndexed")
_CUSTOM_POSITION = re.compile(r"readingOrder\s*\{\s*index:\s*(\d{1,6})")
_CUSTOM_TYPE = re.compile(r"structure\s*\{[^}]*\btype:\s*([\w-]+)")
_POLYGON_POINT = re.compile(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")


def matches(content: object) -> bool:
    """Return whether the root of an XML file is PAGE's."""
    return local_name(content) == "PcGts"


def read(content: Any, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield each page of the file."""
    pages = find_all(content, "Page")
    for count, page in enumerate(pages, 1):
        image = base_name(page.get("imageFilename", "")) or None
        lines = tuple(
            line for block, region in enumerate(_regions(page)) for line in _lines(region, block)
        )
        sheet = Sheet(read_pixels(page, "imageWidth"), read_pixels(page, "imageHeight"), image)
        yield PrintedPage(lines, sheet, str(count) if len(pages) > 1 else "")


def _regions(page: Any) -> list[Any]:
    """Return the regions with text in reading order, those without a position in it last."""
    regions = find_all(page, "TextRegion")
    order = {name: position for position, name in enumerate(_read_order(page))}
    if not order:
        return sorted(regions, key=_custom_position)
    return sorted(regions, key=lambda region: order.get(region.get("id", ""), len(order)))


def _read_order(page: Any) -> Iterator[str]:
    """Yield the ids of regions in reading order: by index in ordered groups, without recursion."""
    stack = [
        group
        for order in find_all(page, "ReadingOrder")
        for group in child_elements(order, *_GROUP_ELEMENTS)
    ]
    while stack:
        group = stack.pop()
        if group.get("regionRef"):
            yield group.get("regionRef")
        inner = child_elements(group, "RegionRef", "RegionRefIndexed", *_GROUP_ELEMENTS)
        stack += sorted(inner, key=lambda one: -(read_number(one, "index") or 0))


def _custom_position(element: Any) -> int:
    """Return the position that Transkribus writes into an attribute of its own."""
    found = _CUSTOM_POSITION.search(element.get("custom", ""))
    return int(found[1]) if found else 1_000_000


def _lines(region: Any, block: int) -> Iterator[PrintedLine]:
    """Yield the lines of a region; its own text where they have none."""
    lines = sorted(child_elements(region, "TextLine"), key=_custom_position)
    if not any(_text(line).text for line in lines) and not child_elements(region, "TextRegion"):
        lines = [region]
    for line in lines:
        label = _label(line) or _label(region)
        kind, level = find_kind(label), find_level(label)
        text, words, unsure = _text(line)
        box, texts = _box(line), text.splitlines()
        if len(texts) != 1:
            words = unsure = ()
        for one in texts:
            yield PrintedLine(one, box, words, kind, level, block, unsure=unsure)


def _label(element: Any) -> str:
    """Return what a region or line is called; Transkribus has an attribute of its own for it."""
    found = _CUSTOM_TYPE.search(element.get("custom", ""))
    return found[1] if found else str(element.get("type", ""))


def _text(element: Any) -> JoinedWords:
    """Return the text of an element, and the boxes of its words where they have the same text."""
    words = child_elements(element, "Word")
    joined = join_words(Word(_reading(one), _box(one), True, _find_unsure(one)) for one in words)
    text = _reading(element)
    return joined if text in ("", joined.text) else JoinedWords(text, (), _find_unsure(element))


def _find_unsure(element: Any) -> tuple[Unsure, ...]:
    """Return what of a word or line is unsure: by its glyphs, which have other readings, or whole.

    A glyph's readings follow the first in the order of their index.
    """
    text, glyphs = _reading(element), child_elements(element, "Glyph")
    readings = [_readings(glyph) for glyph in glyphs]
    texts = [list(map(_characters, one)) for one in readings]
    if glyphs and all(texts) and "".join(one[0] for one in texts) == text:
        confidences = [read_number(one[0], "conf") for one in readings]
        return mark_chars(text, confidences, ["".join(one[1:]) for one in texts])
    return mark_word(text, next((read_number(one, "conf") for one in _readings(element)), None))


def _readings(element: Any) -> list[Any]:
    """Return the readings of an element, that of the lowest index first."""
    found = child_elements(element, "TextEquiv")
    return sorted(found, key=lambda reading: read_number(reading, "index") or 0)


def _reading(element: Any) -> str:
    return next(map(_characters, _readings(element)), "")


def _characters(reading: Any) -> str:
    texts = [one.text or "" for one in child_elements(reading, "Unicode")]
    return "".join(texts) or "".join(one.text or "" for one in child_elements(reading, "PlainText"))


def _box(element: Any) -> Box | None:
    """Return the box around the points of an element; before 2013 they were elements."""
    for coords in child_elements(element, "Coords"):
        points = [(float(x), float(y)) for x, y in _POLYGON_POINT.findall(coords.get("points", ""))]
        for point in child_elements(coords, "Point"):
            x, y = read_number(point, "x"), read_number(point, "y")
            points += [(x, y)] if x is not None and y is not None else []
        if points:
            xs, ys = [x for x, _ in points], [y for _, y in points]
            return make_box(min(xs), min(ys), max(xs), max(ys))
    return None
