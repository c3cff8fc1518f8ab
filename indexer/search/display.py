"""Lay hits out for reading: lines of a concordance, and the text and HTML of a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from indexer.model import Document, Snippet, Span, locate_spans

if TYPE_CHECKING:
    from indexer.search.results import Hit, Results


KWIC_WIDTH = 20  # characters of either side


@dataclass(frozen=True, slots=True)
class Kwic:
    """One occurrence in its context: `left + keyword + right` is in the paragraph as it is.

    `lines` are the first and last source line of the pieces of print that hold the keyword;
    `start` is where the keyword begins in the paragraph.
    """

    id: str
    page: str
    article: int
    number: int
    title: str | None
    left: str
    keyword: str
    right: str
    lines: tuple[int, int]
    start: int
    newspaper: str | None = None
    date: str | None = None
    edition: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what the JSON of the line is."""
        names = ("id", "title", "left", "keyword", "right", "start", "newspaper", "date", "edition")
        values = {name: getattr(self, name) for name in names}
        return {**values, "lines": list(self.lines)}


def to_kwic(hits: Iterable[Hit], *, width: int = KWIC_WIDTH) -> Iterator[Kwic]:
    """Yield a row for each mark of each hit, with up to `width` characters of either side."""
    for hit in hits:
        for mark in hit.marks:
            yield make_kwic(hit.document, mark, width)


def make_kwic(document: Document, mark: Span, width: int) -> Kwic:
    """Cut one mark out of its paragraph."""
    start, end = mark
    text, meta = document.text, document.meta
    return Kwic(
        id=document.id,
        page=document.page,
        article=document.article,
        number=document.number,
        title=document.title,
        left=text[max(start - width, 0) : start],
        keyword=text[start:end],
        right=text[end : end + width],
        lines=find_lines(text, document.spans, document.lines, mark),
        start=start,
        newspaper=meta.newspaper,
        date=meta.date,
        edition=meta.edition,
    )


def find_lines(
    text: str,
    spans: Sequence[Span],
    line_ranges: Sequence[tuple[int, int]],
    mark: Span,
) -> tuple[int, int]:
    """Return the first and last source line of the spans that a mark of the paragraph touches."""
    offsets = locate_spans(text, spans)
    touched = [
        lines
        for at, (start, end), lines in zip(offsets, spans, line_ranges, strict=True)
        if at < mark.end and mark.start < at + end - start
    ] or list(line_ranges)
    return min(first for first, _ in touched), max(last for _, last in touched)


REPR_TEXT_CHARS = 60
SHOWN_HITS = 10


def hit_repr(hit: Hit) -> str:
    """Return a line of at most 200 characters: id, kind, title and the beginning of the text."""
    title = f" {_short(hit.title, 30)}:" if hit.title else ""
    return f"<Hit {hit.id[-60:]} {hit.kind}{title} {_short(hit.snippet.text, REPR_TEXT_CHARS)}>"


def results_repr(results: Results) -> str:
    """Return a line that says how many hits there are, and which of them these are."""
    first = results.start + 1
    shown = f"{first}-{results.start + len(results.hits)}" if results.hits else "none"
    query = _short(results.query, 40)
    return f"<Results {query!r}: {results.total} paragraphs, {results.articles} articles, {shown}>"


def hit_html(hit: Hit) -> str:
    """Return a hit as HTML, everything escaped but for its own marks."""
    head = " · ".join(filter(None, (hit.title, hit.heading, hit.meta.newspaper, hit.meta.date)))
    top = f"<b>{escape(head or hit.id)}</b> <small>{escape(hit.id)}</small>"
    return f"<p>{top}<br>{_marked(hit.snippet)}</p>"


def results_html(results: Results) -> str:
    """Return the first hits of a page of results as HTML."""
    hits = "".join(map(hit_html, results.hits[:SHOWN_HITS]))
    return f"<div>{escape(results_repr(results))}{hits}</div>"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _marked(snippet: Snippet) -> str:
    return "".join(_pieces(snippet))


def _pieces(snippet: Snippet) -> Iterable[str]:
    done = 0
    for start, end in snippet.marks:
        yield escape(snippet.text[done:start])
        yield f"<mark>{escape(snippet.text[start:end])}</mark>"
        done = end
    yield escape(snippet.text[done:])
