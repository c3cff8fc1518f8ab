"""Set printed lines into whole ones, where the page's profile says that they are broken.

A printed line continues in the next one if it is as wide as its column there, and neither is a
head, a by-line or the first line of an item. Pages that are set a paragraph a line are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.reading import furniture, patterns
from indexer.reading.fitted_weights import weights
from indexer.reading.join_reasons import BY_RULE, JoinRule, Joins
from indexer.reading.lines import WIDTH_TOLERANCE, Line, join_lines
from indexer.reading.paragraph_end_scores import ends_paragraph
from indexer.reading.profile import OPENING_SIGNS, EndMarks, PageProfile, ParagraphStart

WHOLE_LINE_WEIGHTS = weights("whole lines")
"""Lines of a stanza at least and characters of a verse at most; characters by which plain head
lines are narrower than the text below, how many they are, and their characters at most; the width
below which a line fills a column only between others of its width; the share of a column that a
line beside a picture has at least."""

MIN_STANZA_LINES = WHOLE_LINE_WEIGHTS["stanza lines"]
MAX_VERSE_CHARS = WHOLE_LINE_WEIGHTS["verse chars"]
HEAD_MARGIN = WHOLE_LINE_WEIGHTS["head margin"]
MAX_HEAD_LINES = int(WHOLE_LINE_WEIGHTS["head lines"])
MAX_HEAD_CHARS = WHOLE_LINE_WEIGHTS["head chars"]
MIN_COLUMN_WIDTH = WHOLE_LINE_WEIGHTS["least column"]

LEADING_CLOSERS = "”’」』》"
"""Signs with which no paragraph begins; brackets are turned round on pages set from the right."""

_SIGNS_WITHIN_TEXT = LEADING_CLOSERS + patterns.PAUSING_SIGNS + patterns.ENDING_SIGNS
_SIGN_OR_NUMBER = re.compile(
    rf"[{OPENING_SIGNS}]|[【〔][\u3400-\u9fff]{{1,8}}[】〕]"
    r"|[（(][一二三四五六七八九十\d]{1,3}[）)]|[①-⑳]"
)


def set_whole_lines(lines: Sequence[Line], profile: PageProfile, joins: Joins) -> list[Line]:
    """Join printed lines where the page is broken at the width of its columns; set stanzas.

    Each join is added to `joins`.
    """
    if not profile.is_broken:
        return _set_verses(lines, joins)
    heads = _find_heads(lines, profile)
    groups: list[list[Line]] = []
    for number, line in enumerate(lines):
        apart = number in heads or number - 1 in heads
        rule = None if apart or not groups else _rule(lines, number, groups[-1], profile)
        if rule:
            joins[line.start] = BY_RULE[rule]
            groups[-1].append(line)
        else:
            groups.append([line])
    return _set_verses([join_lines(group) for group in groups], joins)


def _find_heads(lines: Sequence[Line], profile: PageProfile) -> set[int]:
    """Return the numbers of by-lines and of the lines above them that are their head."""
    heads: set[int] = set()
    for number, line in enumerate(lines):
        if line.level or line.start in profile.page_head or _is_own_line(lines, number):
            heads.add(number)
        if number and patterns.is_any_byline(line.text) and _may_be_head(lines, number - 1):
            heads |= {number - 1, number}
            if number > 1 and _may_be_head(lines, number - 2):
                heads |= {number - 2} if _is_narrower(lines, number - 2, profile) else set()
        if number and line.width >= lines[number - 1].width + HEAD_MARGIN:
            heads.update(_plain_lines_above(lines, number, heads, profile))
    return heads


def _plain_lines_above(
    lines: Sequence[Line], number: int, heads: set[int], profile: PageProfile
) -> list[int]:
    """Return the numbers of the lines without any mark that open a text, narrower than it is."""
    found: list[int] = []
    for above in range(number - 1, max(-1, number - 1 - MAX_HEAD_LINES), -1):
        line = lines[above]
        narrow = line.width <= lines[number].width - HEAD_MARGIN
        narrow = narrow and line.text[0] not in LEADING_CLOSERS
        if not narrow or len(line.text) > MAX_HEAD_CHARS or patterns.has_marks(line.text):
            break
        found.append(above)
        if line.gap > profile.line_gap or above == 0 or above - 1 in heads:
            return found
        if patterns.ends_with_mark(lines[above - 1].text):
            return found if above - 1 not in found else []
    return []


def _is_own_line(lines: Sequence[Line], number: int) -> bool:
    """Return whether a line is a jump, furniture, a name in brackets or a credited caption."""
    text = lines[number].text
    if patterns.is_jump_away(text) or patterns.is_jump_here(text):
        return True
    if furniture.is_furniture(text) or patterns.is_bracketed_name(text):
        return True
    if patterns.is_framed(text) or _is_chapter(lines, number):
        return True
    if patterns.ends_with_credit(text):
        return True
    if text[0] in OPENING_SIGNS:
        return False
    credited = patterns.is_credit(text) or patterns.points_to_picture(text)
    return credited and not _is_amid(lines, number)


def _is_chapter(lines: Sequence[Line], number: int) -> bool:
    """Return whether a line is the head of a chapter, under text that has ended."""
    if not patterns.is_chapter(lines[number].text):
        return False
    above = lines[number - 1].text if number else ""
    return not patterns.has_marks(above) or patterns.ends_with_mark(above)


def _is_amid(lines: Sequence[Line], number: int) -> bool:
    """Return whether a line is between open lines of its own width."""
    if not 0 < number < len(lines) - 1:
        return False
    before, line, after = lines[number - 1 : number + 2]
    opened = not patterns.is_closed(before.text)
    return opened and line.is_as_wide_as(before) and line.is_as_wide_as(after)


def _may_be_head(lines: Sequence[Line], number: int) -> bool:
    text = lines[number].text
    return len(text) <= MAX_HEAD_CHARS and not patterns.ends_with_mark(text)


def _is_narrower(lines: Sequence[Line], number: int, profile: PageProfile) -> bool:
    """Return whether a line is narrower than the column above it, so no part of its text."""
    if number and lines[number].gap <= profile.line_gap:
        before = lines[number - 1]
        return (
            patterns.ends_with_mark(before.text)
            and lines[number].width < before.width - WIDTH_TOLERANCE
        )
    return True


def _rule(
    lines: Sequence[Line], number: int, group: Sequence[Line], profile: PageProfile
) -> JoinRule | None:
    """Return why the line with this number continues the one above, `None` if it does not."""
    before, line = group[-1], lines[number]
    if line.gap > profile.line_gap or line.kind or before.kind:
        return None
    by_form = _decide_by_form(before.text, line.text)
    if by_form is not None:
        return JoinRule.MARKS if by_form else None
    if _opens_report(lines, number, single=len(group) == 1):
        return None
    if patterns.is_bracketed(line.text):
        within = len(group) > 1 and not _is_full(lines, number, [line], profile)
        return JoinRule.MARKS if within else None
    if profile.indents_paragraphs and line.indent > before.indent:
        return None
    if not _is_full(lines, number - 1, group, profile):
        return JoinRule.CUT_SHORT if _is_cut_short(lines, number, group, profile) else None
    return JoinRule.FULL_LINE if _fills_column(lines, number, group, profile) else None


def _decide_by_form(before: str, text: str) -> bool | None:
    """Return whether a line continues another by the form of both, `None` if it may."""
    if patterns.is_unfinished(text):
        return True
    if _opens_item(before, text):
        return False
    if len(before) > 2 and patterns.leaves_bracket_open(before):
        return True
    return True if text[0] in _SIGNS_WITHIN_TEXT else None


def _fills_column(
    lines: Sequence[Line], number: int, group: Sequence[Line], profile: PageProfile
) -> bool:
    """Return whether a line under a full one continues it."""
    before, line = group[-1], lines[number]
    wider, narrower = _compare(line, before)
    plain = _are_plain(lines[number - 1 : number + 2]) and not _is_exact(before, line, profile)
    if len(group) == 1 and (wider or plain) and not patterns.opens_report(before.text):
        return False
    if wider and not _is_full(lines, number, [line], profile):
        return False
    if narrower:
        return _is_last_line(lines, number, group, profile)
    if _ends_short(lines, number, group, profile):
        return False
    if not _may_end(before, profile):
        return True
    if _begins_plain(lines, number, profile):
        return False
    if profile.end_marks.value is EndMarks.PAUSE:
        return not _ends_verse(before.text, line.text)
    return not wider and _is_one(group, line.text, profile)


def _are_plain(lines: Sequence[Line]) -> bool:
    """Return whether lines have no mark at all, as those of a head, a list or a notice."""
    return not any(patterns.has_marks(line.text) for line in lines)


def _opens_report(lines: Sequence[Line], number: int, *, single: bool) -> bool:
    """Return whether a line has a dateline, below a head or the end of a text.

    `single` says that the line above continues no other. A dateline may go over the end of a line.
    """
    if not patterns.opens_report("".join(one.text for one in lines[number : number + 2])):
        return False
    above = lines[number - 1].text
    headed = single and patterns.is_head(above) and not patterns.is_dateline(above)
    return headed or patterns.is_closed(above)


def _is_exact(before: Line, line: Line, profile: PageProfile) -> bool:
    """Return whether two lines fill a column to the edge, on a page whose text does so."""
    return profile.even_edge and before.extent == line.extent == max(profile.widths[:1], default=0)


def _begins_plain(lines: Sequence[Line], number: int, profile: PageProfile) -> bool:
    """Return whether no mark follows, as in verse or a list, on a page without indents."""
    if profile.indents_paragraphs:
        return False
    return _are_plain(lines[number : number + 3])


def _ends_verse(text: str, after: str) -> bool:
    """Return whether a verse with full stops is followed by prose with pauses."""
    verse = "。" in text and "、" not in text
    return verse and "、" in after and "。" not in after


def _opens_item(before: str, text: str) -> bool:
    """Return whether a line opens an item of a list, or a turn of a conversation."""
    spoken = patterns.is_speech(text) and patterns.ends_with_mark(before)
    spoken = spoken or (before[-1] in patterns.CLOSING_SIGNS and patterns.is_turn(text))
    return spoken or bool(_SIGN_OR_NUMBER.match(text)) or patterns.is_bracketed(before)


def _is_cut_short(
    lines: Sequence[Line], number: int, group: Sequence[Line], profile: PageProfile
) -> bool:
    """Return whether a picture or a wider column made an open line shorter than the last."""
    before = group[-1]
    if patterns.ends_with_mark(before.text) or _may_be_name(lines, number):
        return False
    if len(group) == 1:
        of_column = before.extent <= max(profile.widths, default=0) + WIDTH_TOLERANCE
        return of_column and len(before.text) > MAX_HEAD_CHARS
    if _are_plain(group[-3:]):
        return False
    return before.extent >= WHOLE_LINE_WEIGHTS["cut share"] * group[-2].extent


def _may_be_name(lines: Sequence[Line], number: int) -> bool:
    return lines[number].width < MIN_COLUMN_WIDTH and not patterns.ends_with_mark(
        lines[number].text
    )


def _compare(line: Line, other: Line) -> tuple[bool, bool]:
    """Return whether a line is wider and whether it is narrower than another."""
    if line.is_as_wide_as(other):
        return False, False
    return line.extent > other.extent, line.extent < other.extent


def _is_full(
    lines: Sequence[Line], number: int, group: Sequence[Line], profile: PageProfile
) -> bool:
    """Return whether a line fills its column, as wide as a line beside it or as columns are."""
    line, below = lines[number], lines[number + 1 : number + 3]
    tiny = line.extent < MIN_COLUMN_WIDTH
    alike = sum(line.is_as_wide_as(other) for other in (*below, *group[-3:-1])) >= 2
    shorter = len(group) > 1 and _compare(line, group[-2])[1]
    if shorter and _may_end(line, profile):
        return not tiny and all(line.is_as_wide_as(other) for other in below)
    if tiny or alike or shorter:
        return alike
    first = len(group) == 1 and any(line.extent <= other.extent - 2 for other in below[:1])
    return not first and _fits_columns(line, profile)


def _may_end(line: Line, profile: PageProfile) -> bool:
    """Return whether a sentence may end with a line."""
    if profile.end_marks.value is EndMarks.PAUSE:
        return patterns.ends_with_mark(line.text)
    return patterns.is_closed(line.text)


def _fits_columns(line: Line, profile: PageProfile) -> bool:
    return any(
        abs(reach - column) <= WIDTH_TOLERANCE
        for reach in (line.extent, line.count)
        for column in profile.widths
    )


def _is_last_line(
    lines: Sequence[Line], number: int, group: Sequence[Line], profile: PageProfile
) -> bool:
    """Return whether a narrower line ends the paragraph above, and is no head or caption.

    Where paragraphs are indented, a full line without an indent never follows a last line.
    """
    before, line = lines[number - 1].text, lines[number]
    below = lines[number + 1] if number + 1 < len(lines) else None
    if profile.indents_paragraphs and below is not None:
        flush = below.indent == 0 and below.gap <= profile.line_gap
        if flush and _is_full(lines, number + 1, [below], profile):
            return False
    if not patterns.ends_with_mark(before):
        return True
    if patterns.ends_with_mark(line.text) or len(line.text) > MAX_HEAD_CHARS:
        return not patterns.is_closed(before) or _is_one(group, line.text, profile)
    if profile.end_marks.value is EndMarks.FULL_STOP and not patterns.is_closed(before):
        return True
    after = lines[number + 1] if number + 1 < len(lines) else None
    return after is None or after.gap > profile.line_gap


def _ends_short(
    lines: Sequence[Line], number: int, group: Sequence[Line], profile: PageProfile
) -> bool:
    """Return whether a line ends with a mark, a character short of its neighbours without one.

    A mark hangs over the edge of a column; a line that continued would be filled to it.
    """
    before = group[-1]
    uneven = profile.end_marks.value is EndMarks.PAUSE and not profile.even_edge
    if uneven or not _may_end(before, profile):
        return False
    beside = [*group[-4:-1], *lines[number : number + 2]]
    solid = [line for line in beside if not patterns.ends_with_mark(line.text)]
    margin = WIDTH_TOLERANCE / 2
    return (
        bool(solid)
        and before.extent < max(line.extent for line in solid) - margin
        and before.count < max(line.count for line in solid) - margin
    )


def _is_one(group: Sequence[Line], text: str, profile: PageProfile) -> bool:
    """Return whether a line under a closed one belongs to the same paragraph."""
    if profile.paragraph_start is not ParagraphStart.UNMARKED:
        return True
    length = sum(len(line.text) for line in group)
    return not ends_paragraph(length, text, profile.paragraph_chars)


# ---------------------------------------------------------------- verse


def _set_verses(lines: Sequence[Line], joins: Joins) -> list[Line]:
    """Join the lines of a stanza: they are close together and equally long."""
    stanzas: list[list[Line]] = []
    for line in lines:
        if stanzas and _is_next_verse(stanzas[-1][-1], line):
            stanzas[-1].append(line)
        else:
            stanzas.append([line])
    whole: list[Line] = []
    for stanza in stanzas:
        if len(stanza) < MIN_STANZA_LINES:
            whole += stanza
            continue
        joins.update((line.start, BY_RULE[JoinRule.VERSE]) for line in stanza[1:])
        whole.append(join_lines(stanza, "\n"))
    return whole


def _is_next_verse(line: Line, after: Line) -> bool:
    if after.gap or max(len(line.text), len(after.text)) > MAX_VERSE_CHARS or after.level:
        return False
    lengths = {len(one.text.rstrip("，。；！？,.;!?")) for one in (line, after)}
    return len(lengths) == 1 and min(lengths) >= 4
