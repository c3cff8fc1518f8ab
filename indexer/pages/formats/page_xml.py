"""Read PAGE XML (PcGts, as Transkribus, eScriptorium and OCR-D write it).

Schema: https://github.com/PRImA-Research-Lab/PAGE-XML. Regions come in their reading order where
the file has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from indexer.model import Box, Sheet
from indexer.pages.formats import FormatFile
from indexer.pages.formats.labels import find_kind, find_level
from indexer.pages.formats.page_lines import PrintedLine, PrintedPage, make_box
from indexer.pages.formats.xml_tree import children, find_all, local_name, number

_POLYGON_POINT = re.compile(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")


def matches(content: object) -> bool:
    """Return whether the root of an XML file is PAGE's."""
    return local_name(content) == "PcGts"


def read(content: Any, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield each page of the file."""
    del file
    pages = find_all(content, "Page")
    for count, page in enumerate(pages, 1):
        image = re.split(r"[/\\]", page.get("imageFilename", ""))[-1] or None
        width, height = number(page, "imageWidth") or 0, number(page, "imageHeight") or 0
        lines = tuple(
            line for block, region in enumerate(_regions(page)) for line in _lines(region, block)
        )
        sheet = Sheet(round(width), round(height), image)
        yield PrintedPage(lines, sheet, str(count) if len(pages) > 1 else "")


def _regions(page: Any) -> list[Any]:
    """Return the regions with text in reading order, those without a place in it last."""
    order = {
        reference.get("regionRef"): place
        for place, reference in enumerate(find_all(page, "RegionRefIndexed"))
    }
    regions = find_all(page, "TextRegion")
    return sorted(regions, key=lambda region: order.get(region.get("id"), len(order)))


def _lines(region: Any, block: int) -> Iterator[PrintedLine]:
    label = region.get("type", "")
    kind, level = find_kind(label), find_level(label)
    lines = children(region, "TextLine")
    for line in lines or [region]:
        box = _box(line)
        for text in _text(line).splitlines():
            yield PrintedLine(text, box, kind=kind, level=level, block=block)


def _text(element: Any) -> str:
    """Return the first reading of an element: that of the lowest index."""
    readings = children(element, "TextEquiv")
    if not readings:
        words = children(element, "Word")
        return "".join(map(_text, words))
    first = min(readings, key=lambda reading: number(reading, "index") or 0)
    return "".join(one.text or "" for one in children(first, "Unicode"))


def _box(element: Any) -> Box | None:
    for coords in children(element, "Coords"):
        points = [(float(x), float(y)) for x, y in _POLYGON_POINT.findall(coords.get("points", ""))]
        if points:
            xs, ys = [x for x, _ in points], [y for _, y in points]
            return make_box(min(xs), min(ys), max(xs), max(ys))
    return None
