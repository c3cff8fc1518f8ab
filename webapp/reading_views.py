"""The reading views: an article with its paragraphs repaired, a page with its numbered lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Response, request

from indexer import (
    ArticleView,
    Document,
    PageMeta,
    PageRecord,
    PastTheEnd,
    Span,
    locate_corrections,
    make_reference,
    merge_ranges,
    to_metadata,
)
from webapp.addresses import PART_PARAGRAPHS, Addresses, Search, first_of_part
from webapp.context import AppContext, revalidated
from webapp.issues import find_adjacent_issues, list_contents
from webapp.marked_text import MarkedText, cut_pieces
from webapp.numbered_lines import MAX_SOURCE_LINES, line_count, make_lines
from webapp.parameters import read_number, read_switch
from webapp.result_views import print_facts, show_lines
from webapp.search_trail import make_trail, read_onward
from webapp.sheet_page import sheet_anchor
from webapp.site_texts import Texts

Marks = Mapping[str, Sequence[Span]]
"""What a search marks in the texts of documents, by their ids."""

MAX_RANGES = 100
MAX_CORRECTION_CHARS = 200  # characters of a correction

MAX_SIMILAR = 5
"""Similar articles that are offered."""

HEAD_KINDS = ("title", "subtitle", "kicker", "byline")
KINDS_SET_APART = ("caption", "credit", "furniture")


@dataclass(frozen=True, slots=True)
class BlockView:
    """A paragraph of the reading view."""

    document: Document
    pieces: tuple[MarkedText, ...]
    lines: str
    lines_url: str
    cite_url: str
    sheet_url: str  # of its place on the scan
    original: int | None  # the number of the paragraph this one repeats
    first_line: int
    main: bool = False  # the main head line


@revalidated()
def article_page(context: AppContext, page: str, article: int) -> Response:
    """Show an article; a search marks its hits, `beside` adds the lines it was printed on."""
    onward = read_onward(context, request.args)
    whole = context.index.article(page, article)
    to, search = context.addresses, onward.followed
    marks = _marks(context, whole.documents, search)
    first = first_of_part(read_number(request.args, "from", 1, least=1))
    view, parts = _part(whole, first, onward)
    beside = read_switch(request.args, "beside")
    return context.show(
        "article.html",
        search=search,
        article=view.article,
        parts=parts,
        marks_count=sum(map(len, marks.values())),
        hit_links=_hit_links(whole, marks, first, onward),
        cities=[
            (city, to.search(Search(filters={"city": (city,)}))) for city in view.article.cities
        ],
        canonical=to.article(page, article),
        sheet_url=onward.sheet(page) if any(one.scanned for one in view.documents) else "",
        page_url=onward.page(page),
        beside_url=onward.article(page, article, first if first > 1 else None, beside=not beside),
        printed=print_facts(view.meta, context.texts),
        day_url=to.issues(view.meta.newspaper or "", date=view.meta.date) if view.meta.date else "",
        source_url=web_address(view.meta.url),
        citation_meta=_citation_meta(whole),
        similar=[
            (hit.title, to.article(hit.page, hit.article), print_facts(hit.meta, context.texts))
            for hit in context.index.similar(whole, MAX_SIMILAR)
        ],
        trail=make_trail(context, onward),
        **_paragraphs(
            _blocks(whole, marks, onward, context.texts, first), view, onward, context.texts
        ),
        **_original(context, view, marks, onward, beside=beside),
    )


MAX_HIT_LINKS = 12
"""Links to hits of an article: with more hits they lead to every second, third … one."""


def choose_hits(count: int) -> range:
    """Return the numbers of the hits that get a link, spread over all of them."""
    return range(1, count + 1, max(1, -(-count // MAX_HIT_LINKS)))


def _hit_links(
    view: ArticleView, marks: Marks, first: int, onward: Addresses
) -> list[tuple[int, str]]:
    """Link some of the hits of an article, also those in its other parts."""
    owners = [
        one.number for one in view.documents for _ in marks.get(one.id, ()) if not one.corrected
    ]
    links = []
    for number in choose_hits(len(owners)):
        owner = owners[number - 1]
        same = first_of_part(owner) == first
        address = "" if same else onward.article(view.article.page, view.article.number, owner)
        links.append((number, f"{address.partition('#')[0]}#hit-{number}"))
    return links


def _part(
    view: ArticleView, first: int, onward: Addresses
) -> tuple[ArticleView, list[tuple[str, str, bool]]]:
    """Return a part of a long article, and links to all of its parts."""
    numbers = [one.number for one in view.documents if not one.corrected]
    firsts = sorted(set(map(first_of_part, numbers)))
    shown = tuple(one for one in view.documents if first_of_part(one.printed_number) == first)
    if not shown and numbers:
        raise PastTheEnd(total=max(numbers), start=first)
    parts = [
        (
            f"{number}–{min(max(numbers), number + PART_PARAGRAPHS - 1)}",
            onward.article(view.article.page, view.article.number, number),
            number == first,
        )
        for number in firsts
    ]
    return replace(view, documents=shown), parts if len(parts) > 1 else []


def _paragraphs(
    blocks: Sequence[BlockView], view: ArticleView, onward: Addresses, texts: Texts
) -> dict[str, Any]:
    """Part the paragraphs of an article: its head, its running text, what is apart."""
    head = [one for one in blocks if one.document.kind in HEAD_KINDS and not one.original]
    ranges = merge_ranges(line for block in head for line in block.document.lines)
    return {
        "head": head,
        "head_lines": show_lines(ranges, texts),
        "head_url": onward.page(view.article.page, ranges),
        "running": [
            one
            for one in blocks
            if one.document.kind not in HEAD_KINDS + KINDS_SET_APART and not one.original
        ],
        "apart": [one for one in blocks if one.document.kind in KINDS_SET_APART or one.original],
        "titled": any(block.main for block in head),
    }


def _citation_meta(view: ArticleView) -> Sequence[tuple[str, str]]:
    """Return the metadata of a page in the form that reference managers read."""
    if not view.documents:
        return ()
    return to_metadata(make_reference(view.documents[0], url=request.base_url))


def _marks(context: AppContext, documents: Sequence[Document], search: Search) -> Marks:
    """Find what the search marks in paragraphs, whatever else it filters, by id."""
    if not search.query:
        return {}
    marks = context.index.mark(search.query, documents, exact=search.exact)
    return {one.id: marks[one.id] for one in documents if not one.corrected}


def _blocks(
    view: ArticleView, marks: Marks, onward: Addresses, texts: Texts, part: int
) -> list[BlockView]:
    """Make the paragraphs of a part of an article, the marks of all of it numbered through."""
    blocks = []
    first = 1
    titles = [one.number for one in view.documents if one.kind == "title" and not one.original]
    for document in view.documents:
        if document.corrected:
            continue
        found = marks.get(document.id, ())
        if first_of_part(document.number) == part:
            block = _block(document, found, first, onward, texts)
            blocks.append(replace(block, main=[document.number] == titles[:1]))
        first += len(found)
    return blocks


def _block(
    document: Document, marks: Sequence[Span], first: int, onward: Addresses, texts: Texts
) -> BlockView:
    ranges = merge_ranges(document.lines)
    return BlockView(
        document=document,
        pieces=tuple(cut_pieces(document.text, marks, first, document.unsure)),
        first_line=ranges[0][0] if ranges else 0,
        lines=show_lines(ranges, texts),
        lines_url=onward.page(document.page, ranges),
        cite_url=onward.cite(document.page, document.article, document.number),
        sheet_url=f"{onward.sheet(document.page)}#{sheet_anchor(document)}" * document.scanned,
        original=int(document.original.rsplit(":", 1)[1]) if document.original else None,
    )


def _original(
    context: AppContext, view: ArticleView, marks: Marks, onward: Addresses, *, beside: bool
) -> dict[str, Any]:
    """Return the lines an article was printed on, when they are wanted."""
    if not beside:
        return {"lines": ()}
    page = context.index.page(view.article.page).page
    spans = [line for document in view.documents for line in document.lines]
    window = (min(a for a, _ in spans), max(b for _, b in spans))
    return {
        "lines": make_lines(page, view.documents, window=window, found=marks),
        "line_url": lambda number: onward.page(page.id, [(number, number)]),
        "block_url": lambda document: f"#p{document.number}",
    }


# ---------------------------------------------------------------- the page


@revalidated()
def source_page(context: AppContext, page: str) -> Response:
    """Show the numbered lines of a page, with the blocks they hold."""
    record = context.index.page(page)
    to, texts = context.addresses, context.texts
    onward = read_onward(context, request.args)
    marked = read_lines(request.args.get("lines", ""))
    window, before, after = _window(marked, line_count(record.page))
    every = context.index.documents(page)
    documents = [one for one in every if not one.corrected]
    return context.show(
        "page.html",
        page=record.page,
        search=onward.followed,
        trail=make_trail(context, onward),
        lines=make_lines(
            record.page, documents, marked, window, _marks(context, every, onward.followed)
        ),
        line_url=lambda number: f"#L{number}",
        block_url=lambda one: onward.article(page, one.article, one.number),
        articles=list_contents(record.articles, onward),
        fix=_offer_correction(record, marked),
        neighbours=find_adjacent_issues(context, page, record.page.meta),
        facts=meta_facts(record.page.meta, texts),
        source_url=web_address(record.page.meta.url),
        canonical=to.page(page),
        sheet_url=onward.sheet(page) if record.page.boxes or record.page.sheet else "",
        before=onward.page(page, first=before) if before else None,
        after=onward.page(page, first=after) if after else None,
    )


@dataclass(frozen=True, slots=True)
class CorrectionOffer:
    """What the form for a correction holds, and the row to paste when it is filled in."""

    line: str
    printed: str
    read: str
    row: str = ""
    fits: bool = True
    file: str = ""  # where the row goes


def _offer_correction(record: PageRecord, marked: Sequence[tuple[int, int]]) -> CorrectionOffer:
    """Make the row of a corrections file; the server changes nothing."""
    page = record.page
    given = (request.args.get(f"fix_{name}", "") for name in ("line", "printed", "read"))
    line, printed, read = (" ".join(one.split())[:MAX_CORRECTION_CHARS] for one in given)
    file, before_line = locate_corrections(page)
    if not (printed and read):
        return CorrectionOffer(line or (str(marked[0][0]) if marked else ""), printed, read)
    lines = page.text.splitlines()
    number = int(line) if line.isascii() and line.isdigit() and len(line) < 8 else 0
    fits = 0 < number <= len(lines) and lines[number - 1].count(printed) == 1
    row = "\t".join((before_line + line, printed, read, "", f"{date.today():%Y-%m-%d}"))
    return CorrectionOffer(line, printed, read, row if fits else "", fits, file)


def _window(
    marked: Sequence[tuple[int, int]], lines: int
) -> tuple[tuple[int, int], int | None, int | None]:
    """Choose which lines of a long page to show: those asked for, or those around the marks.

    Returns the first and the last, and where the lines before and after them begin.
    """
    wanted = read_number(request.args, "from", 1, least=1)
    if marked and "from" not in request.args:
        wanted = marked[0][0] - marked[0][0] % MAX_SOURCE_LINES
    first = max(1, min(wanted, lines))
    last = min(lines, first + MAX_SOURCE_LINES - 1)
    before = max(1, first - MAX_SOURCE_LINES) if first > 1 else None
    return (first, last), before, last + 1 if last < lines else None


def read_lines(given: str) -> tuple[tuple[int, int], ...]:
    """Read ranges of lines (`12-18,40` or `L12-L18`); what is no range is left out."""
    found = re.findall(r"L?(\d{1,9})(?:-L?(\d{1,9}))?", given[:1000], re.ASCII)[:MAX_RANGES]
    ranges = [(int(first), int(last or first)) for first, last in found]
    return merge_ranges((min(pair), max(pair)) for pair in ranges)


def meta_facts(meta: PageMeta, texts: Texts) -> list[tuple[str, str]]:
    """List what a side-car file says of a page, and nothing it does not say."""
    names = ("newspaper", "date", "edition", "url")
    return [
        (texts(f"meta.{name}"), value)
        for name in names
        if (value := getattr(meta, name)) is not None
    ]


def web_address(url: str | None) -> str:
    """Return an address that a link may lead to: http and https, nothing that runs."""
    return url if url and url.startswith(("http://", "https://")) else ""


@revalidated()
def raw_page(context: AppContext, page: str) -> Response:
    """Answer the text of a page as it was read."""
    record = context.index.page(page)
    return Response(record.page.text.encode("utf-8", "replace"), mimetype="text/plain")
