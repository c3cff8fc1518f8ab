"""Decide the kind of every line of a page: by its form, else by its neighbours.

A short line without a sentence can be a heading, a caption or what a cut has left of a paragraph;
a single sentence can be a caption or a piece of a paragraph. `role_scores` scores each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from indexer.model import Kind
from indexer.reading import furniture, patterns
from indexer.reading.captions import (
    caption_trailing_heads,
    find_pictured,
    is_caption_by_form,
    score_caption,
)
from indexer.reading.continuation import continuation_score, overlaps
from indexer.reading.first_pieces import first_piece_odds
from indexer.reading.fitted_weights import weights
from indexer.reading.lines import Line, picture_gap
from indexer.reading.network_score import prepare
from indexer.reading.person_names import are_names, may_be_name
from indexer.reading.profile import PageProfile
from indexer.reading.role_scores import (
    RoleContext,
    is_one_sentence,
    likelihood,
    open_text_above,
    score_body,
    score_heading,
    texts_below,
)
from indexer.reading.whole_lines import MAX_VERSE_CHARS

ROLE_WEIGHTS = weights("roles")

MIN_ROW_CELLS = 3

_CELL_GAP = re.compile(r"\s*[|｜]\s*|\s+")
_WIDE_GAP = re.compile(r"\S(?:[ \u3000]{2,}|\u3000|\t|\s*[|｜])\s*\S")
_CELL_FIGURES = re.compile(r"[-+−]?[\d０-９][\d０-９.,:：/／%％]*")

NETWORK_BATCH_LINES = 500
"""Lines whose ends the network reads in one batch."""


def settle_kinds(lines: Sequence[Line], profile: PageProfile, page: str = "") -> list[Kind]:
    """Return the kind of every line of a page; a head line is a HEADING until its article is known.

    `page` is the text of the page, as evidence of what is written together.
    """
    kinds = [
        Kind.FURNITURE if line.start in profile.page_head else _first_guess(line, profile)
        for line in lines
    ]
    find_pictured(lines, kinds)
    gap = picture_gap(lines)
    _check_names(lines, kinds, profile, gap)
    if profile.marked_up:
        _find_pen_names(lines, kinds, profile)
        return kinds
    rows = _find_rows(lines, kinds)
    _find_pen_names(lines, kinds, profile)
    layout = RoleContext(
        profile=profile,
        page=page,
        gap=gap,
        gaps=any(line.gap >= gap for line in lines[1:]),
        marked=any(line.level for line in lines),
        rows=rows,
    )
    _find_verse_authors(lines, kinds)
    _settle_page_top(lines, kinds)
    if profile.open_ends_are_cuts:
        _settle_open_questions(lines, kinds, layout)
    caption_trailing_heads(lines, kinds)
    return kinds


def _settle_open_questions(lines: Sequence[Line], kinds: list[Kind], layout: RoleContext) -> None:
    """Decide what short lines and single sentences are by the open ends around them."""
    odds = _first_pieces(lines, kinds, layout)
    shares = sum(map(likelihood, odds.values()))
    layout = replace(layout, odds=odds, pieces=shares, headings=len(odds) - shares)
    begun = False  # has the text: with a paragraph, or under a head with its by-line
    for number, line in enumerate(lines):
        asked = number not in layout.rows and _is_open_question(line, kinds[number])
        if asked and begun and not _heads_byline(lines, kinds, number, layout):
            kinds[number] = _decide(lines, kinds, number, layout)
        elif asked and not begun and _is_cut_off(lines, kinds, number, layout):
            kinds[number] = Kind.BODY
        if begun and _is_cut_number(lines, kinds, number, layout):
            kinds[number] = Kind.BODY
        headed = kinds[number] is Kind.BYLINE and kinds[number - 1] is Kind.HEADING and number > 0
        begun = begun or headed or kinds[number] is Kind.BODY


def _first_pieces(
    lines: Sequence[Line], kinds: Sequence[Kind], layout: RoleContext
) -> dict[int, float]:
    """Return the log-odds for each line that is a heading or a first piece to be the latter."""
    asked = dict(_short_lines(lines, kinds, layout))
    found: dict[int, float] = {}
    for start in range(0, len(lines), NETWORK_BATCH_LINES):
        numbers = range(start, min(start + NETWORK_BATCH_LINES, len(lines)))
        bodies = [lines[number].text for number in numbers if kinds[number] is Kind.BODY]
        some = {number: asked[number] for number in numbers if number in asked}
        ends = [text for text in bodies if not patterns.is_closed(text)]
        prepare([*ends, *(text for text, _ in some.values())], bodies)
        for number, (text, below) in some.items():
            found[number] = first_piece_odds(text, below, layout.page)
    return found


def _short_lines(
    lines: Sequence[Line], kinds: Sequence[Kind], layout: RoleContext
) -> Iterator[tuple[int, tuple[str, list[str]]]]:
    """Yield lines that are headings or first pieces, with their numbers and the texts below."""
    begun = False
    for number, line in enumerate(lines):
        begun = begun or kinds[number] is Kind.BODY
        short = begun and kinds[number] is Kind.HEADING and _is_open_question(line, Kind.HEADING)
        if not short or line.gap >= layout.gap or patterns.is_closed(line.text):
            continue
        below = texts_below(lines, kinds, number)
        alone = not open_text_above(lines, kinds, number)
        if below and alone and not _heads_byline(lines, kinds, number, layout):
            yield number, (line.text, below)


def _find_rows(lines: Sequence[Line], kinds: list[Kind]) -> frozenset[int]:
    """Return the numbers of short lines that are rows of tables, and make them text."""
    short = (
        line.text if kind is Kind.HEADING and not line.kind else ""
        for line, kind in zip(lines, kinds, strict=True)
    )
    rows = _find_table_rows(list(short))
    for number in rows:
        kinds[number] = Kind.BODY
    return rows


def _find_table_rows(texts: Sequence[str]) -> frozenset[int]:
    """Return the numbers of lines that are rows: two of three or more cells, a line apart at most.

    Both have wide gaps or strokes, or one has bare figures, as titles have parts too; the first
    line is none. Texts that cannot be rows are empty.
    """
    cells = [[cell for cell in _CELL_GAP.split(text) if cell] for text in texts]
    found: set[int] = set()
    for one in range(2, len(texts)):
        for pair in ((one - step, one) for step in (1, 2) if one > step):
            if all(len(cells[number]) >= MIN_ROW_CELLS for number in pair) and (
                all(_WIDE_GAP.search(texts[number]) for number in pair)
                or any(map(_CELL_FIGURES.fullmatch, cells[pair[0]] + cells[pair[1]]))
            ):
                found.update(pair)
    return frozenset(found)


def _check_names(lines: Sequence[Line], kinds: list[Kind], profile: PageProfile, gap: int) -> None:
    """Take bare names for a by-line only under a head, where other by-lines say that they are.

    Where those begin with a square, bare names are none at all. `gap` is the one of a picture.
    """
    sure = [line.text for line in lines if patterns.is_any_byline(line.text)]
    if not sure and not profile.marked_up:
        return
    squares = any(patterns.is_squared(text) for text in sure)
    for number, line in enumerate(lines):
        if kinds[number] is Kind.BYLINE and not patterns.is_any_byline(line.text):
            headed = number and kinds[number - 1] is Kind.HEADING and line.gap < gap
            named = number + 1 < len(lines) and patterns.is_any_byline(lines[number + 1].text)
            names = headed and not squares and not named
            other = Kind.BODY if profile.marked_up else Kind.HEADING
            kinds[number] = Kind.BYLINE if names else other


def _find_verse_authors(lines: Sequence[Line], kinds: list[Kind]) -> None:
    """Take a bare name between a head and verses for a by-line, and a dotted head for no name.

    七律·登楼 has the form of a transcribed name; it is a title with a name below, no head above.
    """
    for number in range(1, len(lines)):
        if kinds[number] in (Kind.HEADING, Kind.BYLINE) and may_be_name(lines[number].text):
            head, above = kinds[number - 1], kinds[number - 2] if number > 1 else None
            dotted = "·" in lines[number - 1].text and above is not Kind.HEADING
            if (head is Kind.BYLINE and dotted) or (
                head is Kind.HEADING and _are_verses(lines[number + 1 : number + 3])
            ):
                kinds[number - 1], kinds[number] = Kind.HEADING, Kind.BYLINE


def _are_verses(lines: Sequence[Line]) -> bool:
    """Return whether two lines are short and end with marks."""
    return len(lines) == 2 and all(
        len(line.text) <= MAX_VERSE_CHARS and patterns.ends_with_mark(line.text) for line in lines
    )


def _find_pen_names(lines: Sequence[Line], kinds: list[Kind], profile: PageProfile) -> None:
    """Take names in brackets, and bare pen names where others are in brackets, for by-lines.

    Either follows a head, and text follows it.
    """
    for number, line in enumerate(lines):
        if kinds[number] not in (Kind.HEADING, Kind.BODY) or not 0 < number < len(lines) - 1:
            continue
        headed = kinds[number - 1] is Kind.HEADING and not patterns.is_closed(line.text)
        if patterns.is_bracketed_name(line.text):
            kinds[number] = Kind.BYLINE if headed else kinds[number]
        elif headed and profile.bracketed_bylines and not line.kind and _is_pen_name(line.text):
            below = lines[number + 1]
            if kinds[number + 1] is Kind.BODY and below.gap <= profile.line_gap:
                kinds[number] = Kind.BYLINE


def _is_pen_name(text: str) -> bool:
    return 2 <= len(text) <= 3 and text.isalpha() and not text.isascii()


def _settle_page_top(lines: Sequence[Line], kinds: list[Kind]) -> None:
    """Set the kinds of section names, and of titles with a comma, above the first paragraph."""
    for number, line in enumerate(lines):
        if kinds[number] is Kind.HEADING and furniture.is_section(line.text):
            kinds[number] = Kind.FURNITURE
        elif kinds[number] is Kind.BODY:
            below = kinds[number + 1] if number + 1 < len(kinds) else None
            if not patterns.is_half_title(line.text) or below is not Kind.HEADING:
                return
            kinds[number] = Kind.HEADING


def _heads_byline(
    lines: Sequence[Line], kinds: Sequence[Kind], number: int, layout: RoleContext
) -> bool:
    """Return whether a line is one of up to three head lines above a by-line or a dateline."""
    for position in range(number, min(number + 4, len(lines))):
        if kinds[position] is not Kind.HEADING:
            sure = lines[number].gap < layout.gap or patterns.is_byline(lines[position].text)
            if kinds[position] is Kind.BODY and position > number:
                return patterns.is_dateline(lines[position].text)
            return kinds[position] is Kind.BYLINE and sure
    return False


_KINDS_BY_FORM: tuple[tuple[Callable[[str], bool], Kind], ...] = (
    (patterns.is_credit, Kind.CREDIT),
    (patterns.is_byline, Kind.BYLINE),
    (are_names, Kind.BYLINE),
    (furniture.is_notice, Kind.NOTICE),
)


def _first_guess(line: Line, profile: PageProfile) -> Kind:
    """Return the kind of a line by what its source says of it, and by its form."""
    text, given = line.text, line.kind
    if given and given is not Kind.HEADING:
        return given
    if len(line.spans) > 1 and not profile.marked_up:
        return Kind.BODY
    if furniture.is_furniture(text) or furniture.is_classified(text):
        return Kind.FURNITURE
    if given:
        return Kind.BYLINE if patterns.is_byline(text) and not line.opens else given
    kind = next((kind for is_form, kind in _KINDS_BY_FORM if is_form(text)), None)
    if kind or is_caption_by_form(text, profile):
        return kind or Kind.CAPTION
    is_head = patterns.is_head(text) and not profile.marked_up
    return Kind.HEADING if line.level or is_head else Kind.BODY


def _is_open_question(line: Line, kind: Kind) -> bool:
    if kind is Kind.HEADING:
        return not line.level and not patterns.is_dashed(line.text)
    begins = (patterns.is_speech, patterns.is_item, patterns.opens_report)
    return (
        kind is Kind.BODY
        and is_one_sentence(line.text)
        and not any(is_form(line.text) for is_form in begins)
    )


def _decide(lines: Sequence[Line], kinds: Sequence[Kind], number: int, layout: RoleContext) -> Kind:
    text = lines[number].text
    before = open_text_above(lines, kinds, number)
    if before and overlaps(before, text):
        return Kind.BODY
    below = texts_below(lines, kinds, number)
    body = score_body(text, kinds[number], before, below, layout)
    caption = score_caption(lines[number], kinds[number], before, below, body, layout)
    weights = {Kind.BODY: body, Kind.CAPTION: caption}
    if kinds[number] is Kind.HEADING:
        heading = score_heading(lines, kinds, number, before, marked=layout.marked)
        weights[Kind.HEADING] = heading
        if not before and below and not patterns.is_closed(text):
            known = layout.odds.get(number)
            odds = first_piece_odds(text, below, layout.page) if known is None else known
            odds += layout.fashion(odds) + (
                ROLE_WEIGHTS["open ends of the page"] * layout.profile.cut_prior
            )
            weights[Kind.BODY] = heading + odds
        if not before and layout.marked:
            weights[Kind.CAPTION] = max(
                weights[Kind.CAPTION], ROLE_WEIGHTS["caption among marked headings"]
            )
    return max(weights, key=lambda kind: weights[kind])


def _is_cut_off(
    lines: Sequence[Line], kinds: Sequence[Kind], number: int, layout: RoleContext
) -> bool:
    """Return whether a line above all text is no title but the beginning of the text below."""
    text = lines[number].text
    if (
        kinds[number] is not Kind.HEADING
        or patterns.prose(text) < ROLE_WEIGHTS["prose of a cut title"]
        or patterns.has_parts(text)
    ):
        return False
    below = texts_below(lines, kinds, number)
    if Kind.BYLINE in kinds[number : number + 4]:
        return False
    return any(
        ROLE_WEIGHTS["first piece"] + continuation_score(text, one, layout.page) > 0
        for one in below
    )


def _is_cut_number(
    lines: Sequence[Line], kinds: Sequence[Kind], number: int, layout: RoleContext
) -> bool:
    """Return whether a bare number within the text is the beginning of the text below."""
    line = lines[number].text
    if kinds[number] is not Kind.FURNITURE or not line.isdecimal():
        return False
    below = texts_below(lines, kinds, number)[:1]
    alone = not open_text_above(lines, kinds, number)
    return alone and any(
        continuation_score(line, one, layout.page) > ROLE_WEIGHTS["joint of a number"]
        for one in below
    )
