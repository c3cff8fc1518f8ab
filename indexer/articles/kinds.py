"""The lines of a page in, their kinds out: what the form leaves open the neighbours decide.

A short line without a sentence can be a heading, a caption or what a cut has left of a paragraph;
a single sentence can be a caption or a piece of a paragraph. Each is weighed as each.
"""

from __future__ import annotations

from collections.abc import Sequence

from indexer.articles import forms
from indexer.articles.joints import fit
from indexer.articles.lines import Line, picture_gap
from indexer.articles.names import are_names
from indexer.model import Kind

LONGEST_CAPTION = 110
"""The captions of the five pages have 4 to 77 characters."""

PICTURE = 3.0
"""Log-odds for a caption behind the gap that a picture leaves: 20 of 27 such gaps precede one."""

NO_PICTURE = -1.0
"""Log-odds for a caption without that gap, where a sentence is open around it."""

FRAGMENT = -1.5
"""Log-odds for a short line to be the first piece of a cut paragraph: most are headings."""

TWO_PARTS = 2.0
"""Log-odds for a heading when a blank parts the line: 9 of 20 headings, no piece of a paragraph."""

UNMARKED = -4.0
"""Log-odds for a heading without a mark on a page that marks its headings."""

MARKED = -1.0
"""Log-odds for a short line to be a caption on a page that marks its headings."""

OPEN_ABOVE = -1.0
"""Log-odds for a heading under an open sentence: 2 of 25 on the five pages."""


def settle_kinds(lines: Sequence[Line]) -> list[Kind]:
    """Tell the kind of every line; a head line is a HEADING until its article is known."""
    kinds = [_first_guess(line) for line in lines]
    gap = picture_gap(lines)
    marked = any(forms.mark_level(line.text) for line in lines)
    body = False
    for number, line in enumerate(lines):
        if body and _is_open_question(line, kinds[number]):
            kinds[number] = _decide(lines, kinds, number, gap=gap, marked=marked)
        body = body or kinds[number] is Kind.BODY
    _settle_trailing_heads(kinds)
    return kinds


def _first_guess(line: Line) -> Kind:
    text = line.text
    if len(line.spans) > 1:
        return Kind.BODY
    if forms.is_furniture(text) or forms.is_classified(text):
        return Kind.FURNITURE
    if forms.is_credit(text):
        return Kind.CREDIT
    if forms.is_byline(text) or are_names(text):
        return Kind.BYLINE
    if forms.is_notice(text):
        return Kind.NOTICE
    if forms.tells_picture(text) and len(text) <= LONGEST_CAPTION:
        return Kind.CAPTION
    if forms.mark_level(text) or forms.is_head(text):
        return Kind.HEADING
    return Kind.BODY


def _is_open_question(line: Line, kind: Kind) -> bool:
    if kind is Kind.HEADING:
        return not forms.mark_level(line.text)
    return kind is Kind.BODY and _is_one_sentence(line.text) and not _is_spoken_or_listed(line.text)


def _is_spoken_or_listed(text: str) -> bool:
    return forms.is_speech(text) or forms.is_item(text)


def _is_one_sentence(text: str) -> bool:
    return len(text) <= LONGEST_CAPTION and forms.sentences(text) == 1


def _decide(
    lines: Sequence[Line], kinds: Sequence[Kind], number: int, *, gap: int, marked: bool
) -> Kind:
    text = lines[number].text
    before = _text_before(lines, kinds, number)
    below = _texts_below(lines, kinds, number)
    picture = lines[number].gap >= gap
    weights = {
        Kind.BODY: _as_body(text, kinds[number], before, below),
        Kind.CAPTION: _as_caption(text, before, below[:1], picture=picture),
    }
    if kinds[number] is Kind.HEADING and marked and not before:
        weights[Kind.CAPTION] = max(weights[Kind.CAPTION], MARKED)
    if kinds[number] is Kind.HEADING:
        weights[Kind.HEADING] = _as_heading(lines, kinds, number, before, marked=marked)
    return max(weights, key=lambda kind: weights[kind])


def _as_body(text: str, kind: Kind, before: str, below: Sequence[str]) -> float:
    """Weigh a line as a piece of a paragraph."""
    after = max((fit(text, one) for one in below), default=0.0)
    if before and (kind is Kind.BODY or forms.is_closed(text)):
        return fit(before, text)
    if before:
        return FRAGMENT + fit(before, text) + min(0.0, after)
    if kind is Kind.BODY:
        return 0.0
    if forms.is_closed(text) or not below:
        return FRAGMENT
    return FRAGMENT - TWO_PARTS * forms.has_parts(text) + after


def _as_caption(text: str, before: str, below: Sequence[str], *, picture: bool) -> float:
    """Weigh a line as a caption: the text around it goes on without it."""
    around = max((fit(before, one) for one in below), default=0.0) if before else 0.0
    if picture:
        return PICTURE + around
    if not (before and below):
        return -5.0
    return NO_PICTURE + around + forms.depicts(text) - max(0, len(text) - 25) / 10


def _as_heading(
    lines: Sequence[Line], kinds: Sequence[Kind], number: int, before: str, *, marked: bool
) -> float:
    """Weigh a line as a section heading: terse, often of two parts or on two lines."""
    text = lines[number].text
    pair = (
        number + 1 < len(lines)
        and kinds[number + 1] is Kind.HEADING
        and lines[number + 1].gap < lines[number].gap
    )
    looks = pair + TWO_PARTS * forms.has_parts(text) - forms.prose(text)
    return (OPEN_ABOVE if before else 0.0) + looks + (UNMARKED if marked else 0.0)


def _text_before(lines: Sequence[Line], kinds: Sequence[Kind], number: int) -> str:
    """Return the text whose sentence is open above a line, nothing if there is none."""
    for place in range(number - 1, max(-1, number - 6), -1):
        if kinds[place] is Kind.BODY:
            text = lines[place].text
            return "" if forms.is_closed(text) or text[-1] in "：:；;" else text
        if kinds[place] not in (Kind.CAPTION, Kind.CREDIT, Kind.FURNITURE):
            break
    return ""


def _texts_below(lines: Sequence[Line], kinds: Sequence[Kind], number: int) -> list[str]:
    """Return the next text below a line, and the one behind it if it may be a caption."""
    texts: list[str] = []
    for place in range(number + 1, min(len(lines), number + 5)):
        if kinds[place] is Kind.BODY:
            texts.append(lines[place].text)
            if not _is_one_sentence(lines[place].text) or len(texts) == 2:
                break
    return texts


def _settle_trailing_heads(kinds: list[Kind]) -> None:
    """Make captions of head lines under which nothing stands."""
    for number in range(len(kinds) - 1, 0, -1):
        if kinds[number] is Kind.HEADING:
            kinds[number] = Kind.CAPTION
        elif kinds[number] in (Kind.BODY, Kind.BYLINE, Kind.NOTICE):
            return
