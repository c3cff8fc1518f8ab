"""Find substrings of which an OCR engine may have misread a character.

Where an engine was unsure of a character, the tail of the block's normalised text (see
`line_end_tails`) ends with a copy for each other character that it may be: a few characters before
it, a mark, the other character, and a few after it. All are in the private planes of Unicode, so
that only a search for such copies finds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    """Where a match in a tail is: the number of the copy, and the characters before its mark."""

    number: int
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
    """Return the copies of what is unsure in a text, in the order of `unsure` and its `others`."""
    return "".join(copy for span, others in unsure for copy in _copy(text, span, others))


def _copy(text: str, span: Span, others: str) -> Iterator[str]:
    before, after = _context(text, span) if others else ("", "")
    for other in others:
        yield _REREAD_START + encode(before) + UNSURE_MARK + encode(normal_form(other) + after)


def _context(text: str, span: Span) -> tuple[str, str]:
    before = normal_form(text[max(0, span.start - _UNFOLDED_CONTEXT_CHARS) : span.start])
    after = normal_form(text[span.end : span.end + _UNFOLDED_CONTEXT_CHARS])
    return before[-CONTEXT_CHARS:], after[:CONTEXT_CHARS]


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
    copied: Mapping[int, Span] = dict(enumerate(span for span, others in unsure for _ in others))
    span = copied[reread.number]
    start, end = (len(normal_form(text[:position])) for position in span)
    behind = match.end - match.start - reread.chars - 2
    return Span(start - reread.chars, end + behind)
