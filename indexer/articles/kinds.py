"""The lines of a page in, their kinds out: what the form leaves open the neighbours decide."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.articles import forms
from indexer.articles.lines import Line, picture_gap
from indexer.articles.names import are_names
from indexer.model import Kind

LONGEST_CAPTION = 110
"""The captions of the five pages have 4 to 77 characters."""

HEADS = frozenset({Kind.TITLE, Kind.SUBTITLE, Kind.KICKER, Kind.HEADING})


def settle_kinds(lines: Sequence[Line]) -> list[Kind]:
    """Tell the kind of every line; a head line is a HEADING until its article is known."""
    kinds = [_first_guess(line) for line in lines]
    _settle_captions(lines, kinds)
    _settle_trailing_heads(kinds)
    return kinds


def _first_guess(line: Line) -> Kind:
    text = line.text
    if forms.is_furniture(text) or forms.is_classified(text):
        return Kind.FURNITURE
    if forms.is_byline(text) or are_names(text):
        return Kind.BYLINE
    if forms.is_credit(text):
        return Kind.CREDIT
    if forms.is_notice(text):
        return Kind.NOTICE
    if forms.mark_level(text) or forms.is_head(text):
        return Kind.HEADING
    return Kind.BODY


def _settle_captions(lines: Sequence[Line], kinds: list[Kind]) -> None:
    gap = picture_gap(lines)
    marked = any(forms.mark_level(line.text) for line in lines)
    for number, line in enumerate(lines):
        if kinds[number] not in (Kind.HEADING, Kind.BODY) or forms.mark_level(line.text):
            continue
        after_picture = number > 0 and line.gap >= gap
        headless = marked and kinds[number] is Kind.HEADING and Kind.BODY in kinds[:number]
        if (
            (forms.tells_picture(line.text) and len(line.text) <= LONGEST_CAPTION)
            or (after_picture and _can_be_caption(line.text, kinds[number]))
            or headless
            or _splits_sentence(lines, kinds, number)
        ):
            kinds[number] = Kind.CAPTION


def _can_be_caption(text: str, kind: Kind) -> bool:
    if kind is Kind.HEADING:
        return True
    return len(text) <= LONGEST_CAPTION and forms.sentences(text) == 1


def _splits_sentence(lines: Sequence[Line], kinds: Sequence[Kind], number: int) -> bool:
    """Tell a head line that stands where a sentence is open."""
    if not 0 < number < len(lines) - 1 or kinds[number] is not Kind.HEADING:
        return False
    if kinds[number - 1] is not Kind.BODY or kinds[number + 1] is not Kind.BODY:
        return False
    return not forms.is_closed(lines[number - 1].text)


def _settle_trailing_heads(kinds: list[Kind]) -> None:
    """Make captions of head lines under which nothing stands."""
    for number in range(len(kinds) - 1, 0, -1):
        if kinds[number] is Kind.HEADING:
            kinds[number] = Kind.CAPTION
        elif kinds[number] in (Kind.BODY, Kind.BYLINE, Kind.NOTICE):
            return
