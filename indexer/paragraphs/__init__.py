"""A page in, its articles with their paragraphs out: cut ones joined, repeats told, all numbered.

A join needs evidence. Where it is not enough the halves stay apart and are marked truncated:
nothing is invented, dropped or reordered inside a span.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.articles import Draft, Piece, draft_articles, forms
from indexer.model import Article, Kind, Page, Paragraph, Span, Truncation
from indexer.paragraphs.joints import join_pieces

ORDER = {
    Kind.CAPTION: 1,
    Kind.CREDIT: 2,
    Kind.FURNITURE: 4,
}


@dataclass(frozen=True, slots=True)
class Block:
    """A block before it has its number."""

    kind: Kind
    text: str
    spans: tuple[Span, ...]
    truncated: Truncation | None = None


def read_articles(page: Page) -> tuple[Article, ...]:
    """Read a page: every character that is not blank stands in exactly one paragraph."""
    drafts = draft_articles(page)
    return tuple(_read_article(page, number, draft) for number, draft in enumerate(drafts, 1))


def _read_article(page: Page, number: int, draft: Draft) -> Article:
    given = bool(page.parts)
    blocks = [_head_block(piece) for piece in draft.pieces if piece.kind is not Kind.BODY]
    texts = [piece for piece in draft.pieces if piece.kind is Kind.BODY]
    groups = [[piece] for piece in texts] if given else join_pieces(texts)
    blocks += [_body_block(group, given=given) for group in groups]
    return _finish(page, number, sorted(blocks, key=_reading_order))


def _reading_order(block: Block) -> tuple[int, Span]:
    head = -1 if block.kind in (Kind.KICKER, Kind.TITLE, Kind.SUBTITLE, Kind.BYLINE) else 0
    return ORDER.get(block.kind, head), block.spans[0]


def _head_block(piece: Piece) -> Block:
    text = " ".join(line.text for line in piece.lines)
    return Block(piece.kind, text, tuple(line.span for line in piece.lines))


def _body_block(group: Sequence[Piece], *, given: bool) -> Block:
    lines = [line for piece in group for line in piece.lines]
    text = "".join(line.text for line in lines)
    truncated = None if given or forms.is_closed(text) else Truncation.END
    return Block(Kind.BODY, text, tuple(line.span for line in lines), truncated)


def _finish(page: Page, number: int, blocks: Sequence[Block]) -> Article:
    paragraphs, heading = [], None
    for order, block in enumerate(blocks, 1):
        if block.kind is Kind.HEADING:
            heading = forms.clean(block.text)
        paragraphs.append(
            Paragraph(
                page=page.id,
                article=number,
                number=order,
                kind=block.kind,
                text=block.text,
                spans=block.spans,
                heading=heading if block.kind is Kind.BODY else None,
                truncated=block.truncated,
            )
        )
    return Article(
        page=page.id,
        number=number,
        title=_first(blocks, Kind.TITLE),
        subtitle=_first(blocks, Kind.SUBTITLE),
        kicker=_first(blocks, Kind.KICKER),
        byline=_names(_first(blocks, Kind.BYLINE)),
        credit=_first(blocks, Kind.CREDIT),
        paragraphs=tuple(paragraphs),
    )


def _first(blocks: Sequence[Block], kind: Kind) -> str | None:
    return next((forms.clean(block.text) for block in blocks if block.kind is kind), None)


def _names(byline: str | None) -> str | None:
    """Return the names of a by-line alone."""
    if byline is None:
        return None
    text = re.sub(r"[■□●◆▪◎▲△/／:：、，,]|本报|记者|通讯员|[文图摄](?=[/／:：\s])", " ", byline)
    return " ".join(text.split()) or byline
