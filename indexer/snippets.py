"""Cut snippets out of texts, with the marks as offsets; no HTML.

A snippet is whole sentences as far as they fit, the ones with the most of what was looked for;
the whole paragraph when it is short. A mark is never cut.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from indexer.engines.text_spans import find_spans
from indexer.model import (
    SENTENCE_ENDS,
    And,
    Literal,
    LookAround,
    Near,
    Node,
    Or,
    Snippet,
    Span,
    Term,
    Wildcard,
)

SNIPPET_CHARS = 120
"""Characters of a snippet: three lines of a result page."""

_SENTENCE_WITH_END = re.compile(
    rf"[^{SENTENCE_ENDS}]*[{SENTENCE_ENDS}]+[\"'”’」』）)]*|[^{SENTENCE_ENDS}]+"
)
_CLAUSE_WITH_END = re.compile(r"[^,，、：:—]*[,，、：:—]+|[^,，、：:—]+")


# ---------------------------------------------------------------- marks


def find_marks(folded: str, nodes: Iterable[Node]) -> tuple[Span, ...]:
    """Find where the nodes match in a folded text: in order, overlapping ones merged."""
    return merge_overlapping(span for node in nodes for span in _find(folded, node))


def merge_overlapping(spans: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """Put spans in order and merge those that overlap; neighbours stay two."""
    merged: list[Span] = []
    for span in itertools.starmap(Span, sorted(spans)):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        elif span.end > span.start:
            merged.append(span)
    return tuple(merged)


def _find(folded: str, node: Node) -> Iterable[tuple[int, int]]:
    match node:
        case Literal() | LookAround() | Near() | Wildcard():
            return find_spans(folded, node)
        case Term(field=field, text=text) if field != "head":
            return find_spans(folded, Literal(text))
        case And(nodes=nodes) | Or(nodes=nodes):
            return (span for child in nodes for span in _find(folded, child))
    return ()


# ---------------------------------------------------------------- the snippet


def make_snippet(text: str, marks: Sequence[Span], *, length: int = SNIPPET_CHARS) -> Snippet:
    """Choose the sentences of a text that show the most, up to about `length` characters."""
    if len(text) <= length:
        return Snippet(text, tuple(marks))
    pieces = _glue(_cut(text if marks else text[: 2 * length + 1], length), marks)
    windows = _windows(pieces, length)
    if marks:  # those that are between the first and the last mark can show any
        first, last = marks[0].start, marks[-1].end
        near = [one for one in windows if one.end > first and one.start < last]
        window = max(near, key=lambda one: _rank_window(text, one, marks))
    else:
        window = next(windows)
    return _snippet(text, _trim(text, window), marks)


def _cut(text: str, length: int) -> list[Span]:
    """Cut into sentences, long ones into clauses, long ones of these anywhere."""
    pieces: list[Span] = []
    for sentence in _split(_SENTENCE_WITH_END, text, Span(0, len(text))):
        if sentence.end - sentence.start <= length:
            pieces.append(sentence)
            continue
        for clause in _split(_CLAUSE_WITH_END, text, sentence):
            starts = range(clause.start, clause.end, length // 4)
            pieces += [Span(start, min(start + length // 4, clause.end)) for start in starts]
    return pieces


def _split(pattern: re.Pattern[str], text: str, span: Span) -> list[Span]:
    return [Span(*found.span()) for found in pattern.finditer(text, span.start, span.end)]


def _glue(pieces: Sequence[Span], marks: Sequence[Span]) -> list[Span]:
    """Join the pieces that a mark runs across."""
    glued: list[Span] = []
    position = 0
    for piece in pieces:
        while position < len(marks) and marks[position].end <= piece.start:
            position += 1
        across = position < len(marks) and marks[position].start < piece.start
        if across and glued:
            glued[-1] = Span(glued[-1].start, piece.end)
        else:
            glued.append(piece)
    return glued


def _windows(pieces: Sequence[Span], length: int) -> Iterator[Span]:
    """Yield neighbouring pieces as far as they fit, from each piece on."""
    last = 0
    for first, piece in enumerate(pieces):
        last = max(last, first)
        while last + 1 < len(pieces) and pieces[last + 1].end - piece.start <= length:
            last += 1
        yield Span(piece.start, pieces[last].end)


def _rank_window(text: str, window: Span, marks: Sequence[Span]) -> tuple[int, int, int]:
    """Weigh a window: different things marked, characters marked, then the earlier one."""
    inside = _marks_inside(marks, window)
    different = {text[mark.start : mark.end] for mark in inside}
    return (sum(map(len, different)), sum(end - start for start, end in inside), -window.start)


def _marks_inside(marks: Sequence[Span], window: Span) -> Sequence[Span]:
    """Return the marks that are whole in a window; marks are in order and do not overlap."""
    first = bisect_left(marks, window.start, key=lambda mark: mark.start)
    return marks[first : bisect_right(marks, window.end, lo=first, key=lambda mark: mark.end)]


def _trim(text: str, window: Span) -> Span:
    inside = text[window.start : window.end]
    start = window.start + len(inside) - len(inside.lstrip())
    return Span(start, max(start, window.end - (len(inside) - len(inside.rstrip()))))


def _snippet(text: str, window: Span, marks: Sequence[Span]) -> Snippet:
    inside = tuple(
        Span(mark.start - window.start, mark.end - window.start)
        for mark in _marks_inside(marks, window)
    )
    return Snippet(text[window.start : window.end], inside, window.start)
