"""Join the boxes of characters to as few as put each character near its position."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from indexer.model import Box, Span, SpanBox, enclose

MAX_DRIFT = 0.4
"""Type sizes by which a character may be beside the position computed from its line's box."""


class Char(NamedTuple):
    """A character of a page and its box in pixels."""

    text: str
    box: Box | None

    @property
    def size(self) -> int:
        """The type size: CJK characters are square, Latin ones higher than wide."""
        return max(self.box.w, self.box.h) if self.box else 0


def fit_boxes(chars: Sequence[Char], start: int = 0) -> Iterator[SpanBox]:
    """Yield as few boxes as put each character near its position, by halving."""
    boxed = [number for number, char in enumerate(chars) if char.box]
    if not boxed:
        return
    first, last = boxed[0], boxed[-1] + 1
    part = chars[first:last]
    box = enclose(char.box for char in part if char.box)
    if len(boxed) == 1 or _drift(part, box) <= MAX_DRIFT:
        yield SpanBox(Span(start + first, start + last), box)
        return
    middle = boxed[len(boxed) // 2]
    yield from fit_boxes(chars[:middle], start)
    yield from fit_boxes(chars[middle:], start + middle)


def _drift(chars: Sequence[Char], box: Box) -> float:
    """Return how far a character is from its computed position at most, in type sizes."""
    widths = [0.5 if char.text.isascii() else 1.0 for char in chars]
    down = box.h > box.w
    unit = (box.h if down else box.w) / sum(widths)
    position, drift = float(box.y if down else box.x), 0.0
    for char, width in zip(chars, widths, strict=True):
        if char.box:
            own = char.box.y if down else char.box.x
            drift = max(drift, abs(own - position) / max(1, char.size))
        position += width * unit
    return drift
