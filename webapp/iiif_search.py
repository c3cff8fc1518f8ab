"""Search within IIIF: Content Search 2 and, since common viewers ask for it, Content Search 1.

Specs: https://iiif.io/api/search/2.0/, https://iiif.io/api/search/1.0/.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import request

from indexer import Box, Hit
from webapp.addresses import encode_address, write_parameters
from webapp.context import AppContext
from webapp.iiif import (
    SEARCH_1,
    Body,
    IiifAddresses,
    IssuePages,
    canvas_part,
    find_iiif_issue,
    iiif_view,
)
from webapp.parameters import read_number

SEARCH_2 = "http://iiif.io/api/search/2/context.json"

SEARCH_SERVICE_RULE = "<any(search, search1):service>"
"""The last part of the addresses of searches: the second version of the specification, or the
first."""

MAX_SEARCHED = 100
"""Paragraphs found for one page of annotations."""


@iiif_view
def issue_search(
    context: AppContext, to: IiifAddresses, newspaper: str, date: str, service: str
) -> Body:
    """Search an issue: `search` by the second version of the specification, or `search1`."""
    return _search(context, to, find_iiif_issue(context, newspaper, date), service)


@iiif_view
def page_search(context: AppContext, to: IiifAddresses, page: str, service: str) -> Body:
    """Search a page."""
    context.index.page(page)
    return _search(context, to, IssuePages("", "", (page,)), service)


def _search(context: AppContext, to: IiifAddresses, issue: IssuePages, service: str) -> Body:
    """Return the marks of a search as annotations; raises `QueryError`."""
    query = request.args.get("q", "").strip()
    start = read_number(request.args, "start", 0, least=0)
    hits: Sequence[Hit] = ()
    total = 0
    if query:
        options: Body = {"page": list(issue.pages), "sort": "page", "facets": ()}
        results = context.index.search(query, start=start, size=MAX_SEARCHED, **options)
        hits, total = list(results), results.total
    marks = [(hit, box) for hit in hits for box in hit.regions or [None]]
    write = _write_version_1 if service == "search1" else _write_version_2
    address = f"{to.issue(issue, service)}?{encode_address(write_parameters([('q', query)]))}"
    following = start + MAX_SEARCHED if start + MAX_SEARCHED < total else None
    return write(to, address, start, following, marks)


Marks = Sequence[tuple[Hit, Box | None]]


def _target(to: IiifAddresses, hit: Hit, box: Box | None) -> str:
    name = to.canvas(hit.page)
    return canvas_part(name, box) if box else name


def _write_version_2(
    to: IiifAddresses, address: str, start: int, following: int | None, marks: Marks
) -> Body:
    own = f"{address}&start={start}"
    ignored = [name for name in ("motivation", "date", "user") if name in request.args]
    body = {
        "@context": SEARCH_2,
        "id": own,
        "type": "AnnotationPage",
        "items": [
            {
                "id": f"{own}&annotation={number}",
                "type": "Annotation",
                "motivation": "highlighting",
                "body": {"type": "TextualBody", "value": hit.snippet.text, "format": "text/plain"},
                "target": _target(to, hit, box),
            }
            for number, (hit, box) in enumerate(marks, 1)
        ],
        "partOf": {
            "id": address,
            "type": "AnnotationCollection",
            "first": {"id": f"{address}&start=0", "type": "AnnotationPage"},
        },
    }
    if following is not None:
        body["next"] = {"id": f"{address}&start={following}", "type": "AnnotationPage"}
    return body | ({"ignored": ignored} if ignored else {})


def _write_version_1(
    to: IiifAddresses, address: str, start: int, following: int | None, marks: Marks
) -> Body:
    own = f"{address}&start={start}"
    body: Body = {
        "@context": SEARCH_1,
        "@id": own,
        "@type": "sc:AnnotationList",
        "resources": [
            {
                "@id": f"{own}&annotation={number}",
                "@type": "oa:Annotation",
                "motivation": "sc:painting",
                "resource": {"@type": "cnt:ContentAsText", "chars": hit.snippet.text},
                "on": _target(to, hit, box),
            }
            for number, (hit, box) in enumerate(marks, 1)
        ],
    }
    return body | ({} if following is None else {"next": f"{address}&start={following}"})
