"""Check whether a node about the text matches a normalised text.

Nodes of the types in `TextNode` are decided here, over the text itself, for every engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from indexer.engines.wildcards import make_pattern
from indexer.model import SENTENCE_ENDS, Literal, LookAround, Near, TextNode

_SENTENCE_END_MARK = re.compile("[" + re.escape(SENTENCE_ENDS) + "]")

Check = Callable[[str], bool]


def make_check(node: TextNode) -> Check:
    """Return a function that returns whether the node matches a folded text."""
    if isinstance(node, Literal):
        return literal_check(node.text)
    if isinstance(node, Near):
        return near_check(node)
    if isinstance(node, LookAround):
        return look_around_check(node)
    pattern = make_pattern(node.pattern)
    return pattern.is_in if pattern else lambda _folded: False


def literal_check(run: str) -> Check:
    """Check that a run occurs in the text; an empty run does not."""
    return lambda folded: bool(run) and run in folded


def near_check(node: Near) -> Check:
    """Check that two runs occur near each other, in an order that is allowed, without overlap."""
    first, second = node.first, node.second
    near = _follows if node.ordered else _both
    if not first or not second:
        return lambda _folded: False
    if node.sentence:
        return lambda folded: any(
            near(sentence, first, second, len(sentence)) for sentence in _sentences(folded)
        )
    return lambda folded: near(folded, first, second, node.distance)


def _both(text: str, first: str, second: str, distance: int) -> bool:
    return _follows(text, first, second, distance) or _follows(text, second, first, distance)


def _follows(text: str, first: str, second: str, distance: int) -> bool:
    size, reach = len(first), distance + len(second)
    place = text.find(first)
    while place >= 0:
        place += size
        if text.find(second, place, place + reach) >= 0:
            return True
        place = text.find(first, place + 1 - size)
    return False


def look_around_check(node: LookAround) -> Check:
    """Check that a run occurs at a place where the characters beside it are allowed."""
    if not node.text:
        return lambda _folded: False
    before = "".join(f"(?<!{re.escape(text)})" for text in node.not_before)
    after = "".join(f"(?!{re.escape(text)})" for text in node.not_after)
    pattern = re.compile(f"{before}{re.escape(node.text)}{after}")
    return lambda folded: pattern.search(folded) is not None


def _sentences(text: str) -> list[str]:
    return _SENTENCE_END_MARK.split(text)


def in_range(date: str | None, first: str | None, last: str | None) -> bool:
    """Return whether a date is in a range, compared as far as the shorter string goes."""
    if date is None:
        return False
    after = first is None or date[: len(first)] >= first[: len(date)]
    return after and (last is None or date[: len(last)] <= last[: len(date)])
