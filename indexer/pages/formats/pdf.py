"""Read PDF files with a text layer: a page a page, a box for each character.

PDFium does not run scripts here: the library is built without them, and forms are not opened.
Pages without a text layer are images: their text is recognised with the extra `ocr`.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import pairwise
from math import ceil
from pathlib import Path
from threading import Lock
from typing import Any

import pypdfium2
from pypdfium2 import raw

from indexer.errors import PagesLeftOut
from indexer.messages import message
from indexer.model import Box, Sheet, enclose
from indexer.pages.formats import FormatFile
from indexer.pages.formats.char_boxes import Char, fit_boxes
from indexer.pages.formats.page_lines import (
    BadFormat,
    PrintedLine,
    PrintedPage,
    clean_line,
    make_box,
)
from indexer.pages.formats.scan import make_printed
from indexer.pages.recognition import MAX_RECOGNISED_SIDE, RecognisedPage, can_recognise, recognise

PDF_LOCK = Lock()
"""PDFium is not safe to use from two threads at once."""

PIXELS_PER_POINT = 2.0
MAX_RENDERED_SIDE = 4_000
"""Pixels of a page's longer side: 144 dots an inch, less for pages beyond 70 cm."""

RECOGNISED_PIXELS_PER_POINT = 250 / 72
"""Pixels a point at which an image-only page is recognised: of type of 8 points 28, which engines
read best."""

MAX_PDF_PAGES = 5_000
MAX_TEXT_LAYER_CHARS = 300_000
"""Of a PDF, and of one of its pages: a dense newspaper page has 20,000 characters."""

MIN_TEXT_LAYER_CHARS = 10
MAX_UNREADABLE_SHARE = 0.3
"""Characters of a page with a text layer, and the share of them that may be without a meaning, as
fonts without a table of characters give."""

MAX_CHAR_GAP, MAX_CROSS_GAP, MAX_UPRIGHT_GAP = 1.2, 0.6, 1.4
"""Distance of characters of a line, in type sizes: to the right; in the direction that is not the
page's; and downwards on a page of upright text, where a mark leaves most of its square empty."""

_UNREADABLE_CHARACTER = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")
_PRINTED_CHARACTER = re.compile(r"\S")


def matches(content: object) -> bool:
    """Return whether bytes are those of a PDF file: its mark may follow some other bytes."""
    return isinstance(content, bytes) and b"%PDF-" in content[:1024]


def read(content: bytes, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield the pages that have a text layer; the others are reported."""
    count = count_pages(content)
    skipped = []
    for number in range(1, min(count, MAX_PDF_PAGES) + 1):
        page = read_pdf_page(content, number, single=count == 1)
        if page is None and can_recognise():
            page = _recognise_page(content, number, file, single=count == 1)
        if page is None:
            skipped.append(number)
        else:
            yield page
    if skipped and len(skipped) == count:
        raise BadFormat(message("reason.no_text_layer"))
    if skipped or count > MAX_PDF_PAGES:
        skipped += range(MAX_PDF_PAGES + 1, count + 1)
        file.warn(PagesLeftOut(path=file.path, count=len(skipped), first=skipped[0]))


def _recognise_page(
    content: bytes, number: int, file: FormatFile, *, single: bool
) -> PrintedPage | None:
    """Return a page without a text layer as OCR reads its image; None if it cannot be rendered."""
    page = recognise_pdf_page(content, number, file.path, file.scans)
    return make_printed(page, number, single=single) if page else None


def recognise_pdf_page(
    content: bytes, number: int, path: Path, folder: Path | None, *, threads: int = 0
) -> RecognisedPage | None:
    """Return what OCR reads on the image of a page, in pixels of its sheet; None without one."""
    try:
        width, height = measure_page(content, number)
        image = render_page(content, number, scale=RECOGNISED_PIXELS_PER_POINT)
    except pypdfium2.PdfiumError:
        return None
    return recognise(image, path, folder, threads=threads).resize(width, height)


@contextmanager
def _opened(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF for one thread at a time; raises `BadFormat` for what is no sound PDF."""
    with PDF_LOCK:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise BadFormat(message("reason.needs_password")) from error
            raise BadFormat(message("reason.damaged_pdf", error=str(error))) from error
        with closing(document):
            yield document


def count_pages(content: bytes) -> int:
    """Return the number of pages; raises `BadFormat` for what is no sound PDF."""
    with _opened(content) as document:
        return len(document)


def read_pdf_page(content: bytes, number: int, *, single: bool = False) -> PrintedPage | None:
    """Return the 1-based page of a PDF with its lines unordered; None without a text layer."""
    chars: list[Char] = []
    width = height = 0
    with _opened(content) as document, suppress(pypdfium2.PdfiumError):
        page = document[number - 1]
        scale = find_scale(*page.get_size())
        width, height = (round(side * scale) for side in page.get_size())
        chars = list(_read_chars(page, width, height))
    text = "".join(char.text for char in chars)
    printed = len(_PRINTED_CHARACTER.findall(text))
    unreadable = len(_UNREADABLE_CHARACTER.findall(text))
    if printed < MIN_TEXT_LAYER_CHARS or unreadable > MAX_UNREADABLE_SHARE * printed:
        return None
    lines = tuple(map(_make_line, _split_lines(chars)))
    return PrintedPage(
        lines, Sheet(width, height, number=number), "" if single else str(number), ordered=False
    )


def find_scale(width: float, height: float) -> float:
    """Return the pixels a point at which a page of this size in points is rendered."""
    return min(PIXELS_PER_POINT, MAX_RENDERED_SIDE / max(width, height, 1))


def _read_chars(page: pypdfium2.PdfPage, width: int, height: int) -> Iterator[Char]:
    """Yield the characters in the order of the file; `width` and `height` are in pixels."""
    textpage = page.get_textpage()
    count = min(raw.FPDFText_CountChars(textpage.raw), MAX_TEXT_LAYER_CHARS)
    pending = ""  # the first half of a surrogate pair
    for index in range(count):
        code = raw.FPDFText_GetUnicode(textpage.raw, index)
        if 0xD800 <= code < 0xDC00:
            pending = chr(code)
            continue
        text = chr(code)
        if pending and 0xDC00 <= code < 0xE000:
            text = (pending + text).encode("utf-16", "surrogatepass").decode("utf-16")
        pending = ""
        if text.isspace() or code in (0, 0xFFFE, 0xFFFF):
            yield Char(" ", None)
        else:
            yield Char(clean_line(text), _char_box(page, textpage, index, width, height))


def _char_box(page: Any, textpage: Any, index: int, width: int, height: int) -> Box | None:
    rectangle = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(textpage.raw, index, rectangle):
        return None
    first = _to_pixels(page, rectangle.left, rectangle.top, width, height)
    second = _to_pixels(page, rectangle.right, rectangle.bottom, width, height)
    xs, ys = sorted((first[0], second[0])), sorted((first[1], second[1]))
    return make_box(xs[0], ys[0], max(xs[1], xs[0] + 1), max(ys[1], ys[0] + 1))


def _to_pixels(page: Any, x: float, y: float, width: int, height: int) -> tuple[int, int]:
    """Return where a point of a page is on its image, its own rotation and crop box applied."""
    left, top = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page.raw, 0, 0, width, height, 0, x, y, left, top)
    return left.value, top.value


# ---------------------------------------------------------------- lines


def _split_lines(chars: Sequence[Char]) -> Iterator[list[Char]]:
    """Group characters that follow each other in a line, to the right or downwards."""
    line: list[Char] = []
    blank, upright = False, _is_upright(chars)
    for char in chars:
        if char.box is None:
            blank = True
            continue
        if line and not _follows(char, line, upright=upright):
            kept = (
                line[-1:] if len(line) == 2 and _follows(char, line[-1:], upright=upright) else []
            )
            yield line[: len(line) - len(kept)]  # the second one began the next line
            line = kept
        elif line and blank and _is_apart(line[-1], char):
            line.append(Char(" ", None))
        line.append(char)
        blank = False
    if line:
        yield line


def _is_upright(chars: Sequence[Char]) -> bool:
    """Return whether more characters are below the one before them than beside it."""
    boxes = [char.box for char in chars if char.box]
    down = right = 0
    for before, box in pairwise(boxes):
        is_below, is_beside = box.y >= before.y + before.h, box.x >= before.x + before.w
        if is_below != is_beside:
            down += is_below and _shares(before.x, before.w, box.x, box.w)
            right += is_beside and _shares(before.y, before.h, box.y, box.h)
    return down > right


def _follows(char: Char, line: Sequence[Char], *, upright: bool) -> bool:
    boxes = [one.box for one in line[-3:] if one.box]
    before, box = boxes[-1], char.box
    if box is None:
        return True
    size = min(max(before.w, before.h), char.size)
    right = _shares(before.y, before.h, box.y, box.h) and (
        -0.5 * size
        <= box.x - (before.x + before.w)
        <= (MAX_CROSS_GAP if upright else MAX_CHAR_GAP) * size
    )
    most = MAX_CROSS_GAP * size
    if upright:
        size = max(char.size, *(max(one.w, one.h) for one in boxes))
        most = min(MAX_UPRIGHT_GAP * size, MAX_CROSS_GAP * size + 2 * size - before.h - box.h)
    down = _shares(before.x, before.w, box.x, box.w) and (
        -0.5 * size <= box.y - (before.y + before.h) <= most
    )
    if len(boxes) < 2:
        return right or down
    is_down = boxes[-1].y >= boxes[-2].y + boxes[-2].h / 2
    return down if is_down else right


def _shares(start: int, length: int, other: int, other_length: int) -> bool:
    """Return whether two ranges share half of the shorter one."""
    shared = min(start + length, other + other_length) - max(start, other)
    return shared >= 0.5 * min(length, other_length)


def _is_apart(before: Char, after: Char) -> bool:
    """Return whether a blank between two characters is printed: beside Latin letters, or wide."""
    if not before.box or not after.box:
        return True
    if after.box.y >= before.box.y + before.box.h:  # downwards
        return after.box.y - before.box.y - before.box.h > 0.8 * after.size
    if before.text.isascii() or after.text.isascii():
        return True
    gap = max(after.box.x - before.box.x - before.box.w, after.box.y - before.box.y - before.box.h)
    return gap > 0.4 * after.size


def _make_line(chars: Sequence[Char]) -> PrintedLine:
    text = "".join(char.text for char in chars)
    box = enclose(char.box for char in chars if char.box)
    return PrintedLine(text, box, tuple(fit_boxes(chars)))


def measure_page(content: bytes, number: int) -> tuple[int, int]:
    """Return width and height of the sheet of a 1-based page in pixels."""
    with _opened(content) as document:
        size = document[number - 1].get_size()
        scale = find_scale(*size)
        return ceil(size[0] * scale), ceil(size[1] * scale)


def render_page(content: bytes, number: int, *, scale: float = 0) -> Any:
    """Return the image of a 1-based page as a Pillow image of the size of its sheet.

    With `scale` it has as many pixels a point, at most those of an image that is recognised.
    """
    with _opened(content) as document:
        page = document[number - 1]
        usual = find_scale(*page.get_size())
        most = MAX_RECOGNISED_SIDE / max(*page.get_size(), 1)
        with closing(page.render(scale=min(scale, most) or usual)) as bitmap:
            return bitmap.to_pil()
