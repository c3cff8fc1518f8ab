"""What is printed, in order of travel: pages, articles, paragraphs, documents, snippets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from indexer.model.boxes import SpanBox
from indexer.model.document_terms import Terms
from indexer.model.json_form import fields_to_json
from indexer.model.spans import Span, locate_spans, shorten

NO_FACETS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


MAX_CROSSING_CHARS = 20
"""Characters of the longest substring that is found across an uncertain line end."""


CROSSING_PLANE = 0xF0000
"""The first code point of those that only the tail of a folded text holds, see `Document`."""


class Crossing(NamedTuple):
    """A line end in a block after which the file continues otherwise than the block's text.

    `end` counts in the block's text, `spans` are what follows in the file; `glued` says that no
    blank separates the words there (a hyphen at the line end is none).
    """

    end: int
    spans: tuple[Span, ...]
    glued: bool = False


class CrossedLines(NamedTuple):
    """What an index keeps of a crossing: its place in the text, the lines that follow it."""

    end: int
    first: int
    last: int


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
    TABLE = "table"
    LIST = "list"


class Truncation(StrEnum):
    """Where a paragraph has lost text that the file does not hold."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class PageMeta:
    """What a side-car file or the page's own head says of it; `None` is unknown, never guessed.

    `printed` names the fields that only the page's head says, `named` those that the name of its
    file says, separated by blanks.
    """

    newspaper: str | None = None
    date: str | None = None  # ISO 8601: 2023, 2023-10 or 2023-10-27
    edition: str | None = None
    title: str | None = None
    url: str | None = None
    printed: str | None = None
    named: str | None = None

    def to_dict(self) -> dict[str, str]:
        """Return what is given, by name."""
        names = ("newspaper", "date", "edition", "title", "url")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


class Part(NamedTuple):
    """A stretch of a page whose kind the source itself declares."""

    kind: Kind
    span: Span


@dataclass(frozen=True, slots=True)
class Sheet:
    """The scan of a page: its size in pixels, 0 where unknown, and where its image is.

    `image` is a path relative to the folder of the page's file or the address of a IIIF image
    service; None means an image beside the file that is named like it. `number` is the 1-based page
    of a file with several (PDF, TIFF).
    """

    width: int = 0
    height: int = 0
    image: str | None = None
    number: int = 1


class LineHint(NamedTuple):
    """What a source says of one line of a page's text, beside its characters.

    `kind` is what a layout model or an editor calls it, None for running text or where nothing is
    said. `level` is that of a heading, 1 the greatest. Lines of one paragraph have the same block;
    lines of one article have the same `article`, None where the source does not separate articles.
    """

    line: int  # 0-based, as `line_spans` splits the text
    kind: Kind | None = None
    level: int = 0
    block: int = 0
    article: str | None = None
    opens: bool = False  # an article begins


class Correction(NamedTuple):
    """A reading that corrects printed characters; `span` is in the text of a page or document."""

    span: Span
    printed: str
    read: str
    who: str = ""
    when: str = ""

    def to_dict(self) -> dict[str, object]:
        """Make the JSON of the correction."""
        return self._asdict() | {"span": list(self.span)}


class Unsure(NamedTuple):
    """Characters that an OCR engine was unsure of; `span` is in the text of a page or document.

    `others` are the characters that a single one may be instead, likeliest first.
    """

    span: Span
    others: str = ""

    def to_dict(self) -> dict[str, object]:
        """Make the JSON of the characters."""
        return self._asdict() | {"span": list(self.span)}


CORRECTED_READING = 1_000_000
"""Added to the number of a paragraph, it numbers the document that holds its corrected text."""


@dataclass(frozen=True, slots=True)
class Page:
    """A newspaper page as it was read: every span counts in `text`.

    `text` is the decoded file, or for other formats than plain text what their reader made of it,
    one printed line a line. `parts` are given where the source is a single article: nothing is
    guessed then. `boxes` and `unsure` are in the order of their spans. `hints` are for reading only
    and are not stored; nor is `unsure`, which the documents hold.
    """

    id: str
    source: str  # the path as the user wrote it
    text: str
    digest: str  # SHA-256 over everything that decides how the page is read
    encoding: str = "utf-8"
    meta: PageMeta = field(default_factory=PageMeta)
    parts: tuple[Part, ...] = ()
    sheet: Sheet | None = None
    boxes: tuple[SpanBox, ...] = ()
    hints: tuple[LineHint, ...] = ()
    corrections: tuple[Correction, ...] = ()
    unsure: tuple[Unsure, ...] = ()

    def __repr__(self) -> str:
        return f"<Page {self.id[-120:]}: {len(self.text)} characters>"


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named in a text: its canonical name and the characters that say so."""

    city: str
    evidence: str
    span: Span  # in the text of the paragraph

    def to_dict(self) -> dict[str, object]:
        """Make the JSON of the mention."""
        return fields_to_json(self)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One printed block of an article, joined again where the print cut it.

    `text` is the characters of `spans` in reading order. No span begins or ends with a blank;
    between two there is nothing, one blank (head lines, cells of a table, Latin words of two
    lines) or one line end (rows of a table, items of a list): see `locate_spans`. `duplicate_of`
    is the number of the original block in the same article when this one is an OCR repeat of it.
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
    surely_ends: bool = False  # what follows it in the file does not continue it

    @property
    def id(self) -> str:
        """The stable name `page:article:number`."""
        return paragraph_id(self.page, self.article, self.number)

    @property
    def cities(self) -> tuple[str, ...]:
        """The canonical places the paragraph names, in order of first mention."""
        return tuple(dict.fromkeys(mention.city for mention in self.mentions))


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that says who supports whom, with the sums, years and projects in it.

    `span` is that of the sentence in the text of the paragraph with this number; the others are
    as printed.
    """

    giver: str
    receiver: str
    paragraph: int
    span: Span
    sums: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()

    def to_dict(self, text: str) -> dict[str, object]:
        """Make the JSON of the statement; `text` is that of its paragraph."""
        sentence = text[self.span.start : self.span.end]
        return fields_to_json(self, "paragraph") | {"sentence": sentence}


@dataclass(frozen=True, slots=True)
class Pair:
    """A giver and a receiver of aid, with the sentences of the article that say so.

    Pairs are equal by giver and receiver; those of a stored page record come without evidence.
    """

    giver: str
    receiver: str
    evidence: tuple[Statement, ...] = field(default=(), compare=False)


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

    def __repr__(self) -> str:
        return f"<Article {self.page[-80:]}:{self.number} {shorten(self.title or '', 60)!r}>"

    def to_dict(self) -> dict[str, object]:
        """Make the JSON of the article without its paragraphs."""
        pairs = [[pair.giver, pair.receiver] for pair in self.pairs]
        return fields_to_json(self, "page", "paragraphs", "pairs") | {"pairs": pairs}


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
    folded: str  # the form in which `text` is matched; positions in it are not those in `text`
    spans: tuple[Span, ...]
    lines: tuple[tuple[int, int], ...]
    title: str | None = None
    heading: str | None = None
    mentions: tuple[Mention, ...] = ()
    original: str | None = None
    truncated: Truncation | None = None
    meta: PageMeta = field(default_factory=PageMeta)
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NO_FACETS)
    heads: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NO_FACETS)
    crossings: tuple[CrossedLines, ...] = ()  # in the order of the tail of `folded`
    scanned: bool = False  # its page has boxes on a sheet
    corrections: tuple[Correction, ...] = ()  # of the text, printed or as it is read
    unsure: tuple[Unsure, ...] = ()  # in the order of the tail of `folded`
    terms: Terms = field(default_factory=Terms)  # empty on documents that an engine returns

    def __repr__(self) -> str:
        return f"<Document {self.id[-80:]} {self.kind}: {shorten(self.text, 60)!r}>"

    @property
    def order(self) -> tuple[str, int, int]:
        """The key of page order, which also breaks every tie."""
        return (self.page, self.article, self.number)

    @property
    def corrected(self) -> bool:
        """Whether the text is that of the paragraph `printed_number` with its corrections."""
        return self.number >= CORRECTED_READING

    @property
    def printed_number(self) -> int:
        """The number of the paragraph that is printed."""
        return self.number % CORRECTED_READING

    def lines_of(self, span: Span) -> tuple[tuple[int, int], ...]:
        """Return the first and last line of each printed piece that a span of `text` touches."""
        pieces = zip(locate_spans(self.text, self.spans), self.spans, self.lines, strict=True)
        return tuple(
            lines
            for at, (start, end), lines in pieces
            if at < span.end and span.start < at + end - start
        )

    @property
    def cities(self) -> tuple[str, ...]:
        """The canonical places the paragraph names."""
        return self.facets.get("city", ())

    @property
    def authors(self) -> tuple[str, ...]:
        """The names of the article's by-line."""
        return self.facets.get("author", ())


@dataclass(frozen=True, slots=True)
class PageRecord:
    """A page as the index keeps it, for the source view and to know what changed."""

    page: Page
    articles: tuple[Article, ...]  # without their paragraphs: those are documents

    def __repr__(self) -> str:
        return f"<PageRecord {self.page.id[-120:]}: {len(self.articles)} articles>"


@dataclass(frozen=True, slots=True)
class Stamp:
    """With what an index was built; a query is analysed the same way or not at all."""

    format: int
    analysis: str  # version of the fold and of the terms
    cutter: str  # what cuts words: "jieba" or "rjieba", with its version
    dictionary: str  # digest of the user dictionary, "" without one
    places: str  # digest of the gazetteer and the user's places
    reading: str = ""  # the reader's weights, and how cautious it was
    facets: str = ""  # the names of the facets that documents carry


@dataclass(frozen=True, slots=True)
class Snippet:
    """Part of a paragraph and the ranges in it that matched; HTML is made in `webapp`.

    `start` is where the snippet begins in the paragraph; marks count in `text` of the snippet.
    """

    text: str
    marks: tuple[Span, ...] = ()
    start: int = 0


def paragraph_id(page: str, article: int, number: int) -> str:
    """Name a paragraph: `page:article:number`."""
    return f"{page}:{article}:{number}"
