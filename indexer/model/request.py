"""What an engine is asked and what it answers: the nodes of a query, requests, matches.

A parsed query is a tree of the same nodes, with the texts and values as they were typed and a few
leaves of its own (see `indexer.query.tree`); those of a request are normalised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from indexer.model.printed import Document, Kind

Child = TypeVar("Child", covariant=True)
"""A node below another: one of a request, or one of a parsed query."""


@dataclass(frozen=True, slots=True)
class Term:
    """Documents whose field (`words`, `chars`, `pairs` or `head`) holds the term."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Literal:
    """Documents whose folded text contains the folded substring, character for character."""

    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """Documents that hold two folded substrings with at most `distance` characters between them.

    The substrings may come in either order, unless they are to be `ordered`, and may not overlap.
    With `sentence` they must also be in one sentence, whatever the distance (`distance` is then
    ignored).
    """

    first: str
    second: str
    distance: int = 0
    sentence: bool = False
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class LookAround:
    """Documents that hold a folded substring without certain characters beside it.

    None of `not_before` ends where the substring begins, none of `not_after` begins where it ends:
    the negative look-behind and look-ahead of regular expressions.
    """

    text: str
    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Documents whose folded text contains a match of the pattern.

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
    """Documents with a folded substring in a head: `title`, `heading` or `author`."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Dates:
    """Documents of pages dated from `first` to `last`, inclusive; `None` is open."""

    first: str | None
    last: str | None

    def contain(self, date: str | None) -> bool:
        """Return whether a date is in the range, compared as far as the shorter string goes."""
        if date is None:
            return False
        after = self.first is None or date[: len(self.first)] >= self.first[: len(date)]
        return after and (self.last is None or date[: len(self.last)] <= self.last[: len(date)])


@dataclass(frozen=True, slots=True)
class Every:
    """All documents: what an empty query browses."""


@dataclass(frozen=True, slots=True)
class And(Generic[Child]):
    """Documents that match every node."""

    nodes: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class Or(Generic[Child]):
    """Documents that match at least `at_least` of the nodes."""

    nodes: tuple[Child, ...]
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class Not(Generic[Child]):
    """Documents that do not match the node."""

    node: Child


TextNode = Literal | LookAround | Near | Wildcard
"""What is decided by the folded text alone."""

Node: TypeAlias = (
    Term | TextNode | Keyword | Contains | Dates | Every | And["Node"] | Or["Node"] | Not["Node"]
)

HEAD_FIELDS = ("title", "heading", "author")
"""Fields that `Contains` searches, beside the text."""

SENTENCE_ENDS = "。！？!?；;\n"
"""Where a sentence ends, in printed as in folded text."""

WILDCARD_REACH = 8
"""How many characters a `*` may match: the longest name in the gazetteer is 15, a word 8."""


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
class Rerank:
    """A better order of the first `block` hits by relevance, always of all of them.

    `bonus` returns, from a hit's folded text and kind, what is added to its score; tiers
    decide before that as before, and page order after it. Hits further on keep their order.
    """

    block: int
    bonus: Callable[[str, Kind], float]


@dataclass(frozen=True, slots=True)
class Request:
    """What an engine is asked: what matches, how matches are ranked, what is counted.

    A hit is in the first of `tiers` whose node it matches (a hit that matches none comes below the
    last); tiers decide before scores. Its score is the sum of BM25 over `scores`, times the factor
    of its kind. A scan leaves `rerank` aside.

    With `per_article`, `start` and `size` count articles, in the order of their first hits, and the
    hits come article by article, the first `per_article` of each. With `most_articles` only so many
    of these articles come, by the score of their first hit times the number of their hits.
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
    rerank: Rerank | None = None
    per_article: int = 0
    most_articles: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """A document an engine found; `repeats` are the ids of the OCR repeats folded into it.

    `in_article` counts all matches in its article, itself included, whatever page of
    matches they come on; a scan leaves it 0.
    """

    document: Document
    tier: int
    score: float
    repeats: tuple[str, ...] = ()
    in_article: int = 0


@dataclass(frozen=True, slots=True)
class Matches:
    """What an engine answers: one page of matches, exact totals, exact counts by facet.

    With `partial` not 0, so many parts of a remote engine were down and everything is of the rest.
    """

    total: int
    articles: int  # how many articles contain matches
    hits: tuple[Match, ...]
    facets: Mapping[str, Mapping[str, int]]
    generation: int
    partial: int = 0
