"""Read a saved page of a news site or an e-paper: one article, without what surrounds it.

The article is found by trafilatura. Its date is taken only where the page declares it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import trafilatura

from indexer.messages import message
from indexer.model import Kind
from indexer.pages.encodings import decode
from indexer.pages.formats import FormatFile
from indexer.pages.formats.page_lines import BadFormat, PrintedLine, PrintedPage

MAX_HTML_BYTES = 10_000_000
_HTML_START = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|div|p)\b", re.IGNORECASE)


def matches(content: object) -> bool:
    """Return whether bytes are those of HTML, in whatever encoding."""
    return isinstance(content, bytes) and bool(
        _HTML_START.search(content.replace(b"\0", b"")[:50_000])
    )


def read(content: bytes, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield the article of the page; raises `BadFormat` where there is none."""
    if len(content) > MAX_HTML_BYTES:
        raise BadFormat(message("reason.too_large", megabytes=MAX_HTML_BYTES // 1_000_000))
    text, _ = decode(content, file.path, file.warn)
    found: Any = trafilatura.bare_extraction(
        text,
        include_comments=False,
        favor_recall=True,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if found is None or not found.text:
        raise BadFormat(message("reason.no_article"))
    lines = [line for line in found.text.splitlines() if line.strip()]
    title = " ".join((found.title or "").split())
    printed = [PrintedLine(title, kind=Kind.TITLE)] if title and title not in lines[:1] else []
    for number, line in enumerate(lines):
        kind = Kind.TITLE if number == 0 and line == title else Kind.BODY
        printed.append(PrintedLine(line, kind=kind))
    given = {"title": title, "date": found.date, "url": found.url}
    fields = {name: value for name, value in given.items() if value}
    yield PrintedPage(tuple(printed), fields=fields, is_article=True)
