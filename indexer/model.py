"""Every type that flows, in order of travel: a page comes in, results go out.

All values are frozen, with tuples inside; to change one, make one with `dataclasses.replace`.
Positions are counted in characters: a `Span` in the decoded source file of a page (BOM removed,
newlines as they stand), a mark or an evidence in the text it stands beside.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Span(NamedTuple):
    """A half-open range `[start, end)` of characters."""

    start: int
    end: int


# ---------------------------------------------------------------- the way in


class Kind(StrEnum):
    """What a printed block is."""

    TITLE = "title"
    SUBTITLE = "subtitle"
    KICKER = "kicker"
    HEADING = "heading"
    BODY = "body"
    CAPTION = "caption"
    BYLINE = "byline"
    CREDIT = "credit"
    NOTICE = "notice"
    FURNITURE = "furniture"


class Truncation(StrEnum):
    """Where a paragraph has lost text that the file does not hold."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class PageMeta:
    """What a side-car file says of a page; `None` is openly unknown, never guessed."""

    newspaper: str | None = None
    date: str | None = None  # ISO 8601: 2023, 2023-10 or 2023-10-27
    edition: str | None = None
    title: str | None = None
    url: str | None = None


class Part(NamedTuple):
    """A stretch of a page whose kind the source itself tells."""

    kind: Kind
    span: Span


@dataclass(frozen=True, slots=True)
class Page:
    """A newspaper page as it was read: `text` is the decoded file, every span counts in it.

    `parts` are given where the source is an article of a .jsonl file: nothing is guessed then.
    """

    id: str
    source: str  # the path as the user knows it
    text: str
    digest: str  # SHA-256 over everything that decides how the page is read
    encoding: str = "utf-8"
    meta: PageMeta = field(default_factory=PageMeta)
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named in a text: its canonical name and the characters that say so."""

    city: str
    evidence: str
    span: Span  # in the text of the paragraph


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One printed block of an article, joined again where the print cut it.

    `text` is the characters of `spans` in reading order: body, caption and notice joined with
    nothing, head lines with one blank. `duplicate_of` is the number of the original block in the
    same article when this one is an OCR repeat of it.
    """

    page: str
    article: int
    number: int
    kind: Kind
    text: str
    spans: tuple[Span, ...]
    heading: str | None = None
    mentions: tuple[Mention, ...] = ()
    duplicate_of: int | None = None
    truncated: Truncation | None = None

    @property
    def id(self) -> str:
        """The stable name `page:article:number`."""
        return paragraph_id(self.page, self.article, self.number)

    @property
    def cities(self) -> tuple[str, ...]:
        """The canonical places the paragraph names, in order of first mention."""
        return tuple(dict.fromkeys(mention.city for mention in self.mentions))


@dataclass(frozen=True, slots=True)
class Pair:
    """A giver and a receiver of aid that an article names together."""

    giver: str
    receiver: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a page with its blocks in reading order."""

    page: str
    number: int
    title: str | None = None
    subtitle: str | None = None
    kicker: str | None = None
    byline: str | None = None  # names, separated by one blank, without ■ and 本报记者
    credit: str | None = None
    paragraphs: tuple[Paragraph, ...] = ()
    cities: tuple[str, ...] = ()  # what the article is about
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What analysis makes of a document; positions are the places in these tuples.

    `chars` and `pairs` are implied by the folded text and carried so that no engine needs to
    know how they are made. `head` holds the words, characters and pairs of the title and of the
    section heading, which count for the paragraphs below them.
    """

    words: tuple[str, ...] = ()
    chars: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    head: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A paragraph as it is indexed and given back: everything a hit shows, nothing to look up.

    `facets` maps a facet's name to its values (see `FACETS`). `original` is the id of the
    document that this one repeats. `heads` holds the folded `title`, `heading` and `author`s, as
    `Contains` looks them up. `lines` are the first and last 1-based source line of each
    span, in the order of the spans.
    """

    id: str
    page: str
    article: int
    number: int
    kind: Kind
    text: str
    folded: str  # same length as `text`
    spans: tuple[Span, ...]
    lines: tuple[tuple[int, int], ...]
    title: str | None = None
    heading: str | None = None
    mentions: tuple[Mention, ...] = ()
    original: str | None = None
    truncated: Truncation | None = None
    meta: PageMeta = field(default_factory=PageMeta)
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    heads: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    terms: Terms = field(default_factory=Terms)  # empty on documents an engine gives back

    @property
    def order(self) -> tuple[str, int, int]:
        """The key of page order, which also breaks every tie."""
        return (self.page, self.article, self.number)

    @property
    def cities(self) -> tuple[str, ...]:
        """The canonical places the paragraph names."""
        return self.facets.get("city", ())


FACETS = ("city", "region", "article_city", "kind", "page", "author", "pair", "newspaper", "year")
"""Facet names. `region` holds every ancestor of the cities as a path (新疆, 新疆/阿克苏);
`pair` holds 嘉兴→沙雅; `newspaper` and `year` only where the side-car metadata carries them."""


@dataclass(frozen=True, slots=True)
class PageRecord:
    """A page as the index keeps it, for the source view and to know what changed."""

    page: Page
    articles: tuple[Article, ...]  # without their paragraphs: those are documents


@dataclass(frozen=True, slots=True)
class Stamp:
    """With what an index was built; a query is analysed the same way or not at all."""

    format: int
    analysis: str  # version of the fold and of the terms
    cutter: str  # who cuts words: "jieba" or "rjieba", with its version
    dictionary: str  # digest of the user dictionary, "" without one
    places: str  # digest of the gazetteer and the user's places


# ---------------------------------------------------------------- the query, as engines see it


@dataclass(frozen=True, slots=True)
class Term:
    """Documents whose field (`words`, `chars`, `pairs` or `head`) holds the term."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Literal:
    """Documents in whose folded text the folded run stands, character for character."""

    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """Documents that hold two folded runs with at most `distance` characters between them.

    The runs may stand in either order and may not overlap. With `sentence` they must also stand
    in one sentence, whatever the distance (`distance` is then ignored).
    """

    first: str
    second: str
    distance: int = 0
    sentence: bool = False


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Documents in whose folded text the pattern stands.

    `?` is one character and `*` up to `WILDCARD_REACH`, none of them blank or punctuation.
    """

    pattern: str


@dataclass(frozen=True, slots=True)
class Keyword:
    """Documents that carry the value in a facet; a `-` query is `Not(Keyword(...))`."""

    facet: str
    value: str


@dataclass(frozen=True, slots=True)
class Contains:
    """Documents with a folded run in a value of `Document.heads`: `title`, `heading`, `author`."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Dates:
    """Documents of pages dated from `first` to `last`, inclusive; `None` is open."""

    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class Every:
    """All documents: what an empty query browses."""


@dataclass(frozen=True, slots=True)
class And:
    """Documents that match every node."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Documents that match at least `at_least` of the nodes."""

    nodes: tuple[Node, ...]
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class Not:
    """Documents that do not match the node."""

    node: Node


Node = Term | Literal | Near | Wildcard | Keyword | Contains | Dates | Every | And | Or | Not

SENTENCE_ENDS = "。！？!?；;\n"
"""Where a sentence ends, in printed as in folded text."""

WILDCARD_REACH = 8
"""How many characters a `*` may stand for: the longest name in the gazetteer is 15, a word 8."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """A term that scores: its BM25 contribution times `weight`."""

    field: str
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Filter:
    """Keep documents by a facet: any of the values (or all of them), none of the excluded."""

    facet: str
    values: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    every: bool = False  # all of `values` instead of any


class Sort(StrEnum):
    """The order of hits; ties are always broken by page order."""

    RELEVANCE = "relevance"
    PAGE = "page"
    DATE = "date"  # oldest first, undated last
    NEWEST = "newest"  # newest first, undated last


@dataclass(frozen=True, slots=True)
class Request:
    """What an engine is asked: who matches, how they are ranked, what is counted.

    A hit stands in the first of `tiers` whose node it matches (a hit that matches none stands
    below the last); tiers decide before scores. Its score is the sum of BM25 over `scores`, times
    the factor of its kind.
    """

    match: Node
    tiers: tuple[Node, ...] = ()
    scores: tuple[Weighted, ...] = ()
    kind_factors: Mapping[str, float] = field(default_factory=dict)
    filters: tuple[Filter, ...] = ()
    facets: tuple[str, ...] = ()
    start: int = 0
    size: int = 10
    sort: Sort = Sort.RELEVANCE


@dataclass(frozen=True, slots=True)
class Match:
    """A document an engine found; `repeats` are the ids of the OCR repeats folded into it."""

    document: Document
    tier: int
    score: float
    repeats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """What an engine answers: one page of matches, exact totals, exact counts by facet.

    With `partial` not 0, so many parts of a remote engine were down and everything is of the rest.
    """

    total: int
    articles: int  # how many articles the matches stand in
    hits: tuple[Match, ...]
    facets: Mapping[str, Mapping[str, int]]
    generation: int
    partial: int = 0


# ---------------------------------------------------------------- the way out


@dataclass(frozen=True, slots=True)
class Snippet:
    """Part of a paragraph and the ranges in it that matched; HTML is somebody else's trade.

    `start` is where the snippet begins in the paragraph; marks count in `text` of the snippet.
    """

    text: str
    marks: tuple[Span, ...] = ()
    start: int = 0


def paragraph_id(page: str, article: int, number: int) -> str:
    """Name a paragraph: `page:article:number`."""
    return f"{page}:{article}:{number}"


def line_spans(text: str) -> tuple[Span, ...]:
    """Give each line of a source text, without its end: LF, CR LF or CR, and nothing else."""
    spans = []
    start = 0
    for end in re.finditer(r"\r\n|\n|\r", text):
        spans.append(Span(start, end.start()))
        start = end.end()
    spans.append(Span(start, len(text)))
    return tuple(spans)


def line_numbers(lines: Sequence[Span], span: Span) -> tuple[int, int]:
    """Tell the first and the last 1-based line that a span of the source touches."""
    last = max(span.start, span.end - 1)
    first_line = bisect_right(lines, span.start, key=lambda line: line.start)
    return first_line, bisect_right(lines, last, key=lambda line: line.start)
