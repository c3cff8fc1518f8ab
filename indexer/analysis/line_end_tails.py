"""Find text across line ends after which a block does not continue as the file does.

The normalised text of a block is followed by a tail: for each such line end, what follows it in the
file, in characters moved to the private planes of Unicode, which no text and no query holds. A
substring matches in the tail only where it crosses the line end, because only its second part is
written so. So engines need to know nothing of it, and no substring is found twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from indexer.analysis.normalize import normal_form
from indexer.model import CROSSING_PLANE, MAX_CROSSING_CHARS, Span

_COPY_START, LINE_END_MARK = chr(CROSSING_PLANE), chr(CROSSING_PLANE + 1)
"""Where the copy of what precedes a line end begins, and where the line ends."""

_OTHER_CHARACTER = chr(CROSSING_PLANE + 2)
_TAIL_CONTEXT_CHARS = 2 * MAX_CROSSING_CHARS
"""Printed characters on each side that are normalised; more where too little of them is left."""


class Sides(NamedTuple):
    """What is printed before and after a line end; `glued` lines have no blank between words.

    `last` is the end of the block: its own text precedes it.
    """

    before: str
    after: str
    last: bool
    glued: bool = False


class Crossed(NamedTuple):
    """Where a match in a tail crosses: the number of the line end, and the characters before it."""

    number: int
    chars: int


def is_matchable(ends: Sides) -> bool:
    """Return whether both sides of a line end have something that can be searched."""
    return bool(_edge_chars(ends.before, -1) and _edge_chars(ends.after, 1))


def make_tail(ends: Iterable[Sides]) -> str:
    """Return what follows the normalised text of a block; the end of the block comes first."""
    return "".join(map(_write, ends))


def crossing_substrings(substring: str) -> Mapping[str, str]:
    """Return the forms in which a tail contains a normalised substring, parted at each offset.

    Each comes with the pair of characters of it that is found in no other text.
    """
    if not 2 <= len(substring) <= MAX_CROSSING_CHARS:
        return {}
    forms = {}
    for position in range(1, len(substring)):
        before, behind = substring[:position], encode(substring[position:])
        if not before[-1].isspace():
            forms[before + behind] = before[-1] + behind[0]
            forms[encode(before) + LINE_END_MARK + behind] = LINE_END_MARK + behind[0]
    return forms


def find_crossed(folded: str, length: int, match: Span) -> Crossed | None:
    """Return where a match crosses a line end; `length` is that of the text without its tail."""
    if match.end <= length:
        return None
    if match.start < length:
        return Crossed(0, length - match.start)
    end = folded.find(LINE_END_MARK, match.start, match.end)
    if end < 0:  # in what `unsure_tails` puts behind
        return None
    own = folded[length] != _COPY_START
    number = folded.count(_COPY_START, length, end) - 1 + own
    return Crossed(number, end - match.start)


def encode(text: str) -> str:
    """Move characters to the private planes; those beyond planes 0 and 2 become one sign."""
    return "".join(map(_encode, text))


def _encode(char: str) -> str:
    code = ord(char)
    if code < 0x10000:
        return chr(CROSSING_PLANE + code)
    return chr(CROSSING_PLANE + code - 0x10000) if 0x20000 <= code < 0x30000 else _OTHER_CHARACTER


def _write(end: Sides) -> str:
    before, after = _edge_chars(end.before, -1), _edge_chars(end.after, 1)
    blank = "" if end.glued else _blank(before[-1], after[0])
    behind = encode((blank + after)[: MAX_CROSSING_CHARS - 1])
    if end.last:
        return behind
    return _COPY_START + encode(before[1 - MAX_CROSSING_CHARS :]) + LINE_END_MARK + behind


def _edge_chars(text: str, side: int) -> str:
    """Return the normal form of the beginning (1) or end (-1), as long as a match may be."""
    size = _TAIL_CONTEXT_CHARS
    while size < len(text):
        form = normal_form(text[:size] if side > 0 else text[-size:])
        if len(form) >= MAX_CROSSING_CHARS:
            return form
        size *= 2
    return normal_form(text)


def _blank(before: str, after: str) -> str:
    """Return the blank between two words, not between the figures of a number."""
    figures = before.isdigit() and after.isdigit()
    return "" if figures else normal_form(f"{before} {after}")[1:-1]
