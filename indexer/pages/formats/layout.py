"""Put lines that have only boxes into reading order, and find paragraphs and headings by geometry.

Lines that follow each other at one edge make a block; blocks are ordered by the rules of Breuel
(High Performance Document Layout Analysis, 2003): what is above comes first in a column, and a
column before those behind it unless something that spans both lies between. Upright text is turned
first, so that its lines run to the right and its tiers are columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from indexer.model import Box, Kind, is_upright
from indexer.pages.formats.page_lines import PrintedLine, PrintedPage

MAX_BLOCKS = 600
"""Blocks above which they are ordered from top to bottom alone: the time grows with the cube."""

SAME_SIZE = 1.3
"""Ratio of type sizes up to which two lines can be of one block: boxes of OCR vary by a fifth."""

MAX_LINE_GAP = 1.1
"""Distance of two lines of a block, in type sizes."""

MIN_SHARED = 0.6
"""Share of the narrower of two lines of a block that lies below the other."""

MIN_INDENT, MAX_INDENT = 0.8, 4.5
"""Type sizes by which the first line of a paragraph is indented."""

SHORT_END = 1.5
"""Type sizes by which the last line of a paragraph is shorter than its column."""

OPENING_SIZE, HEADING_SIZE, SUBHEADING_SIZE = 1.6, 1.5, 1.25
"""Type size over that of running text of headings that open an article, of others, and of further
lines of their heads; what is smaller is not told apart by size."""

MAX_HEADING_CHARS = 60
_ENDS_OF_PARAGRAPHS = "。！？!?…”』」）)》.;；:："


@dataclass(slots=True)
class _Turned:
    """A line with its box turned so that text runs to the right and lines go down."""

    line: PrintedLine
    box: Box
    size: float

    @property
    def right(self) -> int:
        return self.box.x + self.box.w

    @property
    def bottom(self) -> int:
        return self.box.y + self.box.h


def set_in_order(page: PrintedPage) -> PrintedPage:
    """Return a page with its lines in reading order, their blocks and headings found.

    A page of which some line has no box is returned as it is.
    """
    if page.ordered or not page.lines or any(line.box is None for line in page.lines):
        return page
    turned = _turn(page.lines)
    blocks = _order(_find_blocks(turned))
    lines = [line for block in _number_paragraphs(blocks) for line in block]
    return replace(page, lines=tuple(_mark_headings(lines, _text_size(turned))), ordered=True)


def _turn(lines: Sequence[PrintedLine]) -> list[_Turned]:
    longer = [line for line in lines if len(line.text) > 1]
    down = sum(len(line.text) for line in longer if line.box and is_upright(line.box))
    is_turned = 2 * down > sum(len(line.text) for line in longer)
    turned = []
    for line in lines:
        x, y, w, h = line.box or (0, 0, 0, 0)
        box = Box(y, -(x + w), h, w) if is_turned else Box(x, y, w, h)
        turned.append(_Turned(line, box, max(1, box.h)))
    return turned


def _text_size(lines: Sequence[_Turned]) -> float:
    """Return the type size of running text: the median over its characters."""
    return median(line.size for line in lines for _ in range(min(80, len(line.line.text))))


# ---------------------------------------------------------------- blocks


def _find_blocks(lines: Sequence[_Turned]) -> list[list[_Turned]]:
    """Group lines that follow each other in a column."""
    left = sorted(lines, key=lambda line: (line.box.y, line.box.x))
    blocks: list[list[_Turned]] = []
    ends: list[list[_Turned]] = []  # blocks that may go on
    for line in left:
        ends = [block for block in ends if line.box.y - block[-1].bottom <= 3 * block[-1].size]
        fitting = [block for block in ends if _follows(line, block)]
        if fitting:
            max(fitting, key=lambda block: block[-1].bottom).append(line)
        else:
            ends.append([line])
            blocks.append(ends[-1])
    return [part for block in blocks for part in _split_at_gaps(block)]


def _follows(line: _Turned, block: Sequence[_Turned]) -> bool:
    above = block[-1]
    small, large = sorted((line.size, above.size))
    if large > SAME_SIZE * small or line.box.y - above.bottom > MAX_LINE_GAP * small:
        return False
    if line.box.y < above.box.y + above.size / 2:  # beside it
        return False
    shared = min(line.right, above.right) - max(line.box.x, above.box.x)
    return shared >= MIN_SHARED * min(line.box.w, above.box.w)


def _split_at_gaps(block: list[_Turned]) -> list[list[_Turned]]:
    """Part lines where the distance is half a type size larger than the usual one."""
    gaps = [after.box.y - before.bottom for before, after in pairwise(block)]
    if len(gaps) < 2:
        return [block]
    usual = median(gaps)
    parts = [[block[0]]]
    for gap, line in zip(gaps, block[1:], strict=True):
        if gap > usual + line.size / 2:
            parts.append([])
        parts[-1].append(line)
    return parts


# ---------------------------------------------------------------- reading order


def _order(blocks: list[list[_Turned]]) -> list[list[_Turned]]:
    """Return the blocks in reading order: a topological order of Breuel's two rules."""
    boxes = _widen_headings(blocks)
    start = sorted(range(len(blocks)), key=lambda number: (boxes[number].y, boxes[number].x))
    if len(blocks) > MAX_BLOCKS:
        return [blocks[number] for number in start]
    before = {
        after: [one for one in start if one != after and _precedes(one, after, boxes)]
        for after in start
    }
    columns = sorted(start, key=lambda number: (boxes[number].x, boxes[number].y))
    order: list[int] = []
    seen: set[int] = set()
    for number in start:
        _visit(number, before, seen, order, columns)
    return [blocks[number] for number in order]


def _widen_headings(blocks: Sequence[Sequence[_Turned]]) -> list[Box]:
    """Return the frames of blocks, that of a heading as wide as the space it is alone in.

    A centred heading is narrower than the columns that it heads.
    """
    frames = [_frame(block) for block in blocks]
    size = SUBHEADING_SIZE * _text_size([line for block in blocks for line in block])
    left, right = min(box.x for box in frames), max(box.x + box.w for box in frames)
    widened = []
    for block, box in zip(blocks, frames, strict=True):
        if block[0].size >= size:
            beside = [one for one in frames if one is not box and _overlap_down(one, box)]
            ends = [one.x + one.w for one in beside if one.x + one.w / 2 < box.x + box.w / 2]
            starts = [one.x for one in beside if one.x + one.w / 2 >= box.x + box.w / 2]
            first, last = max([left, *ends]), min([right, *starts])
            first, last = min(first, box.x), max(last, box.x + box.w)
            box = Box(first, box.y, last - first, box.h)
        widened.append(box)
    return widened


def _overlap_down(a: Box, b: Box) -> bool:
    return min(a.y + a.h, b.y + b.h) - max(a.y, b.y) > 0.1 * min(a.h, b.h)


def _visit(
    number: int,
    before: dict[int, list[int]],
    seen: set[int],
    order: list[int],
    columns: Sequence[int],
) -> None:
    """Append a block behind all that precede it, without recursion; circles are cut."""
    stack = [(number, False)]
    while stack:
        current, is_done = stack.pop()
        if is_done:
            order.append(current)
        elif current not in seen:
            seen.add(current)
            stack.append((current, True))
            wanted = set(before[current]) - seen
            stack += [(one, False) for one in reversed(columns) if one in wanted]


def _frame(block: Sequence[_Turned]) -> Box:
    left, top = min(line.box.x for line in block), min(line.box.y for line in block)
    right, bottom = max(line.right for line in block), max(line.bottom for line in block)
    return Box(left, top, right - left, bottom - top)


def _precedes(one: int, other: int, boxes: Sequence[Box]) -> bool:
    a, b = boxes[one], boxes[other]
    if _overlap(a, b):
        return a.y + a.h / 2 < b.y + b.h / 2
    if a.x + a.w / 2 > b.x + b.w / 2:
        return False
    top, bottom = sorted((a.y + a.h / 2, b.y + b.h / 2))
    return not any(
        top < c.y + c.h / 2 < bottom and _overlap(a, c) and _overlap(b, c)
        for c in boxes
        if c is not a and c is not b
    )


def _overlap(a: Box, b: Box) -> bool:
    """Return whether two boxes share more of their width than a slanted edge explains."""
    shared = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    return shared > 0.1 * min(a.w, b.w)


# ---------------------------------------------------------------- paragraphs and headings


def _number_paragraphs(blocks: Sequence[list[_Turned]]) -> list[list[PrintedLine]]:
    """Assign to each line the number of its paragraph."""
    numbered: list[list[PrintedLine]] = []
    number = 0
    last: _Turned | None = None  # the last line of the column before, where it is open
    indents = _uses_indents(blocks)
    for block in blocks:
        frame, lines = _frame(block), []
        for at, line in enumerate(block):
            above = block[at - 1] if at else None
            goes_on = (
                not _begins(line, above, frame, indents=indents)
                if above
                else (last is not None and indents and _continues(line, last, frame))
            )
            number += not goes_on
            lines.append(replace(line.line, block=number))
        last = block[-1] if _is_full(block[-1], frame) else None
        numbered.append(lines)
    return numbered


def _indent(line: _Turned, frame: Box) -> float:
    return (line.box.x - frame.x) / line.size


def _uses_indents(blocks: Sequence[Sequence[_Turned]]) -> bool:
    """Return whether paragraphs are indented on this page: a tenth of the lines of columns are."""
    lines = [(line, _frame(block)) for block in blocks if len(block) > 2 for line in block]
    indented = sum(MIN_INDENT <= _indent(*one) <= MAX_INDENT for one in lines)
    return indented >= 3 and indented * 10 >= len(lines)


def _begins(line: _Turned, above: _Turned, frame: Box, *, indents: bool) -> bool:
    """Return whether a paragraph begins with a line."""
    indented = MIN_INDENT <= _indent(line, frame) <= MAX_INDENT
    if indented and _indent(above, frame) < MIN_INDENT:
        return True
    is_short = frame.x + frame.w - above.right >= SHORT_END * above.size
    closed = above.line.text.rstrip()[-1:] in _ENDS_OF_PARAGRAPHS
    return (indented and closed) or (is_short and closed and not indents)


def _is_full(line: _Turned, frame: Box) -> bool:
    """Return whether the last line of a column fills it."""
    return frame.x + frame.w - line.right < SHORT_END * line.size and frame.w >= 5 * line.size


def _continues(line: _Turned, last: _Turned, frame: Box) -> bool:
    """Return whether a paragraph goes on from one column in the first line of the next one."""
    small, large = sorted((line.size, last.size))
    same = large <= SAME_SIZE * small
    beside = not _overlap(line.box, last.box)
    return same and beside and _indent(line, frame) < MIN_INDENT and frame.w >= 5 * line.size


def _mark_headings(lines: Sequence[PrintedLine], size: float) -> list[PrintedLine]:
    """Mark lines of large type as headings; the largest of those that follow each other leads."""
    ratios = [_ratio(line, size) for line in lines]
    marked = list(lines)
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and ratios[end]:
            end += 1
        if end > start and max(ratios[start:end]) >= HEADING_SIZE:
            top = max(ratios[start:end])
            for at in range(start, end):
                level = 1 if ratios[at] * SUBHEADING_SIZE > top else 2
                opens = at == start and top >= OPENING_SIZE
                marked[at] = replace(lines[at], kind=Kind.HEADING, level=level, opens=opens)
        start = end + 1
    return marked


def _ratio(line: PrintedLine, size: float) -> float:
    """Return the type size of a line over that of running text, 0 where it is no heading's."""
    if line.box is None or line.kind or len(line.text) > MAX_HEADING_CHARS:
        return 0
    ratio = (min(line.box.w, line.box.h) if len(line.text) > 1 else line.box.h) / size
    return ratio if ratio >= SUBHEADING_SIZE else 0
