"""Read MinerU's files: `middle.json` (blocks, lines and spans) and `content_list.json` (blocks).

Shapes: mineru 2 (`pdf_info` with `para_blocks`; backend/pipeline/*_mkcontent.py), mineru 4 (`pages`
with `blocks`; docvortex/schema.py), and the content lists of both, the second version included,
which is a list of pages. Boxes of content lists are thousandths of the page's width and height,
those of mineru 4 are parts of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from indexer.model import Box, Kind, Sheet
from indexer.pages.formats import FormatFile
from indexer.pages.formats.json_values import as_box, as_dict, as_list, as_number, as_size, as_text
from indexer.pages.formats.labels import SKIPPED_LABELS, find_kind, find_level
from indexer.pages.formats.page_lines import PrintedLine, PrintedPage
from indexer.pages.markup import print_text

NORMAL_SIZE = (1000, 1414)
"""Pixels of a sheet whose boxes are parts of it and do not say its form: that of A-series paper."""

MAX_MINERU_DEPTH = 6
"""Levels of blocks within blocks: a table or list has two."""

_TABLE_KEYS = ("table_body", "html")
_SPAN_TYPES = ("text", "equation_inline", "code_inline", "hyperlink", "md", "phonetic")


def matches(content: object) -> bool:
    """Return whether a JSON value is one of MinerU's files."""
    if isinstance(content, dict):
        pages = as_list(content.get("pages"))
        return isinstance(content.get("pdf_info"), list) or any(
            "blocks" in as_dict(one) for one in pages
        )
    items = [as_dict(item) for page in as_list(content) for item in (as_list(page) or [page])]
    is_second = any(isinstance(page, list) for page in as_list(content))
    needed = ("type", "content") if is_second else ("type", "page_idx")
    return bool(items) and all(
        isinstance(item.get("type"), str) and all(name in item for name in needed) for item in items
    )


def read(content: object, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield each page that has text."""
    if isinstance(content, dict):
        yield from _read_middle(as_list(content.get("pdf_info")) or as_list(content.get("pages")))
    else:
        yield from _read_list(as_list(content))


def _number(facts: Mapping[str, object], other: int) -> int:
    index = as_number(facts.get("page_idx"))
    return int(index) + 1 if index is not None and 0 <= index < 100_000 else other


# ---------------------------------------------------------------- middle.json


def _read_middle(pages: Sequence[object]) -> Iterator[PrintedPage]:
    """Yield the pages; lines that a paragraph takes from the next page are set back there."""
    ahead: list[PrintedLine] = []
    for at, facts in enumerate(map(as_dict, pages), 1):
        number = _number(facts, at)
        width, height = [*map(as_size, as_list(facts.get("page_size"))[:2]), 0, 0][:2]
        if "blocks" in facts:
            width, height = NORMAL_SIZE
        own, later = _middle_lines(facts, ahead)
        ahead = later
        if at == len(pages):
            own += later
        sheet = Sheet(width, height, number=number) if width and height else None
        yield PrintedPage(tuple(own), sheet, str(number) if len(pages) > 1 else "")


def _middle_lines(
    page: Mapping[str, object], ahead: Sequence[PrintedLine]
) -> tuple[list[PrintedLine], list[PrintedLine]]:
    """Return the lines of a page, and those that are printed on the next one.

    `ahead` are the lines that the page before had of this one.
    """
    scale = NORMAL_SIZE if "blocks" in page else (1, 1)
    given = as_list(page.get("para_blocks") or page.get("preproc_blocks") or page.get("blocks"))
    blocks = [(as_dict(block), False) for block in given]
    blocks += [(as_dict(block), True) for block in as_list(page.get("discarded_blocks"))]
    gap = next((n for n, (block, _) in enumerate(blocks) if block.get("lines_deleted")), 0)
    own: list[PrintedLine] = []
    later: list[PrintedLine] = []
    for number, (block, discarded) in enumerate(blocks):
        own += ahead if number == gap else ()
        for label, text, box, is_later in _lines_of_block(block, scale, 0):
            kind = Kind.FURNITURE if discarded else find_kind(label)
            level = int(as_number(block.get("level")) or find_level(label)) if kind else 0
            lines = later if is_later else own
            block_number = -1 if is_later else number
            for one in text.splitlines():
                lines.append(PrintedLine(one, box, kind=kind, level=level, block=block_number))
    return (own if blocks else list(ahead)), later


def _lines_of_block(
    block: Mapping[str, object], scale: tuple[int, int], depth: int
) -> Iterator[tuple[str, str, Box | None, bool]]:
    """Yield label, text and box of the lines in a block, and whether the next page has them."""
    label = as_text(block.get("type"))
    for line in map(as_dict, as_list(block.get("lines"))):
        spans = [as_dict(span) for span in as_list(line.get("spans"))]
        is_later = any(span.get("cross_page") is True for span in spans)
        yield label, _join_spans(spans), as_box(line.get("bbox")), is_later
    content = block.get("content")
    inner = list(as_list(block.get("blocks")))
    if isinstance(content, str) or _are_spans(as_list(content)):
        if label not in SKIPPED_LABELS:
            yield (label, _join_spans(content), as_box(block.get("bbox"), *scale), False)
    else:
        inner += as_list(content)
    if depth < MAX_MINERU_DEPTH:
        own = {"type": label} if label in ("list", "index") else {}
        for one in map(as_dict, inner):
            held = {"bbox": block.get("bbox"), **one, **own}
            yield from _lines_of_block(held, scale, depth + 1)


def _are_spans(items: Sequence[object]) -> bool:
    """Return whether a content is of spans of text and not of blocks, which have a type too."""
    facts = [as_dict(item) for item in items]
    return bool(facts) and all(
        one.get("type") in _SPAN_TYPES and (isinstance(one.get("content"), str) or "url" in one)
        for one in facts
    )


def _join_spans(value: object, depth: int = 0) -> str:
    """Return the text of a string, a span, or a list of them."""
    if isinstance(value, dict):
        is_formula = "equation" in as_text(value.get("type"))
        value = value.get("content") or value.get("html") or value.get("item_content")
        value = f"${value}$" if is_formula and isinstance(value, str) else value
    if isinstance(value, str):
        return print_text(value)
    if depth > MAX_MINERU_DEPTH:
        return ""
    return "".join(_join_spans(one, depth + 1) for one in as_list(value))


# ---------------------------------------------------------------- content lists


def _read_list(content: Sequence[object]) -> Iterator[PrintedPage]:
    """Yield the pages of a list of blocks, or of a list of pages with their blocks."""
    items = [
        (_number(as_dict(item), at), as_dict(item))
        for at, page in enumerate(content, 1)
        for item in (as_list(page) or [page])
    ]
    if not isinstance(content[0], list):
        items = [(_number(item, 1), item) for _, item in items]
    numbers = {number for number, _ in items}
    for number, group in groupby(sorted(items, key=lambda one: one[0]), key=lambda one: one[0]):
        lines = tuple(
            line for block, (_, item) in enumerate(group) for line in _item_lines(item, block)
        )
        boxed = any(line.box for line in lines)
        sheet = Sheet(*NORMAL_SIZE, number=number) if boxed else None
        yield PrintedPage(lines, sheet, str(number) if len(numbers) > 1 else "")


def _item_lines(item: Mapping[str, object], block: int) -> Iterator[PrintedLine]:
    """Yield the lines of a block: of all its texts, under whatever names they are."""
    label = as_text(item.get("type")).removeprefix("page_")
    box = as_box(item.get("bbox"), 1, NORMAL_SIZE[1] / 1000)
    facts = {**item, **as_dict(item.get("content"))}
    level = int(as_number(facts.get("text_level") or facts.get("level")) or 0)
    kind = Kind.HEADING if level else find_kind(label)
    for name, value in facts.items():
        is_caption = name.endswith(("_caption", "_footnote"))
        is_text = name in ("text", "content", "list_items", *_TABLE_KEYS)
        is_text |= name.endswith(("_content", "_body"))
        if not is_caption and (label in SKIPPED_LABELS or not is_text):
            continue
        own = Kind.CAPTION if is_caption else Kind.TABLE if name in _TABLE_KEYS else kind
        for line in "\n".join(_texts(value)).splitlines():
            own_block = None if is_caption else block
            yield PrintedLine(line, box, kind=own, level=level, block=own_block)


def _texts(value: object) -> list[str]:
    """Return the texts of a field: one where it is of spans, else one an item."""
    items = as_list(value)
    if _are_spans(items) or not items:
        return [] if isinstance(value, dict) else [_join_spans(value)]
    return [_join_spans(item) for item in items]
