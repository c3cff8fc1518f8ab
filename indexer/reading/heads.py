"""Split the pieces of a page into articles, and name title, kicker and subtitle of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.model import Kind
from indexer.reading import furniture, patterns
from indexer.reading.fitted_weights import weights
from indexer.reading.lines import Line
from indexer.reading.profile import OPENING_SIGNS, PageProfile

HEAD_WEIGHTS = weights("heads")
"""`certain gap` is the confidence from which a gap alone parts items, whatever follows it;
`signed heads` is the share of heads with a by-line or dateline from which those without one head
sections."""

TEXT_KINDS = frozenset({Kind.BODY, Kind.NOTICE})

MAX_ARTICLE_HEAD_LINES = 4
"""Marked lines of the head of an article, kicker and subtitles included."""

MIN_HEADINGS = 3
"""Headings from which the usual number of parts of a heading is known."""

MAX_SHORT_KICKER_CHARS = 5
"""The names of columns and series above a title have two to five characters."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines that belong together: a head of several lines, or one piece of a paragraph."""

    kind: Kind
    lines: tuple[Line, ...]


def split_articles(pieces: Sequence[Piece], profile: PageProfile) -> Iterator[list[Piece]]:
    """Cut the pieces of a page into those of its articles; the page's own head is apart."""
    levels, parted = _article_levels(pieces, profile), _parted_heads(pieces, profile)
    article: list[Piece] = []
    text = head = False  # the article has text; it begins with the page's head
    only = True  # and holds nothing else yet
    for number, piece in enumerate(pieces):
        furniture = piece.kind is Kind.FURNITURE
        opens = piece.lines[0].opens
        if opens is None:
            opens = (only and head and not furniture) or _opens_by_level(
                pieces, number, article, levels
            )
            opens = opens or (text and _opens(pieces, number, article, profile))
            opens = opens or number in parted
        if opens and article:
            yield article
            article, text, head, only = [], False, False, True
        only = only and furniture
        head = head or piece.lines[0].start in profile.page_head
        text = text or piece.kind in TEXT_KINDS
        article.append(piece)
    if article:
        yield article


def opens_head(above: Sequence[Line], line: Line, profile: PageProfile) -> bool:
    """Return whether a head line opens another head than the head lines above it.

    A gap that parts items parts them, and a mark below unmarked ones. Marked ones are of one head
    unless the last one ends a text, or they are many.
    """
    if not profile.marked_up:
        gap = profile.item_gap.value if profile.item_gap.sure else 0
        marked = 0 < profile.heading_level == line.level
        return 0 < gap <= line.gap or (marked and not any(head.level for head in above))
    last = above[-1].text
    return last[0] in OPENING_SIGNS or last[-1] in "）)。" or len(above) == MAX_ARTICLE_HEAD_LINES


def _opens(
    pieces: Sequence[Piece], number: int, article: Sequence[Piece], profile: PageProfile
) -> bool:
    """Return whether an article begins with a piece, by anything but its level."""
    return (
        _opens_by_gap(pieces, number, profile)
        or _opens_by_form(pieces, number, article, profile)
        or _opens_by_head(pieces, number, article)
    )


def _article_levels(pieces: Sequence[Piece], profile: PageProfile) -> dict[int, bool]:
    """Return the level of heads that open articles, and whether only signed ones do.

    It is so where many heads of that level are signed.
    """
    level = profile.heading_level
    heads = [n for n, one in enumerate(pieces) if one.kind is Kind.HEADING and _level(one) == level]
    signed = sum(_is_reported(pieces, number) for number in heads)
    return {level: signed >= HEAD_WEIGHTS["signed heads"] * len(heads)} if level else {}


def _is_reported(pieces: Sequence[Piece], number: int) -> bool:
    """Return whether a by-line with an office, or a dateline, follows a head."""
    below = pieces[number + 1].lines[0].text if number + 1 < len(pieces) else ""
    return patterns.is_byline(below) or patterns.is_dateline(below)


def _opens_by_level(
    pieces: Sequence[Piece], number: int, article: Sequence[Piece], levels: Mapping[int, bool]
) -> bool:
    """Return whether a head is of the level that opens articles, and heads no section."""
    piece = pieces[number]
    if piece.kind is not Kind.HEADING or _level(piece) not in levels:
        return False
    section = levels[_level(piece)] or patterns.is_numbered(piece.lines[0].text)
    return not section or _opens_by_head(pieces, number, article)


def _opens_by_gap(pieces: Sequence[Piece], number: int, profile: PageProfile) -> bool:
    """Return whether a piece follows the gap that separates items on this page."""
    piece = pieces[number]
    parted = profile.item_gap.sure and 0 < profile.item_gap.value <= piece.lines[0].gap
    if not parted or piece.kind in (Kind.FURNITURE, Kind.CREDIT, Kind.CAPTION):
        return False
    if piece.kind is Kind.HEADING or piece.lines[0].text[0] in OPENING_SIGNS:
        return True
    return profile.item_gap.confidence >= HEAD_WEIGHTS["certain gap"]


def _parted_heads(pieces: Sequence[Piece], profile: PageProfile) -> frozenset[int]:
    """Return the numbers of heads with a by-line that follow a gap that separates items.

    Above one may be lines that look like a head: of the page's top, or under a picture. None is
    returned where most have a head above: then such a gap is within heads as well.
    """
    found = [
        number
        for number, (piece, below) in enumerate(pairwise(pieces))
        if piece.kind is Kind.HEADING
        and patterns.is_any_byline(below.lines[0].text)
        and _opens_by_gap(pieces, number, profile)
    ]
    below_heads = sum(pieces[number - 1].kind is Kind.HEADING for number in found if number)
    return frozenset(found if 2 * below_heads <= len(found) else ())


def _opens_by_form(
    pieces: Sequence[Piece], number: int, article: Sequence[Piece], profile: PageProfile
) -> bool:
    """Return whether a piece opens an item by its sign, or follows the end of another item."""
    piece = pieces[number]
    text = piece.lines[0].text
    if furniture.is_classified(text) or patterns.is_jump_here(text):
        return True
    if piece.kind is Kind.NOTICE:
        return article[-1].kind is not Kind.NOTICE and not _is_corner(article)
    if text[0] in profile.item_signs:
        return piece.kind in (Kind.BODY, Kind.HEADING)
    if piece.kind is Kind.BODY:
        above = article[-1].lines[-1].text
        return patterns.opens_report(text) and (
            patterns.is_closed(above) or patterns.is_head(above)
        )
    below_border = article[-1].kind is Kind.FURNITURE and furniture.is_border(
        article[-1].lines[-1].text
    )
    return piece.kind is Kind.HEADING and (below_border or _ends_item(article))


def _ends_item(article: Sequence[Piece]) -> bool:
    """Return whether an article has come to its end: signed, or to be continued elsewhere."""
    texts = (one.lines[-1].text for one in reversed(article) if one.kind is not Kind.CREDIT)
    return patterns.ends_item(next(texts, " "))


def _opens_by_head(pieces: Sequence[Piece], number: int, article: Sequence[Piece]) -> bool:
    """Return whether this is a head above a by-line or a dateline, or in the corner of notices."""
    piece = pieces[number]
    if piece.kind is not Kind.HEADING or number + 1 == len(pieces):
        return False
    after = pieces[number + 1]
    if after.kind is Kind.BYLINE:
        return patterns.is_any_byline(after.lines[0].text) or _names_open(piece, article)
    if _is_corner(article) or any(patterns.is_dashed(line.text) for line in piece.lines[1:]):
        return True
    return patterns.is_dateline(after.lines[0].text)


def _level(piece: Piece) -> int:
    return min(filter(None, (line.level for line in piece.lines)), default=0)


def _is_corner(article: Sequence[Piece]) -> bool:
    return bool(article) and (
        article[0].kind in (Kind.NOTICE, Kind.FURNITURE)
        and not any(piece.kind is Kind.BODY for piece in article)
    )


def _names_open(piece: Piece, article: Sequence[Piece]) -> bool:
    """Return whether a head above bare names opens an article, or the names are the page's own."""
    if any(one.kind is Kind.BYLINE for one in article) or len(piece.lines) > 1:
        return True
    headings = [one for one in article if one.kind is Kind.HEADING]
    return len(headings) < 2


# ---------------------------------------------------------------- the head of an article


def name_heads(pieces: Sequence[Piece], profile: PageProfile) -> Iterator[Piece]:
    """Name title, kicker and subtitle among an article's head lines, and the text of notices."""
    corner = furniture.is_classified(pieces[0].lines[0].text) or pieces[0].kind is Kind.NOTICE
    glued = _find_glued(pieces)
    text = signed = titled = False
    bodies = [number for number, piece in enumerate(pieces) if piece.kind in TEXT_KINDS]
    for number, piece in enumerate(pieces):
        if glued and number == glued[0]:
            yield from _split_glued(piece, glued[1])
        elif piece.kind is Kind.HEADING and signed and patterns.is_dashed(piece.lines[0].text):
            yield Piece(Kind.SUBTITLE, piece.lines)
        elif piece.kind is Kind.HEADING and not text and not signed and not titled:
            yield from _name_lines(piece.lines, profile, titled=glued is not None)
            titled = profile.marked_up
        elif piece.kind is Kind.HEADING and bodies and number > bodies[-1] and not _level(piece):
            yield from (Piece(Kind.CAPTION, (line,)) for line in piece.lines)
        elif piece.kind is Kind.BODY and (corner or furniture.is_notice_text(piece.lines[0].text)):
            yield Piece(Kind.NOTICE, piece.lines)
        elif piece.kind is Kind.HEADING:
            yield from _split_heading(piece, profile)
        else:
            yield piece
        text = text or piece.kind in TEXT_KINDS
        signed = not text and number > 0 and piece.kind is Kind.BYLINE


def _split_heading(piece: Piece, profile: PageProfile) -> Iterator[Piece]:
    """Separate the lines of a heading that are as far apart as paragraphs."""
    lines: list[Line] = []
    for line in piece.lines:
        if lines and not _is_close(line, profile):
            yield Piece(piece.kind, tuple(lines))
            lines = []
        lines.append(line)
    yield Piece(piece.kind, tuple(lines))


def _is_close(line: Line, profile: PageProfile) -> bool:
    """Return whether a line is closer to the one above than paragraphs are."""
    return profile.is_broken or line.gap < profile.line_gap


def _name_lines(lines: Sequence[Line], profile: PageProfile, *, titled: bool) -> Iterator[Piece]:
    """Name the lines of a head: a dash opens a subtitle, marks outrank lines without a mark."""
    if titled:
        yield from (Piece(Kind.KICKER, (line,)) for line in lines)
        return
    if any(line.level for line in lines):
        yield from _name_marked(lines)
        return
    dashed = [line for line in lines[1:] if patterns.is_dashed(line.text)]
    rest = [line for line in lines if line not in dashed]
    while len(rest) > 1 and _names_series(rest):
        yield Piece(Kind.KICKER, (rest.pop(0),))
    if len(rest) > 1 and patterns.is_half_title(rest[0].text):
        yield Piece(Kind.TITLE, tuple(rest[:2]))
        yield from (Piece(Kind.SUBTITLE, (line,)) for line in rest[2:])
    elif len(rest) > 1 and rest[1].gap == 0:
        whole = len(rest) if _is_close(rest[1], profile) else 2
        yield Piece(Kind.KICKER, (rest[0],))
        yield Piece(Kind.TITLE, tuple(rest[1:whole]))
        yield from (Piece(Kind.SUBTITLE, (line,)) for line in rest[whole:])
    else:
        yield Piece(Kind.TITLE, (rest[0],))
        yield from (Piece(Kind.SUBTITLE, (line,)) for line in rest[1:])
    yield from (Piece(Kind.SUBTITLE, (line,)) for line in dashed)


def _names_series(lines: Sequence[Line]) -> bool:
    """Return whether this is the name of a column or series above the lines of a title."""
    first = lines[0].text
    if patterns.is_label(first):
        return True
    if lines[1].text[0] in "（(" and patterns.is_bracketed(
        lines[1].text
    ):  # a number or a note of the line above
        return False
    short = len(lines) > 2 or patterns.is_label(lines[1].text)
    return short and len(first) <= MAX_SHORT_KICKER_CHARS and lines[1].gap > 0


def _name_marked(lines: Sequence[Line]) -> Iterator[Piece]:
    """Name the lines of a head in which # marks the greater ones."""
    marked = [line for line in lines if line.level]
    title = min(marked, key=lambda line: (_is_label(line, marked), line.level))
    below = False
    for line in lines:
        below = below or line is title
        if line is title:
            yield Piece(Kind.TITLE, (line,))
        elif patterns.is_dashed(line.text) or (below and line in marked):
            yield Piece(Kind.SUBTITLE, (line,))
        else:
            yield Piece(Kind.CAPTION if below else Kind.KICKER, (line,))


def _is_label(line: Line, marked: Sequence[Line]) -> bool:
    """Return whether this is the name of a column or series above a longer head line."""
    return len(marked) > 1 and len(line.text) <= MAX_SHORT_KICKER_CHARS


def _find_glued(pieces: Sequence[Piece]) -> tuple[int, int] | None:
    """Find a section heading to which the title above a by-line was glued.

    Such a line is within the text and has more parts than the other headings there. Returns its
    number and how many parts are the heading's own.
    """
    first = next((n for n, piece in enumerate(pieces) if piece.kind is Kind.BODY), len(pieces))
    parts = {
        number: len(pieces[number].lines[-1].text.split())
        for number in range(first, len(pieces))
        if pieces[number].kind is Kind.HEADING
    }
    if len(parts) < MIN_HEADINGS:
        return None
    second, most = sorted(parts.values())[-2:]
    for number, own in parts.items():
        named = number + 1 < len(pieces) and pieces[number + 1].kind is Kind.BYLINE
        if named and own == most > second:
            return number, second
    return None


def _split_glued(piece: Piece, parts: int) -> Iterator[Piece]:
    line = piece.lines[-1]
    positions = [0, *(blank.end() for blank in re.finditer(r"\s+", line.text)), len(line.text)]
    yield Piece(Kind.HEADING, (*piece.lines[:-1], line.cut(0, positions[parts])))
    yield Piece(Kind.TITLE, (line.cut(positions[parts], positions[parts + 1]),))
    if len(positions) > parts + 2:
        yield Piece(Kind.SUBTITLE, (line.cut(positions[parts + 1], len(line.text)),))
