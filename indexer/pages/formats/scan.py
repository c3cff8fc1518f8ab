"""Read images of pages by recognising their text; an image file of several pages is several."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from PIL import Image

from indexer.messages import message
from indexer.model import Sheet
from indexer.pages.formats import FormatFile
from indexer.pages.formats.char_boxes import Char, fit_boxes
from indexer.pages.formats.page_lines import BadFormat, PrintedLine, PrintedPage
from indexer.pages.recognition import RecognisedLine, RecognisedPage, recognise

MAX_PIXELS = 200_000_000
"""Pixels of an image: a newspaper page at 600 dpi has 130 million."""

MAX_FRAMES = 1_000
"""Pages of one image file."""

IMAGE_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP")


def matches(content: object) -> bool:
    """Return whether bytes are those of an image that can be recognised."""
    return isinstance(content, bytes)


def read(content: bytes, file: FormatFile) -> Iterator[PrintedPage]:
    """Yield the page of each frame."""
    try:
        with Image.open(BytesIO(content), formats=IMAGE_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ValueError("too many pixels")
            count = min(getattr(image, "n_frames", 1), MAX_FRAMES)
            for number in range(1, count + 1):
                image.seek(number - 1)
                page = recognise(image, file.path, file.scans)
                yield make_printed(page, number, single=count == 1)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadFormat(message("reason.not_image", error=str(error))) from error


def make_printed(page: RecognisedPage, number: int, *, single: bool) -> PrintedPage:
    """Return a recognised page as a printed one, its lines unordered."""
    lines = tuple(map(_make_line, page.lines))
    sheet = Sheet(page.width, page.height, number=number)
    return PrintedPage(lines, sheet, "" if single else str(number), ordered=False)


def _make_line(line: RecognisedLine) -> PrintedLine:
    boxes = {start: box for start, _, box, _ in line.chars}
    chars = [Char(char, boxes.get(at)) for at, char in enumerate(line.text)]
    return PrintedLine(line.text, line.box, tuple(fit_boxes(chars)))
