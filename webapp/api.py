"""The API: the same answers as the pages, as JSON, with the same addresses and one error shape.

A hit as JSON is `Hit.to_dict` in `indexer/search/results.py`; only its address is added here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, jsonify, request

from indexer import HITS_PER_ARTICLE, Article, Document, PageMeta, UnknownField, message
from webapp.addresses import Addresses
from webapp.context import AppContext, public_path, revalidated
from webapp.facet_views import facet_json
from webapp.openapi import describe_api
from webapp.parameters import Arguments, read_number, read_search
from webapp.search_trail import find

MAX_API_SUGGESTIONS = 20
MAX_TYPED_CHARS = 256  # characters: a longer text is no query


@revalidated()
def search(context: AppContext) -> Response:
    """Answer a search: the contract's JSON with the address that toggles each facet value."""
    asked, facets = read_search(request.args), read_facets(request.args.get("facets"))
    utf16 = wants_utf16(request.args)
    grouping: dict[str, Any] = {"group": asked.group or None}
    grouping["per_article"] = read_number(request.args, "per_article", HITS_PER_ARTICLE, least=1)
    results, to = find(context, asked, facets=facets, **grouping), context.encoded_addresses
    body = results.to_dict() | {"facets": facet_json(results, asked, to)}
    for hit in body["hits"]:
        hit["url"] = to.article(hit["page"], hit["article"], hit["number"])
        if utf16:
            convert_hit(hit, context.index.page(hit["page"]).page.text)
    return jsonify(body)


def read_facets(given: str | None) -> tuple[str, ...] | None:
    """Read which facets are wanted, separated by commas; all of them when nothing is said."""
    return None if given is None else tuple(filter(None, given.split(",")))


@revalidated()
def article(context: AppContext, page: str, article: int) -> Response:
    """Answer an article with its paragraphs."""
    utf16 = wants_utf16(request.args)
    view, to = context.index.article(page, article), context.encoded_addresses
    body = article_json(view.article, to)
    body["paragraphs"] = [
        document_json(document, to) for document in view.documents if not document.corrected
    ]
    if utf16:
        text = context.index.page(page).page.text
        for paragraph in body["paragraphs"]:
            convert_paragraph(paragraph, text)
    return jsonify(body)


@revalidated()
def page(context: AppContext, page: str) -> Response:
    """Answer a page: its text, what is known of it, and its articles."""
    record, to = context.index.page(page), context.encoded_addresses
    return jsonify(
        {
            "page": record.page.id,
            "source": public_path(record.page.source),
            "encoding": record.page.encoding,
            "digest": record.page.digest,
            "meta": meta_json(record.page.meta),
            "text": record.page.text,
            "articles": [article_json(article, to) for article in record.articles],
            "url": to.page(record.page.id),
        }
    )


@revalidated()
def suggest(context: AppContext) -> Response:
    """Complete and correct what is typed; with `format=opensearch` for the address bar."""
    text = request.args.get("q", "").strip()[:MAX_TYPED_CHARS]
    limit = min(read_number(request.args, "limit", 8, least=1), MAX_API_SUGGESTIONS)
    if request.args.get("format") == "opensearch":
        words = [one.text for one in context.index.complete(text, limit)] if text else []
        response = jsonify([text, words])
        response.mimetype = "application/x-suggestions+json"
        return response
    return jsonify(context.index.suggest(text, limit).to_dict())


def openapi(context: AppContext) -> Response:
    """Describe the API."""
    del context
    return Response(describe_api(), mimetype="application/json")


# ---------------------------------------------------------------- shapes


def article_json(article: Article, to: Addresses) -> dict[str, Any]:
    """Describe an article."""
    url = to.article(article.page, article.number)
    return {"page": article.page, **article.to_dict(), "url": url}


def document_json(document: Document, to: Addresses) -> dict[str, Any]:
    """Describe a paragraph."""
    return {
        "id": document.id,
        "number": document.number,
        "kind": document.kind,
        "text": document.text,
        "heading": document.heading,
        "cities": list(document.cities),
        "places": [mention.to_dict() for mention in document.mentions],
        "spans": [list(span) for span in document.spans],
        "line_ranges": [list(lines) for lines in document.lines],
        "duplicate_of": int(document.original.rsplit(":", 1)[1]) if document.original else None,
        "truncated": document.truncated,
        "corrections": [one.to_dict() for one in document.corrections],
        "unsure": [one.to_dict() for one in document.unsure],
        "url": to.article(document.page, document.article, document.number),
    }


def meta_json(meta: PageMeta) -> dict[str, str | None]:
    """Describe what a side-car file says of a page."""
    names = ("newspaper", "date", "edition", "title", "url")
    return {**dict.fromkeys(names), **meta.to_dict()}


# ---------------------------------------------------------------- offsets in the unit of a client

OFFSET_UNITS = ("codepoints", "utf16")

Convert = Callable[[int], int]


def wants_utf16(arguments: Arguments) -> bool:
    """Read the parameter `offsets`; raises `UnknownField` for a unit that does not exist.

    Python and the index count code points. JavaScript, Java and C# count UTF-16 units, of which a
    character beyond U+FFFF (a rare ideograph, an emoji) has two.
    """
    unit = arguments.get("offsets", "").strip().lower() or OFFSET_UNITS[0]
    if unit not in OFFSET_UNITS:
        choices = ", ".join(OFFSET_UNITS)
        raise UnknownField(what=message("what.unit_of_offsets"), value=unit, choices=choices)
    return unit == "utf16"


def to_utf16(text: str) -> Convert:
    """Return what turns an offset in code points of a text into one in UTF-16 units."""
    if text.isascii() or max(text, default="") <= "\uffff":
        return lambda offset: offset
    wide = [position for position, char in enumerate(text) if char > "\uffff"]
    return lambda offset: offset + bisect_left(wide, offset)


def convert_hit(hit: dict[str, Any], page_text: str) -> None:
    """Convert the offsets of a hit: spans in its page, places in its text, marks in its snippet."""
    convert_paragraph(hit, page_text)
    convert = to_utf16(hit["text"])
    for one in hit["statements"]:
        one["span"] = [convert(offset) for offset in one["span"]]
    snippet = hit["snippet"]
    snippet["marks"] = _convert(snippet["marks"], to_utf16(snippet["text"]))


def convert_paragraph(paragraph: dict[str, Any], page_text: str) -> None:
    """Convert the offsets of a paragraph: spans in its page, and what has a span in its text."""
    paragraph["spans"] = _convert(paragraph["spans"], to_utf16(page_text))
    convert = to_utf16(paragraph["text"])
    for name in ("places", "corrections", "unsure"):
        for one in paragraph.get(name, ()):
            one["span"] = [convert(offset) for offset in one["span"]]


def _convert(spans: Iterable[Iterable[int]], convert: Convert) -> list[list[int]]:
    return [[convert(offset) for offset in span] for span in spans]
