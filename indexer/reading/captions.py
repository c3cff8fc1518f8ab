"""Decide which lines are captions: by form, by a picture beside them, by the text around them.

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
    MAX_SEARCHED_CHARS,
    MIN_LOG_ODDS,
    bounded_continuation_score,
    continuation_score,
    start_weight,
)
from indexer.reading.fitted_weights import score, weights
from indexer.reading.lines import WIDTH_TOLERANCE, Line
from indexer.reading.network_score import prepare
from indexer.reading.profile import EndMarks, PageProfile
from indexer.reading.role_scores import MAX_CAPTION_CHARS, ROLE_WEIGHTS, RoleContext

MIN_REPEATED_CHARS = 15
"""Characters of a sentence that a page holds twice from which one of them is a caption."""

CAPTION_WEIGHTS, PRINTED_WEIGHTS = weights("captions"), weights("printed captions")

CONTEXT_LINES = 4
"""Printed lines on each side of a joint that are read."""

CAPTION_LIMITS = weights("printed captions limits")
"""Characters that a caption has at least (fewer are a name, or the rest of a text); by how many a
line is no line of its column (columns with uneven edges vary by two); what share of the line above
a caption fills at most on a page with uneven columns."""

MAX_SENTENCE_CAPTION_CHARS = 60
"""Characters of a single sentence that is taken for a caption without a credit."""

SHORT_CAPTION_CHARS = 25
"""Characters of a short caption; a longer one is weighed by the characters beyond."""


def find_pictured(lines: Sequence[Line], kinds: list[Kind]) -> None:
    """Take short text under a picture for its caption, and what says so above one."""
    for number, line in enumerate(lines):
        if not (line.picture_above or line.picture_below) or line.kind:
            continue
        has_own = number > 0 and kinds[number - 1] is Kind.CAPTION
        above = line.picture_above and not (has_own and lines[number - 1].picture_below)
        below = lines[number + 1].text if number + 1 < len(lines) else ""
        if kinds[number] in (Kind.BODY, Kind.HEADING) and above and _is_caption(line.text, below):
            kinds[number] = Kind.CAPTION


def _is_caption(text: str, below: str) -> bool:
    """Return whether a text under a picture is a short sentence, or one above its credit."""
    short = len(text) <= (
        MAX_CAPTION_CHARS if patterns.is_credit(below) else MAX_SENTENCE_CAPTION_CHARS
    )
    return short and patterns.sentences(text) == 1


def is_caption_by_form(text: str, profile: PageProfile) -> bool:
    """Return whether a line has a form of captions, and is no item of a list."""
    short = len(text) <= MAX_SENTENCE_CAPTION_CHARS
    shown = patterns.is_framed(text) or (short and patterns.ends_with_credit(text))
    if text[0] in profile.list_signs and not shown:
        return False
    return patterns.tells_picture(text) and len(text) <= MAX_CAPTION_CHARS


def caption_trailing_heads(lines: Sequence[Line], kinds: list[Kind]) -> None:
    """Make captions of head lines that nothing follows, text of those that are sentences."""
    for number in range(len(kinds) - 1, 0, -1):
        if kinds[number] is Kind.HEADING:
            kinds[number] = Kind.BODY if patterns.is_closed(lines[number].text) else Kind.CAPTION
        elif kinds[number] in (Kind.BODY, Kind.BYLINE, Kind.NOTICE):
            return


# ---------------------------------------------------------------- under an open sentence


def score_caption(
    line: Line, kind: Kind, before: str, below: Sequence[str], body: float, layout: RoleContext
) -> float:
    """Score a line as a caption, in log-odds; `body` is its score as text, `before` is open."""
    twice = said_twice(line.text, layout.page)
    if before and kind is Kind.BODY and line.gap < layout.gap:
        after = next(iter(below), "")
        return body + twice + caption_odds(line.text, before, after, layout.page, gaps=layout.gaps)
    around = continuation_score(before, below[0], layout.page) if before and below else 0.0
    around += twice
    if line.gap >= layout.gap:
        return ROLE_WEIGHTS["picture gap"] + around
    if not (before and below):
        return ROLE_WEIGHTS["no picture gap"] + around
    prior = "caption without a gap" if layout.gaps else "caption on a page without gaps"
    long = ROLE_WEIGHTS["long caption"] * max(0, len(line.text) - SHORT_CAPTION_CHARS)
    return ROLE_WEIGHTS[prior] + around + patterns.depicts(line.text) + long


def may_interrupt_text(text: str, end: str, below: str, page: str, *, gaps: bool) -> bool:
    """Return whether a sentence under an open end may be a caption; `below` may resume the end."""
    if len(text) > MAX_SENTENCE_CAPTION_CHARS or patterns.is_closed(end):
        return False
    odds_enough = weights("joins")["caption"]
    single = patterns.sentences(text) == 1
    return single and caption_odds(text, end, below, page, gaps=gaps) > odds_enough


def caption_odds(text: str, before: str, below: str, page: str, *, gaps: bool) -> float:
    """Return the log-odds that a line under an open sentence, without a gap above, is a caption.

    `before` is the open sentence, `below` is the next text, if there is one, that may resume it;
    `gaps` says whether pictures leave gaps on the page.
    """
    return score(CAPTION_WEIGHTS, caption_features(text, before, below, page, gaps=gaps))


def caption_features(
    text: str, before: str, below: str, page: str, *, gaps: bool
) -> dict[str, float]:
    """Return the features of a caption, named as in the model file."""
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
    if len(bare) < MIN_REPEATED_CHARS or len(page) > MAX_SEARCHED_CHARS or page.count(bare) < 2:
        return 0.0
    sentence = re.escape(bare)
    again = re.search(rf"[^\s]{sentence}|{sentence}。?[^\s。]", page)
    return ROLE_WEIGHTS["said twice"] if again else 0.0


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
    texts = [lines[n].text for n in candidates]
    prepare(
        [*texts, *(_text_above(lines, n) for n in candidates)],
        [*texts, *(_text_below(lines, n + 1) for n in candidates)],
    )
    marked = list(lines)
    for number in candidates:
        features = printed_caption_features(lines[number].text, lines, number, page)
        if score(PRINTED_WEIGHTS, features) > 0:
            marked[number] = replace(lines[number], kind=Kind.CAPTION)
    return marked


def _may_interrupt(lines: Sequence[Line], number: int, profile: PageProfile) -> bool:
    """Return whether a line under an open one is a single clause or sentence, as captions are."""
    before, line, after = lines[number - 1 : number + 2]
    if patterns.has_marks(line.text.rstrip("。、")) and (
        line.is_as_wide_as(before) or line.is_as_wide_as(after)
    ):
        return False
    if len(line.text) < CAPTION_LIMITS["least chars"] or patterns.is_dateline(line.text):
        return False
    if line.is_as_wide_as(after) and not before.is_as_wide_as(after):
        return False  # the first line of the text below
    if patterns.is_closed(before.text) or _is_marked(before, profile) or _is_marked(line, profile):
        return False
    pause_ends = profile.end_marks.value is EndMarks.PAUSE
    if (
        pause_ends
        and not profile.even_edge
        and line.extent > before.extent * CAPTION_LIMITS["clearly short share"]
    ):
        return False
    if (
        patterns.ends_with_mark(before.text)
        if pause_ends
        else line.text[-1] in patterns.PAUSING_SIGNS
    ):
        return False
    if profile.indents_paragraphs and after.indent > 0:
        return False
    if patterns.sentences(line.text) != 1 or not _is_full(lines, number - 1, profile):
        return False
    if not patterns.has_marks(_text_above(lines, number)) or patterns.is_any_byline(after.text):
        return False
    return not (patterns.is_byline(line.text) or patterns.is_jump_away(line.text))


def _is_marked(line: Line, profile: PageProfile) -> bool:
    """Return whether the source says what a line is, or it is of the head of the page."""
    return bool(line.kind or line.level) or line.start in profile.page_head


def _is_full(lines: Sequence[Line], number: int, profile: PageProfile) -> bool:
    """Return whether a line fills its column: as wide as one near it, or opening a paragraph."""
    line, above = lines[number], lines[max(number - 1, 0)]
    marked = patterns.has_marks(line.text)
    if not marked and not any(abs(line.extent - one) <= WIDTH_TOLERANCE for one in profile.widths):
        return False
    if line.is_as_wide_as(above) or (marked and line.is_as_wide_as(lines[number + 2])):
        return True
    if not patterns.is_closed(above.text) or line.extent < max(profile.widths[:1], default=0):
        return False
    return any(abs(line.extent - one) <= WIDTH_TOLERANCE for one in profile.widths)


def _text_above(lines: Sequence[Line], number: int) -> str:
    return "".join(line.text for line in lines[max(0, number - CONTEXT_LINES) : number])


def _text_below(lines: Sequence[Line], number: int) -> str:
    return "".join(line.text for line in lines[number : number + CONTEXT_LINES])


def printed_caption_features(
    text: str, lines: Sequence[Line], number: int, page: str
) -> dict[str, float]:
    """Return the features of a caption among printed lines, named as in the model file."""
    before, line, after = lines[number - 1 : number + 2]
    above, below = _text_above(lines, number), _text_below(lines, number + 1)
    closed = patterns.is_closed(text)
    cut_short = _is_wider(before, line) and not patterns.ends_with_mark(text)
    return {
        "bias": 1.0,
        "of column width": line.is_as_wide_as(before) or line.is_as_wide_as(after),
        "continues": bounded_continuation_score(above, text, page),
        "resumes": bounded_continuation_score(above, below, page),
        "below continues": 0.0 if closed else bounded_continuation_score(text, below, page),
        "closed": closed,
        "depicts": patterns.depicts(text),
        "credited": patterns.ends_with_credit(text),
        "cut short": cut_short,
        "cut short above a full line": cut_short and after.is_as_wide_as(before),
        "wider": _is_wider(line, before) and _is_wider(line, after),
    }


def _is_wider(line: Line, other: Line) -> bool:
    """Return whether a line is wider than another by its width and by its characters."""
    return min(line.extent - other.extent, line.count - other.count) >= CAPTION_LIMITS["margin"]
