"""The substrings of text that a query asks for, with their spans: what a suggestion may replace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.query.lexer import CLOSING_QUOTES
from indexer.query.tree import (
    Proximity,
    Query,
    QueryNode,
    Quote,
    Words,
    all_wanted,
    normal_text,
    wanted_leaves,
)

TYPED_END_MARKS = "？?！!。.,，、；;：:"
"""What ends a question or a list and is not looked for."""


OPENING_QUOTES = "".join(CLOSING_QUOTES)
"""What opens a quote that is still being typed."""


@dataclass(frozen=True, slots=True)
class Substring:
    """A wanted substring of a query and its span there, its quotes left out."""

    text: str
    start: int
    end: int
    quoted: bool = False

    @property
    def normal(self) -> str:
        """The text as it is looked for."""
        return normal_text(self.text)

    def replace(self, query: str, instead: str) -> str:
        """Replace the substring."""
        return query[: self.start] + instead + query[self.end :]


def wanted_substrings(query: Query) -> tuple[Substring, ...]:
    """Return the substrings that are wanted in the text, in order.

    What must not be there, values of fields, patterns and operators are no such substrings.
    """
    leaves = (
        substring
        for leaf in wanted_leaves(query.node)
        for substring in _substrings(leaf, query.text)
    )
    return tuple(sorted(leaves, key=lambda substring: substring.start))


def is_plain(query: Query) -> bool:
    """Return whether a query is text and quoted text alone, without operators or fields."""
    nodes = all_wanted(query.node)
    return bool(nodes) and all(isinstance(node, Words | Quote) for node in nodes)


def _substrings(leaf: QueryNode, query: str) -> Iterator[Substring]:
    match leaf:
        case Words(span=span):
            typed = query[span.start : span.end]
            start = span.start + len(typed) - len(typed.lstrip(OPENING_QUOTES))
            text = typed.strip(OPENING_QUOTES).rstrip(TYPED_END_MARKS)
            if text:
                yield Substring(text, start, start + len(text))
        case Quote(span=span):
            yield Substring(query[span.start : span.end], span.start, span.end, quoted=True)
        case Proximity(span=span):
            for word in re.compile(r"\S+").finditer(query, span.start, span.end):
                yield Substring(word[0], *word.span())
