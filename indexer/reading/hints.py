"""Draft the articles of a page whose source says more than its characters: blocks, labels, borders.

Lines of one block are set together, what a layout model calls a heading, a caption or furniture is
taken for it, and articles that the source names are kept as they are. What is left open (by-lines,
which headings open articles) is decided as for Markdown, whose marks say as much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from indexer.model import Kind, LineHint, Page, Span, line_spans
from indexer.reading import patterns
from indexer.reading.heads import Piece
from indexer.reading.lines import STRIPPED_CHARACTERS
from indexer.reading.markdown import MarkdownLine, Role
from indexer.reading.markdown_drafts import draft_markdown

_ROLES_BY_KIND = {
    Kind.TITLE: Role.HEADING,
    Kind.SUBTITLE: Role.HEADING,
    Kind.KICKER: Role.HEADING,
    Kind.HEADING: Role.HEADING,
    Kind.CAPTION: Role.CAPTION,
    Kind.FURNITURE: Role.FURNITURE,
    Kind.TABLE: Role.ROW,
    Kind.LIST: Role.ITEM,
}


def read_hinted(page: Page, text: str) -> list[MarkdownLine]:
    """Return a line for each block of a page; `text` is the page's in Simplified script."""
    spans = line_spans(text)
    lines: list[MarkdownLine] = []
    for number, (_, group) in enumerate(groupby(page.hints, key=_key)):
        hints = list(group)
        apart = hints[0].kind in (Kind.TABLE, Kind.LIST)
        for part in [[hint] for hint in hints] if apart else [hints]:
            found = [_strip(text, spans[hint.line]) for hint in part]
            printed = tuple(span for span in found if span.start < span.end)
            if printed:
                lines.append(_make_line(text, part[0], printed, number))
    return lines


def _key(hint: LineHint) -> tuple[object, ...]:
    """Return what lines of a block share; lines of a head are blocks of their own."""
    return hint.block, hint.article, hint.kind, hint.level


def _strip(text: str, span: Span) -> Span:
    raw = text[slice(*span)]
    bare = raw.strip(STRIPPED_CHARACTERS)
    start = span.start + len(raw) - len(raw.lstrip(STRIPPED_CHARACTERS))
    return Span(start, start + len(bare))


def _make_line(text: str, hint: LineHint, spans: tuple[Span, ...], block: int) -> MarkdownLine:
    joined = "".join(text[slice(*span)] for span in spans)
    role = _ROLES_BY_KIND.get(hint.kind, Role.TEXT) if hint.kind else Role.TEXT
    if role is Role.HEADING and not hint.opens and patterns.is_byline(joined):
        role = Role.TEXT
    level = (hint.level or 2) if role is Role.HEADING else 0
    return MarkdownLine(role, joined, spans, block, gap=1, level=level)


def draft_hinted(page: Page, lines: Sequence[MarkdownLine]) -> list[tuple[Piece, ...]]:
    """Return the pieces of each article of a page with hints."""
    hints = _first_hints(page)
    drafts: list[tuple[Piece, ...]] = []
    for group in _split_articles(lines, hints):
        found = draft_markdown(group)
        if hints[group[0].spans[0].start].article:
            found = [tuple(piece for pieces in found for piece in pieces)]
        drafts += found
    return drafts


def _first_hints(page: Page) -> dict[int, LineHint]:
    """Return the hint of each line by where the line begins."""
    spans = line_spans(page.text)
    return {_strip(page.text, spans[hint.line]).start: hint for hint in page.hints}


def _split_articles(
    lines: Sequence[MarkdownLine], hints: Mapping[int, LineHint]
) -> list[list[MarkdownLine]]:
    """Part lines where the source says that another article begins."""
    groups: list[list[MarkdownLine]] = []
    for line in lines:
        hint = hints[line.spans[0].start]
        if not groups or hint.opens or hint.article != hints[groups[-1][0].spans[0].start].article:
            groups.append([])
        groups[-1].append(line)
    return groups
