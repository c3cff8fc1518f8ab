"""HTML in the fields of records, as crawlers leave it: to plain text, one paragraph a line."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from indexer.pages.markdown_marks import print_formulas

_HTML_TAG = re.compile(
    r"</?(?:a|abbr|article|b|big|blockquote|br|center|cite|code|dd|div|dl|dt|em|figcaption|figure|"
    r"font|footer|h[1-6]|header|hr|i|img|ins|li|main|nav|ol|p|pre|q|s|script|section|small|span|"
    r"strong|style|sub|sup|table|tbody|td|th|thead|tr|u|ul|video)(?:\s[^<>]*|/)?>",
    re.IGNORECASE,
)
_HTML_ENTITY = re.compile(
    r"&(?:#\d{2,7}|#x[0-9a-f]{2,6}|nbsp|amp|lt|gt|quot|apos|ldquo|rdquo|lsquo|rsquo|hellip|mdash|"
    r"ndash|middot|ensp|emsp|bull|copy|times);",
    re.IGNORECASE,
)
_BLOCK_TAGS = frozenset(
    (
        "address article blockquote br center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 "
        "h6 header hr li main nav ol p pre section table tbody thead tr ul"
    ).split()
)
_CELL_TAGS = frozenset(("td", "th"))
_LINE_BREAK = "\v"
_LINE_BREAKS = re.compile(
    rf"(?P<before>\S?)[ \t]*(?P<breaks>{_LINE_BREAK}(?:\s*{_LINE_BREAK})*\s*)(?=(?P<after>\S?))"
)
_BEFORE_LINE_BREAK = "。！？；：.!?;:…”』」’)）】"
_CHINESE_LINE_END = re.compile(r"(?<=[^\x00-\x7f])\s*\n\s*(?=[^\x00-\x7f])")
_LINE_END = re.compile(r"\s*\n\s*")
_HIDDEN_TAGS = frozenset(("script", "style", "template", "noscript"))


def strip_markup(text: str) -> str:
    """Return the text that HTML shows; text without tags and entities is returned as it is.

    A block ends its line, a table cell is followed by a blank. A single `<br>` ends its line after
    the end of a sentence; elsewhere it only broke a line. `<` and `&` that begin no tag or
    entity of HTML are text.
    """
    if not _HTML_TAG.search(text):
        return html.unescape(text) if _HTML_ENTITY.search(text) else text
    parser = _TextParser()
    parser.feed(text)
    parser.close()
    lines = _LINE_BREAKS.sub(_end_or_join, "".join(parser.parts)).split("\n")
    return "\n".join(filter(None, map(str.strip, lines)))


def print_text(text: str) -> str:
    """Return a text of an OCR model without tags and with its formulas as they print."""
    return strip_markup(print_formulas(text))


class _TextParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line at a block."""
        del attrs
        self._hidden += tag in _HIDDEN_TAGS
        if tag == "br":
            self.parts.append(_LINE_BREAK)
        elif tag in _BLOCK_TAGS:
            self.parts.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line at an empty block; `<script/>` hides nothing."""
        if tag not in _HIDDEN_TAGS:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """End a line at a block's end, part the cells of a table."""
        self._hidden = max(0, self._hidden - (tag in _HIDDEN_TAGS))
        if tag in _BLOCK_TAGS:
            self.parts.append("\n")
        elif tag in _CELL_TAGS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        """Take text that is shown; a line end in it is a blank, and nothing beside Chinese."""
        if not self._hidden:
            self.parts.append(_LINE_END.sub(" ", _CHINESE_LINE_END.sub("", data)))


def _end_or_join(found: re.Match[str]) -> str:
    """Replace `<br>` by a line end, by nothing within Chinese, or by a blank."""
    before, breaks, after = found.group("before", "breaks", "after")
    if breaks.count(_LINE_BREAK) > 1 or "\n" in breaks or before in _BEFORE_LINE_BREAK or not after:
        return f"{before}\n"
    return f"{before} " if before.isascii() or after.isascii() else before
