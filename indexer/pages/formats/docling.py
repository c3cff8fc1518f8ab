"""Read the JSON of Docling (`DoclingDocument`): labelled texts and tables with their boxes.

Schema: docling-core. Boxes count from the bottom or the top of a page (`coord_origin`), in points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from indexer.model import Box, Kind, Sheet
from indexer.pages.formats import FormatFile
from indexer.pages.formats.json_values import as_dict, as_list, as_number, as_size, as_text
from indexer.pages.formats.labels import find_kind, find_level
from indexer.pages.formats.page_lines import PrintedLine, PrintedPage, make_box

MAX_ITEMS = 200_000
_ITEM_LISTS = ("texts", "tables", "pictures", "groups", "key_value_items", "form_items")


def matches(content: object) -> bool:
    """Return whether a JSON value is a document of Docling."""
    return isinstance(content, dict) and content.get("schema_name") == "DoclingDocument"


def read(content: Mapping[str, object], file: FormatFile) -> Iterator[PrintedPage]:
    """Yield the pages of a document; one page where it has no layout."""
    del file
    sizes = {
        number: as_dict(as_dict(page).get("size"))
        for number, page in as_dict(content.get("pages")).items()
    }
    lines: dict[str, list[PrintedLine]] = {}
    for block, item in enumerate(_walk(content)):
        place = as_dict(next(iter(as_list(item.get("prov"))), None))
        number = str(int(as_number(place.get("page_no")) or 1))
        box = _box(place, as_number(sizes.get(number, {}).get("height")) or 0)
        lines.setdefault(number, []).extend(_lines(item, box, block))
    for number, found in lines.items():
        size = sizes.get(number, {})
        width, height = as_size(size.get("width")), as_size(size.get("height"))
        sheet = Sheet(width, height, number=int(number)) if width and height else None
        yield PrintedPage(tuple(found), sheet, number if len(lines) > 1 else "")


def _walk(content: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Yield the items of the body in reading order, then those of the furniture."""
    items = {
        f"#/{group}/{number}": as_dict(item)
        for group in _ITEM_LISTS
        for number, item in enumerate(as_list(content.get(group)))
    }
    seen: set[str] = set()
    stack = [as_dict(content.get("furniture")), as_dict(content.get("body"))]
    while stack and len(seen) < MAX_ITEMS:
        item = stack.pop()
        yield item
        wanted = [as_text(as_dict(one).get("$ref")) for one in as_list(item.get("children"))]
        fresh = [name for name in wanted if name in items and name not in seen]
        seen.update(fresh)
        stack += [items[name] for name in reversed(fresh)]


def _box(place: Mapping[str, object], height: float) -> Box | None:
    facts = as_dict(place.get("bbox"))
    left, top, right, bottom = (as_number(facts.get(side)) for side in ("l", "t", "r", "b"))
    if left is None or top is None or right is None or bottom is None:
        return None
    if facts.get("coord_origin") != "TOPLEFT":
        top, bottom = height - top, height - bottom
    return make_box(left, top, right, bottom)


def _lines(item: Mapping[str, object], box: Box | None, block: int) -> Iterator[PrintedLine]:
    label = as_text(item.get("label"))
    kind, level = find_kind(label), find_level(label)
    if item.get("content_layer") == "furniture":
        kind = Kind.FURNITURE
    level = int(as_number(item.get("level")) or level) if kind is Kind.HEADING else 0
    for line in as_text(item.get("text")).splitlines():
        yield PrintedLine(line, box, kind=kind, level=level, block=block)
    for row in as_list(as_dict(item.get("data")).get("grid")):
        cells = [as_text(as_dict(cell).get("text")) for cell in as_list(row)]
        if any(cells):
            yield PrintedLine("　".join(cells), box, kind=Kind.TABLE, block=block)
