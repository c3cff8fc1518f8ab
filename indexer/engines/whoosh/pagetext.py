"""A page's text, less what its documents say anyway; and back.

A document's text is the characters of its spans, separated as `locate_spans` says. So a page record
keeps only what stands between, and which documents are odd: their text is made otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from indexer.model import locate_spans

Cutting = tuple[str, Sequence[tuple[int, int]]]
"""A document's text and its spans on the page."""

_Piece = tuple[int, int, str]  # where it begins and ends on the page, and its characters


def take_out(text: str, cuttings: Sequence[Cutting]) -> tuple[str, list[int]]:
    """Leave out of a page what its documents hold; name the odd ones by their place."""
    odd = [
        place
        for place, cutting in enumerate(cuttings)
        if any(text[start:end] != piece for start, end, piece in _pieces(cutting))
    ]
    rest, at = [], 0
    for start, end, _ in _in_order(cuttings, odd):
        rest.append(text[at:start])
        at = end
    return "".join([*rest, text[at:]]), odd


def put_in(rest: str, cuttings: Iterable[Cutting], odd: Iterable[int]) -> str:
    """Make a page's text whole again."""
    parts, taken, at = [], 0, 0
    for start, end, piece in _in_order(cuttings, odd):
        parts += [rest[taken : taken + start - at], piece]
        taken, at = taken + start - at, end
    return "".join([*parts, rest[taken:]])


def _in_order(cuttings: Iterable[Cutting], odd: Iterable[int]) -> Iterator[_Piece]:
    """Yield the pieces as they stand on the page; of two that overlap the first."""
    left_out, at = set(odd), 0
    fitting = (cutting for place, cutting in enumerate(cuttings) if place not in left_out)
    for piece in sorted(one for cutting in fitting for one in _pieces(cutting)):
        if piece[0] >= at:
            at = piece[1]
            yield piece


def _pieces(cutting: Cutting) -> Iterator[_Piece]:
    """Cut a document's text up by its spans; nothing where the lengths do not say how."""
    text, spans = cutting
    offsets = locate_spans(text, spans)
    if not spans or offsets[-1] + spans[-1][1] - spans[-1][0] != len(text):
        return
    for at, (start, end) in zip(offsets, spans, strict=True):
        yield start, end, text[at : at + end - start]
