"""Read files of other formats than plain text: OCR output, layout XML, PDF, HTML, office files.

`FORMATS` is the table of formats: a module each and a row each. A module has two functions:
`matches(content)`, whether a content is of its format, and `read(content, file)`, which yields a
`PrintedPage` for each page. The content is a parsed JSON value, the root element of an XML file, or
the bytes of the file, as the row says. Modules that need a package of an extra are imported when
the first file of their format is met.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from indexer.errors import ExtraMissing, NothingPrinted, SourceError, UnknownFormat, Unreadable
from indexer.files import read_file
from indexer.messages import message
from indexer.model import Page, PageMeta
from indexer.pages.encodings import decode
from indexer.pages.formats.layout import set_in_order
from indexer.pages.formats.page_lines import BadFormat, PrintedPage, Warn, make_page


class Content(Enum):
    """What the module of a format is given of a file."""

    JSON = "JSON"
    XML = "XML"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Format:
    """A row of the table: a format, the ends of its files' names, and the module that reads it.

    `package` is what its module imports, installed with the extra `extra`.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    content: Content
    package: str | None = None
    extra: str | None = None
    has_pages: bool = True  # False where its files only say something of others


@dataclass(frozen=True, slots=True)
class FormatFile:
    """The file that a format's module reads, for what is beside its content."""

    path: Path
    warn: Warn
    columns: Mapping[str, str] = field(default_factory=dict)  # of a table, by our fields
    scans: Path | None = None  # the folder that keeps recognised pages


IMAGE_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP")
"""Formats of images that are opened, by Pillow's names."""

MAX_IMAGE_PIXELS = 200_000_000
"""Pixels of an image that is opened: a newspaper page at 600 dpi has 130 million."""

SCAN_SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".gif")

FORMATS = (
    Format("MinerU", (".json",), "mineru", Content.JSON),
    Format("Docling", (".json",), "docling", Content.JSON),
    Format("dots.ocr, Marker, Surya", (".json",), "blocks_json", Content.JSON),
    Format("PaddleOCR, PP-Structure, RapidOCR", (".json",), "paddle", Content.JSON),
    Format("ALTO", (".xml",), "alto", Content.XML, "lxml", "xml"),
    Format("PAGE XML", (".xml",), "page_xml", Content.XML, "lxml", "xml"),
    Format("METS", (".xml",), "mets", Content.XML, "lxml", "xml", has_pages=False),
    Format("JSON array of articles", (".json",), "tables", Content.JSON),
    Format("hOCR", (".hocr", ".html", ".htm", ".xhtml"), "hocr", Content.BYTES, "lxml", "xml"),
    Format("HTML", (".html", ".htm", ".xhtml"), "html_news", Content.BYTES, "trafilatura", "html"),
    Format("DOCX", (".docx",), "docx_file", Content.BYTES, "docx", "docx"),
    Format("table", (".csv", ".tsv"), "tables", Content.BYTES),
    Format("PDF", (".pdf",), "pdf", Content.BYTES, "pypdfium2", "pdf"),
    Format("image", SCAN_SUFFIXES, "scan", Content.BYTES, "PIL", "ocr"),
)

FORMAT_SUFFIXES: tuple[str, ...] = tuple(
    dict.fromkeys(suffix for row in FORMATS for suffix in row.suffixes)
)

NAME_ENDINGS = (
    "_content_list.json",
    "_middle.json",
    "_res.json",
    ".alto.xml",
    ".page.xml",
    ".mets.xml",
    ".hocr.html",
)
"""Ends of names that tools put after the name of a page's image."""


def find_formats(path: Path) -> tuple[Format, ...]:
    """Return the formats that a file may have by its name; none for text and other kinds."""
    name = path.name.lower()
    return tuple(row for row in FORMATS if name.endswith(row.suffixes))


def read_format(
    path: Path,
    name: str,
    meta: PageMeta,
    warn: Warn,
    columns: object = None,
    scans: Path | None = None,
) -> Iterator[Page]:
    """Yield the pages of a file of one of the formats.

    Raises `ExtraMissing`, `UnknownFormat` for JSON or XML of no known format, or `Unreadable`.
    """
    given = columns if isinstance(columns, dict) else {}
    told: list[SourceError] = []

    def tell(error: SourceError) -> None:
        told.append(error)
        warn(error)

    file = FormatFile(path, tell, {str(key): str(value) for key, value in given.items()}, scans)
    row, found = _open(file)
    is_printed = not row.has_pages
    try:
        for printed in found:
            page = make_page(set_in_order(printed), path, name, meta, tell)
            if page.text:
                is_printed = True
                yield page
    except BadFormat as error:
        raise Unreadable(path=path, reason=error.reason) from error
    if not is_printed and not told:
        warn(NothingPrinted(path=path))


def _open(file: FormatFile) -> tuple[Format, Iterator[PrintedPage]]:
    """Return the format of a file, and its pages, which are read one by one."""
    path, warn = file.path, file.warn
    rows = find_formats(path)
    data = read_file(path)
    contents: dict[Content, object] = {}
    try:
        for row in rows:
            _ensure_package(row, rows, path)
            if row.content not in contents:
                contents[row.content] = _parse(data, row.content, path, warn)
            module = _load(row)
            if module.matches(contents[row.content]):
                return row, module.read(contents[row.content], file)
    except BadFormat as error:
        raise Unreadable(path=path, reason=error.reason) from error
    raise _make_unknown(path, rows)


def is_recognised(value: object) -> bool:
    """Return whether a parsed JSON value is what an OCR tool found on a page, and no article."""
    is_article = isinstance(value, dict) and isinstance(value.get("text"), str)
    return not is_article and _find_tool(value) is not None


def read_recognised(
    value: object, path: Path, number: int, name: str, meta: PageMeta, warn: Warn
) -> Iterator[Page]:
    """Yield the pages of what an OCR tool found, of one line of a file; see `is_recognised`."""
    if module := _find_tool(value):
        for printed in module.read(value, FormatFile(path, warn)):
            own = ".".join(filter(None, (str(number), printed.name)))
            yield make_page(set_in_order(replace(printed, name=own)), path, name, meta, warn)


def _find_tool(value: object) -> ModuleType | None:
    modules = (_load(row) for row in FORMATS if row.content is Content.JSON)
    tools = (module for module in modules if not module.__name__.endswith(".tables"))
    return next((tool for tool in tools if tool.matches(value)), None)


def _make_unknown(path: Path, rows: tuple[Format, ...]) -> SourceError:
    """Return the error for a content that no row of a suffix reads."""
    names = ", ".join(row.name for row in rows)
    if rows[0].content is Content.BYTES:
        return Unreadable(path=path, reason=message("reason.not_format", format=names))
    return UnknownFormat(path=path, content=rows[0].content.value, names=names)


def _ensure_package(row: Format, rows: tuple[Format, ...], path: Path) -> None:
    """Raise `ExtraMissing`; the last format of a suffix has the extra that reads all of them."""
    if row.package and find_spec(row.package) is None:
        raise ExtraMissing(path=path, format=row.name, extra=rows[-1].extra or row.extra)


def _load(row: Format) -> ModuleType:
    return import_module(f"indexer.pages.formats.{row.module}")


def _parse(data: bytes, content: Content, path: Path, warn: Warn) -> object:
    if content is Content.BYTES:
        return data
    if content is Content.XML:
        return import_module("indexer.pages.formats.xml_tree").parse_xml(data)
    try:
        return json.loads(decode(data, path, warn)[0])
    except (ValueError, RecursionError) as error:
        raise BadFormat(message("reason.not_json", error=str(error))) from error
