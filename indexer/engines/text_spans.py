"""Find where nodes about the text match a normalised text: the reference for every engine."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from indexer.engines.wildcards import make_pattern
from indexer.model import SENTENCE_ENDS, Literal, LookAround, Near, Span, TextNode, find_starts

_SENTENCE_END = re.compile("[" + re.escape(SENTENCE_ENDS) + "]")


def matches_text(folded: str, node: TextNode) -> bool:
    """Return whether a node matches a folded text."""
    return next(iter(find_spans(folded, node)), None) is not None


def find_spans(folded: str, node: TextNode) -> Iterable[tuple[int, int]]:
    """Return where a node matches a folded text, of `Near` where each of the two texts is.

    An empty text is nowhere; a pattern without characters of its own may match empty spans.
    """
    if isinstance(node, Literal):
        return _find_literal(folded, node.text)
    if isinstance(node, Near):
        return _find_near(folded, node)
    if isinstance(node, LookAround):
        return _find_look_around(folded, node)
    pattern = make_pattern(node.pattern)
    return pattern.find(folded) if pattern else ()


def _find_literal(folded: str, text: str) -> Iterator[Span]:
    starts = find_starts(folded, text) if text else ()
    return (Span(start, start + len(text)) for start in starts)


def _find_look_around(folded: str, node: LookAround) -> Iterator[Span]:
    """Yield where a text is and the characters beside it are allowed."""
    for span in _find_literal(folded, node.text):
        before = folded.endswith(node.not_before, 0, span.start)
        if not (before or folded.startswith(node.not_after, span.end)):
            yield span


def _find_near(folded: str, node: Near) -> Iterator[Span]:
    """Yield where each of two texts has the other near it, without overlap."""
    if node.sentence and _SENTENCE_END.search(node.first + node.second):
        return
    firsts, seconds = (list(_find_literal(folded, text)) for text in (node.first, node.second))
    for one, others, leading in ((firsts, seconds, True), (seconds, firsts, False)):
        for span in one:
            follows, leads = _gaps(span, others)
            sides = (follows if leading else leads) if node.ordered else follows + leads
            if any(_is_near(folded, node, *gap) for gap in sides):
                yield span


def _gaps(span: Span, others: Sequence[Span]) -> tuple[list[Span], list[Span]]:
    """Return the gap to the nearest of the others after a span, and to that before it, if any."""
    after = bisect_left(others, span.end, key=lambda other: other.start)
    before = bisect_right(others, span.start, key=lambda other: other.end)
    follows = [Span(span.end, other.start) for other in others[after : after + 1]]
    return follows, [Span(other.end, span.start) for other in others[max(0, before - 1) : before]]


def _is_near(folded: str, node: Near, start: int, end: int) -> bool:
    if node.sentence:
        return not _SENTENCE_END.search(folded, start, end)
    return end - start <= node.distance
