"""How well a damaged page was read, held against what was printed on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

from indexer.model import Article, Kind, Paragraph

from .typesetter import Damaged, Role, squeeze

HEAD_KINDS = frozenset({Kind.TITLE, Kind.SUBTITLE, Kind.KICKER, Kind.HEADING, Kind.BYLINE})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many paragraphs came back, and how many blocks glue what nothing printed holds together.

    The floors count every false join, also `glued`: two neighbours of an article in right order.
    """

    paragraphs: int
    whole: int
    cut: int
    parted: int  # cut between two sentences: no reader could distinguish these from whole ones
    restored: int
    bodies: int
    false_joins: int
    glued: int  # of these, paragraphs that follow one another in their article
    headings: int
    recognised: int  # of these, those that are read as headings
    articles: int
    beginnings: int  # of these, those at whose first character an article was read to begin
    heads: int
    head_captions: int  # of these, those that were read as captions


def hold(page: Damaged, articles: Sequence[Article]) -> Outcome:
    """Hold a reading of a damaged page against what was printed."""
    blocks = [paragraph for article in articles for paragraph in article.paragraphs]
    bodies = [squeeze(one.text) for one in blocks if is_running(one)]
    found = set(bodies)
    paragraphs = [squeeze(text) for text in page.texts(Role.BODY)]
    cut = [squeeze(page.blocks[number].text) for number in page.cut]
    false = [body for body in bodies if is_false_join(body, page)]
    recognised = Counter(one.text for one in blocks if one.kind is Kind.HEADING)
    headings = page.texts(Role.HEADING)
    begins = find_beginnings(page)
    kinds = _head_kinds(page, blocks)
    return Outcome(
        paragraphs=len(paragraphs),
        whole=sum(paragraph in found for paragraph in paragraphs),
        cut=len(cut),
        parted=len(page.parted),
        restored=sum(paragraph in found for paragraph in cut),
        bodies=len(bodies),
        false_joins=len(false),
        glued=sum(any(body in article for article in page.articles) for body in false),
        headings=len(headings),
        recognised=(recognised & Counter(headings)).total(),
        articles=len(begins),
        beginnings=len(begins & _first_characters(page, articles)),
        heads=len(kinds),
        head_captions=sum(kind is Kind.CAPTION for kind in kinds),
    )


def is_running(paragraph: Paragraph) -> bool:
    """Tell running text that repeats nothing."""
    return paragraph.kind is Kind.BODY and paragraph.duplicate_of is None


def is_false_join(body: str, page: Damaged) -> bool:
    """Tell a body that glues pieces which nothing printed holds side by side."""
    printed = page.texts(Role.BODY, Role.CAPTION, Role.FURNITURE, Role.HEAD, Role.HEADING)
    return not any(body in squeeze(text) for text in printed)


def find_beginnings(page: Damaged) -> set[int]:
    """Return the position of each article's first character."""
    first: dict[int, int] = {}
    for position, block in enumerate(page.owners):
        if block >= 0 and page.blocks[block].article >= 0:
            first.setdefault(page.blocks[block].article, position)
    return set(first.values())


def _first_characters(page: Damaged, articles: Sequence[Article]) -> set[int]:
    """Return the positions where articles were read to begin, not counting what is no print."""
    starts = set()
    for article in articles:
        positions = [span.start for paragraph in article.paragraphs for span in paragraph.spans]
        if positions:
            start = min(positions)
            while start < len(page.owners) and page.owners[start] < 0:
                start += 1
            starts.add(start)
    return starts


def _head_kinds(page: Damaged, blocks: Sequence[Paragraph]) -> list[Kind | None]:
    """Return as what each head line was read, by most of its characters."""
    kinds: dict[int, Counter[Kind]] = {}
    for block in blocks:
        for start, end in block.spans:
            for owner in page.owners[start:end]:
                if owner >= 0:
                    kinds.setdefault(owner, Counter())[block.kind] += 1
    heads = [number for number, one in enumerate(page.blocks) if one.role is Role.HEAD]
    return [kinds[number].most_common(1)[0][0] if number in kinds else None for number in heads]


def add(outcomes: Iterable[Outcome]) -> Outcome:
    """Add outcomes up."""
    return Outcome(*map(sum, zip(*map(astuple, outcomes), strict=True)))
