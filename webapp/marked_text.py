"""A text cut at its marks, for templates to show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class MarkedText(NamedTuple):
    """A run of text that matched, or did not."""

    text: str
    marked: bool = False
    number: int = 0  # of the mark, when marks are counted


def cut_pieces(text: str, marks: Iterable[tuple[int, int]], first: int = 1) -> Iterator[MarkedText]:
    """Cut a text at its marks (in order, not overlapping), the marks numbered from `first`."""
    done = 0
    for number, (start, end) in enumerate(marks, first):
        if start > done:
            yield MarkedText(text[done:start])
        yield MarkedText(text[start:end], True, number)
        done = end
    if done < len(text):
        yield MarkedText(text[done:])
