"""The lines of a page in, their kinds out: what the form leaves open the neighbours decide.

A short line without a sentence can be a heading, a caption or what a cut has left of a paragraph;
a single sentence can be a caption or a piece of a paragraph. Each is weighed as each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp, log

from indexer.model import Kind
from indexer.reading import patterns
from indexer.reading.captions import (
    ALONE,
    PICTURE,
    SHORT_CAPTION_CHARS,
    caption_odds,
    said_twice,
)
from indexer.reading.continuation import continuation_score, overlaps, start_weight
from indexer.reading.fragments import first_piece_odds
from indexer.reading.lines import Line, picture_gap
from indexer.reading.model import weights
from indexer.reading.network_score import prepare
from indexer.reading.person_names import are_names
from indexer.reading.profile import PageProfile

WEIGHTS = weights("roles")

LONGEST_CAPTION = 110
"""The captions of the five pages have 7 to 76 characters."""

TOGETHER = 500
"""Lines whose ends are read together."""

_BY_LENGTH = {1: "one", 2: "two", 3: "three", 4: "four"}

LONG_HEADING = 24
"""Characters above which a line is less and less a heading: on the five pages they have 4 to 18."""


def settle_kinds(lines: Sequence[Line], profile: PageProfile, page: str = "") -> list[Kind]:
    """Tell the kind of every line of a page; a head line is a HEADING until its article is known.

    `page` is the text of the page, as evidence of what is written together.
    """
    kinds = [
        Kind.FURNITURE if line.start in profile.page_head else _first_guess(line, profile)
        for line in lines
    ]
    _find_pen_names(lines, kinds, profile)
    gap = picture_gap(lines)
    layout = _Layout(
        profile=profile,
        page=page,
        gap=gap,
        gaps=any(line.gap >= gap for line in lines[1:]),
        marked=any(line.level for line in lines),
    )
    _check_names(lines, kinds, layout)
    _settle_page_top(lines, kinds)
    if profile.open_ends_are_cuts:
        _settle_open_questions(lines, kinds, layout)
    _settle_trailing_heads(lines, kinds)
    return kinds


def _settle_open_questions(lines: Sequence[Line], kinds: list[Kind], layout: _Layout) -> None:
    """Decide what short lines and single sentences are by the open ends around them."""
    odds = _first_pieces(lines, kinds, layout)
    shares = sum(map(_likelihood, odds.values()))
    layout = replace(layout, odds=odds, pieces=shares, headings=len(odds) - shares)
    text = False  # has it begun: with a paragraph, or under a head with its by-line
    for number, line in enumerate(lines):
        asked = _is_open_question(line, kinds[number])
        if asked and text and not _heads_byline(lines, kinds, number, layout):
            kinds[number] = _decide(lines, kinds, number, layout)
        elif asked and not text and _is_cut_off(lines, kinds, number, layout):
            kinds[number] = Kind.BODY
        if text and _is_cut_number(lines, kinds, number, layout):
            kinds[number] = Kind.BODY
        headed = kinds[number] is Kind.BYLINE and kinds[number - 1] is Kind.HEADING and number > 0
        text = text or headed or kinds[number] is Kind.BODY


def _first_pieces(
    lines: Sequence[Line], kinds: Sequence[Kind], layout: _Layout
) -> dict[int, float]:
    """Return the log-odds for each line that is a heading or a first piece to be the latter."""
    asked = dict(_short_lines(lines, kinds, layout))
    found: dict[int, float] = {}
    for start in range(0, len(lines), TOGETHER):
        numbers = range(start, min(start + TOGETHER, len(lines)))
        bodies = [lines[number].text for number in numbers if kinds[number] is Kind.BODY]
        some = {number: asked[number] for number in numbers if number in asked}
        ends = [text for text in bodies if not patterns.is_closed(text)]
        prepare([*ends, *(text for text, _ in some.values())], bodies)
        for number, (text, below) in some.items():
            found[number] = first_piece_odds(text, below, layout.page)
    return found


def _short_lines(
    lines: Sequence[Line], kinds: Sequence[Kind], layout: _Layout
) -> Iterator[tuple[int, tuple[str, list[str]]]]:
    """Yield lines that are headings or first pieces, with their numbers and the texts below."""
    text = False
    for number, line in enumerate(lines):
        text = text or kinds[number] is Kind.BODY
        short = text and kinds[number] is Kind.HEADING and _is_open_question(line, Kind.HEADING)
        if not short or line.gap >= layout.gap or patterns.is_closed(line.text):
            continue
        below = _texts_below(lines, kinds, number)
        alone = not _text_before(lines, kinds, number)
        if below and alone and not _heads_byline(lines, kinds, number, layout):
            yield number, (line.text, below)


def _likelihood(odds: float) -> float:
    return 1 / (1 + exp(-odds))


def _check_names(lines: Sequence[Line], kinds: list[Kind], layout: _Layout) -> None:
    """Take bare names for a by-line only under a head, where other by-lines say that they are.

    Where those begin with a square, bare names are none at all.
    """
    sure = [line.text for line in lines if patterns.is_any_byline(line.text)]
    if not sure:
        return
    squares = any(patterns.is_squared(text) for text in sure)
    for number, line in enumerate(lines):
        if kinds[number] is Kind.BYLINE and not patterns.is_any_byline(line.text):
            headed = number and kinds[number - 1] is Kind.HEADING and line.gap < layout.gap
            named = number + 1 < len(lines) and patterns.is_any_byline(lines[number + 1].text)
            names = headed and not squares and not named
            kinds[number] = Kind.BYLINE if names else Kind.HEADING


def _find_pen_names(lines: Sequence[Line], kinds: list[Kind], profile: PageProfile) -> None:
    """Take names in brackets, and bare pen names where others stand in brackets, for by-lines.

    Either stands under a head, and text stands under it.
    """
    for number, line in enumerate(lines):
        if kinds[number] is not Kind.HEADING or not 0 < number < len(lines) - 1:
            continue
        headed = kinds[number - 1] is Kind.HEADING and not patterns.is_closed(line.text)
        if patterns.is_bracketed_name(line.text):
            kinds[number] = Kind.BYLINE if headed else kinds[number]
        elif headed and profile.bracketed_bylines and _is_pen_name(line.text):
            below = lines[number + 1]
            if kinds[number + 1] is Kind.BODY and below.gap <= profile.line_gap:
                kinds[number] = Kind.BYLINE


def _is_pen_name(text: str) -> bool:
    return 2 <= len(text) <= 3 and text.isalpha() and not text.isascii()


def _settle_page_top(lines: Sequence[Line], kinds: list[Kind]) -> None:
    """Tell section names and titles that run over a comma, which stand above any paragraph."""
    for number, line in enumerate(lines):
        if kinds[number] is Kind.HEADING and patterns.is_section(line.text):
            kinds[number] = Kind.FURNITURE
        elif kinds[number] is Kind.BODY:
            below = kinds[number + 1] if number + 1 < len(kinds) else None
            if not patterns.is_half_title(line.text) or below is not Kind.HEADING:
                return
            kinds[number] = Kind.HEADING


def _heads_byline(
    lines: Sequence[Line], kinds: Sequence[Kind], number: int, layout: _Layout
) -> bool:
    """Tell a line of the head above a by-line, which has up to three."""
    for place in range(number, min(number + 4, len(lines))):
        if kinds[place] is not Kind.HEADING:
            sure = lines[number].gap < layout.gap or patterns.is_byline(lines[place].text)
            return kinds[place] is Kind.BYLINE and sure
    return False


def _first_guess(line: Line, profile: PageProfile) -> Kind:
    text = line.text
    if line.kind:
        return line.kind
    if len(line.spans) > 1:
        return Kind.BODY
    if patterns.is_furniture(text) or patterns.is_classified(text):
        return Kind.FURNITURE
    if patterns.is_credit(text):
        return Kind.CREDIT
    if patterns.is_byline(text) or are_names(text):
        return Kind.BYLINE
    if patterns.is_notice(text):
        return Kind.NOTICE
    listed = text[0] in profile.list_signs and not patterns.is_framed(text)
    if not listed and patterns.tells_picture(text) and len(text) <= LONGEST_CAPTION:
        return Kind.CAPTION
    if line.level or patterns.is_head(text):
        return Kind.HEADING
    return Kind.BODY


def _is_open_question(line: Line, kind: Kind) -> bool:
    if kind is Kind.HEADING:
        return not line.level and not patterns.is_dashed(line.text)
    return kind is Kind.BODY and _is_one_sentence(line.text) and not _is_spoken_or_listed(line.text)


def _is_spoken_or_listed(text: str) -> bool:
    return patterns.is_speech(text) or patterns.is_item(text)


def _is_one_sentence(text: str) -> bool:
    return len(text) <= LONGEST_CAPTION and patterns.sentences(text) == 1


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the lines of a page have in common."""

    profile: PageProfile
    page: str
    gap: int  # blank lines that a picture leaves
    gaps: bool  # some pictures do
    marked: bool  # headings are marked with #
    odds: Mapping[int, float] = field(default_factory=dict)  # of short lines to be first pieces
    pieces: float = 0.0  # short lines that begin a cut paragraph, each by its likelihood
    headings: float = 0.0  # and those that do not

    def fashion(self, odds: float) -> float:
        """Return what the other short lines of the page say for one to be a first piece."""
        share = _likelihood(odds)
        pieces, headings = self.pieces - share, self.headings - (1 - share)
        return WEIGHTS["other lines of the page"] * log(
            (max(0.0, pieces) + 1) / (max(0.0, headings) + 1)
        )


def _decide(lines: Sequence[Line], kinds: Sequence[Kind], number: int, layout: _Layout) -> Kind:
    text = lines[number].text
    before = _text_before(lines, kinds, number)
    if before and overlaps(before, text):
        return Kind.BODY
    below = _texts_below(lines, kinds, number)
    body = _as_body(text, kinds[number], before, below, layout)
    if before and kinds[number] is Kind.BODY and lines[number].gap < layout.gap:
        odds = caption_odds(text, before, next(iter(below), ""), layout.page, gaps=layout.gaps)
        caption = body + odds + said_twice(text, layout.page)
    else:
        caption = _as_caption(lines[number], before, below[:1], layout)
    weights = {Kind.BODY: body, Kind.CAPTION: caption}
    if kinds[number] is Kind.HEADING:
        heading = _as_heading(lines, kinds, number, before, marked=layout.marked)
        weights[Kind.HEADING] = heading
        if not before and below and not patterns.is_closed(text):
            known = layout.odds.get(number)
            odds = first_piece_odds(text, below, layout.page) if known is None else known
            odds += layout.fashion(odds) + layout.profile.cut_prior
            weights[Kind.BODY] = heading + odds
        if not before and layout.marked:
            weights[Kind.CAPTION] = max(
                weights[Kind.CAPTION], WEIGHTS["caption among marked headings"]
            )
    return max(weights, key=lambda kind: weights[kind])


def _is_cut_off(lines: Sequence[Line], kinds: Sequence[Kind], number: int, layout: _Layout) -> bool:
    """Tell a line above all text that is no title but the beginning of what goes on below."""
    text = lines[number].text
    if (
        kinds[number] is not Kind.HEADING
        or patterns.prose(text) < WEIGHTS["prose of a cut title"]
        or patterns.has_parts(text)
    ):
        return False
    below = _texts_below(lines, kinds, number)
    if Kind.BYLINE in kinds[number : number + 4]:
        return False
    return any(
        WEIGHTS["first piece"] + continuation_score(text, one, layout.page) > 0 for one in below
    )


def _is_cut_number(
    lines: Sequence[Line], kinds: Sequence[Kind], number: int, layout: _Layout
) -> bool:
    """Tell a bare number within the text that is the beginning of what goes on below."""
    line = lines[number].text
    if kinds[number] is not Kind.FURNITURE or not line.isdecimal():
        return False
    below = _texts_below(lines, kinds, number)[:1]
    alone = not _text_before(lines, kinds, number)
    return alone and any(
        continuation_score(line, one, layout.page) > WEIGHTS["joint of a number"] for one in below
    )


def _as_body(text: str, kind: Kind, before: str, below: Sequence[str], layout: _Layout) -> float:
    """Weigh a line as a piece of a paragraph."""
    if before and (kind is Kind.BODY or patterns.is_closed(text)):
        begins = (
            -WEIGHTS["paragraph below"] * start_weight(below[0])
            if below and patterns.is_closed(text)
            else 0.0
        )
        return continuation_score(before, text, layout.page) + begins + layout.profile.cut_prior
    if kind is Kind.BODY:
        return 0.0
    if not before:
        return WEIGHTS["first piece"]
    after = max((continuation_score(text, one, layout.page) for one in below), default=0.0)
    return WEIGHTS["middle piece"] + continuation_score(before, text, layout.page) + min(0.0, after)


def _as_caption(line: Line, before: str, below: Sequence[str], layout: _Layout) -> float:
    """Weigh a line as a caption: the text around it goes on without it."""
    around = (
        max((continuation_score(before, one, layout.page) for one in below), default=0.0)
        if before
        else 0.0
    )
    around += said_twice(line.text, layout.page)
    if line.gap >= layout.gap:
        return PICTURE + around
    if not (before and below):
        return ALONE + around
    prior = (
        WEIGHTS["caption without a gap"]
        if layout.gaps
        else WEIGHTS["caption on a page without gaps"]
    )
    return (
        prior
        + around
        + patterns.depicts(line.text)
        + WEIGHTS["long caption"] * max(0, len(line.text) - SHORT_CAPTION_CHARS)
    )


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
    looks = pair + WEIGHTS["two parts"] * patterns.has_parts(text) - patterns.prose(text)
    looks += WEIGHTS["long heading"] * max(0, len(text) - LONG_HEADING)
    looks += WEIGHTS[_BY_LENGTH[len(text)]] if len(text) in _BY_LENGTH else 0.0
    if patterns.is_numbered(text):
        return WEIGHTS["numbered heading"] + looks
    return (
        (WEIGHTS["heading under an open end"] if before else 0.0)
        + looks
        + (WEIGHTS["unmarked heading"] if marked else 0.0)
    )


def _text_before(lines: Sequence[Line], kinds: Sequence[Kind], number: int) -> str:
    """Return the text whose sentence is open above a line, nothing if there is none."""
    for place in range(number - 1, max(-1, number - 6), -1):
        text = lines[place].text
        if kinds[place] is Kind.BODY:
            return "" if patterns.is_closed(text) or text[-1] in "：:；;" else text
        if kinds[place] not in (Kind.CAPTION, Kind.CREDIT, Kind.FURNITURE):
            break
        if patterns.is_jump_away(text) or patterns.is_jump_here(text):
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


def _settle_trailing_heads(lines: Sequence[Line], kinds: list[Kind]) -> None:
    """Make captions of head lines under which nothing stands, text of those that are sentences."""
    for number in range(len(kinds) - 1, 0, -1):
        if kinds[number] is Kind.HEADING:
            kinds[number] = Kind.BODY if patterns.is_closed(lines[number].text) else Kind.CAPTION
        elif kinds[number] in (Kind.BODY, Kind.BYLINE, Kind.NOTICE):
            return
