"""Read the JSON of dots.ocr, Marker and Surya.

Shapes: a list of `{bbox, category, text}` in reading order (dots.ocr; its text is Markdown, HTML
in tables); blocks within blocks under `Document` and `Page`, with their HTML (Marker's
renderers/json.py); and `text_lines` of each image, by its name (Surya's `results.json`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from indexer.model import Box, Sheet
from indexer.pages.formats import FormatFile
from indexer.pages.formats.json_values import as_box, as_dict, as_list, as_text
from indexer.pages.formats.labels import find_kind, find_level
from indexer.pages.formats.page_lines import PrintedLine, PrintedPage
from indexer.pages.markup import print_text

MAX_MARKER_DEPTH = 8
"""Levels of blocks within a page of Marker: a table in a group has four."""


def matches(content: object) -> bool:
    """Return whether a JSON value is of one of these tools."""
    return bool(_surya_pages(content)) or _is_dots(content) or _is_marker(content)


def _is_dots(content: object) -> bool:
    items = [as_dict(item) for item in as_list(content)]
    return bool(items) and all("bbox" in item and "category" in item for item in items)


def _is_marker(content: object) -> bool:
    pages = [as_dict(page) for page in as_list(as_dict(content).get("children"))]
    return any(page.get("block_type") == "Page" for page in pages)


def _surya_pages(content: object) -> list[Mapping[str, object]]:
    results = as_dict(content).values() if isinstance(content, dict) else ()
    pages = [as_dict(page) for result in results for page in as_list(result)]
    return [page for page in pages if isinstance(page.get("text_lines"), list)]


def read(content: object, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield each page of the file."""
    if surya := _surya_pages(content):
        for number, page in enumerate(surya, 1):
            name = str(number) if len(surya) > 1 else ""
            yield _read_lines(as_list(page["text_lines"]), as_box(page.get("image_bbox")), name)
    elif _is_dots(content):
        lines = tuple(_read_items(as_list(content)))
        yield PrintedPage(lines, _make_sheet(None, lines, 1))
    else:
        pages = [as_dict(page) for page in as_list(as_dict(content).get("children"))]
        for number, page in enumerate(pages, 1):
            lines = tuple(_read_blocks(as_list(page.get("children"))))
            frame = as_box(page.get("bbox") or page.get("polygon"))
            name = str(number) if len(pages) > 1 else ""
            yield PrintedPage(lines, _make_sheet(frame, lines, number), name)


def _make_sheet(frame: Box | None, lines: Sequence[PrintedLine], number: int) -> Sheet | None:
    """Return the sheet of a page: of its frame, or as large as its boxes need."""
    boxes = [frame] if frame else [line.box for line in lines if line.box]
    if not boxes:
        return None
    width, height = max(box.x + box.w for box in boxes), max(box.y + box.h for box in boxes)
    return Sheet(width, height, number=number)


def _read_lines(items: Sequence[object], frame: Box | None, name: str) -> PrintedPage:
    facts = [as_dict(item) for item in items]
    lines = tuple(
        PrintedLine(
            print_text(as_text(line.get("text"))), as_box(line.get("bbox") or line.get("polygon"))
        )
        for line in facts
    )
    sheet = _make_sheet(frame, lines, int(name or 1))
    return PrintedPage(lines, sheet, name, ordered=False)


def _read_items(items: Sequence[object]) -> Iterator[PrintedLine]:
    for block, item in enumerate(map(as_dict, items)):
        text, box = as_text(item.get("text")), as_box(item.get("bbox"))
        yield from _lines(text, as_text(item.get("category")), box, block)


def _read_blocks(items: Sequence[object]) -> Iterator[PrintedLine]:
    """Yield the lines of blocks that hold no blocks, without recursion."""
    stack = [(item, 0) for item in reversed(items)]
    block = 0
    while stack:
        item, depth = stack.pop()
        facts = as_dict(item)
        inner = as_list(facts.get("children"))
        if inner and depth < MAX_MARKER_DEPTH and facts.get("block_type") != "Table":
            stack += [(one, depth + 1) for one in reversed(inner)]
            continue
        block += 1
        box = as_box(facts.get("bbox") or facts.get("polygon"))
        label = as_text(facts.get("block_type"))
        yield from _lines(as_text(facts.get("html")), label, box, block)


def _lines(text: str, label: str, box: Box | None, block: int) -> Iterator[PrintedLine]:
    """Yield the lines of a text in Markdown or HTML."""
    kind, level = find_kind(label), find_level(label)
    for line in print_text(text).splitlines():
        bare = line.lstrip("# ") if level else line
        yield PrintedLine(bare, box, kind=kind, level=level, block=block)
