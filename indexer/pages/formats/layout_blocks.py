"""Group the lines of a page, of which only boxes are known, into blocks of one column each.

Upright text is turned first, so that its lines run to the right and its tiers are columns. The type
size of a line is measured by its width too: the boxes of OCR engines are some pixels too high or
too low, those of a PDF hold the font's line spacing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from pathlib import Path
from statistics import median

from indexer.model import Box, is_upright, text_width
from indexer.pages.formats.page_lines import PrintedLine

LAYOUT: dict[str, float] = json.loads(Path(__file__).with_name("layout.json").read_text("utf-8"))[
    "weights"
]
"""In type sizes or as ratios of them; `tests/training/fit_layout.py` says what each is."""

MIN_MEASURED = 4
"""Characters from which the width of a line says its type size."""

MIN_HORIZONTAL = 2
"""Characters from which the box of a line says that it runs across upright text."""

MIN_SURE = 6
"""Characters from which a line's type size is sure enough to part it from those above it."""

MAX_HEADING_CHARS, MAX_HEADING_LINES = 60, 4
"""Of a block of large type that is a heading."""

MAX_ALONE_CHARS = 30
"""Of a heading that is no larger than its text."""

MIN_MARK_ROOM = 0.6
"""Type sizes behind the last character of an upright line in which a mark is printed."""

PARAGRAPH_ENDS = "。！？!?…”』」）)》.;；:："
ENDS_OF_NO_HEADING = "。，、；：,;:…—"
MARKS_AFTER_ENDS = "”’」』）) "


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line, its box turned so that text runs to the right, and its type size in pixels.

    A line across the others (a horizontal heading above upright text) is `horizontal`.
    """

    line: PrintedLine
    box: Box
    size: float
    horizontal: bool = False

    @property
    def right(self) -> int:
        """The end of the line in the direction of its text."""
        return self.box.x + self.box.w

    @property
    def bottom(self) -> int:
        """The side towards the next line."""
        return self.box.y + self.box.h


@dataclass(eq=False, slots=True)
class LayoutBlock:
    """Lines that follow each other in a column; `ratio` is their size over that of running text."""

    lines: list[SetLine]
    ratio: float
    alone: bool = False  # a short line of text above others, not closed: a heading of their size

    @property
    def box(self) -> Box:
        """The box around the lines."""
        return frame(self.lines)

    @property
    def chars(self) -> int:
        """The number of characters."""
        return sum(len(line.line.text) for line in self.lines)

    @property
    def is_heading(self) -> bool:
        """Return whether the block is large type of few lines."""
        few = len(self.lines) <= MAX_HEADING_LINES and self.chars <= MAX_HEADING_CHARS
        closed = ends_sentence(self.lines[-1])
        return self.alone or (few and not closed and self.ratio >= LAYOUT["heading size"])


def ends_sentence(line: SetLine) -> bool:
    """Return whether a line ends with a mark with which no heading ends, quotes left aside.

    OCR misses most punctuation of vertical text; the bounding box of the line still includes it.
    """
    return line.line.text.rstrip(MARKS_AFTER_ENDS)[-1:] in ENDS_OF_NO_HEADING or _lost_mark(line)


def may_end_paragraph(line: SetLine) -> bool:
    """Return whether a line ends with a mark that may end a paragraph, or one that was not read."""
    return line.line.text.rstrip()[-1:] in PARAGRAPH_ENDS or _lost_mark(line)


def _lost_mark(line: SetLine) -> bool:
    words, box = line.line.words, line.line.box
    if not words or not box or not is_upright(box):
        return False
    last = words[-1].box
    return box.y + box.h - last.y - last.h >= MIN_MARK_ROOM * line.size


def frame(lines: Sequence[SetLine]) -> Box:
    """Return the box around lines."""
    left, top = min(line.box.x for line in lines), min(line.box.y for line in lines)
    right, bottom = max(line.right for line in lines), max(line.bottom for line in lines)
    return Box(left, top, right - left, bottom - top)


# ---------------------------------------------------------------- direction and type size


def measure_lines(lines: Sequence[PrintedLine]) -> list[SetLine]:
    """Return the lines of a page turned to the direction of most of its text, and measured."""
    longer = [line for line in lines if len(line.text) > 1]
    down = sum(len(line.text) for line in longer if line.box and is_upright(line.box))
    upright = 2 * down > sum(len(line.text) for line in longer)
    crossed = [_is_horizontal(line, upright=upright) for line in lines]
    high = [_height_ratio(*one) for one in zip(lines, crossed, strict=True)]
    usual = median([one for one in high if one] or [1.0])
    return [
        SetLine(
            line, _turn(line.box or Box(0, 0, 1, 1), upright=upright), _size(line, usual), across
        )
        for line, across in zip(lines, crossed, strict=True)
    ]


def _is_horizontal(line: PrintedLine, *, upright: bool) -> bool:
    """Return whether a line runs across the others; of few characters the box does not say it."""
    if line.box is None or text_width(line.text) < MIN_HORIZONTAL:
        return False
    return is_upright(line.box) != upright and max(line.box[2:]) > 1.5 * min(line.box[2:])


def _turn(box: Box, *, upright: bool) -> Box:
    return Box(box.y, -(box.x + box.w), box.h, box.w) if upright else box


def _sides(line: PrintedLine) -> tuple[int, int]:
    """Return length and height of a line."""
    _, _, w, h = line.box or Box(0, 0, 1, 1)
    return (max(w, h), min(w, h)) if len(line.text) > 1 else (w, max(w, h))


def _height_ratio(line: PrintedLine, across: bool) -> float:
    """Return the height of a line over its characters' width, 0 where it is too short."""
    count = text_width(line.text)
    length, height = _sides(line)
    return 0.0 if across or count < 2 * MIN_MEASURED else height * count / length


def _size(line: PrintedLine, usual: float) -> float:
    """Return the type size: by height and, where they nearly agree, by the width of characters.

    The boxes of a few characters are the least sure: the smaller size is taken.
    """
    count = text_width(line.text)
    length, height = _sides(line)
    by_height, by_width = height / usual, length / max(1.0, count)
    if line.box and is_upright(line.box):  # characters that were not read widen the others
        by_width = min(by_width, by_height)
    if count < MIN_MEASURED:
        return max(1.0, min(by_height, by_width))
    if not 0.6 <= by_width / by_height <= 1.6:
        return max(1.0, by_height)
    return max(1.0, sqrt(by_height * by_width))


def text_size(lines: Sequence[SetLine]) -> float:
    """Return the type size of running text: the median over its characters."""
    return median(line.size for line in lines for _ in range(min(80, len(line.line.text))))


# ---------------------------------------------------------------- blocks


def find_blocks(lines: Sequence[SetLine], size: float) -> list[LayoutBlock]:
    """Group lines that follow each other in a column; `size` is that of running text."""
    groups: list[list[SetLine]] = []
    ends: list[list[SetLine]] = []  # groups that may continue
    for line in sorted(lines, key=lambda line: (line.box.y, line.box.x)):
        ends = [group for group in ends if line.box.y - group[-1].bottom <= 3 * group[-1].size]
        fitting = [group for group in ends if _follows(line, group)]
        if fitting:
            max(fitting, key=lambda group: group[-1].bottom).append(line)
        else:
            ends.append([line])
            groups.append(ends[-1])
    parts = [part for group in groups for part in _split_at_gaps(group)]
    blocks = [
        LayoutBlock(part, median(line.size for line in part) / size)
        for part in _join_rows(parts, size)
    ]
    _mark_alone(blocks)
    return blocks


def _mark_alone(blocks: Sequence[LayoutBlock]) -> None:
    """Mark headings of the size of text: short, not closed, apart from the text that they head."""
    boxes = {block: block.box for block in blocks}
    for block in sorted(blocks, key=lambda block: boxes[block].y):
        if block.is_heading or len(block.lines) > 2 or block.chars > MAX_ALONE_CHARS:
            continue
        beside = [one for one in blocks if one is not block and _share(boxes[one], boxes[block])]
        over = [one for one in beside if boxes[one].y < boxes[block].y]
        under = [one for one in beside if boxes[one].y > boxes[block].y]
        above = max(over, key=lambda one: boxes[one].y + boxes[one].h, default=None)
        below = min(under, key=lambda one: boxes[one].y, default=None)
        dash = block.lines[0].line.text.startswith("—") and not ends_sentence(block.lines[-1])
        block.alone = (above is not None and above.is_heading and dash) or (
            below is not None and _heads(block, above, below)
        )


def _heads(block: LayoutBlock, above: LayoutBlock | None, below: LayoutBlock) -> bool:
    """Return whether a block of one or two lines heads the text below it."""
    box, text = block.box, below.box
    size, least = block.lines[0].size, "size alone" if above else "size alone on top"
    if len(below.lines) < 2 or below.is_heading or (above and above.is_heading):
        return False
    if block.ratio < LAYOUT[least] or ends_sentence(block.lines[-1]):
        return False
    gap = text.y - box.y - box.h
    room = text.x + text.w - max(line.right for line in block.lines)
    near = gap <= 2 * size and (
        above is None or gap <= box.y - above.box.y - above.box.h + size / 4
    )
    return near and box.x >= text.x - size / 2 and room >= 1.5 * size


def _share(a: Box, b: Box) -> bool:
    return min(a.x + a.w, b.x + b.w) - max(a.x, b.x) > 0.5 * min(a.w, b.w)


def _follows(line: SetLine, group: Sequence[SetLine]) -> bool:
    above = group[-1]
    small = min(line.size, above.size)
    if line.box.y < above.box.y + above.size / 2:  # beside it
        return False
    if not _same_size(line, group) or line.box.y - above.bottom > LAYOUT["line gap"] * small:
        return False
    shared = min(line.right, above.right) - max(line.box.x, above.box.x)
    return shared >= LAYOUT["shared width"] * min(line.box.w, above.box.w)


def _same_size(line: SetLine, group: Sequence[SetLine]) -> bool:
    """Return whether a line is of the size of a block; that of a short line is less sure."""
    longest = max(group[-4:], key=lambda one: len(one.line.text))
    small, large = sorted((line.size, longest.size))
    sure = min(len(line.line.text), len(longest.line.text)) >= MIN_SURE
    return large <= small * LAYOUT["same size" if sure else "same size of few"]


def _join_rows(parts: list[list[SetLine]], size: float) -> list[list[SetLine]]:
    """Join pieces of large type that are side by side: engines part a heading at its blanks."""
    joined: list[list[SetLine]] = []
    for part in sorted(parts, key=lambda part: part[0].box.x):
        line = part[0]
        before = next((one for one in joined if _continues_right(one[-1], line, size)), None)
        if before and len(part) == 1:
            before.append(line)
        else:
            joined.append(part)
    return joined


def _continues_right(before: SetLine, line: SetLine, size: float) -> bool:
    small, large = sorted((before.size, line.size))
    if small < LAYOUT["opening size"] * size or large > LAYOUT["same size of few"] * small:
        return False
    shared = min(before.bottom, line.bottom) - max(before.box.y, line.box.y)
    return shared > 0.6 * small and -small <= line.box.x - before.right <= small


def _split_at_gaps(group: list[SetLine]) -> list[list[SetLine]]:
    """Part lines where the distance is half a type size larger than the usual one."""
    gaps = [after.box.y - before.bottom for before, after in pairwise(group)]
    if len(gaps) < 2:
        return [group]
    usual = median(gaps)
    parts = [[group[0]]]
    for gap, line in zip(gaps, group[1:], strict=True):
        if gap > usual + LAYOUT["block gap"] * line.size:
            parts.append([])
        parts[-1].append(line)
    return parts


# ---------------------------------------------------------------- headings across the text


def split_at_horizontal(lines: Sequence[SetLine]) -> list[list[SetLine]]:
    """Split a page into the text of no horizontal heading and that of each, its heading first.

    A horizontal heading above upright text (turned: to its left) heads the lines after it, as far
    on both sides as no gap parts them.
    """
    stacks = _stack([line for line in lines if line.horizontal])
    if not stacks:
        return [list(lines)]
    plain = [line for line in lines if not line.horizontal]
    reaches = [_find_reach(frame(stack), plain) for stack in stacks]
    parts: list[list[SetLine]] = [[] for _ in range(len(stacks) + 1)]
    for line in plain:
        middle = line.box.y + line.box.h / 2
        behind = [
            (frame(stack).x, number)
            for number, (stack, (low, high)) in enumerate(zip(stacks, reaches, strict=True), 1)
            if frame(stack).x < line.box.x and low <= middle <= high
        ]
        parts[max(behind)[1] if behind else 0].append(line)
    return [parts[0]] + [stack + part for stack, part in zip(stacks, parts[1:], strict=True)]


def _stack(lines: Sequence[SetLine]) -> list[list[SetLine]]:
    """Group horizontal lines that are side by side: kicker, title and subtitle."""
    stacks: list[list[SetLine]] = []
    for row in horizontal_rows(lines):
        box = frame(row)
        for stack in stacks:
            last = frame(stack)
            near = box.x - last.x - last.w <= 1.5 * max(row[0].size, stack[-1].size)
            if near and min(box.y + box.h, last.y + last.h) > max(box.y, last.y):
                stack += row
                break
        else:
            stacks.append(row)
    return stacks


def horizontal_rows(lines: Sequence[SetLine]) -> list[list[SetLine]]:
    """Group the pieces of horizontal lines, from the left to the right: engines part them."""
    rows: list[list[SetLine]] = []
    for line in sorted(lines, key=lambda line: -line.bottom):
        for row in rows:
            last = row[-1]
            shared = min(line.right, last.right) - max(line.box.x, last.box.x)
            small, large = sorted((line.size, last.size))
            apart = last.box.y - line.bottom
            if shared > 0.6 * small and apart <= large <= LAYOUT["same size of few"] * small:
                row.append(line)
                break
        else:
            rows.append([line])
    return sorted(rows, key=lambda row: row[0].box.x)


def _find_reach(head: Box, lines: Sequence[SetLine]) -> tuple[float, float]:
    """Return how far the lines next to a horizontal heading continue without a gap."""
    tier = sorted(_next_tier(head, lines), key=lambda line: line.box.y)
    low, high = float(head.y), float(head.y + head.h)
    inside = [line for line in tier if low <= line.box.y + line.box.h / 2 <= high]
    if not inside:
        return low, high
    gaps = [after.box.y - before.bottom for before, after in pairwise(tier)]
    most = median(gaps or [0]) + LAYOUT["article gap"] * median(line.size for line in tier)
    first = last = tier.index(inside[0])
    while first and gaps[first - 1] <= most:
        first -= 1
    while last + 1 < len(tier) and (gaps[last] <= most or tier[last + 1].box.y < high):
        last += 1
    return min(low, tier[first].box.y), max(high, tier[last].bottom)


def _next_tier(head: Box, lines: Sequence[SetLine]) -> list[SetLine]:
    """Return the lines that begin where those next to a heading do."""
    behind = [line for line in lines if line.box.x >= head.x + head.w / 2]
    over = [line for line in behind if head.y <= line.box.y + line.box.h / 2 <= head.y + head.h]
    if not over:
        return []
    start = min(line.box.x for line in over)
    return [line for line in behind if abs(line.box.x - start) <= 3 * line.size]
