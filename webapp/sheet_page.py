"""The scan of a page with articles framed and hits marked, and its image or a part of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from flask import Response, request

from indexer import (
    Box,
    Document,
    NotFound,
    PageRecord,
    SheetFile,
    Span,
    enclose,
    find_regions,
    find_sheet,
    is_upright,
    locate_in_page,
    measure_sheet,
    message,
    read_sheet,
)
from webapp.addresses import Search
from webapp.context import AppContext, revalidated
from webapp.parameters import NotANumber
from webapp.search_trail import make_trail, read_onward

ZOOM_LEVELS = (1, 2, 4)
"""Widths of the scan, in widths of the window."""

MAX_DRAWN_LINES = 5_000
"""Lines that are drawn where there is no image."""

MAX_UNSURE_ON_SHEET = 3_000
"""Characters that are marked as unsure on a sheet."""

STRIP_MARGIN = 0.5
"""Heights of a line that a strip shows above and below it."""

STRIP_REACH = 6
"""Heights of a line that a strip shows before and after a mark."""

STRIP_SIDE, THUMBNAIL_SIDE = 900, 240
"""Pixels of the longer side of strips and thumbnails."""

MAX_FRAME_GAP = 2.5
"""Distance of lines that one frame holds, in heights of a line."""


@revalidated(cached=False)
def sheet_page(context: AppContext, page: str) -> Response:
    """Show the scan of a page; a search marks its hits."""
    record = context.index.page(page)
    image = find_sheet(record.page, context.index.settings)
    if image is None and not record.page.boxes:
        raise NotFound(what=message("what.image"), value=page)
    onward = read_onward(context, request.args)
    documents = [one for one in context.index.documents(page) if not one.corrected]
    zoom = request.args.get("zoom", "1")
    width, height = measure_page(record, image)
    return context.show(
        "sheet.html",
        page=record.page,
        search=onward.followed,
        trail=make_trail(context, onward),
        width=width,
        height=height,
        zoom=int(zoom) if zoom in map(str, ZOOM_LEVELS) else 1,
        zooms=[(one, onward.sheet(page, zoom=one)) for one in ZOOM_LEVELS],
        image_url=context.addresses.image(page) if image else "",
        frames=[
            (box, one.title, onward.article(page, one.number), one.number)
            for one in record.articles
            for box in find_frames(record, one.number, documents)
        ],
        paragraphs=[
            (sheet_anchor(one), box)
            for one in documents
            for box in merge_boxes(_regions(record, sorted(one.spans)))[:1]
        ],
        marks=_marks(context, record, documents, onward.followed),
        unsure=list(islice(_find_unsure(record, documents), MAX_UNSURE_ON_SHEET)),
        drawn=[] if image else list(_draw(record)),
        page_url=onward.page(page),
        canonical=context.addresses.sheet(page),
        manifest_url=context.addresses.manifest(page),
    )


def measure_page(record: PageRecord, image: SheetFile | None) -> tuple[int, int]:
    """Return the size of the sheet: as its source says, of the image, or around all boxes."""
    sheet = record.page.sheet
    if sheet and sheet.width and sheet.height:
        return sheet.width, sheet.height
    if image is not None:
        return measure_sheet(image)
    around = enclose(box for _, box in record.page.boxes)
    return around.x + around.w + around.x, around.y + around.h + around.y


def find_frames(record: PageRecord, number: int, documents: Sequence[Document]) -> list[Box]:
    """Return the frames of an article on its sheet: one for each of its columns."""
    spans = [span for one in documents if one.article == number for span in one.spans]
    return merge_boxes(_regions(record, sorted(spans)))


def _regions(record: PageRecord, spans: Iterable[Span]) -> tuple[Box, ...]:
    return find_regions(record.page.text, record.page.boxes, spans)


def sheet_anchor(document: Document) -> str:
    """Return the name of the place on the sheet where a paragraph begins."""
    return f"p{document.article}-{document.number}"


def merge_boxes(boxes: Iterable[Box]) -> list[Box]:
    """Merge boxes that follow each other in a column, or in a tier of upright lines."""
    merged: list[list[Box]] = []
    for box in boxes:
        if merged and _are_near(merged[-1][-1], box):
            merged[-1].append(box)
        else:
            merged.append([box])
    return [enclose(group) for group in merged]


def _are_near(before: Box, after: Box) -> bool:
    """Return whether two boxes are close, and beside or below each other by half their length."""
    reach = MAX_FRAME_GAP * min(max(1, min(before.w, before.h)), max(1, min(after.w, after.h)))
    across = min(before.x + before.w, after.x + after.w) - max(before.x, after.x)
    down = min(before.y + before.h, after.y + after.h) - max(before.y, after.y)
    if across >= 0.5 * min(before.w, after.w):
        return -down <= reach
    return down >= 0.5 * min(before.h, after.h) and -across <= reach


def _marks(
    context: AppContext, record: PageRecord, documents: Sequence[Document], search: Search
) -> tuple[Box, ...]:
    """Return the regions of what the search marks on the page."""
    if not search.query:
        return ()
    marks = context.index.mark(search.query, documents, exact=search.exact)
    spans: list[Span] = []
    for document in documents:
        spans += locate_in_page(document, marks.get(document.id, ()))
    return _regions(record, spans)


def _find_unsure(record: PageRecord, documents: Iterable[Document]) -> Iterator[tuple[Box, str]]:
    """Yield the boxes of what the OCR engine was unsure of, with what else it may be."""
    for document in documents:
        for span, others in document.unsure:
            for box in _regions(record, locate_in_page(document, (span,))):
                yield box, others


def _draw(record: PageRecord) -> Iterator[tuple[str, Box, bool]]:
    """Yield the recognised lines, each with its box and whether it runs downwards."""
    for span, box in record.page.boxes[:MAX_DRAWN_LINES]:
        upright = is_upright(box) and span.end - span.start > 1
        yield record.page.text[slice(*span)], box, upright


# ---------------------------------------------------------------- images


@revalidated(cached=False)
def sheet_image(context: AppContext, page: str) -> Response:
    """Return the image of a page as JPEG: all of it, a thumbnail, or the part in `box`."""
    record = context.index.page(page)
    image = find_sheet(record.page, context.index.settings)
    if image is None:
        raise NotFound(what=message("what.image"), value=page)
    box = request.args.get("box")
    if box is not None:
        data = read_sheet(image, box=_scale(_read_box(box), record, image), side=STRIP_SIDE)
    elif "thumbnail" in request.args:
        data = read_sheet(image, side=THUMBNAIL_SIDE)
    else:
        data = read_sheet(image)
    response = Response(data, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _read_box(text: str) -> Box:
    """Read `x,y,w,h`; raises `NotANumber`."""
    numbers = text.split(",")
    if len(numbers) != 4 or not all(one.isascii() and one.isdigit() for one in numbers):
        raise NotANumber(name="box", value=text[:60], least=0)
    x, y, w, h = (min(int(one[:7]), 1_000_000) for one in numbers)
    return Box(x, y, max(1, w), max(1, h))


def _scale(box: Box, record: PageRecord, image: SheetFile) -> Box:
    """Return a box of the sheet in pixels of its image, cut at its edges."""
    width, height = measure_sheet(image)
    sheet_width, sheet_height = measure_page(record, image)
    x_scale, y_scale = width / sheet_width, height / sheet_height
    left, top = min(width - 1, box.x * x_scale), min(height - 1, box.y * y_scale)
    right, bottom = min(width, left + box.w * x_scale), min(height, top + box.h * y_scale)
    x, y = int(left), int(top)
    return Box(x, y, max(1, round(right) - x), max(1, round(bottom) - y))


def make_strip(mark: Box) -> Box:
    """Return the part of a sheet to show beside a hit: a mark with the text around it."""
    size = min(mark.w, mark.h) or 1
    margin, reach = round(STRIP_MARGIN * size), round(STRIP_REACH * size)
    across, down = (margin, reach) if is_upright(mark) else (reach, margin)
    x, y = max(0, mark.x - across), max(0, mark.y - down)
    return Box(x, y, mark.x + mark.w + across - x, mark.y + mark.h + down - y)
