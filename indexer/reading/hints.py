"""Read the lines of a page whose source says more than its characters: blocks, labels, articles.

Lines of one block are set together; what a layout model calls a heading, a caption or furniture is
taken for it, and articles that the source separates are kept as they are.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter

from indexer.model import Kind, LineHint, Page, Span, line_spans
from indexer.reading.lines import STRIPPED_CHARACTERS, Line

_HINTED_HEAD_KINDS = frozenset({Kind.TITLE, Kind.SUBTITLE, Kind.KICKER, Kind.HEADING})
_HINTED_OTHER_KINDS = frozenset({Kind.CAPTION, Kind.FURNITURE, Kind.TABLE, Kind.LIST})
_BLOCK_FIELDS = attrgetter("block", "article", "kind", "level")
"""What lines of a block share; lines of a head are blocks of their own."""

_USUAL_HEAD_LEVEL = 2
"""The level of a head whose source gives none."""


def read_hinted(page: Page, text: str) -> list[Line]:
    """Return a line for each block of a page; `text` is the page's in Simplified script."""
    printed = line_spans(text)
    lines: list[Line] = []
    article: str | None = None
    for number, (_, group) in enumerate(groupby(page.hints, key=_BLOCK_FIELDS)):
        hints = list(group)
        apart = hints[0].kind in (Kind.TABLE, Kind.LIST)
        for part in [[hint] for hint in hints] if apart else [hints]:
            found = (_strip(text, printed[hint.line]) for hint in part)
            spans = tuple(span for span in found if span.start < span.end)
            if spans:
                lines.append(_make_line(text, part[0], spans, number, article))
                article = part[0].article
    return lines


def _strip(text: str, span: Span) -> Span:
    raw = text[slice(*span)]
    bare = raw.strip(STRIPPED_CHARACTERS)
    start = span.start + len(raw) - len(raw.lstrip(STRIPPED_CHARACTERS))
    return Span(start, start + len(bare))


def _make_line(
    text: str, hint: LineHint, spans: tuple[Span, ...], block: int, article: str | None
) -> Line:
    """Return the line of a block; `article` is that of the block above."""
    head = hint.kind in _HINTED_HEAD_KINDS
    given = hint.kind if hint.kind in _HINTED_OTHER_KINDS else None
    opens = hint.opens or hint.article != article
    return Line(
        "".join(text[slice(*span)] for span in spans),
        spans,
        gap=1,
        level=(hint.level or _USUAL_HEAD_LEVEL) if head else 0,
        kind=Kind.HEADING if head else given,
        block=block,
        opens=True if opens else False if hint.article else None,
    )
