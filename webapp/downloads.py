"""Citations, all results as files, a feed, and what browsers search with."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import chain, islice
from threading import Semaphore
from urllib.parse import quote

from flask import Response, request
from werkzeug.http import dump_options_header

from indexer import (
    CITATION_FORMATS,
    EXPORT_FORMATS,
    Document,
    Hit,
    NotFound,
    find_citation_format,
    make_reference,
    message,
    say_missing,
    to_atom,
    to_json_lines,
    write_citations,
    write_export,
)
from webapp.addresses import Addresses, encode_address
from webapp.api import convert_hit, wants_utf16
from webapp.context import AppContext, revalidated
from webapp.parameters import read_search, read_switch
from webapp.search_trail import make_trail, read_onward

EXPORT_LOG = logging.getLogger("webapp.exports")

MAX_FEED_ENTRIES = 50
"""Entries of a feed: a reader asks every hour or so for what is new, not for everything."""


def cite_page(context: AppContext, page: str, article: int, paragraph: int) -> Response:
    """Show how a paragraph is cited in every style, or give one style as a file."""
    document = context.index.paragraph(f"{page}:{article}:{paragraph}")
    style = request.args.get("style", "")
    if style:
        return _citation_file(document, style)
    response = _citations(context, document, read_onward(context, request.args))
    response.headers["Cache-Control"] = "no-store"  # the page says the day on which it was read
    return response


def _citations(context: AppContext, document: Document, onward: Addresses) -> Response:
    reference = make_reference(document)
    to = context.addresses
    key = (document.page, document.article, document.number)
    return context.show(
        "cite.html",
        search=onward.followed,
        trail=make_trail(context, onward),
        document=document,
        citations=[
            (style, write_citation(document, style), to.cite(*key, style=style))
            for style in CITATION_FORMATS
        ],
        missing=say_missing(reference, context.texts.language),
        article_url=onward.article(*key),
        lines_url=onward.page(document.page, document.lines),
        canonical=to.cite(*key),
    )


def write_citation(document: Document, style: str) -> str:
    """Write a paragraph's citation as a file of one in one of `CITATION_FORMATS`."""
    reference = make_reference(document, accessed=date.today())
    return "".join(write_citations([reference], style))


def _citation_file(document: Document, style: str) -> Response:
    form = find_citation_format(style)
    response = Response(write_citation(document, style), mimetype=form.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename=chaquan-citation.{form.suffix}"
    return response


# ---------------------------------------------------------------- all results


def export(context: AppContext, form: str) -> Response:
    """Stream every hit of a search in one of `EXPORT_FORMATS`.

    `bom=1` begins CSV with a byte order mark for Excel, `record=1` says first what was searched
    for, `offsets=utf16` writes the offsets of JSON in that unit. Raises `NotFound` for another
    format.
    """
    if form not in EXPORT_FORMATS:
        raise NotFound(what=message("what.format"), value=form)
    to, origin = context.encoded_addresses, encode_address(request.host_url.rstrip("/"))
    base = "" if form == "jsonl" else origin

    def make_url(hit: Hit) -> str:
        return base + to.article(hit.page, hit.article, hit.number)

    pieces = _hits_file(context, form, make_url)
    return stream(context, pieces, *EXPORT_FORMATS[form])


def _hits_file(context: AppContext, form: str, make_url: Callable[[Hit], str]) -> Iterator[str]:
    """Yield the file of a request, all of one commit."""
    search, bom = read_search(request.args), read_switch(request.args, "bom")
    recorded = read_switch(request.args, "record") or form == "record"
    utf16 = wants_utf16(request.args) and form == "jsonl"
    with context.streamed_index() as pinned:
        hits = pinned.scan(search.query, **search.options())
        record = pinned.describe(search.query, **search.options()) if recorded else None
        if not utf16:
            yield from write_export(hits, form, bom=bom, make_url=make_url, record=record)
            return
        page_text = lru_cache(maxsize=1)(lambda page: pinned.page(page).page.text)
        yield from to_json_lines(
            hits, make_url=make_url, convert=lambda body: convert_hit(body, page_text(body["page"]))
        )


def stream(context: AppContext, pieces: Iterable[str], media: str, suffix: str) -> Response:
    """Stream pieces as a file named after the query.

    The head line and the first hit are made now, so that an error still is an answer.
    """
    flowing = _make_in_turn(pieces, context.exports)
    whole = chain(list(islice(flowing, 2)), flowing)
    response = Response(_log_cut(whole, request.full_path), mimetype=media)
    names = _file_names(context, suffix)
    response.headers["Content-Disposition"] = dump_options_header("attachment", names)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _make_in_turn(pieces: Iterable[str], slots: Semaphore) -> Iterator[str]:
    """Yield pieces, each made in one of the slots, which a slow reader does not keep."""
    flowing = iter(pieces)
    while True:
        with slots:
            piece = next(flowing, None)
        if piece is None:
            return
        yield piece


def _file_names(context: AppContext, suffix: str) -> dict[str, str | None]:
    """Name a file after the query, the filters and the commit it was made from (RFC 6266)."""
    search = read_search(request.args)
    values = [value for name in search.filters for value in search.filters[name]]
    asked = re.sub(r"[^\w]+", "-", "-".join((search.query, *values)))[:60].strip("-")
    commit = f"{context.index.made:%Y%m%d}-{context.index.generation}"
    full = "-".join(filter(None, ("chaquan", asked, commit)))
    return {
        "filename": f"chaquan-{commit}.{suffix}",
        "filename*": f"UTF-8''{quote(full, errors='replace')}.{suffix}",
    }


def _log_cut(pieces: Iterable[str], path: str) -> Iterator[str]:
    """Yield pieces, and log where they were not all read."""
    whole = False
    try:
        yield from pieces
        whole = True
    finally:
        if not whole:
            EXPORT_LOG.warning("cut short: %s", path.encode("unicode_escape").decode("ascii"))


@revalidated()
def export_atom(context: AppContext) -> Response:
    """Answer the newest hits of a search as a feed."""
    search = replace(read_search(request.args), start=0, size=MAX_FEED_ENTRIES)
    to, origin = context.encoded_addresses, encode_address(request.host_url.rstrip("/"))
    results = context.index.search(
        search.query, size=MAX_FEED_ENTRIES, facets=(), **search.options()
    )
    feed = to_atom(
        results.hits,
        title=context.texts("results.title", query=search.query),
        link=origin + to.export(replace(search, size=10), "atom"),
        updated=context.index.made,
        make_url=lambda hit: origin + to.article(hit.page, hit.article, hit.number),
    )
    return Response("".join(feed), mimetype="application/atom+xml")


# ---------------------------------------------------------------- the browser's address bar


def opensearch(context: AppContext) -> Response:
    """Describe the search to browsers, so that the address bar can search the archive."""
    response = context.show("opensearch.xml", origin=request.host_url.rstrip("/"))
    response.mimetype = "application/opensearchdescription+xml"
    return response
