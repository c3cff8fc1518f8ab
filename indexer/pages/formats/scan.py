"""Read images of pages by recognising their text; an image file of several pages is several."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image

from indexer.messages import message
from indexer.model import Sheet, is_upright
from indexer.pages.formats import IMAGE_FORMATS, MAX_IMAGE_PIXELS, FormatFile
from indexer.pages.formats.char_boxes import Char, fit_boxes, mark_chars
from indexer.pages.formats.page_lines import BadFormat, PrintedLine, PrintedPage
from indexer.pages.recognition import RecognisedLine, RecognisedPage, recognise

MAX_FRAMES = 1_000
"""Pages of one image file."""

_TURNED_COMMA = ("’", "，")
"""What the engine makes of a comma of upright text, which it turns before it reads it: of 485 on
four typeset pages 484 were commas. Upright text has brackets for quotes."""

_DECODING_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    struct.error,
    Image.DecompressionBombError,
)

Image.MAX_IMAGE_PIXELS = MAX_IMAGE_PIXELS


def matches(content: object) -> bool:
    """Return whether bytes are those of an image that can be recognised."""
    return isinstance(content, bytes)


def read(content: bytes, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield the page of each frame."""
    count = count_frames(content)
    for number in range(1, count + 1):
        page = recognise(read_frame(content, number), file.path, file.scans)
        yield make_printed(page, number, single=count == 1)


def count_frames(content: bytes) -> int:
    """Return the number of pages of an image file; raises `BadFormat`."""
    with _translated(), Image.open(BytesIO(content), formats=IMAGE_FORMATS) as image:
        return min(getattr(image, "n_frames", 1), MAX_FRAMES)


def read_frame(content: bytes, number: int) -> Image.Image:
    """Return a 1-based page of an image file, decoded; raises `BadFormat`."""
    with _translated(), Image.open(BytesIO(content), formats=IMAGE_FORMATS) as image:
        image.seek(number - 1)
        if image.width * image.height > MAX_IMAGE_PIXELS:
            raise BadFormat(message("reason.not_image", error="too many pixels"))
        frame: Image.Image = image.convert("RGB")
        return frame


@contextmanager
def _translated() -> Iterator[None]:
    """Raise `BadFormat` for what the library raises of an image that it cannot decode."""
    try:
        yield
    except BadFormat:
        raise
    except _DECODING_ERRORS as error:
        raise BadFormat(message("reason.not_image", error=str(error))) from error


def make_printed(page: RecognisedPage, number: int, *, single: bool) -> PrintedPage:
    """Return a recognised page as a printed one, its lines unordered."""
    lines = tuple(map(_make_line, page.lines))
    sheet = Sheet(page.width, page.height, number=number)
    return PrintedPage(lines, sheet, "" if single else str(number), ordered=False)


def _make_line(line: RecognisedLine) -> PrintedLine:
    text = line.text.replace(*_TURNED_COMMA) if is_upright(line.box) else line.text
    found = {char.start: char for char in line.chars}
    read = [found.get(at) for at in range(len(text))]
    boxed = [Char(text, one and one.box) for text, one in zip(text, read, strict=True)]
    unsure = mark_chars(
        text, [one and one.score for one in read], [one.others if one else "" for one in read]
    )
    return PrintedLine(text, line.box, tuple(fit_boxes(boxed)), unsure=unsure)
