"""What comes out of a search: hits, counts and notes, and the JSON they make."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload
from urllib.parse import quote

from indexer.model import (
    Box,
    Correction,
    CrossedLines,
    Document,
    Kind,
    Mention,
    PageMeta,
    Snippet,
    Sort,
    Span,
    Statement,
    Truncation,
    Unsure,
)
from indexer.model.json_form import to_json
from indexer.model.spans import shorten
from indexer.query import Note

if TYPE_CHECKING:
    from indexer.suggest import Suggestions


PATH_CHARACTERS = "/:@!$(),*"
"""What stays as it is in the path of an address, beside letters and digits."""

REPR_TEXT_CHARS = 60
SHOWN_HITS = 10
"""Characters of a hit, and hits of a page of results, that a notebook shows."""


Attribute = TypeVar("Attribute")


class OfDocument(property, Generic[Attribute]):
    """An attribute of a hit that its document has, read without a call of Python."""

    def __init__(self, name: str, doc: str) -> None:
        super().__init__(attrgetter(f"document.{name}"), doc=doc)

    if TYPE_CHECKING:

        def __get__(self, hit: Any, owner: Any = None) -> Attribute: ...  # type: ignore[override]


@dataclass(frozen=True, slots=True, repr=False)
class Hit:
    """A paragraph that was found, with everything there is to show of it."""

    document: Document
    score: float
    snippet: Snippet
    marks: tuple[Span, ...] = ()  # in the whole text
    crossed: tuple[
        CrossedLines, ...
    ] = ()  # the lines of the file where a marked substring continues
    regions: tuple[Box, ...] = ()  # of the marks on the scan of the page, in pixels of its sheet
    repeats: tuple[str, ...] = ()  # ids of the OCR repeats folded into it
    explanation: tuple[Note, ...] = ()
    in_article: int = 0  # hits of the search in its article, this one included; 0 in a scan
    relaxed: bool = False  # holds some of the words of the query instead of all of it as typed
    near_duplicate_of: str | None = None  # id of a better hit of the page in another article
    uncertain: bool = False  # matches only where the OCR engine was unsure of a character

    id = OfDocument[str]("id", "`page:article:number`.")
    page = OfDocument[str]("page", "The id of the page.")
    article = OfDocument[int]("article", "The number of the article on its page.")
    number = OfDocument[int]("printed_number", "The number of the paragraph in its article.")
    kind = OfDocument[Kind]("kind", "What the printed block is.")
    title = OfDocument[str | None]("title", "The title of the article.")
    heading = OfDocument[str | None]("heading", "The section heading above the paragraph.")
    text = OfDocument[str]("text", "The whole paragraph.")
    cities = OfDocument[tuple[str, ...]]("cities", "The places the paragraph names.")
    authors = OfDocument[tuple[str, ...]]("authors", "The names of the article's by-line.")
    places = OfDocument[tuple[Mention, ...]]("mentions", "The places, each with its evidence.")
    corrections = OfDocument[tuple[Correction, ...]](
        "corrections", "Its corrections; their spans are in `text`."
    )
    corrected = OfDocument[bool]("corrected", "Whether the search matches only the corrected text.")
    unsure = OfDocument[tuple[Unsure, ...]](
        "unsure", "The characters of which the OCR engine was unsure."
    )
    spans = OfDocument[tuple[Span, ...]](
        "spans", "The spans of the paragraph in the text of its page."
    )
    truncated = OfDocument[Truncation | None]("truncated", "Where text was lost in print.")
    meta = OfDocument[PageMeta]("meta", "What the page's side-car file says.")

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The sentences that say who supports whom."""
        if not self.document.facets.get("pair"):
            return ()
        from indexer.places import find_statements  # a gazetteer is needed for few hits

        return tuple(find_statements(self.document))

    @property
    def line_ranges(self) -> tuple[tuple[int, int], ...]:
        """The first and last source line of each span, and of what a marked text continues in."""
        return (*self.document.lines, *((first, last) for _, first, last in self.crossed))

    @property
    def lines(self) -> tuple[int, int]:
        """The first and the last source line of all."""
        ranges = self.line_ranges or ((0, 0),)
        return (min(first for first, _ in ranges), max(last for _, last in ranges))

    @property
    def url(self) -> str:
        """The address where the paragraph is read, below the root of the site."""
        page = quote(self.page, safe=PATH_CHARACTERS, errors="replace")
        return f"/articles/{page}/{self.article}#p{self.number}"

    def cite(self, style: str = "gbt7714", *, accessed: datetime.date | None = None) -> str:
        """Return the citation of the hit in one of `CITATION_FORMATS`.

        `accessed` is the day on which you saw the page's address. Raises `UnknownField`.
        """
        from indexer.cite import find_citation_format, make_reference  # few hits are cited

        reference = make_reference(self.document, accessed=accessed)
        return find_citation_format(style).write(reference)

    def _facts(self) -> dict[str, Any]:
        """Return what the row and the JSON of the hit have in common."""
        return {
            "id": self.id,
            "page": self.page,
            "article": self.article,
            "number": self.number,
            "kind": self.kind.value,
            "title": self.title,
            "heading": self.heading,
            "text": self.text,
            "cities": list(self.cities),
            "author": list(self.authors),
            "url": self.url,
        }

    def to_row(self) -> dict[str, Any]:
        """Return the hit as a flat row for a table: text, numbers and lists of text."""
        meta = self.meta.to_dict()
        return {
            **self._facts(),
            **{name: meta.get(name) for name in ("newspaper", "date", "edition")},
            "first_line": self.lines[0],
            "last_line": self.lines[1],
            "score": self.score,
        }

    def __repr__(self) -> str:
        title = f" {shorten(self.title, 30)}:" if self.title else ""
        text = shorten(self.snippet.text, REPR_TEXT_CHARS)
        return f"<Hit {self.id[-60:]} {self.kind}{title} {text}>"

    def _repr_html_(self) -> str:
        facts = (self.title, self.heading, self.meta.newspaper, self.meta.date)
        head = " · ".join(filter(None, facts))
        top = f"<b>{escape(head or self.id)}</b> <small>{escape(self.id)}</small>"
        return f"<p>{top}<br>{''.join(_mark(self.snippet))}</p>"

    def to_dict(self) -> dict[str, Any]:
        """Make the JSON of the hit."""
        return {
            **self._facts(),
            "meta": self.meta.to_dict(),
            "score": round(self.score, 6),
            "spans": [list(span) for span in self.spans],
            "lines": list(self.lines),
            "regions": [list(region) for region in self.regions],
            "snippet": {"text": self.snippet.text, "marks": list(map(list, self.snippet.marks))},
            "places": [place.to_dict() for place in self.places],
            "statements": [one.to_dict(self.text) for one in self.statements],
            "line_ranges": [list(lines) for lines in self.line_ranges],
            "repeats": list(self.repeats),
            "in_article": self.in_article,
            "relaxed": self.relaxed,
            "near_duplicate_of": self.near_duplicate_of,
            "truncated": self.truncated.value if self.truncated else None,
            **({"corrections": to_json(self.corrections)} if self.corrections else {}),
            **({"unsure": to_json(self.unsure)} if self.unsure else {}),
            **({"uncertain": True} if self.uncertain else {}),
            **({"explanation": list(map(str, self.explanation))} if self.explanation else {}),
        }


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet with the hits it would leave."""

    value: str
    count: int
    selected: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Results:
    """One page of hits, with the total and the counts of all of them.

    `total`, `articles` and the facets count what was asked for; where nothing matches that, what
    holds some of its words. `following` hits of that sort come after a `total` of less than a page.
    """

    query: str
    total: int
    articles: int  # how many articles contain hits
    start: int
    size: int
    took_ms: float
    hits: tuple[Hit, ...] = ()
    notes: tuple[Note, ...] = ()
    facets: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    facet_sizes: Mapping[str, int] = field(default_factory=dict)  # values, those not listed too
    suggestions: Suggestions | None = None  # on the first page of few hits or none
    following: int = 0
    generation: int = 0
    sort: Sort = Sort.RELEVANCE
    group: str | None = None  # "article": `start` and `size` count articles
    following_articles: int = 0  # articles that only the following hits are in, where grouped

    @property
    def length(self) -> int:
        """What `start` goes up to: how many paragraphs or, where grouped, articles there are."""
        if self.group:
            return self.articles + self.following_articles
        return self.total + self.following

    @property
    def groups(self) -> tuple[tuple[Hit, ...], ...]:
        """The hits by article, in the order in which the articles first come up."""
        groups: dict[tuple[str, int], list[Hit]] = {}
        for hit in self.hits:
            groups.setdefault((hit.page, hit.article), []).append(hit)
        return tuple(map(tuple, groups.values()))

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    @overload
    def __getitem__(self, at: int) -> Hit: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Hit, ...]: ...

    def __getitem__(self, at: int | slice) -> Hit | tuple[Hit, ...]:
        return self.hits[at]

    def rows(self) -> list[dict[str, Any]]:
        """Return the hits as flat rows, as pandas, polars and duckdb take them."""
        return [hit.to_row() for hit in self.hits]

    def __repr__(self) -> str:
        first = self.start + 1
        shown = f"{first}-{self.start + len(self.hits)}" if self.hits else "none"
        query = shorten(self.query, 40)
        return f"<Results {query!r}: {self.total} paragraphs, {self.articles} articles, {shown}>"

    def _repr_html_(self) -> str:
        hits = "".join(hit._repr_html_() for hit in self.hits[:SHOWN_HITS])
        return f"<div>{escape(repr(self))}{hits}</div>"

    def to_dict(self) -> dict[str, Any]:
        """Make the JSON of a search."""
        return {
            "query": self.query,
            "total": self.total,
            "following": self.following,
            "start": self.start,
            "size": self.size,
            "took_ms": round(self.took_ms, 1),
            "notes": list(map(str, self.notes)),
            "hits": to_json(self.hits),
            "facets": {
                name: [
                    {"value": one.value, "count": one.count, "selected": one.selected}
                    for one in values
                ]
                for name, values in self.facets.items()
            },
            "facet_sizes": dict(self.facet_sizes),
            "articles": self.articles,
            **({"groups": self._group_facts()} if self.group else {}),
            "suggestions": to_json(self.suggestions),
        }

    def _group_facts(self) -> list[dict[str, Any]]:
        return [
            {
                "page": hits[0].page,
                "article": hits[0].article,
                "title": hits[0].title,
                "in_article": hits[0].in_article,
                "near_duplicate_of": hits[0].near_duplicate_of,
                "hits": [hit.id for hit in hits],
            }
            for hits in self.groups
        ]


def _mark(snippet: Snippet) -> Iterator[str]:
    """Yield the HTML of a snippet, everything escaped but for its marks."""
    done = 0
    for start, end in snippet.marks:
        yield escape(snippet.text[done:start])
        yield f"<mark>{escape(snippet.text[start:end])}</mark>"
        done = end
    yield escape(snippet.text[done:])
