"""Read Word files (.docx): paragraphs with their styles, and tables."""

from __future__ import annotations

import re
import zipfile
import zlib
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
from indexer.pages.formats.page_lines import BadFormat, PrintedLine, PrintedPage

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
    for block, item in enumerate(document.iter_inner_content()):
        if hasattr(item, "rows"):
            for row in item.rows:
                cells = {cell._tc: cell.text for cell in row.cells}  # merged ones come twice
                texts = [" ".join(text.split()) for text in cells.values()]
                yield PrintedLine("　".join(texts), kind=Kind.TABLE, block=block)
            continue
        style = item.style.name if item.style is not None else ""
        heading = _HEADING_STYLE.search(style)
        level = 1 if _TITLE_STYLE.match(style) else int(heading[1]) if heading else 0
        kind = Kind.HEADING if level else Kind.LIST if style.startswith("List") else None
        for line in item.text.splitlines():
            yield PrintedLine(line, kind=kind, level=level, block=block)
