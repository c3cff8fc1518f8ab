"""Pieces of body text in, the pieces of each paragraph out: what the print cut is joined again."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.analysis import segment
from indexer.articles import Piece, forms

REACH = 12
"""Characters on each side of a joint that are cut into words: words have up to eight."""


def join_pieces(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Group pieces into paragraphs, in reading order."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        before = groups[-1][-1].lines[-1].text if groups else ""
        if groups and not forms.is_closed(before):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def crosses(before: str, after: str) -> str:
    """Return the word that stands across a joint, nothing where a word ends there."""
    left, right = before[-REACH:], after[:REACH]
    start = 0
    for word in segment(left + right):
        if start < len(left) < start + len(word):
            return word
        start += len(word)
    return ""
