"""A query as it was read in, one sentence that says so out, in two languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from indexer.query import parse
from indexer.query.tree import (
    AllOf,
    AnyOf,
    Close,
    Dated,
    Head,
    Note,
    Pattern,
    Query,
    QueryNode,
    Quote,
    Reach,
    Tag,
    Without,
    Words,
)
from indexer.settings import Settings

_NAMES = {
    "title": ("in the title", "标题"),
    "heading": ("in the heading", "小标题"),
    "author": ("as author", "作者"),
    "city": ("city", "城市"),
    "region": ("region", "地区"),
    "article_city": ("article about", "文章所写城市"),
    "kind": ("kind", "类型"),
    "page": ("page", "版面"),
    "pair": ("giver and receiver", "支援方与受援地"),
    "newspaper": ("newspaper", "报纸"),
    "year": ("year", "年份"),
}


@dataclass(frozen=True, slots=True)
class _Clause:
    """What a part of a query asks of a paragraph; `several` when it needs brackets inside."""

    english: str
    chinese: str
    several: bool = False


def describe_query(text: str, settings: Settings | None = None) -> Note:
    """Say how the text of a query is understood; raises `TooLong` beyond the limits."""
    return describe(parse(text, settings))


def describe(query: Query) -> Note:
    """Say how a query was understood."""
    if query.node is None:
        return Note("understood", "All paragraphs.", "全部段落。")
    clause = _clause(query.node)
    return Note("understood", f"Paragraphs {clause.english}.", f"查找段落：{clause.chinese}。")


def _clause(node: QueryNode) -> _Clause:
    match node:
        case AllOf(nodes=nodes):
            return _join(nodes, ", ", "，")
        case AnyOf(nodes=nodes):
            return _join(nodes, " or ", "或")
        case Without(node=child):
            clause = _bracket(_clause(child))
            return _Clause(f"not {clause.english}", f"不{clause.chinese}")
    return _LEAVES[type(node)](node)


def _join(nodes: tuple[QueryNode, ...], english: str, chinese: str) -> _Clause:
    clauses = [_bracket(_clause(node)) for node in nodes]
    return _Clause(
        english.join(clause.english for clause in clauses),
        chinese.join(clause.chinese for clause in clauses),
        several=True,
    )


def _bracket(clause: _Clause) -> _Clause:
    if not clause.several:
        return clause
    return _Clause(f"({clause.english})", f"（{clause.chinese}）")


def _words(node: Words) -> _Clause:
    return _Clause(f"with “{node.text}”", f"含“{node.text}”")


def _quote(node: Quote) -> _Clause:
    return _Clause(f"with exactly “{node.text}”", f"含原样的“{node.text}”")


def _pattern(node: Pattern) -> _Clause:
    return _Clause(f"with something like “{node.text}”", f"含形如“{node.text}”的文字")


def _head(node: Head) -> _Clause:
    english, chinese = _NAMES.get(node.field, (node.field, node.field))
    return _Clause(f"with “{node.text}” {english}", f"{chinese}含“{node.text}”")


def _tag(node: Tag) -> _Clause:
    english, chinese = _NAMES.get(node.facet, (node.facet, node.facet))
    return _Clause(f"of {english} “{node.value}”", f"属于{chinese}“{node.value}”")


def _dated(node: Dated) -> _Clause:
    english = " ".join(
        filter(None, (node.first and f"from {node.first}", node.last and f"until {node.last}"))
    )
    chinese = "".join(
        filter(None, (node.first and f"自 {node.first} 起", node.last and f"至 {node.last} 止"))
    )
    return _Clause(f"dated {english}", f"在日期{chinese}")


def _close(node: Close) -> _Clause:
    texts = [f"“{text}”" for text in node.texts]
    both = f"with {' and '.join(texts)}"
    if node.reach is Reach.CHARACTERS:
        return _Clause(
            f"{both} at most {node.distance} characters apart",
            f"含{'与'.join(texts)}且相距不超过 {node.distance} 字",
        )
    one = "sentence" if node.reach is Reach.SENTENCE else "paragraph"
    place = "句" if node.reach is Reach.SENTENCE else "段"
    return _Clause(f"{both} in one {one}", f"含{'与'.join(texts)}且在同一{place}")


_LEAVES: dict[type, Callable[..., _Clause]] = {
    Words: _words,
    Quote: _quote,
    Pattern: _pattern,
    Head: _head,
    Tag: _tag,
    Dated: _dated,
    Close: _close,
}
