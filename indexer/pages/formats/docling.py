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
    """Return whether a JSON value is a document of Docling, or the answer of its service."""
    return _document(content).get("schema_name") == "DoclingDocument"


def _document(content: object) -> Mapping[str, object]:
    facts = as_dict(content)
    return as_dict(as_dict(facts.get("document")).get("json_content")) or facts


def read(content: object, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield the pages of a document; one page where it has no layout."""
    document = _document(content)
    sizes = {
        number: as_dict(as_dict(page).get("size"))
        for number, page in as_dict(document.get("pages")).items()
    }
    lines: dict[int, list[PrintedLine]] = {}
    for block, item in enumerate(_walk(document)):
        for number, line in _lines(item, block, sizes):
            lines.setdefault(number, []).append(line)
    for number, found in sorted(lines.items()):
        size = sizes.get(str(number), {})
        width, height = as_size(size.get("width")), as_size(size.get("height"))
        sheet = Sheet(width, height, number=number) if width and height else None
        yield PrintedPage(tuple(found), sheet, str(number) if len(lines) > 1 else "")


def _walk(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Yield the items of the body in reading order, of the furniture, and what neither names."""
    items = {
        f"#/{group}/{number}": as_dict(item)
        for group in _ITEM_LISTS
        for number, item in enumerate(as_list(document.get(group)))
    }
    seen: set[str] = set()
    stack = [*reversed(items), "#/furniture", "#/body"]
    items |= {f"#/{name}": as_dict(document.get(name)) for name in ("furniture", "body")}
    while stack and len(seen) < MAX_ITEMS:
        name = stack.pop()
        if name in seen or name not in items:
            continue
        seen.add(name)
        yield items[name]
        inner = [as_dict(one) for one in as_list(items[name].get("children"))]
        stack += [as_text(one.get("$ref") or one.get("cref")) for one in reversed(inner)]


def _lines(
    item: Mapping[str, object], block: int, sizes: Mapping[str, Mapping[str, object]]
) -> Iterator[tuple[int, PrintedLine]]:
    """Yield the lines of an item with the numbers of their pages.

    The text of an item that continues in another column or page is divided as its positions say.
    """
    label = as_text(item.get("label"))
    kind, level = find_kind(label), find_level(label)
    if item.get("content_layer") == "furniture":
        kind = Kind.FURNITURE
    level = int(as_number(item.get("level")) or level) if kind is Kind.HEADING else 0
    for text, number, box in _divide(item, sizes):
        for line in text.splitlines():
            yield number, PrintedLine(line, box, kind=kind, level=level, block=block)
    number, box = _locate(next(iter(as_list(item.get("prov"))), None), sizes)
    for row in _rows(as_dict(item.get("data"))):
        yield number, PrintedLine("　".join(row), box, kind=Kind.TABLE, block=block)


def _divide(
    item: Mapping[str, object], sizes: Mapping[str, Mapping[str, object]]
) -> Iterator[tuple[str, int, Box | None]]:
    """Yield the parts of the text of an item with their pages and boxes."""
    text = as_text(item.get("text")) or as_text(item.get("orig"))
    origins = [as_dict(origin) for origin in as_list(item.get("prov"))]
    ends = [as_number(next(iter(as_list(one.get("charspan"))[1:2]), None)) for one in origins[:-1]]
    start = 0
    for origin, end in zip(origins, [*ends, None], strict=False):
        last = len(text) if end is None else max(start, min(len(text), int(end)))
        yield (text[start:last], *_locate(origin, sizes))
        start = last
    if not origins:
        yield (text, *_locate(None, sizes))


def _locate(origin: object, sizes: Mapping[str, Mapping[str, object]]) -> tuple[int, Box | None]:
    """Return the number of the page and the box of a place."""
    facts = as_dict(origin)
    number = as_number(facts.get("page_no"))
    page = int(number) if number is not None and 0 < number < 100_000 else 1
    return page, _box(facts, as_number(sizes.get(str(page), {}).get("height")) or 0)


def _box(origin: Mapping[str, object], height: float) -> Box | None:
    facts = as_dict(origin.get("bbox"))
    left, top, right, bottom = (as_number(facts.get(side)) for side in ("l", "t", "r", "b"))
    if left is None or top is None or right is None or bottom is None:
        return None
    if facts.get("coord_origin") != "TOPLEFT":
        top, bottom = height - top, height - bottom
    return make_box(left, top, right, bottom)


def _rows(data: Mapping[str, object]) -> Iterator[list[str]]:
    """Yield the texts of the rows of a table; the grid repeats cells that span several."""
    rows: dict[float, list[str]] = {}
    for cell in map(as_dict, as_list(data.get("table_cells"))):
        row = as_number(cell.get("start_row_offset_idx")) or 0
        rows.setdefault(row, []).append(" ".join(as_text(cell.get("text")).split()))
    for row in sorted(rows):
        yield rows[row]
    if not rows:
        for cells in map(as_list, as_list(data.get("grid"))):
            yield [" ".join(as_text(as_dict(cell).get("text")).split()) for cell in cells]
