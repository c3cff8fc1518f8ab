"""Compare a search with what it found before: the address of the page holds what was found then.

The site only reads, so that nothing can be sent to it but an address. `encode_record` writes the
hits of a search as part of one: six to ten characters a hit, which limits their number. Files of
records, which have no limit, are compared by `chaquan compare`.
"""

from __future__ import annotations

import binascii
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from flask import Response, jsonify, request

from indexer import (
    Comparison,
    Index,
    NotFound,
    QueryError,
    RecordedHit,
    SearchRecord,
    drop_defaults,
    write_search_call,
    write_search_command,
)
from webapp.addresses import Addresses, Search
from webapp.context import AppContext, revalidated
from webapp.parameters import read_search
from webapp.result_views import SearchView, make_views
from webapp.site_texts import SITE_TEXTS

MAX_RECORDED = 1000
MAX_CODE = 6500
"""Hits and characters of a record in an address (see `security.MAX_ADDRESS_CHARS`)."""

MAX_DECODED = 200_000
SHORT_DIGEST_CHARS = 3
"""Hexadecimal digits that are kept of the digest of a text: 1 change in 4,096 is not noticed."""

MAX_SHOWN = 40
MAX_GONE = 200
"""New and changed paragraphs that the page shows of each, and ids of those that are gone."""


class NotARecord(QueryError, code="not_a_record"):
    """An address whose record was cut or changed."""

    catalogue = SITE_TEXTS


def write_elsewhere(search: Search, to: Addresses, origin: str) -> tuple[tuple[str, str], ...]:
    """Write a search as a link, as a command and in Python, each with its name in the catalogue."""
    options = drop_defaults(search.options())
    return (
        ("repeat.link", origin + to.search(search.plain)),
        ("repeat.command", write_search_command(search.query, options)),
        ("repeat.python", write_search_call(search.query, options)),
    )


@revalidated()
def compare_page(context: AppContext) -> Response:
    """Compare a search with the record in the address; without one, make that address."""
    search, record = _read_compared()
    to, origin = context.addresses, request.host_url.rstrip("/")
    values: dict[str, Any] = {"canonical": to.compare(search)}
    if record:
        values |= _differences(context, search, context.index.compare(record))
    else:
        total, code = _record_code(context.index, search)
        link = to.compare(search, code) if code else ""
        values |= {"total": total, "link": link, "origin": origin}
    return context.show("compare.html", search=search, back=to.search(search), **values)


@revalidated()
def compare_json(context: AppContext) -> Response:
    """Answer what is new, changed and gone since a record; without one, the record of now."""
    search, record = _read_compared()
    if not record:
        total, code = _record_code(context.index, search)
        return jsonify({"query": search.query, "total": total, "then": code or None})
    body, to = context.index.compare(record).to_dict(), context.encoded_addresses
    body["counts"] = {name: len(body[name]) for name in ("new", "changed", "gone")}
    for name in body["counts"]:
        body[name] = body[name][:MAX_RECORDED]
    for hit in body["new"] + body["changed"]:
        hit["url"] = to.article(hit["page"], hit["article"], hit["number"])
    return jsonify(body)


def _read_compared() -> tuple[Search, SearchRecord | None]:
    """Read the search of the address, and the record that it holds, if any."""
    search = read_search(request.args).plain
    then = request.args.get("then", "").strip()
    return search, decode_record(then, search) if then else None


def _record_code(index: Index, search: Search) -> tuple[int, str]:
    """Return how many hits a search has, and their record, or "" if an address cannot hold it."""
    options = search.options()
    total = index.search(search.query, size=0, facets=(), **options).total
    code = encode_record(index.record(search.query, **options)) if total <= MAX_RECORDED else ""
    return total, code if len(code) <= MAX_CODE else ""


def _differences(context: AppContext, search: Search, comparison: Comparison) -> dict[str, Any]:
    view = SearchView(search, context.addresses, context.texts)
    groups = (("compare.new", comparison.new), ("compare.changed", comparison.changed))
    return {
        "comparison": comparison,
        "since": comparison.record.made[:10],
        "groups": [
            (name, len(hits), make_views(hits[:MAX_SHOWN], view)) for name, hits in groups if hits
        ],
        "gone": [_gone(context, one) for one in comparison.gone[:MAX_GONE]],
    }


def _gone(context: AppContext, hit: RecordedHit) -> tuple[str, str]:
    """Return the id of a hit that is gone, and its address if it is still printed."""
    page, article, number = hit.id.rsplit(":", 2)
    try:
        context.index.paragraph(hit.id)
    except NotFound:
        return hit.id, ""
    return hit.id, context.addresses.article(page, int(article), int(number))


# ---------------------------------------------------------------- a record in an address


def encode_record(record: SearchRecord) -> str:
    """Write the commit and the hits of a record in letters that an address can hold."""
    pages: dict[str, list[str]] = {}
    for hit in record.hits:
        page, article, number = hit.id.rsplit(":", 2)
        pages.setdefault(page, []).append(f"{article}.{number}.{hit.digest[:SHORT_DIGEST_CHARS]}")
    facts = [record.generation, record.made, {page: " ".join(hits) for page, hits in pages.items()}]
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    packed = zlib.compress(text.encode("utf-8", "surrogatepass"), 9)
    return urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode_record(code: str, search: Search) -> SearchRecord:
    """Read the record of a search from an address; raises `NotARecord`."""
    try:
        packed = urlsafe_b64decode(code.encode("ascii") + b"=" * (-len(code) % 4))
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(packed, MAX_DECODED)
        generation, made, pages = json.loads(text.decode("utf-8", "surrogatepass"))
        hits = tuple(_read_hit(page, one) for page, hits in pages.items() for one in hits.split())
        options = drop_defaults(search.options())
        return SearchRecord(search.query, options, int(generation), str(made), hits)
    except (ValueError, TypeError, AttributeError, RecursionError, zlib.error, binascii.Error):
        raise NotARecord from None


def _read_hit(page: str, hit: str) -> RecordedHit:
    article, number, digest = hit.split(".")
    return RecordedHit(f"{page}:{int(article)}:{int(number)}", digest[:SHORT_DIGEST_CHARS])
