"""What a query says: a frozen tree of what is wanted, as typed, and notes on how it was read.

Its nodes are those of a request to an engine, with texts and values as they were typed; the leaves
defined here have no such node until their words, spellings and aliases are known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from indexer.analysis import normal_form
from indexer.messages import Message
from indexer.model import And, Contains, Dates, Keyword, Kind, LookAround, Not, Or, Span, Wildcard


@lru_cache(maxsize=512)
def normal_text(text: str) -> str:
    """Normalise a text of a query; one query asks for the same few again and again."""
    return normal_form(text)


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence about how a query was read or answered."""

    code: str
    message: Message

    def __str__(self) -> str:
        return self.message.sentence()

    def sentence(self, language: str = "en") -> str:
        """Return the sentence in a language of the catalogue."""
        return self.message.sentence(language)


NO_SPAN = Span(0, 0)
"""The position of a leaf that was not read from a query."""


@dataclass(frozen=True, slots=True)
class Words:
    """A substring without quotes: wanted as typed, or else by its words.

    The `span` of a leaf is that of its text in the query; leaves are equal wherever they are.
    """

    text: str
    span: Span = field(default=NO_SPAN, compare=False, repr=False)

    @property
    def folded(self) -> str:
        """The substring in the form in which it is looked for."""
        return normal_text(self.text)


@dataclass(frozen=True, slots=True)
class Quote:
    """A substring in quotation marks: wanted character for character.

    One that is `glued` to other text may as well be part of a sentence someone typed, and is
    relaxed with it.
    """

    text: str
    glued: bool = False
    span: Span = field(default=NO_SPAN, compare=False, repr=False)


class Reach(StrEnum):
    """How near is near."""

    CHARACTERS = "characters"
    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Proximity:
    """Substrings that must be near each other."""

    texts: tuple[str, ...]
    reach: Reach = Reach.CHARACTERS
    distance: int = 0
    ordered: bool = False  # in the order in which they were typed
    span: Span = field(default=NO_SPAN, compare=False, repr=False)


Leaf = Words | Quote | Proximity | LookAround | Wildcard | Contains | Keyword | Dates
QueryNode: TypeAlias = Leaf | And["QueryNode"] | Or["QueryNode"] | Not["QueryNode"]


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was read; `node` is `None` when nothing was asked, which browses."""

    text: str  # as typed, without blanks around
    node: QueryNode | None = None
    notes: tuple[Note, ...] = ()

    @property
    def folded(self) -> str:
        """The whole text as it is looked for."""
        return normal_text(self.text)


def wanted_leaves(node: QueryNode | None) -> Iterator[QueryNode]:
    """Yield the leaves that are wanted, not those that must not be there."""
    match node:
        case And(nodes=nodes) | Or(nodes=nodes):
            for child in nodes:
                yield from wanted_leaves(child)
        case None | Not():
            return
        case _:
            yield node


def all_wanted(node: QueryNode | None) -> tuple[QueryNode, ...]:
    """Return the nodes that a query joins with AND; of another query, itself."""
    return node.nodes if isinstance(node, And) else (node,) if node is not None else ()


_CHINESE_KIND_NAMES = {
    Kind.TITLE: "标题",
    Kind.SUBTITLE: "副题 副标题",
    Kind.KICKER: "引题 肩题",
    Kind.HEADING: "小标题",
    Kind.BODY: "正文",
    Kind.CAPTION: "图注 图片说明",
    Kind.BYLINE: "作者 署名 by-line",
    Kind.CREDIT: "来源 图片来源 稿件来源",
    Kind.NOTICE: "启事 公告",
    Kind.FURNITURE: "版面 版面元素 报头与版面信息",
    Kind.TABLE: "表格",
    Kind.LIST: "列表 清单",
}
KIND_NAMES = {
    name: kind
    for kind, names in _CHINESE_KIND_NAMES.items()
    for name in (*names.split(), kind.value)
}
"""Kinds as people call them."""
