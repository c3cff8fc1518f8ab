"""Compile a query node to the query language of the cluster; ranking is not done here.

Every node is answered by the servers alone and exactly. A substring is a phrase of single
characters; nearness and wildcards are intervals of them. With `under` a query looks at what a
repeat keeps of its original (`repeated.`) instead of at the document itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from indexer.engines.base import is_word_char
from indexer.engines.opensearch.mapping import escape, term, token, tokens
from indexer.engines.wildcards import make_pattern
from indexer.errors import NotAnswerable, TooLong
from indexer.messages import message
from indexer.model import (
    HEAD_FIELDS,
    SENTENCE_ENDS,
    And,
    Contains,
    Dates,
    Every,
    Filter,
    Keyword,
    Literal,
    LookAround,
    Near,
    Node,
    Not,
    Or,
    Term,
    Wildcard,
)

Query = dict[str, Any]
SearchCall = Callable[[Query], Mapping[str, Any]]

MATCH_ALL: Query = {"match_all": {}}
MATCH_NONE: Query = {"match_none": {}}
UNUSED_TERM = "u+never"  # a token that no character has
MAX_WILDCARD_SHAPES = 10
"""How many ways a wildcard may be spelled out: a second star makes 9 (a third would make 81, and
its characters more than the 1,024 clauses that a server allows)."""


def compile_node(node: Node, under: str = "") -> Query:
    """Return the query of a node."""
    match node:
        case Every():
            return MATCH_ALL
        case Term(field=name, text=text):
            return {"term": {under + name: term(text)}}
        case Keyword(facet=facet, value=value):
            return {"term": {f"{under}facets.{facet}": escape(value)}}
        case Literal(text=substring):
            return phrase(f"{under}text", substring)
        case Contains(field=head, text=substring):
            return _contains(head, substring, under)
        case LookAround():
            return look_around(node, f"{under}text")
        case Near():
            return near(node, f"{under}text")
        case Wildcard(pattern=pattern):
            return wildcard(pattern, f"{under}text", f"{under}solid")
        case Dates(first=first, last=last):
            return dates(first, last, f"{under}date")
    return _composed(node, under)


def _composed(node: And[Node] | Or[Node] | Not[Node], under: str) -> Query:
    if isinstance(node, Not):
        return {"bool": {"must_not": [compile_node(node.node, under)]}}
    queries = [compile_node(child, under) for child in node.nodes]
    if isinstance(node, And):
        return all_of(queries)
    return any_of(queries, node.at_least)


def all_of(queries: Sequence[Query], *, none_of: Sequence[Query] = ()) -> Query:
    """Match what matches every query and none of the others."""
    if not none_of and len(queries) <= 1:
        return queries[0] if queries else MATCH_ALL
    return {"bool": {"filter": list(queries), **({"must_not": list(none_of)} if none_of else {})}}


def any_of(queries: Sequence[Query], at_least: int = 1) -> Query:
    """Match what matches at least so many of the queries."""
    if at_least <= 0:
        return MATCH_ALL
    if len(queries) < at_least:
        return MATCH_NONE
    return {"bool": {"should": list(queries), "minimum_should_match": at_least}}


# ---------------------------------------------------------------- substrings


def phrase(field: str, substring: str) -> Query:
    """Match a substring, character for character; an empty one matches nothing."""
    if not substring:
        return MATCH_NONE
    if len(substring) == 1:
        return {"term": {field: token(substring)}}
    return {"match_phrase": {field: tokens(substring)}}


def _contains(head: str, substring: str, under: str) -> Query:
    if head not in HEAD_FIELDS:
        return MATCH_NONE
    field = f"{under}heads.{head}"
    return phrase(field, substring) if substring else {"exists": {"field": field}}


def near(node: Near, field: str) -> Query:
    """Match two substrings near each other, in an order that is allowed, without overlap."""
    first, second = node.first, node.second
    if not first or not second:
        return MATCH_NONE
    if node.sentence and set(first + second) & set(SENTENCE_ENDS):
        return MATCH_NONE
    one_order = node.ordered or first == second
    orders = [(first, second)] if one_order else [(first, second), (second, first)]
    return {"intervals": {field: _either([_follows(node, a, b) for a, b in orders])}}


def _follows(node: Near, first: str, second: str) -> Query:
    # Two equal sources would be merged into one that may overlap itself: make the second differ.
    ordered: Query = {
        "mode": "ordered",
        "intervals": [
            _substring(first),
            _either([_substring(second), _substring_of([UNUSED_TERM])]),
        ],
    }
    if node.sentence:
        ends = _either([_substring(end) for end in SENTENCE_ENDS])
        ordered["filter"] = {"not_containing": ends}
    else:
        ordered["max_gaps"] = node.distance
    return {"all_of": ordered}


def look_around(node: LookAround, field: str) -> Query:
    """Match a substring that is not part of itself with one of the excluded texts beside it.

    The servers know whether an interval is inside another, not where: raises `NotAnswerable` for
    a substring that begins or ends elsewhere in the longer text too (哈 not before 哈).
    """
    substring = node.text
    if not substring:
        return MATCH_NONE
    longer = [text + substring for text in node.not_before]
    longer += [substring + text for text in node.not_after]
    if any(text.find(substring) != text.rfind(substring) for text in longer):
        raise NotAnswerable(text=substring)
    source = _substring(substring)
    for text in longer:  # a filter for each: one over all of them misses some
        apart = {"not_contained_by": _substring(text)}
        source = {"all_of": {"intervals": [source], "filter": apart}}
    return {"intervals": {field: source}}


def _substring(text: str) -> Query:
    return _substring_of([token(char) for char in text])


def _substring_of(names: Sequence[str], **options: str) -> Query:
    substring: Query = {"query": " ".join(names), "mode": "ordered", "max_gaps": 0}
    return {"match": substring | options}


def _either(sources: Sequence[Query]) -> Query:
    return sources[0] if len(sources) == 1 else {"any_of": {"intervals": list(sources)}}


# ---------------------------------------------------------------- wildcards


def wildcard(pattern: str, field: str, solid_field: str) -> Query:
    """Match a pattern by every shape it may take; one shape has its stars all at one length.

    The last gap of a pattern needs no shapes of its own: it is slack. A star at either end also
    matches nothing, so only what a gap needs at least is asked for there. Raises `TooLong` where
    the stars make more than `MAX_WILDCARD_SHAPES` shapes.
    """
    found = make_pattern(pattern)
    if found is None:
        return MATCH_NONE
    substrings = found.substrings
    gaps = [range(least, most + 1) for least, most in found.gaps]
    for end in (0, -1) if gaps else ():
        gaps[end] = gaps[end] if substrings[end] else gaps[end][:1]
    if not any(substrings):
        return _solid_substring(sum(gap[0] for gap in gaps), solid_field)
    loose = [number for number, gap in enumerate(gaps) if len(gap) > 1]
    last = loose[-1] if loose else len(gaps)
    shapes = _shapes(substrings[: last + 1], gaps[:last])
    sources = [_shape(shape, solid_field) for shape in shapes]
    if loose:
        (tail,) = _shapes(substrings[last + 1 :], gaps[last + 1 :])
        end_source = _shape(tail, solid_field)
        plain = all(map(is_word_char, "".join(substrings)))
        sources = [
            _with_slack(source, gaps[last], end_source, solid_field, plain=plain)
            for source in sources
        ]
    return {"intervals": {field: _either(sources)}}


def _with_slack(first: Query, gap: range, last: Query, solid_field: str, *, plain: bool) -> Query:
    """Match one shape before another with a gap between them, all its lengths at once.

    The servers look at the shortest stretches from the one to the other: where a longer one has
    no blank or mark in its gap, a shorter one inside has none either. Unless it is all `plain`
    the shapes may have marks of their own, and only one between them counts.
    """
    mark = _substring_of(["x"], use_field=solid_field)
    if not plain:
        mark = {"all_of": {"mode": "ordered", "intervals": [first, mark, last]}}
    middle = [_substring_of(["s"] * gap[0], use_field=solid_field)] if gap[0] else []
    ordered: Query = {
        "mode": "ordered",
        "max_gaps": len(gap) - 1,
        "intervals": [first, *middle, _either([last, _substring_of([UNUSED_TERM])])],
        "filter": {"not_containing": mark},
    }
    return {"all_of": ordered}


def _shapes(substrings: Sequence[str], gaps: Sequence[range]) -> Iterable[tuple[str | int, ...]]:
    """Return substrings with every choice of widths of the gaps between them."""
    number = prod(map(len, gaps))
    if number > MAX_WILDCARD_SHAPES:
        limit = MAX_WILDCARD_SHAPES
        raise TooLong(actual=number, limit=limit, unit=message("unit.wildcard_shapes"))
    choices: list[Sequence[str | int]] = [substrings[:1]]
    for gap, substring in zip(gaps, substrings[1:], strict=True):
        choices += [gap, (substring,)]
    return product(*choices)


def _shape(pieces: Iterable[str | int], solid_field: str) -> Query:
    sources: list[Query] = [
        _substring(piece)
        if isinstance(piece, str)
        else _substring_of(["s"] * piece, use_field=solid_field)
        for piece in pieces
        if piece
    ]
    if len(sources) == 1:
        return sources[0]
    return {"all_of": {"mode": "ordered", "max_gaps": 0, "intervals": sources}}


def _solid_substring(length: int, solid_field: str) -> Query:
    return {"intervals": {solid_field: _substring_of(["s"] * length)}} if length else MATCH_ALL


# ---------------------------------------------------------------- dates and filters


def dates(first: str | None, last: str | None, field: str) -> Query:
    """Match dates in a range, compared as far as the shorter string goes.

    A date is not before `first` when it sorts so or is one of its beginnings; it is not after
    `last` when it sorts so or begins with it.
    """
    bounds: list[Query] = [{"exists": {"field": field}}]
    if first is not None:
        beginnings = [first[:length] for length in range(len(first) + 1)]
        later: list[Query] = [{"range": {field: {"gte": first}}}, {"terms": {field: beginnings}}]
        bounds.append(any_of(later))
    if last is not None:
        earlier: list[Query] = [{"range": {field: {"lte": last}}}, {"prefix": {field: last}}]
        bounds.append(any_of(earlier))
    return all_of(bounds)


def compile_filters(filters: Iterable[Filter]) -> Query:
    """Match what passes every filter."""
    asked: list[Query] = []
    excluded: list[Query] = []
    for one in filters:
        field = f"facets.{one.facet}"
        wanted: list[Query] = [{"term": {field: escape(value)}} for value in one.values]
        if one.every:
            asked += wanted
        elif wanted:
            asked.append({"terms": {field: list(map(escape, one.values))}})
        excluded += [{"term": {field: escape(value)}} for value in one.excluded]
    return all_of(asked, none_of=excluded)


def visible(generation: int) -> Query:
    """Match what the readers of a generation see."""
    bounds = {"since": {"lte": generation}, "until": {"gt": generation}}
    return all_of([{"range": {field: bound}} for field, bound in bounds.items()])


def matching(node: Node, *, repeats: bool) -> Query:
    """Match a node, leaving out each repeat whose original matches as well."""
    dropped = []
    if repeats:
        dropped = [all_of([{"term": {"repeat": True}}, compile_node(node, "repeated.")])]
    return all_of([compile_node(node)], none_of=dropped)
