"""Read MinerU's `middle.json` (blocks, lines and spans) and `content_list.json` (blocks alone).

Spec: https://opendatalab.github.io/MinerU/reference/output_files/. Boxes of a content list are
thousandths of the page's width and height.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from indexer.model import Kind, Sheet
from indexer.pages.formats import FormatFile
from indexer.pages.formats.json_values import as_box, as_dict, as_list, as_number, as_size, as_text
from indexer.pages.formats.labels import SKIPPED_LABELS, find_kind, find_level
from indexer.pages.formats.page_lines import PrintedLine, PrintedPage
from indexer.pages.markup import strip_markup

NORMAL_SIZE = (1000, 1414)
"""Pixels of the sheet of a content list, which does not say its form: that of A-series paper."""

_BLOCK_TYPES = {
    *("text", "title", "image", "table", "equation", "list", "code", "header", "footer", "chart"),
    *("page_number", "aside_text", "page_footnote", "ref_text"),
}
_CAPTION_KEYS = (
    "image_caption", "image_footnote", "table_caption", "table_footnote", "img_caption",
    "chart_caption", "code_caption",
)  # fmt: skip


def matches(content: object) -> bool:
    """Return whether a JSON value is one of MinerU's files."""
    if isinstance(content, dict):
        return isinstance(content.get("pdf_info"), list)
    items = as_list(content)
    return bool(items) and all(
        "page_idx" in as_dict(item) and as_dict(item).get("type") in _BLOCK_TYPES for item in items
    )


def read(content: object, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield each page that has text."""
    del file
    if isinstance(content, dict):
        yield from _read_middle(as_list(content["pdf_info"]))
    else:
        yield from _read_list([as_dict(item) for item in as_list(content)])


def _number(facts: Mapping[str, object], other: int) -> int:
    index = as_number(facts.get("page_idx"))
    return int(index) + 1 if index is not None and 0 <= index < 100_000 else other


# ---------------------------------------------------------------- middle.json


def _read_middle(pages: Sequence[object]) -> Iterator[PrintedPage]:
    for at, facts in enumerate(map(as_dict, pages), 1):
        size = [as_size(side) for side in as_list(facts.get("page_size"))[:2]]
        number = _number(facts, at)
        width, height = size if len(size) == 2 else (0, 0)
        lines = tuple(_middle_lines(facts))
        name = str(number) if len(pages) > 1 else ""
        yield PrintedPage(lines, Sheet(width, height, number=number), name)


def _middle_lines(page: Mapping[str, object]) -> Iterator[PrintedLine]:
    blocks = [(as_dict(block), False) for block in as_list(page.get("para_blocks"))]
    blocks += [(as_dict(block), True) for block in as_list(page.get("discarded_blocks"))]
    for number, (block, discarded) in enumerate(blocks):
        for label, line in _lines_of_block(block, 0):
            kind = Kind.FURNITURE if discarded else find_kind(label)
            level = int(as_number(block.get("level")) or find_level(label)) if kind else 0
            text, box = _line_text(line), as_box(line.get("bbox"))
            for one in text.splitlines():
                yield PrintedLine(one, box, kind=kind, level=level, block=number)


def _lines_of_block(
    block: Mapping[str, object], depth: int
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield the lines of a block and of those in it, with the label of their block."""
    label = as_text(block.get("type"))
    for line in as_list(block.get("lines")):
        yield label, as_dict(line)
    if depth < 4:
        for inner in as_list(block.get("blocks")):
            yield from _lines_of_block(as_dict(inner), depth + 1)


def _line_text(line: Mapping[str, object]) -> str:
    spans = [as_dict(span) for span in as_list(line.get("spans"))]
    texts = [as_text(span.get("content")) or as_text(span.get("html")) for span in spans]
    return strip_markup("".join(texts))


# ---------------------------------------------------------------- content_list.json


def _read_list(items: Sequence[Mapping[str, object]]) -> Iterator[PrintedPage]:
    numbers = {_number(item, 1) for item in items}
    ordered = sorted(items, key=lambda item: _number(item, 1))
    for number, group in groupby(ordered, key=lambda item: _number(item, 1)):
        lines = tuple(line for block, item in enumerate(group) for line in _item_lines(item, block))
        boxed = any(line.box for line in lines)
        sheet = Sheet(*NORMAL_SIZE, number=number) if boxed else None
        yield PrintedPage(lines, sheet, str(number) if len(numbers) > 1 else "")


def _item_lines(item: Mapping[str, object], block: int) -> Iterator[PrintedLine]:
    label = as_text(item.get("type"))
    box = as_box(item.get("bbox"), 1, NORMAL_SIZE[1] / 1000)
    level = int(as_number(item.get("text_level")) or 0)
    kind = Kind.HEADING if level else find_kind(label)
    texts = [] if label in SKIPPED_LABELS else [as_text(item.get("text"))]
    texts += [as_text(one) for one in as_list(item.get("list_items"))]
    for text in texts:
        for line in text.splitlines():
            yield PrintedLine(line, box, kind=kind, level=level, block=block)
    for line in strip_markup(as_text(item.get("table_body"))).splitlines():
        yield PrintedLine(line, box, kind=Kind.TABLE, block=block)
    for name in _CAPTION_KEYS:
        for text in map(as_text, as_list(item.get(name))):
            yield PrintedLine(text, box, kind=Kind.CAPTION)
