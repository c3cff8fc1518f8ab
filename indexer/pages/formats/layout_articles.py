"""Find which block continues which: articles with their blocks in reading order, by geometry.

A block continues what is directly above it, in the order of columns: of several blocks under one
heading the first continues the heading, each other one the end of the column before it. A block
with nothing above it continues the column before it down to its foot. Articles are ordered
by the rules of Breuel (High Performance Document Layout Analysis, 2003): what is above comes first
in a column, and a column before those after it unless something that spans both is between them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from indexer.model import Box
from indexer.pages.formats.layout_blocks import LAYOUT, LayoutBlock, frame, may_end_paragraph

WIDE_HEADING_RATIO, COLUMN_FOOT_RATIO = 1.2, 1.25
"""Width of a heading over that of a column from which it heads several, and up to which it is
passed on the way to the column's foot."""

MIN_OVERLAP = 0.1
"""Share of the smaller side from which two boxes are above each other or beside each other: a
slanted page gives less."""

MAX_BLOCKS = 600
"""Blocks above which they are ordered from top to bottom alone: the time grows with the square."""

MAX_ORDERED = 120
"""Articles above which they are ordered from top to bottom alone: the time grows with the cube."""


def order_articles(blocks: Sequence[LayoutBlock], *, indents: bool) -> list[list[LayoutBlock]]:
    """Return the articles of a page in reading order, each with its blocks in reading order.

    `indents` says whether the first lines of paragraphs are indented.
    """
    if len(blocks) > MAX_BLOCKS:
        return [sorted(blocks, key=lambda block: (block.box.y, block.box.x))]
    articles = _Links(blocks, indents=indents).chains()
    frames = [frame([line for block in one for line in block.lines]) for one in articles]
    return [articles[number] for number in order_boxes(frames)]


class _Links:
    """What each block of a page continues."""

    def __init__(self, blocks: Sequence[LayoutBlock], *, indents: bool) -> None:
        self.blocks = sorted(blocks, key=lambda block: (block.box.y, block.box.x))
        self.indents = indents
        self.frames = {block: block.box for block in self.blocks}
        columns = [self.frames[one].w for one in self.blocks if len(one.lines) > 2]
        self.column = median(columns) if columns else 0.0
        self.opening = {one for one in self.blocks if self._opens(one)}
        self.wide = self._widen_headings()
        self.above = {block: self._find_above(block) for block in self.blocks}
        for block in reversed(self.blocks):  # a kicker is smaller than its title
            above = self.above[block]
            if block in self.opening and above and self._same_head(above, block):
                self.opening.add(above)
        self.below: dict[LayoutBlock | None, list[LayoutBlock]] = defaultdict(list)
        for block in sorted(self.blocks, key=lambda one: (self.frames[one].x, self.frames[one].y)):
            self.below[self.above[block]].append(block)

    def _opens(self, block: LayoutBlock) -> bool:
        """Return whether a block is a heading of the size of titles, or of several columns."""
        spans = self.frames[block].w > WIDE_HEADING_RATIO * self.column > 0
        return block.is_heading and (block.ratio >= LAYOUT["opening size"] or spans)

    def _widen_headings(self) -> dict[LayoutBlock, Box]:
        """Return the frames of blocks, that of a heading as wide as the space it is alone in.

        A heading is narrower than the columns that it heads.
        """
        boxes = list(self.frames.values())
        left, right = min(box.x for box in boxes), max(box.x + box.w for box in boxes)
        return {
            block: self._widen(block, boxes, left, right) if block.is_heading else box
            for block, box in self.frames.items()
        }

    def _widen(self, block: LayoutBlock, boxes: Sequence[Box], left: int, right: int) -> Box:
        """Return a frame as wide as the space; one flush with a column below keeps its left end."""
        box, size = self.frames[block], block.lines[0].size
        wide = _widen(box, boxes, left, right)
        under = (self.frames[one] for one in self.blocks if len(one.lines) > 2)
        if any(abs(one.x - box.x) <= size / 2 and one.y > box.y for one in under):
            return Box(box.x, wide.y, wide.x + wide.w - box.x, wide.h)
        return wide

    def _find_above(self, block: LayoutBlock) -> LayoutBlock | None:
        """Return the nearest block over this one."""
        box = self.frames[block]
        boxes = self.frames if block.is_heading else self.wide
        over = [
            (wide.y + wide.h, other.is_heading, -wide.x, number, other)
            for number, (other, wide) in enumerate(boxes.items())
            if other is not block and wide.y + wide.h / 2 < box.y and _overlap(wide, box)
        ]
        return max(over)[-1] if over else None

    # ------------------------------------------------------------ chains

    def chains(self) -> list[list[LayoutBlock]]:
        """Return the blocks of each article in reading order."""
        before = {block: self._find_before(block) for block in self.blocks}
        after: dict[LayoutBlock | None, list[LayoutBlock]] = defaultdict(list)
        for block in sorted(self.blocks, key=lambda one: (self.frames[one].x, self.frames[one].y)):
            after[before[block]].append(block)
        articles, seen = [], set[LayoutBlock]()
        for root in [*after[None], *self.blocks]:
            chain, stack = [], [root]
            while stack:
                block = stack.pop()
                if block not in seen:
                    seen.add(block)
                    chain.append(block)
                    stack += reversed(after[block])
            if chain:
                articles.append(chain)
        return articles

    def _find_before(self, block: LayoutBlock) -> LayoutBlock | None:
        """Return what a block continues; None for one that opens an article."""
        above = self.above[block]
        if block in self.opening:
            return above if above and self._same_head(above, block) else None
        siblings = [one for one in self.below[above] if one not in self.opening]
        at = siblings.index(block)
        beside = self._left_of(block, siblings[:at])
        if not beside:
            return above if above else self._foot_of_column_before(block)
        near = self._last_continuing(beside[-1])
        foot = self._column_foot(beside[-1])
        if above is None:
            return near if self._continuity(near, block) > self._continuity(foot, block) else foot
        return foot if self._continuity(foot, block) > self._continuity(near, block) else near

    def _same_head(self, above: LayoutBlock, block: LayoutBlock) -> bool:
        gap = self.frames[block].y - self.frames[above].y - self.frames[above].h
        size = max(above.lines[-1].size, block.lines[0].size)
        return above.is_heading and gap <= LAYOUT["head gap"] * size

    def _foot_of_column_before(self, block: LayoutBlock) -> LayoutBlock | None:
        """Return the foot of the column before one whose first block has nothing above it."""
        before = self._left_of(block, self.below[None])
        return self._column_foot(before[-1]) if before else None

    def _last_continuing(self, block: LayoutBlock, width: float = 0) -> LayoutBlock:
        """Return the last block that continues one, headings of at most a width passed."""
        seen = set()
        while block not in seen:
            seen.add(block)
            following = [
                one
                for one in self.below[block]
                if one not in self.opening or max(self.frames[one].w, self.wide[one].w) <= width
            ]
            block = following[-1] if following else block
        return block

    def _column_foot(self, block: LayoutBlock) -> LayoutBlock:
        """Return the last block of a column, headings within it passed."""
        return self._last_continuing(
            block, COLUMN_FOOT_RATIO * max(self.column, self.frames[block].w)
        )

    def _left_of(self, block: LayoutBlock, blocks: Sequence[LayoutBlock]) -> list[LayoutBlock]:
        """Return the blocks that end where another one begins, or before it."""
        start = self.frames[block].x + block.lines[0].size
        return [one for one in blocks if self.frames[one].x + self.frames[one].w <= start]

    def _continuity(self, before: LayoutBlock, block: LayoutBlock) -> int:
        """Return 1 where lines show that a block continues another, -1 if not, 0 if unsure."""
        if before.is_heading or not self.indents or len(block.lines) < 2:
            return 0
        box, first = self.frames[block], block.lines[0]
        indented = first.box.x - box.x >= LAYOUT["indent from"] * first.size
        last = before.lines[-1]
        gap = self.frames[before].x + self.frames[before].w - last.right
        is_open = gap < LAYOUT["short end"] * last.size and not may_end_paragraph(last)
        return 1 if is_open != indented else -1


def _widen(box: Box, boxes: Sequence[Box], left: int, right: int) -> Box:
    beside = [one for one in boxes if one is not box and _overlap_down(one, box)]
    ends = [one.x + one.w for one in beside if one.x + one.w / 2 < box.x + box.w / 2]
    starts = [one.x for one in beside if one.x + one.w / 2 >= box.x + box.w / 2]
    first, last = max([left, *ends]), min([right, *starts])
    first, last = min(first, box.x), max(last, box.x + box.w)
    return Box(first, box.y, last - first, box.h)


def _overlap_down(a: Box, b: Box) -> bool:
    return min(a.y + a.h, b.y + b.h) - max(a.y, b.y) > MIN_OVERLAP * min(a.h, b.h)


def _overlap(a: Box, b: Box) -> bool:
    """Return whether two boxes share more of their width than a slanted edge explains."""
    shared = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    return shared > MIN_OVERLAP * min(a.w, b.w)


# ---------------------------------------------------------------- the order of articles


def order_boxes(boxes: Sequence[Box]) -> list[int]:
    """Return the numbers of boxes in reading order: a topological order of Breuel's two rules."""
    start = sorted(range(len(boxes)), key=lambda number: (boxes[number].y, boxes[number].x))
    if len(boxes) > MAX_ORDERED:
        return start
    before = {
        after: {one for one in start if one != after and _precedes(one, after, boxes)}
        for after in start
    }
    columns = sorted(start, key=lambda number: (boxes[number].x, boxes[number].y))
    order: list[int] = []
    seen: set[int] = set()

    def visit(number: int) -> None:
        """Append a box after all that precede it; circles are cut."""
        if number not in seen:
            seen.add(number)
            for one in columns:
                if one in before[number]:
                    visit(one)
            order.append(number)

    for number in start:
        visit(number)
    return order


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
