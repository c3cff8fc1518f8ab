"""Find substrings of which an OCR engine may have misread a character.

Where an engine was unsure of a character, the tail of the block's normalised text (see
`line_end_tails`) ends with a copy for each other character that it may be: a few characters before
it, a mark, the other character, and a few after it. Where it was unsure of one of these few as
well, there are copies with both replaced. All are in the private planes of Unicode, so that only a
search for such copies finds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product, zip_longest
from typing import NamedTuple

from indexer.analysis.line_end_tails import encode
from indexer.analysis.normalize import normal_form
from indexer.model import CROSSING_PLANE, Span, Unsure

_REREAD_START, UNSURE_MARK = chr(CROSSING_PLANE + 3), chr(CROSSING_PLANE + 4)
"""Where a copy begins, and where the character that may be misread follows."""

CONTEXT_CHARS = 3
"""Characters on each side of a copy; of a longer substring no more than these are compared."""

_UNFOLDED_CONTEXT_CHARS = 4 * CONTEXT_CHARS


class Reread(NamedTuple):
    """Where a match in a tail is: which copy, and the characters before its mark."""

    copy_index: int
    chars: int


def choose_others(char: str, others: str) -> str:
    """Return the characters that may be searched for in place of one: those of another form."""
    known = {normal_form(char)}
    chosen = []
    for other in others:
        form = normal_form(other)
        if len(form) == 1 and form.isalnum() and form not in known:
            known.add(form)
            chosen.append(other)
    return "".join(chosen)


def make_unsure_tail(text: str, unsure: Sequence[Unsure]) -> str:
    """Return the copies of what is unsure in a text, in the order of `_list_readings`."""
    return "".join(_copy(text, span, reading) for span, reading in _list_readings(text, unsure))


def _list_readings(text: str, unsure: Sequence[Unsure]) -> Iterator[tuple[Span, str]]:
    """Yield each unsure span with each other character; then it and the next one replaced."""
    for one, following in zip_longest(unsure, unsure[1:]):
        yield from ((one.span, other) for other in one.others)
        if following and following.span.start - one.span.end < CONTEXT_CHARS:
            between = text[one.span.end : following.span.start]
            both = Span(one.span.start, following.span.end)
            yield from (
                (both, between.join(pair)) for pair in product(one.others, following.others)
            )


def _copy(text: str, span: Span, reading: str) -> str:
    before = normal_form(text[max(0, span.start - _UNFOLDED_CONTEXT_CHARS) : span.start])
    after = normal_form(text[span.end : span.end + _UNFOLDED_CONTEXT_CHARS])
    behind = (normal_form(reading) + after)[: CONTEXT_CHARS + 1]
    return _REREAD_START + encode(before[-CONTEXT_CHARS:]) + UNSURE_MARK + encode(behind)


class RereadSubstring(NamedTuple):
    """A substring with one character misread: its form in a tail, and the rest as printed.

    `pairs` are those of the form at the mark, which only tails hold.
    """

    form: str
    pairs: tuple[str, ...]
    rest: tuple[str, ...]


def reread_substrings(substring: str) -> Iterator[RereadSubstring]:
    """Yield the forms in which tails contain a normalised substring, for each character of it."""
    for at, char in enumerate(substring if len(substring) > 1 else ""):
        before = encode(substring[max(0, at - CONTEXT_CHARS) : at]) + UNSURE_MARK
        behind = encode(substring[at : at + 1 + CONTEXT_CHARS])
        rest = (substring[:at] if at > CONTEXT_CHARS else "", substring[at + 1 :][CONTEXT_CHARS:])
        if char.isalnum():
            pairs = (before[-2:], UNSURE_MARK + behind[0]) if at else (UNSURE_MARK + behind[0],)
            yield RereadSubstring(before + behind, pairs, tuple(filter(None, rest)))


def find_reread(folded: str, length: int, match: Span) -> Reread | None:
    """Return where a match is in the copies; `length` is that of the text without its tail."""
    mark = folded.find(UNSURE_MARK, max(length, match.start), match.end)
    if mark < 0:
        return None
    return Reread(folded.count(_REREAD_START, length, mark) - 1, mark - match.start)


def locate_reread(text: str, unsure: Sequence[Unsure], match: Span, reread: Reread) -> Span:
    """Return which characters of a normalised text a match in its tail reads otherwise."""
    readings = islice(_list_readings(text, unsure), reread.copy_index, None)
    span, reading = next(readings)
    start, end = (len(normal_form(text[:position])) for position in span)
    behind = match.end - match.start - reread.chars - 1 - len(normal_form(reading))
    return Span(start - reread.chars, max(start + 1, end + behind))
