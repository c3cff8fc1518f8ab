"""Read ALTO 2 to 4: layout and text of pages, with a box for each word.

Spec: https://www.loc.gov/standards/alto/. Positions are in pixels, tenths of a millimetre or
1/1200 inch (`MeasurementUnit`): they are boxes on a sheet of the size that `Page` gives in the same
unit, which scales to the image. SUBS_CONTENT completes words at line ends and is not printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from indexer.model import Box, Kind, Sheet, Unsure
from indexer.pages.formats import FormatFile
from indexer.pages.formats.char_boxes import mark_chars, mark_word
from indexer.pages.formats.labels import find_kind, find_level
from indexer.pages.formats.mets import ArticlePart, Issue, find_issue
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

_MARGIN_TAGS = {"TopMargin", "BottomMargin", "LeftMargin", "RightMargin"}


def matches(content: object) -> bool:
    """Return whether the root of an XML file is ALTO's."""
    return local_name(content) == "alto"


def read(content: Any, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield each page of an ALTO file."""
    issue = find_issue(file.path)
    labels = {tag.get("ID", ""): tag.get("LABEL", "") for tag in find_all(content, "LayoutTag")}
    labels |= {tag.get("ID", ""): tag.get("LABEL", "") for tag in find_all(content, "StructureTag")}
    pages = find_all(content, "Page")
    for count, page in enumerate(pages, 1):
        parts = _locate_parts(page, issue, file.path.name) if issue else {}
        lines = tuple(_read_lines(page, labels, parts))
        sheet = Sheet(read_pixels(page, "WIDTH"), read_pixels(page, "HEIGHT"), _image(content))
        fields = issue.fields if issue else {}
        yield PrintedPage(lines, sheet, str(count) if len(pages) > 1 else "", fields)


def _image(root: Any) -> str | None:
    names = [name.text or "" for name in find_all(root, "fileName")]
    return next((base_name(name) for name in names if name.strip()), None)


def _locate_parts(page: Any, issue: Issue, file: str) -> Mapping[str, ArticlePart]:
    """Return the parts of articles by the ids of elements: of each from its first to its last."""
    parts = issue.parts.get(file, ())
    ids = [element.get("ID") or "" for element in page.iter()]
    positions = {one: position for position, one in enumerate(ids)}
    found: dict[str, ArticlePart] = {}
    for part in parts:
        first, last = positions.get(part.begin), positions.get(part.end or part.begin)
        if first is not None and last is not None:
            found.update(dict.fromkeys(filter(None, ids[first : last + 1]), part))
        elif not part.begin and len({one.article for one in parts}) == 1:
            found[page.get("ID") or ""] = part  # the whole file
    return found


def _read_lines(
    page: Any, labels: Mapping[str, str], parts: Mapping[str, ArticlePart]
) -> Iterator[PrintedLine]:
    for block_number, block in enumerate(find_all(page, "TextBlock")):
        around = [block, *block.iterancestors()]
        in_margin = any(local_name(one) in _MARGIN_TAGS for one in around)
        label = _label(around, labels)
        for line in child_elements(block, "TextLine"):
            part = _find_part([*child_elements(line, "String"), line, *around], parts)
            named = part.label if part and find_kind(part.label) else label
            kind, level = find_kind(named), find_level(named)
            if kind is None and in_margin:
                kind = Kind.FURNITURE
            text, words, unsure = _read_words(line)
            box, article = make_element_box(line), part.article if part else None
            yield PrintedLine(text, box, words, kind, level, block_number, article, unsure=unsure)


def _find_part(elements: list[Any], parts: Mapping[str, ArticlePart]) -> ArticlePart | None:
    """Return the part of an article to which the first of the elements belongs that has one."""
    ids = (element.get("ID") or "" for element in elements) if parts else ()
    return next((parts[one] for one in ids if one in parts), None)


def _label(around: list[Any], labels: Mapping[str, str]) -> str:
    """Return what a block or the blocks around it are called."""
    for element in around:
        for reference in element.get("TAGREFS", "").split():
            if labels.get(reference):
                return labels[reference]
        if element.get("TYPE"):
            return str(element.get("TYPE"))
    return ""


def _read_words(line: Any) -> JoinedWords:
    """Join the words of a line; `SP` is a blank where any is given."""
    elements = child_elements(line, "String", "SP", "HYP")
    has_blanks = any(local_name(one) == "SP" for one in elements)
    words: list[Word] = []
    apart = False
    for element in elements:
        name = local_name(element)
        if name != "SP":
            text = element.get("CONTENT") or ("-" if name == "HYP" else "")
            box, is_apart = make_element_box(element), apart and name == "String"
            words.append(Word(text, box, is_apart, _find_unsure(element, text)))
        apart = name == "SP" or not has_blanks
    return join_words(words)


def _find_unsure(element: Any, text: str) -> tuple[Unsure, ...]:
    """Return what of a word is unsure: by its glyphs, by CC (0 is sure, 9 is not), by WC."""
    glyphs = child_elements(element, "Glyph")
    if glyphs and "".join(one.get("CONTENT", "") for one in glyphs) == text:
        variants = (child_elements(one, "Variant") for one in glyphs)
        others = ["".join(one.get("CONTENT", "") for one in found) for found in variants]
        return mark_chars(text, [read_number(one, "GC") for one in glyphs], others)
    digits = "".join(element.get("CC", "").split())
    if len(digits) == len(text) and digits.isascii() and digits.isdigit():
        return mark_chars(text, [1 - int(one) / 10 for one in digits])
    return mark_word(text, read_number(element, "WC"))


def make_element_box(element: Any) -> Box | None:
    """Return the box in the attributes of an element."""
    x, y = read_number(element, "HPOS"), read_number(element, "VPOS")
    w, h = read_number(element, "WIDTH"), read_number(element, "HEIGHT")
    if x is None or y is None or w is None or h is None:
        return None
    return make_box(x, y, x + w, y + h)
