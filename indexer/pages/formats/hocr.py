"""Read hOCR, HTML with boxes as Tesseract writes it: pages, paragraphs, lines and words.

Spec: http://kba.github.io/hocr-spec/1.2/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree, html

from indexer.messages import message
from indexer.model import Box, Kind, Sheet, Unsure
from indexer.pages.formats import FormatFile
from indexer.pages.formats.char_boxes import mark_chars, mark_word
from indexer.pages.formats.page_lines import (
    BadFormat,
    JoinedWords,
    PrintedLine,
    PrintedPage,
    Word,
    base_name,
    join_words,
    make_box,
)

_HOCR_BOX = re.compile(r"\bbbox\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)")
_HOCR_CONFIDENCES = re.compile(r"\bx_w?confs?((?:\s+\d+(?:\.\d+)?)+)")
_HOCR_IMAGE = re.compile(r"\bimage\s+[\"']?([^\"';]+)")
_KINDS_BY_CLASS = {
    "ocr_header": Kind.FURNITURE,
    "ocr_footer": Kind.FURNITURE,
    "ocr_caption": Kind.CAPTION,
    "ocr_title": Kind.HEADING,
    "ocr_chapter": Kind.HEADING,
    "ocr_section": Kind.HEADING,
}
_LINE_CLASSES = ("ocr_line", "ocrx_line", "ocr_textfloat", *_KINDS_BY_CLASS)


def matches(content: object) -> bool:
    """Return whether bytes are those of hOCR."""
    return isinstance(content, bytes) and b"ocr_page" in content


def read(content: bytes, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield each page of the file."""
    parser = html.HTMLParser(no_network=True, encoding="utf-8", huge_tree=False)
    try:
        root = html.document_fromstring(content, parser)
    except (etree.LxmlError, ValueError) as error:
        raise BadFormat(message("reason.not_xml", error=str(error))) from error
    pages = _with_class(root, ("ocr_page",))
    for count, page in enumerate(pages, 1):
        title = page.get("title", "")
        box, image = _box(page), _HOCR_IMAGE.search(title)
        name = base_name(image[1]) if image else None
        size = (box.x + box.w, box.y + box.h) if box else (0, 0)
        lines = tuple(_lines(page))
        yield PrintedPage(lines, Sheet(*size, name), str(count) if len(pages) > 1 else "")


def _with_class(element: Any, names: Sequence[str]) -> list[Any]:
    return [one for one in element.iter() if set(names) & set((one.get("class") or "").split())]


def _lines(page: Any) -> Iterator[PrintedLine]:
    """Yield the innermost lines; where there are none, what holds words, or paragraphs."""
    lines = _with_class(page, _LINE_CLASSES)
    around = {outer for line in lines for outer in line.iterancestors()}
    lines = [line for line in lines if line not in around]
    if not lines:
        parents = (word.getparent() for word in _with_class(page, ("ocrx_word",)))
        lines = list(dict.fromkeys(parents)) or _with_class(page, ("ocr_par",))
    blocks: dict[Any, int] = {}
    for line in lines:
        block = blocks.setdefault(line.getparent(), len(blocks))
        kind = next(filter(None, map(_kind, (line, *line.iterancestors()))), None)
        text, words, unsure = _words(line)
        level = 1 if kind is Kind.HEADING else 0
        yield PrintedLine(text, _box(line), words, kind, level, block, unsure=unsure)


def _kind(element: Any) -> Kind | None:
    names = (element.get("class") or "").split()
    return next((_KINDS_BY_CLASS[name] for name in names if name in _KINDS_BY_CLASS), None)


def _words(line: Any) -> JoinedWords:
    """Join the words of a line."""
    elements = _with_class(line, ("ocrx_word",))
    if not elements:
        return JoinedWords(_text(line), (), ())
    words = ((_text(element), element) for element in elements)
    return join_words(Word(text, _box(one), True, _find_unsure(one, text)) for text, one in words)


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _find_unsure(word: Any, text: str) -> tuple[Unsure, ...]:
    """Return what of a word is unsure: by its characters if they have a confidence, or whole."""
    own = _confidences(word)
    chars = [one for each in _with_class(word, ("ocrx_cinfo",)) for one in _confidences(each)]
    found = mark_chars(text, chars or own)
    return found if len(chars or own) == len(text) else mark_word(text, min(own, default=None))


def _confidences(element: Any) -> list[float]:
    """Return the confidences from 0 to 1 in the title of a word or character."""
    found = _HOCR_CONFIDENCES.search(element.get("title") or "")
    return [float(one) / 100 for one in found[1].split()] if found else []


def _box(element: Any) -> Box | None:
    found = _HOCR_BOX.search(element.get("title") or "")
    return make_box(*map(int, found.groups())) if found else None
