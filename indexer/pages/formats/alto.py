"""Read ALTO 2 to 4: layout and text of pages, with a box for each word.

Spec: https://www.loc.gov/standards/alto/. Positions are in pixels, tenths of a millimetre or
1/1200 inch (`MeasurementUnit`): they are boxes on a sheet of the size that `Page` gives in the same
unit, which scales to the image. HYP and SUBS_CONTENT repeat or complete words at line ends and are
not printed twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from indexer.model import Box, Kind, Sheet, Span, SpanBox
from indexer.pages.formats import FormatFile
from indexer.pages.formats.labels import find_kind, find_level
from indexer.pages.formats.mets import Issue, find_issue
from indexer.pages.formats.page_lines import PrintedLine, PrintedPage, clean_line, make_box
from indexer.pages.formats.xml_tree import children, find_all, local_name, number

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
        lines = tuple(_read_lines(page, labels, issue, file.path.name))
        sheet = Sheet(_size(page, "WIDTH"), _size(page, "HEIGHT"), _image(content))
        fields = issue.fields if issue else {}
        yield PrintedPage(lines, sheet, str(count) if len(pages) > 1 else "", fields)


def _size(page: Any, name: str) -> int:
    return round(number(page, name) or 0)


def _image(root: Any) -> str | None:
    names = [name.text or "" for name in find_all(root, "fileName")]
    return next((re.split(r"[/\\]", name.strip())[-1] for name in names if name.strip()), None)


def _read_lines(
    page: Any, labels: dict[str, str], issue: Issue | None, name: str
) -> Iterator[PrintedLine]:
    for block_number, block in enumerate(find_all(page, "TextBlock")):
        known = issue.blocks.get((name, block.get("ID", ""))) if issue else None
        label = known.label if known and find_kind(known.label) else _label(block, labels)
        article = known.article if known else None
        kind, level = find_kind(label), find_level(label)
        if kind is None and any(local_name(one) in _MARGIN_TAGS for one in block.iterancestors()):
            kind = Kind.FURNITURE
        for line in children(block, "TextLine"):
            text, words = _read_words(line)
            box = make_element_box(line)
            yield PrintedLine(text, box, words, kind, level, block_number, article)


def _label(block: Any, labels: dict[str, str]) -> str:
    """Return what a block or the blocks around it are called."""
    for element in (block, *block.iterancestors()):
        for reference in element.get("TAGREFS", "").split():
            if labels.get(reference):
                return labels[reference]
        if element.get("TYPE"):
            return str(element.get("TYPE"))
    return ""


def _read_words(line: Any) -> tuple[str, tuple[SpanBox, ...]]:
    """Return the text of a line and the boxes of its words; `SP` is a blank."""
    parts, words, length = [], [], 0
    for element in children(line, "String", "SP", "HYP"):
        name = local_name(element)
        text = " " if name == "SP" else clean_line(element.get("CONTENT", ""))
        if name == "String" and (box := make_element_box(element)) and text:
            words.append(SpanBox(Span(length, length + len(text)), box))
        parts.append(text)
        length += len(text)
    whole = "".join(parts)
    covered = "".join(whole[slice(*span)] for span, _ in words)
    return whole, tuple(words) if "".join(covered.split()) == "".join(whole.split()) else ()


def make_element_box(element: Any) -> Box | None:
    """Return the box in the attributes of an element."""
    x, y = number(element, "HPOS"), number(element, "VPOS")
    w, h = number(element, "WIDTH"), number(element, "HEIGHT")
    if x is None or y is None or w is None or h is None:
        return None
    return make_box(x, y, x + w, y + h)
