"""Read the articles of a page with their paragraphs: cut ones joined, repeats marked, all numbered.

A join needs evidence. Where it is not enough the halves stay apart and are marked truncated:
nothing is invented, dropped or reordered inside a span.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise

from indexer.analysis import simplify
from indexer.model import Article, Kind, Page, Paragraph, Span, Truncation
from indexer.reading import furniture, patterns
from indexer.reading.continuation import begins_within, overlaps
from indexer.reading.drafts import Draft, draft_articles
from indexer.reading.heads import Piece
from indexer.reading.interrupted_lines import surely_ends
from indexer.reading.join_reasons import Joins
from indexer.reading.joins import join_pieces
from indexer.reading.line_ends import LineEnds
from indexer.reading.profile import OPENING_SIGNS, PageProfile
from indexer.reading.sections import is_read_as_printed, read_as_printed, split_sections

KIND_ORDER = {
    Kind.KICKER: 0,
    Kind.TITLE: 0,
    Kind.SUBTITLE: 0,
    Kind.BYLINE: 0,
    Kind.CAPTION: 2,
    Kind.CREDIT: 3,
    Kind.FURNITURE: 5,
}
_SPACED_NAME = re.compile(
    r"(?<![\u3400-\u9fff])([\u3400-\u9fff])[ \u3000]+([\u3400-\u9fff])(?![\u3400-\u9fff])"
)
"""A name of two characters that is set with a blank between them."""

MAX_NOTICE_HEAD_CHARS = 20
_NOTICE_HEAD_KINDS = frozenset({Kind.NOTICE, Kind.FURNITURE})
MIN_CUT_CHARS = 12
"""Characters of a text from which an open end is marked as lost."""

_SIGNED_BY_DASH = re.compile(r"[—－–-]{2,}\s*[\u3400-\u9fff]{0,8}$")
_NOT_NAMES = re.compile(
    r"[■□●◆▪◎▲△/／:：、，,（）()]|本[报報刊网網]|新[华華]社|[见見][习習]|[实實][习習]生?|特[约約]|首席|[全融]媒[体體]"
    r"|[记記]者|通[讯訊][员員]|[评評][论論][员員]|作者|撰[文稿]人?|[摄攝]影|文字|[图圖]片|(?<![\u3400-\u9fff])(?:[文图圖摄攝]+|[报報][道导導])(?![\u3400-\u9fff])"
)

LINE_SEPARATORS = {
    Kind.BODY: "",
    Kind.CAPTION: "",
    Kind.NOTICE: "",
    Kind.TABLE: "\n",
    Kind.LIST: "\n",
}
"""What separates the lines of a block, "" where their words decide; other kinds have a blank."""

REPEAT_ORDER = 4
"""Head lines and by-line come first, then running text, then what interrupted it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block before it has its number."""

    kind: Kind
    text: str
    spans: tuple[Span, ...]
    truncated: Truncation | None = None
    original: int | None = None  # a position in the page that the block repeats


def read_articles(
    page: Page, *, cautious: bool = False, joins: Joins | None = None
) -> tuple[Article, ...]:
    """Read a page: every character that is not blank is in exactly one paragraph.

    A cautious reader joins only what is nearly certain, and puts no displaced column back. A very
    long page is read in sections, and one of too many lines is left as it is printed. Why texts
    were joined is added to `joins`.
    """
    return tuple(iterate_articles(page, {} if joins is None else joins, cautious=cautious))


def iterate_articles(page: Page, joins: Joins, *, cautious: bool) -> Iterator[Article]:
    """Yield the articles of a page as `read_articles` returns them, none of them kept."""
    if is_read_as_printed(page):
        yield read_as_printed(page)
        return
    numbers = count(1)
    for section in split_sections(page):
        found: Joins = {}
        for article in _read_section(_cut_page(page, section), found, cautious=cautious):
            yield _move(article, next(numbers), section.start)
        joins.update((section.start + at, join) for at, join in found.items())


def _cut_page(page: Page, section: Span) -> Page:
    """Return a section of a page as a page."""
    whole = section.end - section.start == len(page.text)
    return page if whole else replace(page, text=page.text[slice(*section)])


def _move(article: Article, number: int, start: int) -> Article:
    """Return an article of a section with its number in the page and its spans there."""
    if not start:
        return article
    paragraphs = tuple(
        replace(one, article=number, spans=tuple(Span(start + a, start + b) for a, b in one.spans))
        for one in article.paragraphs
    )
    return replace(article, number=number, paragraphs=paragraphs)


def _read_section(page: Page, joins: Joins, *, cautious: bool) -> Iterator[Article]:
    """Yield the articles of a section, dropping each draft once it is read."""
    text = simplify(page.text)
    drafts = deque(draft_articles(page, text, joins))
    profile = drafts[0].profile if drafts else None
    ends = LineEnds(page.text, latin=profile is not None and profile.latin)
    for number in range(1, len(drafts) + 1):
        draft = drafts.popleft()
        repeats, groups = draft.repeats, _group_pieces(draft, text, joins, cautious=cautious)
        del draft  # so that its lines are dropped one by one
        blocks = [_make_block(group, ends, profile) for group in _take_all(groups)]
        blocks += [
            Block(Kind.BODY, *ends.set_lines([repeat.line]), original=repeat.original)
            for repeat in repeats
        ]
        yield _finish(page, number, sorted(blocks, key=_rank), profile)


def _group_pieces(draft: Draft, text: str, joins: Joins, *, cautious: bool) -> list[list[Piece]]:
    """Return the pieces of each block of an article, joined where the source gives no parts."""
    if draft.profile is None:
        return [[piece] for piece in draft.pieces]
    careful = cautious or draft.profile.marked_up
    return join_pieces(draft.pieces, draft.profile, text, joins, cautious=careful)


def _take_all(groups: list[list[Piece]]) -> Iterator[list[Piece]]:
    """Yield the groups of a list, dropping each."""
    groups.reverse()
    while groups:
        yield groups.pop()


def _make_block(group: Sequence[Piece], ends: LineEnds, profile: PageProfile | None) -> Block:
    """Make a block of its pieces, its lines separated as its kind asks."""
    lines = [line for piece in group for line in piece.lines]
    kind = group[0].kind
    text, spans = ends.set_lines(lines, LINE_SEPARATORS.get(kind, " "))
    truncation = None
    if kind is Kind.BODY and profile is not None and profile.open_ends_are_cuts:
        truncation = _truncation([line.text for line in lines], profile)
    return Block(kind, text, spans, truncation)


def _rank(block: Block) -> int:
    return REPEAT_ORDER if block.original is not None else KIND_ORDER.get(block.kind, 1)


def _truncation(texts: Sequence[str], profile: PageProfile) -> Truncation | None:
    """Return where a paragraph of prose has lost text; verses and items of lists have not."""
    text = "".join(texts)
    if not patterns.is_prose(text):
        return None
    if text[-1] not in "：:；;" and not patterns.is_closed(text):
        return Truncation.END if _has_lost_end(text, profile) else None
    if begins_within(text):
        return Truncation.START
    parted = any(overlaps(before, after) for before, after in pairwise(texts))
    return Truncation.MIDDLE if parted else None


def _has_lost_end(text: str, profile: PageProfile) -> bool:
    """Return whether an end is an open end of prose, not of an item or a verse."""
    if profile.is_well_closed or len(text) < MIN_CUT_CHARS:
        return False
    return text[0] not in OPENING_SIGNS and not _SIGNED_BY_DASH.search(text)


def _finish(
    page: Page, number: int, blocks: Sequence[Block], profile: PageProfile | None
) -> Article:
    paragraphs, heading = [], None
    starts = _starts(blocks) if any(block.original is not None for block in blocks) else []
    for order, block in enumerate(blocks, 1):
        if block.kind is Kind.HEADING:
            heading = block.text
        paragraphs.append(
            Paragraph(
                page=page.id,
                article=number,
                number=order,
                kind=block.kind,
                text=block.text,
                spans=block.spans,
                heading=heading if block.kind is Kind.BODY else None,
                duplicate_of=_owner(starts, block.original),
                truncated=block.truncated,
                surely_ends=profile is not None and surely_ends(block.text, profile),
            )
        )
    return Article(
        page=page.id,
        number=number,
        title=_first(blocks, Kind.TITLE) or _notice_title(blocks),
        subtitle=_first(blocks, Kind.SUBTITLE),
        kicker=_first(blocks, Kind.KICKER),
        byline=_names(_first(blocks, Kind.BYLINE)),
        credit=_first(blocks, Kind.CREDIT),
        paragraphs=tuple(paragraphs),
    )


def _starts(blocks: Sequence[Block]) -> list[tuple[int, int]]:
    """Return where the spans of blocks that repeat none begin, with the numbers of the blocks."""
    return sorted(
        (span.start, order)
        for order, block in enumerate(blocks, 1)
        if block.original is None
        for span in block.spans
    )


def _owner(starts: Sequence[tuple[int, int]], position: int | None) -> int | None:
    """Return the number of the block that contains an offset of the page."""
    if position is None:
        return None
    return starts[bisect_right(starts, position, key=lambda start: start[0]) - 1][1]


def _notice_title(blocks: Sequence[Block]) -> str | None:
    """Return the title of notices: the name of their corner, or the head of the first."""
    for block in sorted(blocks, key=lambda block: block.spans):
        if len(block.text) > MAX_NOTICE_HEAD_CHARS or block.kind not in _NOTICE_HEAD_KINDS:
            continue
        plain = simplify(block.text)
        if furniture.is_classified(plain) or (
            block.kind is Kind.NOTICE and furniture.is_notice(plain)
        ):
            return "".join(block.text.split())
    return None


def _first(blocks: Sequence[Block], kind: Kind) -> str | None:
    return next((block.text for block in blocks if block.kind is kind), None)


def _names(byline: str | None) -> str | None:
    """Return the names of a by-line alone."""
    if byline is None:
        return None
    plain = _SPACED_NAME.sub(r"\1\2", _NOT_NAMES.sub(" ", byline))
    return " ".join(plain.split()) or byline
