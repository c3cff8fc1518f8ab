"""A text cut at its marks, for templates to show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from indexer import Unsure


class MarkedText(NamedTuple):
    """A part of a text that matched, or did not.

    `others` are the characters that one of which an OCR engine was unsure may be; None elsewhere.
    """

    text: str
    marked: bool = False
    number: int = 0  # of the mark that begins with the part, when marks are counted
    others: str | None = None


def cut_pieces(
    text: str,
    marks: Iterable[tuple[int, int]],
    first: int = 1,
    unsure: Sequence[Unsure] = (),
    offset: int = 0,
) -> Iterator[MarkedText]:
    """Cut a text at its marks, numbered from `first`, and around what is unsure.

    Both are in order and do not overlap. `offset` is that of the text in the longer one that
    `unsure` is of.
    """
    done = 0
    for number, (start, end) in enumerate(marks, first):
        yield from _cut(MarkedText(text[done:start]), offset + done, unsure)
        yield from _cut(MarkedText(text[start:end], True, number), offset + start, unsure)
        done = end
    yield from _cut(MarkedText(text[done:]), offset + done, unsure)


def _cut(piece: MarkedText, start: int, unsure: Iterable[Unsure]) -> Iterator[MarkedText]:
    """Cut a piece that begins at an offset of the text around what is unsure in it."""
    text, marked, number, _ = piece
    at = 0
    for span, others in unsure:
        low, high = max(at, span.start - start), min(len(text), span.end - start)
        if low < high:
            if low > at:
                yield MarkedText(text[at:low], marked, 0 if at else number)
            yield MarkedText(text[low:high], marked, 0 if low else number, others)
            at = high
    if at < len(text):
        yield MarkedText(text[at:], marked, 0 if at else number)
