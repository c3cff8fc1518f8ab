"""Write hits as files: CSV, JSON lines, concordance, citations, the data of a feed.

Everything streams: one hit is in memory at a time, so `index.scan(query)` can be exported whole.
A stream that breaks off after its first hit ends with a piece that says so and raises the error, so
that a part is not taken for the whole.
"""

from __future__ import annotations

import csv
import datetime
import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from io import StringIO
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.arguments import check_choice
from indexer.cite import CITATION_FORMATS, make_reference, write_citations
from indexer.errors import ChaquanError
from indexer.model import to_cell
from indexer.search.search_records import INCOMPLETE_MARKER, RecordedHit
from indexer.statistics.concordance import Kwic, to_kwic

if TYPE_CHECKING:
    from indexer.search import Hit
    from indexer.search.search_records import SearchRecord
    from indexer.search.statistics_methods import NameRow

# ---------------------------------------------------------------- CSV and JSON lines

BOM = "\ufeff"

HIT_COLUMNS = (
    "id", "page", "article", "number", "kind", "title", "heading", "text", "cities",
    "lines", "newspaper", "date", "edition", "url", "author",
)  # fmt: skip
"""The columns of the CSV; columns may be added at the end, none is renamed or moved."""

FORMULA_START = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
"""What makes a spreadsheet run a cell when it comes first (OWASP, CSV injection)."""


def defuse(cell: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet would run as a formula."""
    return f"'{cell}" if FORMULA_START.match(cell) else cell


def to_csv(
    hits: Iterable[Hit], *, bom: bool = False, make_url: Callable[[Hit], str] | None = None
) -> Iterator[str]:
    """Yield CSV (RFC 4180), the head line first, then one piece for each hit.

    `bom` puts a byte order mark first, by which Excel recognises UTF-8. `make_url` returns the
    address of a hit; without it the column holds the address that the page carries.
    """
    return to_table_csv(HIT_COLUMNS, (_hit_row(hit, make_url) for hit in hits), bom=bom)


def _hit_row(hit: Hit, make_url: Callable[[Hit], str] | None) -> dict[str, object]:
    lines = dict.fromkeys(f"{first}—{last}" for first, last in hit.line_ranges)
    url = make_url(hit) if make_url else hit.meta.url
    return hit.to_row() | {"lines": tuple(lines), "url": url}


def to_table_csv(
    columns: Sequence[str], rows: Iterable[Mapping[str, object]], *, bom: bool = False
) -> Iterator[str]:
    """Yield the columns of rows as CSV, text that a spreadsheet would run made harmless."""
    yield (BOM if bom else "") + write_row(columns)
    written = (write_row([defuse(to_cell(row.get(name))) for name in columns]) for row in rows)
    yield from append_error_marker(written, lambda error: write_row([incomplete_marker(error)]))


def write_row(cells: Sequence[object]) -> str:
    """Write a row of CSV."""
    written = StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()


def to_json_lines(
    hits: Iterable[Hit],
    *,
    make_url: Callable[[Hit], str] | None = None,
    convert: Callable[[dict[str, Any]], None] | None = None,
) -> Iterator[str]:
    """Yield one line of JSON for each hit: the hit of the contract's search answer.

    `make_url` gives the address of a hit, where it is not below the root of the site; `convert`
    changes the object of a hit in place, for instance to offsets of another unit.

    The last line of a stream that breaks off is `{"error": {"code", "message", "message_zh"}}`.
    """

    def line(hit: Hit) -> str:
        body = hit.to_dict() | ({"url": make_url(hit)} if make_url else {})
        if convert:
            convert(body)
        return _json_line(body)

    yield from append_error_marker(
        map(line, hits), lambda error: _json_line({"error": error.to_dict()})
    )


def _json_line(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def append_error_marker(pieces: Iterable[str], say: Callable[[ChaquanError], str]) -> Iterator[str]:
    """Yield pieces; after an error yield what `say` makes of it, and raise it."""
    begun = False
    try:
        for piece in pieces:
            yield piece
            begun = True
    except ChaquanError as error:
        if begun:
            yield say(error)
        raise


def incomplete_marker(error: ChaquanError) -> str:
    """Return the line that ends a stream which is not whole, in both languages."""
    return f"{INCOMPLETE_MARKER} 未完 INCOMPLETE: {error.sentence('zh')} {error.sentence('en')}"


# ---------------------------------------------------------------- tables

NAME_COLUMNS = (
    "name", "occurrences", "paragraphs", "articles", "first", "first_date", "places", "years",
)  # fmt: skip


def to_names_csv(rows: Iterable[NameRow], *, bom: bool = False) -> Iterator[str]:
    """Yield the table of names as CSV."""
    return to_table_csv(NAME_COLUMNS, (row.to_dict() for row in rows), bom=bom)


# ---------------------------------------------------------------- the concordance


def to_kwic_csv(rows: Iterable[Kwic], *, bom: bool = False) -> Iterator[str]:
    """Yield a concordance as CSV: the head line, then its rows."""
    return to_table_csv(KWIC_COLUMNS, map(_kwic_row, rows), bom=bom)


def _kwic_row(row: Kwic) -> dict[str, object]:
    return row.to_dict() | {"lines": "—".join(map(str, row.lines))}


KWIC_COLUMNS = ("id", "title", "left", "keyword", "right", "lines", "newspaper", "date", "edition")
KWIC_CSV_WIDTH = 40  # characters of either side


def to_kwic_text(hits: Iterable[Hit]) -> Iterator[str]:
    """Yield the concordance as text, the keywords below one another."""
    rows = (
        f"{row.left:\u3000>20}【{row.keyword}】{row.right}\t{row.id}\t{row.lines[0]}-{row.lines[1]}\n"
        for row in to_kwic(hits)
    )
    yield from append_error_marker(rows, lambda error: f"{incomplete_marker(error)}\n")


# ---------------------------------------------------------------- all formats


class ExportFormat(NamedTuple):
    """A file of all hits of a search."""

    media_type: str
    suffix: str


EXPORT_FORMATS: Mapping[str, ExportFormat] = MappingProxyType(
    {
        "jsonl": ExportFormat("application/x-ndjson", "jsonl"),
        "csv": ExportFormat("text/csv", "csv"),
        "record": ExportFormat("application/x-ndjson", "jsonl"),
        "kwic": ExportFormat("text/plain", "txt"),
        "kwic-csv": ExportFormat("text/csv", "csv"),
        **{
            name: ExportFormat(one.media_type, one.suffix) for name, one in CITATION_FORMATS.items()
        },
        "relations": ExportFormat("text/csv", "csv"),
        "gexf": ExportFormat("application/gexf+xml", "gexf"),
    }
)
"""The formats of `write_export`, by the name that addresses and commands use."""


def write_export(
    hits: Iterable[Hit],
    name: str,
    *,
    bom: bool = False,
    make_url: Callable[[Hit], str] | None = None,
    record: SearchRecord | None = None,
) -> Iterator[str]:
    """Yield a file of hits in one of `EXPORT_FORMATS`, piece by piece.

    In the formats of citations every article is cited once, by its first hit; `relations` and
    `gexf` hold the sentences that say who supports whom, and their graph. `bom` begins CSV
    with a byte order mark; `make_url` gives the address of a hit. With `record` the first line
    says what was searched for (JSON lines; CSV and text as a comment; other formats have none).
    Raises `UnknownField` for another format.
    """
    check_choice(name, EXPORT_FORMATS, "format")
    first = _write_facts(record, name) if record else ""
    if first and bom and EXPORT_FORMATS[name].suffix == "csv":
        first, bom = BOM + first, False
    pieces = _write_hits(hits, name, bom=bom, make_url=make_url)
    return chain((first,), pieces) if first else pieces


def _write_facts(record: SearchRecord, name: str) -> str:
    """Write what was searched for as the first line of a format that can have one."""
    suffix, line = EXPORT_FORMATS[name].suffix, _json_line(record.facts())
    if suffix == "csv":
        return write_row([f"# {line.rstrip()}"])
    return {"jsonl": line, "txt": f"# {line}"}.get(suffix, "")


def _write_hits(
    hits: Iterable[Hit], name: str, *, bom: bool, make_url: Callable[[Hit], str] | None
) -> Iterator[str]:
    from indexer.relations import to_gexf, to_relations_csv  # which needs this module

    match name:
        case "csv":
            return to_csv(hits, bom=bom, make_url=make_url)
        case "jsonl":
            return to_json_lines(hits, make_url=make_url)
        case "record":
            lines = (_json_line(RecordedHit.of(hit).to_dict()) for hit in hits)
            return append_error_marker(lines, lambda error: _json_line({"error": error.to_dict()}))
        case "kwic":
            return to_kwic_text(hits)
        case "kwic-csv":
            return to_kwic_csv(to_kwic(hits, width=KWIC_CSV_WIDTH), bom=bom)
        case "relations":
            return to_relations_csv(hits, bom=bom)
        case "gexf":
            return iter((to_gexf(hits),))
    references = (make_reference(hit.document) for hit in _first_of_articles(hits))
    pieces = write_citations(references, name)
    return append_error_marker(pieces, lambda error: f"\n{incomplete_marker(error)}\n")


def _first_of_articles(hits: Iterable[Hit]) -> Iterator[Hit]:
    seen: set[tuple[str, int]] = set()
    for hit in hits:
        article = (hit.page, hit.article)
        if article not in seen:
            seen.add(article)
            yield hit


# ---------------------------------------------------------------- the feed


def to_atom(
    hits: Iterable[Hit],
    *,
    title: str,
    link: str,
    updated: datetime.datetime,
    make_url: Callable[[Hit], str],
) -> Iterator[str]:
    """Yield hits as a feed in Atom (RFC 4287), piece by piece.

    `link` is the search's own address and names the feed; `updated` is the time of the commit: an
    undated page came in then at the latest.
    """
    moment = updated.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield _element("id", _urn(link)) + _element("title", title) + _link(link, rel="self")
    yield _element("updated", moment) + "<author><name>Chaquan</name></author>\n"
    for hit in hits:
        day = hit.meta.date or ""
        dated = f"{day}T00:00:00Z" if len(day) == len("2022-07-01") else moment
        headline = " · ".join(filter(None, (hit.title, hit.heading))) or hit.id
        yield "<entry>" + _element("id", _urn(hit.id)) + _element("title", headline)
        yield _link(make_url(hit), rel="alternate") + _element("updated", dated)
        yield "".join(f'<category term="{_xml(city)}"/>\n' for city in hit.cities)
        yield _element("summary", hit.snippet.text) + "</entry>\n"
    yield "</feed>\n"


def _urn(name: str) -> str:
    """Return a permanent name (a URN), the same wherever the site is served from."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"chaquan:{name}").urn


def _element(name: str, text: str) -> str:
    return f"<{name}>{_xml(text)}</{name}>\n"


def _link(address: str, *, rel: str) -> str:
    return f'<link rel="{rel}" href="{_xml(address)}"/>\n'


def _xml(text: str) -> str:
    """Escape text and drop the characters that XML 1.0 cannot hold."""
    return escape(re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text))
