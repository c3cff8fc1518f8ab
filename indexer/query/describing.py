"""One sentence that says how a query was understood."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce

from indexer.arguments import check_arguments
from indexer.messages import Message, message
from indexer.model import FACETS, And, Contains, Dates, Keyword, LookAround, Not, Or, Wildcard
from indexer.query import parse
from indexer.query.tree import Note, Proximity, Query, QueryNode, Quote, Words
from indexer.settings import Settings


@dataclass(frozen=True, slots=True)
class _Clause:
    """What a part of a query asks of a paragraph; `several` when it needs brackets inside."""

    message: Message
    several: bool = False


@check_arguments
def describe_query(text: str, settings: Settings | None = None) -> Note:
    """Return how the text of a query is understood; raises `TooLong` beyond the limits."""
    return describe(parse(text, settings))


def describe(query: Query) -> Note:
    """Return how a query was understood."""
    if query.node is None:
        return Note("understood", message("describe.everything"))
    clause = _clause(query.node).message
    return Note("understood", message("describe.paragraphs", clause=clause))


def _clause(node: QueryNode) -> _Clause:
    match node:
        case And(nodes=nodes):
            return _join(nodes, "all")
        case Or(nodes=nodes):
            return _join(nodes, "any")
        case Not(node=child):
            key = "without" if isinstance(child, _TEXT_LEAVES) else "except"
            return _make(key, clause=_bracket(child))
    return _CLAUSES_BY_LEAF[type(node)](node)


def _make(key: str, **facts: object) -> _Clause:
    return _Clause(message(f"describe.{key}", **facts))


def _join(nodes: tuple[QueryNode, ...], key: str) -> _Clause:
    clauses = [_bracket(node) for node in nodes]
    joined = reduce(lambda left, right: message(f"describe.{key}", left=left, right=right), clauses)
    return _Clause(joined, several=True)


def _bracket(node: QueryNode) -> Message:
    clause = _clause(node)
    return message("describe.bracket", clause=clause.message) if clause.several else clause.message


def _look_around(node: LookAround) -> _Clause:
    sides = {"not_before": node.not_before, "not_after": node.not_after}
    excluded = [
        message(f"describe.{side}", texts=_quoted(texts, "any"))
        for side, texts in sides.items()
        if texts
    ]
    beside = reduce(lambda left, right: message("describe.both", left=left, right=right), excluded)
    return _make("flanked", text=node.text, beside=beside)


def _quoted(texts: Iterable[str], key: str) -> Message:
    """Join texts in quotation marks by one of the rows `and`, `any`."""
    quoted = (message("describe.quoted", text=text) for text in texts)
    return reduce(lambda left, right: message(f"describe.{key}", left=left, right=right), quoted)


def _head(node: Contains) -> _Clause:
    return _make("head", text=node.text, field=message(f"field.{node.field}"))


def _tag(node: Keyword) -> _Clause:
    return _make("tag", facet=FACETS[node.facet].noun, value=node.value)


def _dated(node: Dates) -> _Clause:
    if node.first and node.first == node.last:
        return _make("on", first=node.first)
    key = "between" if node.first and node.last else "since" if node.first else "until"
    return _make(key, first=node.first, last=node.last)


def _close(node: Proximity) -> _Clause:
    texts = _quoted(node.texts, "and")
    if node.ordered:
        texts = message("describe.ordered", texts=texts)
    return _make(f"close_{node.reach}", texts=texts, distance=node.distance)


_TEXT_LEAVES = (Words, Quote, LookAround, Wildcard, Proximity)
"""Nodes whose clauses begin with 含, which 不 negates."""

_CLAUSES_BY_LEAF: dict[type, Callable[..., _Clause]] = {
    Words: lambda node: _make("words", text=node.text),
    Quote: lambda node: _make("quote", text=node.text),
    LookAround: _look_around,
    Wildcard: lambda node: _make("pattern", text=node.pattern),
    Contains: _head,
    Keyword: _tag,
    Dates: _dated,
    Proximity: _close,
}
