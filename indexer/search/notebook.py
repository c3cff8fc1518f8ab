"""Hits as a notebook shows them: one short line of text, or a little HTML with the marks."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from indexer.model import Snippet

if TYPE_CHECKING:
    from indexer.search.results import Hit, Results

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
