"""Put lines that have only boxes into reading order, and find paragraphs, headings and articles.

`layout_blocks` groups lines into blocks, `layout_articles` finds which block continues which; here
blocks are split into paragraphs and headings, and openings of articles are marked. What the lines
say of themselves is left to `reading`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from indexer.model import Box, Kind
from indexer.pages.formats.layout_articles import order_articles
from indexer.pages.formats.layout_blocks import (
    LAYOUT,
    LayoutBlock,
    SetLine,
    ends_sentence,
    find_blocks,
    horizontal_rows,
    may_end_paragraph,
    measure_lines,
    split_at_horizontal,
    text_size,
)
from indexer.pages.formats.layout_gutters import split_at_gutters
from indexer.pages.formats.page_lines import PrintedLine, PrintedPage

SUBHEADING_SHARE = 0.8
"""Type size of a line of a head over that of its title from which both are of one level."""

MAX_CAPTION_LINES, MAX_SECTION_NAME_CHARS = 4, 20


def set_in_order(page: PrintedPage) -> PrintedPage:
    """Return a page with its lines in reading order, their paragraphs and headings found.

    Lines without a box come last; a page of which no line has one is returned as it is.
    """
    placed = [line for line in page.lines if line.box]
    if page.ordered or not placed:
        return page
    placed = split_at_gutters(placed)
    measured = measure_lines(placed)
    size = text_size(measured)
    articles: list[list[LayoutBlock]] = []
    for part in split_at_horizontal(measured):
        articles += _find_articles(part, size)
    numbering = _Numbering(indents=_uses_indents([b for one in articles for b in one]))
    lines = numbering.number_lines(articles)
    others = (line for line in page.lines if not line.box)
    return replace(page, lines=(*lines, *others), ordered=True)


def _find_articles(lines: Sequence[SetLine], size: float) -> list[list[LayoutBlock]]:
    """Return the articles of a part of the page; horizontal headings come first in theirs."""
    rows = horizontal_rows([line for line in lines if line.horizontal])
    heads = [LayoutBlock(row, row[0].size / size) for row in rows]
    blocks = find_blocks([line for line in lines if not line.horizontal], size)
    articles = order_articles(blocks, indents=_uses_indents(blocks)) if blocks else []
    if heads and articles and not articles[0][0].is_heading:
        return [heads + articles[0], *articles[1:]]
    return [heads, *articles] if heads else articles


def _uses_indents(blocks: Sequence[LayoutBlock]) -> bool:
    """Return whether paragraphs are indented on this page: a tenth of the lines of columns are."""
    lines = [(line, block.box) for block in blocks if len(block.lines) > 2 for line in block.lines]
    indented = sum(map(_is_indented, *zip(*lines, strict=True))) if lines else 0
    return indented >= 3 and indented * 10 >= len(lines)


def _is_indented(line: SetLine, box: Box) -> bool:
    return LAYOUT["indent from"] <= (line.box.x - box.x) / line.size <= LAYOUT["indent to"]


# ---------------------------------------------------------------- paragraphs


class _Numbering:
    """Numbers the paragraphs of a page, which may continue from one column into the next."""

    def __init__(self, *, indents: bool) -> None:
        self.indents = indents
        self.number = 0
        self.title = 0.0  # the type size of the article's title
        self.last: tuple[SetLine, Box] | None = None  # the last line of running text in an article

    def number_lines(self, articles: Sequence[Sequence[LayoutBlock]]) -> Iterator[PrintedLine]:
        """Yield the lines of articles with the numbers of their paragraphs and their kinds."""
        for article in articles:
            self.title, self.last = 0.0, None
            for is_head, group in groupby(article, key=lambda block: block.is_heading):
                blocks = list(group)
                yield from self._head(blocks) if is_head else self._texts(blocks)

    def _head(self, blocks: Sequence[LayoutBlock]) -> Iterator[PrintedLine]:
        """Yield the lines of headings that follow each other: of an article, or of a section.

        A heading that is much smaller than the title heads a section.
        """
        largest = max(block.ratio for block in blocks)
        opens = largest >= LAYOUT["section size"] * self.title
        if opens:
            self.title, self.last = largest, None
        for number, block in enumerate(blocks):
            level = 1 if block.ratio >= SUBHEADING_SHARE * self.title else 2
            self.number += 1
            for at, line in enumerate(block.lines):
                first = opens and not number and not at
                yield self._make(line, Kind.HEADING, level if opens else 3, opens=first)

    def _make(
        self, line: SetLine, kind: Kind | None = None, level: int = 0, *, opens: bool = False
    ) -> PrintedLine:
        kind = line.line.kind or kind
        return replace(line.line, block=self.number, kind=kind, level=level, opens=opens)

    def _texts(self, blocks: Sequence[LayoutBlock]) -> Iterator[PrintedLine]:
        above = None
        for block in blocks:
            if above is not None and is_caption(block, above):
                self.number += 1
                yield from (self._make(line, Kind.CAPTION) for line in block.lines)
                self.number += 1  # what follows continues the text before the picture
            else:
                yield from self._text(block)
            above = block

    def _text(self, block: LayoutBlock) -> Iterator[PrintedLine]:
        box = block.box
        begins = [not self._continues(block.lines[0], box)]
        begins += [self._begins(line, above, box) for above, line in pairwise(block.lines)]
        ends = [*begins[1:], False]
        for at, line in enumerate(block.lines):
            self.number += begins[at]
            is_alone = self.indents and begins[at] and ends[at]
            if is_alone and is_section_heading(line, box):
                yield self._make(line, Kind.HEADING, 3)
            else:
                yield self._make(line)
        self.last = (block.lines[-1], box)

    def _begins(self, line: SetLine, above: SetLine, box: Box) -> bool:
        """Return whether a paragraph begins with a line."""
        indented = _is_indented(line, box)
        if indented and (above.box.x - box.x) / above.size < LAYOUT["indent from"]:
            return True
        is_short = box.x + box.w - above.right >= LAYOUT["short end"] * above.size
        closed = may_end_paragraph(above)
        alone = indented and is_section_heading(above, box)
        return (indented and closed) or alone or (is_short and closed and not self.indents)

    def _continues(self, line: SetLine, box: Box) -> bool:
        """Return whether the first line of a block continues the paragraph before it."""
        if self.last is None or not self.indents:
            return False
        last, column = self.last
        full = column.x + column.w - last.right < LAYOUT["short end"] * last.size
        small, large = sorted((line.size, last.size))
        same = large <= LAYOUT["same size of few"] * small
        indent = (line.box.x - box.x) / line.size
        wide = max(column.w, box.w) >= 5 * line.size
        return full and same and wide and indent < LAYOUT["indent from"]


def is_caption(block: LayoutBlock, above: LayoutBlock) -> bool:
    """Return whether a block is small type under a gap as large as a picture."""
    if block.ratio > LAYOUT["caption size"] or len(block.lines) > MAX_CAPTION_LINES:
        return False
    gap = block.box.y - above.box.y - above.box.h
    on_top = gap < 0 and len(above.lines) > 1  # of the next column
    return on_top or gap >= LAYOUT["picture gap"] * block.lines[0].size


def is_section_heading(line: SetLine, box: Box) -> bool:
    """Return whether a line that is a paragraph by itself is short and not closed."""
    text = line.line.text.rstrip()
    room = box.x + box.w - line.right
    return (
        2 <= len(text) <= MAX_SECTION_NAME_CHARS
        and not ends_sentence(line)
        and room >= 2 * line.size
    )
