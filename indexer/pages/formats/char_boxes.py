"""Place the characters of a line by few boxes, and mark those an OCR engine was unsure of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from indexer.model import Box, Span, SpanBox, Unsure, enclose

MAX_DRIFT = 0.4
"""Type sizes by which a character may be beside the position computed from its line's box."""

MIN_CONFIDENCE = 0.8
"""Confidence from 0 to 1 below which a character is unsure. RapidOCR gave less to 9 of 10 misread
characters of blurred pages, and to 3 in 1,000 of all characters of clean ones."""


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


def mark_word(text: str, confidence: float | None) -> tuple[Unsure, ...]:
    """Return a word as unsure where the engine's confidence in it is low."""
    is_low = text and confidence is not None and confidence < MIN_CONFIDENCE
    return (Unsure(Span(0, len(text))),) if is_low else ()


def mark_chars(
    text: str, confidences: Sequence[float | None], others: Sequence[str] = ()
) -> tuple[Unsure, ...]:
    """Return the characters of low confidence, with what else the engine considered for each.

    Nothing is marked where there is not a confidence for each character.
    """
    if len(confidences) != len(text):
        return ()
    read = others if len(others) == len(text) else [""] * len(text)
    return tuple(
        Unsure(Span(at, at + 1), read[at])
        for at, confidence in enumerate(confidences)
        if confidence is not None and confidence < MIN_CONFIDENCE
    )
