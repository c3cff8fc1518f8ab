"""IIIF for viewers: collections and manifests (https://iiif.io/api/presentation/3.0/).

An issue is a manifest whose canvases are its pages; a page is one too. Images are plain images, not
an image service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from html import escape
from itertools import groupby
from typing import Any

from flask import Response, jsonify, request

from indexer import MAX_IMAGE_SIDE, Edition, NotFound, PageRecord, find_sheet, message, say_edition
from webapp.addresses import Addresses, encode_address
from webapp.context import AppContext, View, revalidated
from webapp.sheet_page import find_frames, measure_page
from webapp.site_texts import texts

PRESENTATION_CONTEXT = "http://iiif.io/api/presentation/3/context.json"
SEARCH_1 = "http://iiif.io/api/search/1/context.json"

NO_NEWSPAPER = "-"
"""What addresses have in place of the newspaper where pages do not say it."""

MAX_LISTED_PAGES = 500
"""Pages without a date that a collection lists."""

IIIF_LANGUAGES = {"zh": "zh-Hans", "en": "en"}

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class IssuePages:
    """A newspaper's date with its pages, or a page alone (`date` is empty)."""

    newspaper: str
    date: str
    pages: tuple[str, ...]


class IiifAddresses:
    """Writes absolute addresses and texts in both languages."""

    def __init__(self) -> None:
        self._origin = encode_address(request.host_url.rstrip("/"))
        self.site = Addresses(request.script_root, encoded=True)

    def absolute(self, address: str) -> str:
        """Return an address of the site with its host."""
        return self._origin + address

    def iiif(self, *parts: str) -> str:
        """Return the address of a document of IIIF."""
        return self.absolute(self.site.same("/".join(("/iiif", *parts)), ()))

    def issue(self, issue: IssuePages, name: str) -> str:
        """Return the address of a document of an issue, or of a page alone."""
        if issue.date:
            return self.iiif("issues", issue.newspaper or NO_NEWSPAPER, issue.date, name)
        return self.iiif("pages", issue.pages[0], name)

    def canvas(self, page: str) -> str:
        """Return the address that names a page."""
        return self.iiif("pages", page, "canvas")


def _label(key: str) -> dict[str, list[str]]:
    return {short: [texts(long)(key)] for short, long in IIIF_LANGUAGES.items()}


def _edition(edition: str) -> dict[str, list[str]]:
    return {short: [say_edition(edition, long)] for short, long in IIIF_LANGUAGES.items()}


def _plain(text: str) -> dict[str, list[str]]:
    return {"none": [text]}


def iiif_view(view: Callable[..., Body]) -> View:
    """Make a view of what `view` describes, as JSON that pages of other sites may read."""

    @revalidated(cached=False)  # images may change without a commit
    def make(context: AppContext, **values: Any) -> Response:
        return jsonify(view(context, IiifAddresses(), **values))

    @wraps(view)
    def answer(context: AppContext, **values: Any) -> Response:
        response = make(context, **values)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return answer


# ---------------------------------------------------------------- collections


@iiif_view
def collection(context: AppContext, to: IiifAddresses) -> Body:
    """Describe the newspapers, and pages without a date."""
    return _collect(to, (), _label("site.name"), _list_newspapers(context, to))


@iiif_view
def newspaper_collection(context: AppContext, to: IiifAddresses, newspaper: str) -> Body:
    """Describe the years of a newspaper."""
    years = sorted({one.date[:4] for one in _editions(context, _read_newspaper(newspaper))})
    items = (
        _refer("Collection", to.iiif("collection", newspaper, year), _plain(year)) for year in years
    )
    return _collect(to, (newspaper,), _plain(newspaper), items)


@iiif_view
def year_collection(context: AppContext, to: IiifAddresses, newspaper: str, year: int) -> Body:
    """Describe the issues of a newspaper's year."""
    name, digits = _read_newspaper(newspaper), f"{year:04}"
    items = _list_issues(context, to, _editions(context, name, digits))
    return _collect(to, (newspaper, digits), _plain(f"{name} {digits}".strip()), items)


def _collect(to: IiifAddresses, parts: Sequence[str], label: Body, found: Iterable[Body]) -> Body:
    items = list(found)
    if parts and not items:
        raise NotFound(what=message("what.issue"), value=" ".join(parts))
    address = to.iiif("collection", *parts)
    return (
        {"@context": PRESENTATION_CONTEXT} | _refer("Collection", address, label) | {"items": items}
    )


def _read_newspaper(given: str) -> str:
    return "" if given == NO_NEWSPAPER else given


def _editions(context: AppContext, newspaper: str, year: str = "") -> list[Edition]:
    """Return the dated pages of a newspaper, in the order of print."""
    filters = ({"newspaper": newspaper} if newspaper else {}) | ({"year": year} if year else {})
    found = context.index.editions(**filters)
    return [one for one in found if one.newspaper == newspaper and one.date]


def _refer(kind: str, address: str, label: Body) -> Body:
    return {"id": address, "type": kind, "label": label}


def _list_newspapers(context: AppContext, to: IiifAddresses) -> Iterator[Body]:
    """Yield the newspapers as collections, then pages without a date as manifests."""
    editions = context.index.editions()
    for name in sorted({one.newspaper for one in editions if one.date}):
        label = _plain(name) if name else _label("iiif.no_newspaper")
        yield _refer("Collection", to.iiif("collection", name or NO_NEWSPAPER), label)
    undated = [one.page for one in editions if not one.date]
    for page in undated[:MAX_LISTED_PAGES]:
        if _has_sheet(context.index.page(page)):
            yield _refer(
                "Manifest", to.issue(IssuePages("", "", (page,)), "manifest"), _plain(page)
            )


def _list_issues(
    context: AppContext, to: IiifAddresses, editions: Iterable[Edition]
) -> Iterator[Body]:
    """Yield the issues of which the first page has a sheet."""
    for (name, date), held in groupby(editions, key=lambda one: (one.newspaper, one.date)):
        issue = IssuePages(name, date, tuple(one.page for one in held))
        if _has_sheet(context.index.page(issue.pages[0])):
            label = _plain(f"{name} {date}".strip())
            yield _refer("Manifest", to.issue(issue, "manifest"), label) | _date(date)


def _has_sheet(record: PageRecord) -> bool:
    return bool(record.page.boxes or record.page.sheet)


def _date(date: str) -> Body:
    return {"navDate": f"{date}T00:00:00Z"} if len(date) == len("2023-10-27") else {}


# ---------------------------------------------------------------- manifests


@iiif_view
def issue_manifest(context: AppContext, to: IiifAddresses, newspaper: str, date: str) -> Body:
    """Describe an issue with its pages."""
    return _manifest(context, to, find_iiif_issue(context, newspaper, date))


@iiif_view
def page_manifest(context: AppContext, to: IiifAddresses, page: str) -> Body:
    """Describe a page as a manifest of its own."""
    return _manifest(context, to, IssuePages("", "", (page,)))


@iiif_view
def canvas(context: AppContext, to: IiifAddresses, page: str) -> Body:
    """Describe the canvas of a page."""
    described = _canvas(context, to, context.index.page(page))
    return {"@context": PRESENTATION_CONTEXT} | described


def find_iiif_issue(context: AppContext, newspaper: str, date: str) -> IssuePages:
    """Return an issue; raises `NotFound`."""
    name = _read_newspaper(newspaper)
    pages = tuple(one.page for one in _editions(context, name, date[:4]) if one.date == date)
    if not pages:
        raise NotFound(what=message("what.issue"), value=f"{name} {date}".strip())
    return IssuePages(name, date, pages)


def _manifest(context: AppContext, to: IiifAddresses, issue: IssuePages) -> Body:
    shown = list(filter(_has_sheet, map(context.index.page, issue.pages)))
    if not shown:
        raise NotFound(what=message("what.image"), value=issue.pages[0])
    title = f"{issue.newspaper} {issue.date}".strip() or issue.pages[0]
    home = to.site.issues(issue.newspaper, date=issue.date)
    ranges = [article for record in shown for article in _ranges(context, to, record)]
    return {
        "@context": PRESENTATION_CONTEXT,
        "id": to.issue(issue, "manifest"),
        "type": "Manifest",
        "label": {short: [title] for short in IIIF_LANGUAGES},
        "metadata": list(_metadata(shown[0], with_edition=len(shown) == 1)),
        **_date(issue.date or shown[0].page.meta.date or ""),
        "homepage": [_link(to, home if issue.date else to.site.sheet(issue.pages[0]), title)],
        "service": [
            {"id": to.issue(issue, "search"), "type": "SearchService2"},
            {
                "@context": SEARCH_1,
                "@id": to.issue(issue, "search1"),
                "@type": "SearchService1",
                "profile": "http://iiif.io/api/search/1/search",
            },
        ],
        "items": [_canvas(context, to, record) for record in shown],
        **({"structures": ranges} if ranges else {}),
    }


def _metadata(record: PageRecord, *, with_edition: bool) -> Iterator[Body]:
    meta = record.page.meta
    given = {"iiif.newspaper": meta.newspaper, "iiif.date": meta.date}
    if with_edition:
        link = f'<a href="{escape(meta.url)}">{escape(meta.url)}</a>' if meta.url else None
        given |= {"iiif.edition": meta.edition, "iiif.title": meta.title, "iiif.url": link}
    for key, value in given.items():
        if value:
            yield {"label": _label(key), "value": _plain(value)}


def _link(to: IiifAddresses, address: str, label: str, form: str = "text/html") -> Body:
    link = _refer("Text", to.absolute(address), _plain(label))
    return link | {"format": form}


def _canvas(context: AppContext, to: IiifAddresses, record: PageRecord) -> Body:
    """Describe a page: its size, its image, and where its text and sheet are."""
    page = record.page
    if not _has_sheet(record):
        raise NotFound(what=message("what.image"), value=page.id)
    image = find_sheet(page, context.index.settings)
    width, height = measure_page(record, image)
    name, edition = to.canvas(page.id), page.meta.edition
    painted = {
        "id": f"{name}/image",
        "type": "Annotation",
        "motivation": "painting",
        "body": _image(to, page.id, width, height),
        "target": name,
    }
    return {
        "id": name,
        "type": "Canvas",
        "label": _edition(edition) if edition else _plain(page.id),
        "width": width,
        "height": height,
        "items": [
            {"id": f"{name}/page", "type": "AnnotationPage", "items": [painted] if image else []}
        ],
        "homepage": [_link(to, to.site.sheet(page.id), page.id)],
        "rendering": [_link(to, to.site.raw(page.id), page.id, "text/plain")],
        "metadata": list(_metadata(record, with_edition=True)),
    }


def _image(to: IiifAddresses, page: str, width: int, height: int) -> Body:
    scale = min(1, MAX_IMAGE_SIDE / max(width, height))
    size = {"width": round(width * scale), "height": round(height * scale)}
    return {"id": to.absolute(to.site.image(page)), "type": "Image", "format": "image/jpeg"} | size


def _ranges(context: AppContext, to: IiifAddresses, record: PageRecord) -> Iterator[Body]:
    """Yield the articles of a page with their places on it."""
    documents = [one for one in context.index.documents(record.page.id) if not one.corrected]
    name = to.canvas(record.page.id)
    for article in record.articles:
        boxes = find_frames(record, article.number, documents)
        if boxes:
            yield {
                "id": f"{name}/articles/{article.number}",
                "type": "Range",
                "label": _plain(article.title or "—"),
                "items": [{"id": canvas_part(name, box), "type": "Canvas"} for box in boxes],
            }


def canvas_part(name: str, box: Iterable[int]) -> str:
    """Return the address of a rectangle of a canvas."""
    return f"{name}#xywh={','.join(map(str, box))}"
