"""Read Word files (.docx): paragraphs with their styles, and tables."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from lxml import etree

from indexer.files import MAX_FILE_BYTES
from indexer.messages import message
from indexer.model import Kind
from indexer.pages.formats import FormatFile
from indexer.pages.formats.layout_blocks import ENDS_OF_NO_HEADING, MAX_HEADING_CHARS
from indexer.pages.formats.page_lines import BadFormat, PrintedLine, PrintedPage

USUAL_TYPE_SIZE = 10.5
"""Points of type whose size neither a paragraph nor its style says: Word's size 5 (五号)."""

MIN_HEADING_RATIO = 1.25
"""Size of a heading without a style over that of most of the text."""

_HEADING_STYLE = re.compile(r"(?:heading|标题|標題)\s*(\d)", re.IGNORECASE)
_TITLE_STYLE = re.compile(r"^(?:title|标题|標題)$", re.IGNORECASE)


_DAMAGED_FILE_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    PackageNotFoundError,
    etree.LxmlError,
    EOFError,
    NotImplementedError,  # of a way of packing that Python has not
    RuntimeError,  # of a file with a password
)


def matches(content: object) -> bool:
    """Return whether bytes are those of a zip file, which .docx is."""
    return isinstance(content, bytes) and content.startswith(b"PK")


def read(content: bytes, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield the only page of a file; raises `BadFormat` for a damaged file or a zip bomb."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > MAX_FILE_BYTES:
            raise BadFormat(message("reason.too_large", megabytes=MAX_FILE_BYTES // 1_000_000))
        document = docx.Document(BytesIO(content))
        lines = tuple(_read_lines(document))
    except (*_DAMAGED_FILE_ERRORS, KeyError, ValueError) as error:
        if isinstance(error, BadFormat):
            raise
        raise BadFormat(message("reason.not_format", format="DOCX")) from error
    yield PrintedPage(lines)


def _read_lines(document: Any) -> Iterator[PrintedLine]:
    sizes = Counter[float]()
    for item in document.paragraphs:
        sizes[_type_size(item)] += len(item.text)
    usual = sizes.most_common(1)[0][0] if sizes else USUAL_TYPE_SIZE
    for block, item in enumerate(document.iter_inner_content()):
        if hasattr(item, "rows"):
            for row in item.rows:
                cells = {cell._tc: cell.text for cell in row.cells}  # merged ones come twice
                texts = [" ".join(text.split()) for text in cells.values()]
                yield PrintedLine("　".join(texts), kind=Kind.TABLE, block=block)
            continue
        style = item.style.name if item.style is not None else ""
        level = _heading_level(item, style, usual, max(sizes))
        kind = Kind.HEADING if level else Kind.LIST if style.startswith("List") else None
        for line in item.text.splitlines():
            yield PrintedLine(line, kind=kind, level=level, block=block)


def _heading_level(paragraph: Any, style: str, usual: float, largest: float) -> int:
    """Return the level of a heading by its style, else by its type size; 0 for other paragraphs."""
    if heading := _HEADING_STYLE.search(style):
        return int(heading[1])
    if _TITLE_STYLE.match(style):
        return 1
    text = paragraph.text.strip()
    if len(text) > MAX_HEADING_CHARS or text[-1:] in tuple(ENDS_OF_NO_HEADING):
        return 0
    size = _type_size(paragraph)
    if size < MIN_HEADING_RATIO * usual:
        return 0
    return 1 if size == largest else 2


def _type_size(paragraph: Any) -> float:
    """Return the size of most characters of a paragraph in points."""
    style = paragraph.style
    usual = style.font.size if style else None
    sizes = Counter[float]()
    for part in paragraph.runs:
        size = part.font.size or usual
        sizes[size.pt if size else USUAL_TYPE_SIZE] += len(part.text)
    return sizes.most_common(1)[0][0] if sizes else USUAL_TYPE_SIZE
