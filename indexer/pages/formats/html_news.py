"""Read a saved page of a news site or an e-paper: one article, without what surrounds it.

E-papers made with Founder's system, as many Chinese ones are, have the text in an element `ozoom`
below the lines of the head; public programs that read them agree on that, and on the classes. The
article of other pages is found by trafilatura. A date is taken only where the page declares it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import trafilatura
from lxml import etree, html

from indexer.messages import message
from indexer.model import Kind
from indexer.pages.encodings import decode
from indexer.pages.formats import FormatFile
from indexer.pages.formats.page_lines import BadFormat, PrintedLine, PrintedPage
from indexer.pages.markup import strip_markup

MAX_HTML_BYTES = 10_000_000

MAX_EPAPER_HEAD_LINES, MAX_EPAPER_HEAD_CHARS = 8, 120
"""Lines of the head of an e-paper's article, and characters of each: more is something else."""

_HTML_START = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|div|p)\b", re.IGNORECASE)
_IMPRINT_LINE = re.compile(
    r"《(?P<newspaper>[^》]{2,20})》\s*[（(]\s*(?P<date>\d{4}年\d{1,2}月\d{1,2}日)"
    r"(?:\s*第?\s*(?P<edition>\w{1,6})\s*版)?\s*[）)]"
)
_BYLINE_START = re.compile(r"^[□■●\s]*(?:本报|特约|记者|通讯员|实习|文[／/])")
_DATE_ELEMENT_NAME = re.compile(
    r"(?:article:published_time|date|datepublished|pub(?:lish)?[-_]?date)"
)
"""Names of the elements in which pages declare their date."""

_TITLE_CLASSES, _BYLINE_CLASSES = frozenset(("h1", "font01")), frozenset(("sec", "font6"))
"""The tag, or in older e-papers the class, of a title, and the classes of the line below it."""


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
    root = _parse(text)
    yield _read_epaper(root) or _read_news(text, root)


def _parse(text: str) -> Any:
    """Return the root of a page, empty where it cannot be parsed."""
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True)
    try:
        return html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text), parser)
    except (etree.LxmlError, ValueError):
        return html.Element("html")


def _declared(root: Any) -> dict[str, object]:
    """Return the date that a page declares."""
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower()
        if _DATE_ELEMENT_NAME.fullmatch(name) and meta.get("content", "").strip():
            return {"date": meta.get("content").strip()}
    return {}


# ---------------------------------------------------------------- e-papers


def _read_epaper(root: Any) -> PrintedPage | None:
    """Return the article of an e-paper; None for other pages."""
    for container in root.xpath("//*[@id='ozoom']"):
        body = _lines(container)
        if body:
            head, fields = _read_head(_elements_above(container))
            lines = [*head, *(PrintedLine(line, kind=Kind.BODY) for line in body)]
            title = next((line.text for line in head if line.kind is Kind.TITLE), None)
            given = {"title": title} if title else {}
            fields = {**given, **_declared(root), **fields}
            return PrintedPage(tuple(lines), fields=fields, is_article=title is not None)
    return None


def _lines(element: Any) -> list[str]:
    """Return the lines that an element shows."""
    shown = strip_markup(html.tostring(element, encoding="unicode", with_tail=False))
    return [line.strip() for line in shown.splitlines() if line.strip()]


def _elements_above(container: Any) -> list[Any]:
    """Return the elements above the text, the nearest ones that show something."""
    for element in (container, *container.iterancestors()):
        above = [one for one in element.itersiblings(preceding=True) if _lines(one)]
        if above:
            return above[::-1]
    return []


def _read_head(elements: Sequence[Any]) -> tuple[list[PrintedLine], dict[str, object]]:
    """Return the lines of a head, and newspaper, date and edition where one of them says so."""
    given = [(element, line) for element in elements for line in _lines(element)]
    if len(given) > MAX_EPAPER_HEAD_LINES or any(
        len(line) > MAX_EPAPER_HEAD_CHARS for _, line in given
    ):
        return [], {}
    fields: dict[str, object] = {}
    lines: list[PrintedLine] = []
    is_titled = False
    for element, line in given:
        imprint = _IMPRINT_LINE.search(line)
        names = _names(element)
        if imprint:
            fields = {name: value for name, value in imprint.groupdict().items() if value}
            line = line.replace(imprint[0], "").strip()
        kind = Kind.SUBTITLE if is_titled else Kind.KICKER
        if names & _TITLE_CLASSES:
            kind, is_titled = Kind.TITLE, True
        elif is_titled and (names & _BYLINE_CLASSES or _BYLINE_START.match(line)):
            kind = Kind.BYLINE
        lines += [PrintedLine(line, kind=kind)] if line else []
        lines += [PrintedLine(imprint[0], kind=Kind.FURNITURE)] if imprint else []
    return lines, fields


def _names(element: Any) -> set[str]:
    """Return the tags and classes of an element and of what is in it."""
    classes = (one.get("class") or "" for one in element.iter())
    return {str(one.tag) for one in element.iter()}.union(*map(str.split, classes))


# ---------------------------------------------------------------- other pages


def _read_news(text: str, root: Any) -> PrintedPage:
    found: Any = trafilatura.bare_extraction(
        text,
        include_comments=False,
        favor_recall=True,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if found is None or not found.text:
        raise BadFormat(message("reason.no_article"))
    title = " ".join((found.title or "").split())
    body = [line for line in map(_print_line, found.text.splitlines()) if line not in ("", title)]
    printed = [PrintedLine(title, kind=Kind.TITLE)] if title else []
    printed += [PrintedLine(line, kind=Kind.BODY) for line in body]
    fields = {name: value for name, value in {"title": title, "url": found.url}.items() if value}
    return PrintedPage(tuple(printed), fields=fields | _declared(root), is_article=True)


def _print_line(line: str) -> str:
    """Return a line of an extracted article without the signs that its list or table got."""
    if not line.strip("|- "):
        return ""
    cells = line.split("|") if line.startswith("|") else (line.removeprefix("- "),)
    return "　".join(filter(None, (" ".join(cell.split()) for cell in cells)))
