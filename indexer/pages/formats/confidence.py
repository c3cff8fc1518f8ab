"""Mark what an OCR engine was unsure of, by its confidence in each character or word."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.model import Span, Unsure

MIN_CONFIDENCE = 0.8
"""Confidence from 0 to 1 below which a character is unsure. RapidOCR gave less to 9 of 10 misread
characters of blurred pages, and to 3 in 1,000 of all characters of clean ones."""


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
