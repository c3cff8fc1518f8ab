"""Read the images of pages: scans beside their files, in a declared folder, or pages of a PDF.

Images are only read, only from the folders of the index's sources and what `pages.toml` declares
there, and only what an image library takes for an image leaves here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from indexer.engines import open_engine
from indexer.errors import NotFound, Unreadable
from indexer.files import is_file, read_file
from indexer.messages import message
from indexer.model import Box, Page
from indexer.pages.formats import IMAGE_FORMATS, MAX_IMAGE_PIXELS
from indexer.pages.kinds import page_stem
from indexer.pages.page_ids import absolute
from indexer.pages.sidecar import read_folder_keys
from indexer.settings import Settings
from indexer.sources import read_sources

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".gif", ".bmp", ".pdf")
"""Suffixes of images that can be shown, in the order in which they are looked for."""

MAX_IMAGE_SIDE = 5_000
"""Pixels of the longer side of an image that is returned."""

JPEG_QUALITY = 80

_DECODING_SLOTS = BoundedSemaphore(2)
"""Images that are decoded at one time: each takes up to 600 MB."""


@dataclass(frozen=True, slots=True)
class SheetFile:
    """The file of a page's image, and the number of the page in it."""

    path: Path
    number: int = 1


def find_sheet(page: Page, settings: Settings) -> SheetFile | None:
    """Return the image file of a page; None without one within the sources of its index."""
    roots = [source.path for source in read_sources(open_engine(settings), settings)]
    number = page.sheet.number if page.sheet else 1
    for file in _page_files(page, roots):
        allowed = [file.parent, *_declared_folders(file, roots)]
        for candidate in _candidates(page, file, allowed):
            real = _resolve(candidate)
            if is_file(real) and any(real.is_relative_to(root.resolve()) for root in allowed):
                return SheetFile(real, number)
    return None


def _resolve(candidate: Path) -> Path:
    """Follow links; a name from a page's file that is no name of a file stays as it is."""
    try:
        return candidate.resolve()
    except (OSError, ValueError, RuntimeError):
        return candidate


def _page_files(page: Page, roots: Iterable[Path]) -> Iterator[Path]:
    """Yield where the file of a page may be: as it was read, or below a source that was moved."""
    source = Path(page.source.rpartition("#")[0] or page.source)
    for root in roots:
        folder = root if root.is_dir() else root.parent
        given = absolute(source)
        if given.is_relative_to(folder):
            yield given
        below = page.id.rpartition("/")[0] if page.source != str(source) else page.id
        yield folder / Path(below).parent / source.name


def _declared_folders(file: Path, roots: Iterable[Path]) -> list[Path]:
    root = next((root for root in roots if file.is_relative_to(root) and root.is_dir()), None)
    declared = read_folder_keys(file, root).get("images") if file.parent.is_dir() else None
    return [file.parent / declared] if isinstance(declared, str) and "://" not in declared else []


def _candidates(page: Page, file: Path, folders: Iterable[Path]) -> Iterator[Path]:
    stem = page_stem(file.name)
    for folder in folders:
        if page.sheet and page.sheet.image and "://" not in page.sheet.image:
            yield folder / page.sheet.image
        for suffix in IMAGE_SUFFIXES:
            yield folder / f"{stem}{suffix}"
            yield folder / f"{stem}{suffix.upper()}"


def read_sheet(sheet: SheetFile, *, box: Box | None = None, side: int = MAX_IMAGE_SIDE) -> bytes:
    """Return the image of a page as JPEG, or the part in a box, at most `side` pixels long.

    Raises `NotFound` for a file that is no image, is too large or cannot be read here.
    """
    with _open_image(sheet) as image:
        if box is not None:
            image = image.crop((box.x, box.y, box.x + box.w, box.y + box.h))
        return _to_jpeg(image, min(side, MAX_IMAGE_SIDE))


def measure_sheet(sheet: SheetFile) -> tuple[int, int]:
    """Return width and height of an image in pixels; raises `NotFound`."""
    with _open_image(sheet) as image:
        width, height = image.size
        return width, height


@contextmanager
def _open_image(sheet: SheetFile) -> Iterator[Any]:
    """Open an image; raises `NotFound`, also for what goes wrong when it is decoded."""
    if find_spec("PIL") is None:
        raise NotFound(what=message("what.image"), value=sheet.path.name)
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_IMAGE_PIXELS
    wrong = (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError)
    try:
        with _DECODING_SLOTS, _decode(sheet) as image:
            yield image
    except (Unreadable, *wrong) as error:
        raise NotFound(what=message("what.image"), value=sheet.path.name) from error


def _decode(sheet: SheetFile) -> Any:
    from PIL import Image

    data = read_file(sheet.path)
    if sheet.path.suffix.lower() == ".pdf":
        from indexer.pages.formats.pdf import render_page

        return render_page(data, sheet.number)
    image = Image.open(BytesIO(data), formats=IMAGE_FORMATS)
    if image.width * image.height > MAX_IMAGE_PIXELS:
        raise ValueError("too many pixels")
    if sheet.number > 1 and getattr(image, "n_frames", 1) >= sheet.number:
        image.seek(sheet.number - 1)
    return image


def _to_jpeg(image: Any, side: int) -> bytes:
    image.draft("RGB", (side, side)) if hasattr(image, "draft") else None
    image = image.convert("RGB")
    image.thumbnail((side, side))
    out = BytesIO()
    image.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()
