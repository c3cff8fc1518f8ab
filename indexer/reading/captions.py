"""Score whether a line under an open sentence is the caption of a picture.

A caption separates the sentence that is open above it from the text that continues it; what a
column break has left of a paragraph continues that sentence itself. On pages of printed lines the
captions between the lines of a paragraph are found before the lines are joined.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from indexer.model import Kind
from indexer.reading import patterns
from indexer.reading.continuation import (
    MAX_PAGE_CHARS,
    MIN_LOG_ODDS,
    bounded_continuation_score,
    start_weight,
)
from indexer.reading.lines import WIDTH_TOLERANCE, Line
from indexer.reading.model import score, weights
from indexer.reading.network_score import prepare
from indexer.reading.profile import EndMarks, PageProfile

PICTURE = 3.0
"""Log-odds for a caption behind the gap that a picture leaves: 20 of 27 such gaps precede one."""

ALONE = -5.0
"""Log-odds for a caption without a gap, between two whole paragraphs."""

SAID_TWICE, MIN_REPEATED_CHARS = 6.0, 15
"""Log-odds for a caption when a paragraph says the same, and the characters it must have."""

WEIGHTS, PRINTED_WEIGHTS = weights("captions"), weights("printed captions")

CONTEXT_LINES = 4
"""Printed lines on each side of a joint that are read."""

SHORT_CAPTION_CHARS = 25
"""Characters of a short caption; the weight of a long one is for each ten more."""


def caption_odds(text: str, before: str, below: str, page: str, *, gaps: bool) -> float:
    """Return the log-odds that a line under an open sentence, without a gap above, is a caption.

    `before` is the open sentence, `below` is the next text, if there is one, that may resume it;
    `gaps` tells whether pictures leave gaps on the page.
    """
    return score(WEIGHTS, caption_features(text, before, below, page, gaps=gaps))


def caption_features(
    text: str, before: str, below: str, page: str, *, gaps: bool
) -> dict[str, float]:
    """Return what tells a caption, named as in the model file."""
    return {
        "bias": 1.0,
        "no gaps": not gaps,
        "continues": bounded_continuation_score(before, text, page),
        "resumes": bounded_continuation_score(before, below, page) if below else MIN_LOG_ODDS,
        "below begins within": start_weight(below),
        "long": max(0, len(text) - SHORT_CAPTION_CHARS) / 10,
        "depicts": patterns.depicts(text),
    }


def said_twice(text: str, page: str) -> float:
    """Return the log-odds for a caption that a page holds a sentence again, in a paragraph."""
    bare = text.rstrip("。")
    if len(bare) < MIN_REPEATED_CHARS or len(page) > MAX_PAGE_CHARS or page.count(bare) < 2:
        return 0.0
    sentence = re.escape(bare)
    again = re.search(rf"[^\s]{sentence}|{sentence}。?[^\s。]", page)
    return SAID_TWICE if again else 0.0


# ---------------------------------------------------------------- between printed lines


def mark_printed_captions(
    lines: Sequence[Line], profile: PageProfile, page: str = ""
) -> list[Line]:
    """Return the printed lines, with the kind of those that interrupt an open sentence as captions.

    Only pages whose printed lines are broken have any. `page` is the page's text in Simplified
    script.
    """
    if not profile.is_broken:
        return list(lines)
    candidates = [n for n in range(1, len(lines) - 1) if _may_interrupt(lines, n, profile)]
    _prepare(lines, candidates)
    marked = list(lines)
    for number in candidates:
        if (
            score(
                PRINTED_WEIGHTS, printed_caption_features(lines[number].text, lines, number, page)
            )
            > 0
        ):
            marked[number] = replace(lines[number], kind=Kind.CAPTION)
    return marked


def _may_interrupt(lines: Sequence[Line], number: int, profile: PageProfile) -> bool:
    """Return whether a line under an open one is a single clause or sentence, as captions are."""
    before, line, after = lines[number - 1 : number + 2]
    if any(one.kind or one.level or one.start in profile.page_head for one in (before, line)):
        return False
    if patterns.is_closed(before.text) or not patterns.has_marks(_text_above(lines, number)):
        return False
    if profile.end_marks.value is EndMarks.PAUSE and patterns.ends_with_mark(before.text):
        return False
    above = lines[number - 2] if number > 1 else before
    opens = patterns.is_closed(above.text) and before.extent >= max(profile.widths[:1], default=0)
    fits = opens and any(abs(before.extent - one) <= WIDTH_TOLERANCE for one in profile.widths)
    if not (fits or before.is_as_wide_as(above)) or patterns.is_any_byline(after.text):
        return False
    if patterns.is_byline(line.text) or patterns.is_jump_away(line.text):
        return False
    if profile.indents_paragraphs and after.indent > 0:
        return False
    if line.text[-1] in patterns.PAUSES and profile.end_marks.value is not EndMarks.PAUSE:
        return False
    bare = line.text.rstrip("。、")
    plain = not patterns.has_marks(bare)
    odd = not line.is_as_wide_as(before) and not line.is_as_wide_as(after)
    return (odd or plain) and patterns.sentences(line.text) == 1


def _prepare(lines: Sequence[Line], candidates: Sequence[int]) -> None:
    """Let the network read all ends and beginnings at once."""
    ends = [_text_above(lines, one) for number in candidates for one in (number, number + 1)]
    starts = [_text_below(lines, one) for number in candidates for one in (number, number + 1)]
    prepare(ends, starts)


def _text_above(lines: Sequence[Line], number: int) -> str:
    return "".join(line.text for line in lines[max(0, number - CONTEXT_LINES) : number])


def _text_below(lines: Sequence[Line], number: int) -> str:
    return "".join(line.text for line in lines[number : number + CONTEXT_LINES])


def printed_caption_features(
    text: str, lines: Sequence[Line], number: int, page: str
) -> dict[str, float]:
    """Return what tells a caption among printed lines, named as in the model file."""
    before, line, after = lines[number - 1 : number + 2]
    above, below = _text_above(lines, number), _text_below(lines, number + 1)
    closed = patterns.is_closed(text)
    return {
        "bias": 1.0,
        "of column width": line.is_as_wide_as(before) or line.is_as_wide_as(after),
        "continues": bounded_continuation_score(above, text, page),
        "resumes": bounded_continuation_score(above, below, page),
        "closed": closed,
        "below continues": 0.0 if closed else bounded_continuation_score(text, below, page),
        "depicts": patterns.depicts(text),
        "credited": patterns.ends_with_credit(text),
    }
