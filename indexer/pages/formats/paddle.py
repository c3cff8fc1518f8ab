"""Read the JSON of OCR engines that give lines: PaddleOCR, PP-StructureV3, RapidOCR, Umi-OCR.

Shapes: `rec_texts` with `rec_boxes` or `rec_polys` (PaddleOCR 3), `boxes` with `txts` (RapidOCR),
a list of `{box, txt}` or `{box, text}` (RapidOCR's and Umi-OCR's files), a list of
`[points, [text, score]]` or `[points, text, score]` (PaddleOCR 2, RapidOCR 1), and
`parsing_res_list` with the blocks of a layout model (PP-StructureV3 and PaddleOCR-VL), each also
within `res`, `prunedResult` or a list of pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from indexer.model import Box, Kind, Sheet
from indexer.pages.formats import FormatFile
from indexer.pages.formats.char_boxes import mark_word
from indexer.pages.formats.json_values import as_box, as_dict, as_list, as_number, as_size, as_text
from indexer.pages.formats.labels import SKIPPED_LABELS, find_kind, find_level
from indexer.pages.formats.page_lines import PrintedLine, PrintedPage, base_name
from indexer.pages.markup import print_text

MAX_WRAPPER_DEPTH = 6
"""Levels of lists and objects around a page's result."""

MIN_SAME_TEXT = 0.7
"""Share of a block's characters that its lines must have to be taken for it."""

_WRAPPER_KEYS = tuple("res result data pages ocrResults layoutParsingResults prunedResult".split())


def matches(content: object) -> bool:
    """Return whether a JSON value holds the result of such an engine."""
    return next(_find_results(content, 0), None) is not None


def read(content: object, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield a page for each result."""
    results = list(_find_results(content, 0))
    for number, result in enumerate(results, 1):
        name = str(number) if len(results) > 1 else ""
        yield _read_result(result, name, number)


def _find_results(value: object, depth: int) -> Iterator[object]:
    """Yield the results of pages: objects with blocks or lines, and lists of lines."""
    if depth > MAX_WRAPPER_DEPTH:
        return
    if isinstance(value, dict):
        if isinstance(value.get("parsing_res_list"), list) or _lines_of_object(value):
            yield value
            return
        for name in _WRAPPER_KEYS:
            if name in value:
                yield from _find_results(value[name], depth + 1)
    elif isinstance(value, list):
        if any(_line_of_item(item) for item in value):
            yield value
            return
        for item in value:
            yield from _find_results(item, depth + 1)


def _read_result(result: object, name: str, number: int) -> PrintedPage:
    facts = as_dict(result)
    lines = _lines_of_object(facts) or list(filter(None, map(_line_of_item, as_list(result))))
    blocks = as_list(facts.get("parsing_res_list"))
    width, height = as_size(facts.get("width")), as_size(facts.get("height"))
    sheet = Sheet(width, height, _image(facts), _page_number(facts) or number)
    if blocks:
        ocr = _lines_of_object(as_dict(facts.get("overall_ocr_res")))
        return PrintedPage(tuple(_read_blocks(blocks, ocr)), sheet, name)
    return PrintedPage(tuple(lines), sheet, name, ordered=False)


def _image(facts: Mapping[str, object]) -> str | None:
    """Return the name of the image that was recognised, without its folder."""
    path = as_text(facts.get("input_path"))
    return base_name(path) or None


def _page_number(facts: Mapping[str, object]) -> int:
    index = as_number(facts.get("page_index"))
    return int(index) + 1 if index is not None and 0 <= index < 100_000 else 0


# ---------------------------------------------------------------- lines


def _lines_of_object(facts: Mapping[str, object]) -> list[PrintedLine]:
    """Return the lines of an object that has their texts and boxes in two arrays."""
    texts = as_list(facts.get("rec_texts") or facts.get("txts"))
    names = ("rec_boxes", "rec_polys", "dt_polys", "boxes")
    boxes: Sequence[object] = next(
        (held for name in names if len(held := as_list(facts.get(name))) == len(texts)), ()
    )
    scores = as_list(facts.get("rec_scores") or facts.get("scores"))
    found = zip_longest(
        map(as_text, texts), map(as_box, boxes[: len(texts)]), map(as_number, scores[: len(texts)])
    )
    return [_make_line(*line) for line in found if line[0]]


def _make_line(text: str, box: Box | None, score: float | None = None) -> PrintedLine:
    """Return a line; `box` is None where the engine's is no rectangle of the page."""
    return PrintedLine(text, box, unsure=mark_word(text, score))


def _line_of_item(item: object) -> PrintedLine | None:
    """Return the line of an entry of a list: an object, or a list of points, text and score."""
    if isinstance(item, dict):
        text = as_text(item.get("text") or item.get("txt"))
        box = as_box(item.get("box") or item.get("points") or item.get("bbox"))
        score = item.get("score")
    else:
        held = as_list(item)
        box = as_box(held[0]) if len(held) in (2, 3) else None
        said = (as_list(held[1]) or held[1:]) if box else []
        text, score = as_text(said[0]) if said else "", said[1] if len(said) > 1 else None
    return _make_line(text, box, as_number(score)) if text and box else None


# ---------------------------------------------------------------- blocks of a layout model


def _read_blocks(blocks: Sequence[object], ocr: Sequence[PrintedLine]) -> Iterator[PrintedLine]:
    """Yield the lines of blocks in the order of the file, which is that of reading.

    Where the lines of the engine are given too, a block's text is theirs, line by line.
    """
    facts = [as_dict(block) for block in blocks]
    boxes = [as_box(block.get("block_bbox") or block.get("bbox")) for block in facts]
    owned = _share_out(boxes, ocr)
    for number, (block, box) in enumerate(zip(facts, boxes, strict=True)):
        label = as_text(block.get("block_label") or block.get("label"))
        if label in SKIPPED_LABELS:
            yield from (replace(line, kind=Kind.CAPTION) for line in owned[number])
            continue
        kind, level = find_kind(label), find_level(label)
        text = as_text(block.get("block_content") or block.get("content"))
        for line in _block_lines(text, box, kind, owned[number]):
            yield replace(line, kind=kind, level=level, block=number)
    yield from owned[-1]


def _share_out(boxes: Sequence[Box | None], ocr: Sequence[PrintedLine]) -> list[list[PrintedLine]]:
    """Assign each line to the smallest block around its middle; the last list is of no block."""
    owned: list[list[PrintedLine]] = [[] for _ in range(len(boxes) + 1)]
    for line in ocr:
        x, y = (line.box.x + line.box.w / 2, line.box.y + line.box.h / 2) if line.box else (-1, -1)
        around = [
            (box.w * box.h, number)
            for number, box in enumerate(boxes)
            if box and box.x <= x <= box.x + box.w and box.y <= y <= box.y + box.h
        ]
        owned[min(around)[1] if around else -1].append(line)
    return owned


def _block_lines(
    text: str, box: Box | None, kind: Kind | None, lines: Sequence[PrintedLine]
) -> list[PrintedLine]:
    """Return the lines of a block with their boxes, or its text with the box of all of it."""
    marked = (line for line in print_text(text).splitlines() if line.strip())
    texts = [line.lstrip("# ") if kind is Kind.HEADING else line for line in marked]
    if kind is Kind.TABLE or not lines:
        return [PrintedLine(one, box) for one in texts]
    spaceless = "".join("".join(texts).split())
    ordered = sorted(lines, key=lambda line: spaceless.find("".join(line.text.split())[:6]))
    count = sum(len("".join(line.text.split())) for line in ordered)
    if texts and not MIN_SAME_TEXT <= count / max(1, len(spaceless)) <= 1 / MIN_SAME_TEXT:
        return [PrintedLine(one, box) for one in texts]
    return ordered
