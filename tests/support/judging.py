"""Pages read by a careful person, and how far a reading agrees with them.

A judged page is in `judged/NAME.tsv`: one printed block a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.model import Article, Kind, Page, Span

FOLDER = Path(__file__).parent.parent / "judged"


@dataclass(frozen=True, slots=True)
class Judged:
    """A block as a reader sees it; `kinds` begins with the best, others are right as well."""

    kinds: tuple[Kind, ...]
    spans: tuple[Span, ...]
    article: int
    section: int | None
    truncated: str | None
    original: int | None

    @property
    def is_real_body(self) -> bool:
        return self.kinds[0] is Kind.BODY and self.original is None


@dataclass(frozen=True, slots=True)
class Score:
    """What was read right; `false_joins` are blocks that glue two printed ones."""

    body: int
    body_right: int
    cut: int
    cut_right: int
    false_joins: int
    blocks: int
    kinds_right: int
    repeats: int
    repeats_right: int
    articles_right: int


def read_judged(name: str) -> list[Judged]:
    rows = (FOLDER / f"{name}.tsv").read_text("utf-8").splitlines()
    return [_parse(row) for row in rows if not row.startswith("#")]


def _parse(row: str) -> Judged:
    kind, spans, article, section, truncated, original, others = row.split("\t")
    kinds = [kind, *others.split(",")] if others != "-" else [kind]
    pairs = [span.split("-") for span in spans.split()]
    return Judged(
        kinds=tuple(map(Kind, kinds)),
        spans=tuple(Span(int(start), int(end)) for start, end in pairs),
        article=int(article),
        section=None if section == "-" else int(section),
        truncated=None if truncated == "-" else truncated,
        original=None if original == "-" else int(original),
    )


def judge(page: Page, articles: Sequence[Article], judged: Sequence[Judged]) -> Score:
    """Hold a reading of a page against the careful one."""
    paragraphs = [paragraph for article in articles for paragraph in article.paragraphs]
    texts = {
        _join(page, paragraph.spans) for paragraph in paragraphs if paragraph.kind is Kind.BODY
    }
    kinds, owners, repeats = {}, {}, set()
    for paragraph in paragraphs:
        for position in _positions(page, paragraph.spans):
            kinds[position] = paragraph.kind
            owners[position] = paragraph.article
        if paragraph.duplicate_of is not None:
            repeats |= set(_positions(page, paragraph.spans))
    real = [block for block in judged if block.is_real_body]
    right = [block for block in real if _join(page, block.spans) in texts]
    copies = [block for block in judged if block.original is not None]
    return Score(
        body=len(real),
        body_right=len(right),
        cut=sum(len(block.spans) > 1 for block in real),
        cut_right=sum(len(block.spans) > 1 for block in right),
        false_joins=_false_joins(page, articles, judged),
        blocks=len(judged),
        kinds_right=sum(_agrees(page, block, kinds) for block in judged),
        repeats=len(copies),
        repeats_right=sum(set(_positions(page, block.spans)) <= repeats for block in copies),
        articles_right=_articles_right(page, owners, judged),
    )


def _join(page: Page, spans: Iterable[Span]) -> str:
    return "".join(page.text[start:end] for start, end in spans)


def _positions(page: Page, spans: Iterable[Span]) -> list[int]:
    """Return the positions of the characters that print: no blanks, no marks of headings."""
    positions = [position for start, end in spans for position in range(start, end)]
    return [
        position
        for position in positions
        if not page.text[position].isspace() and page.text[position] != "#"
    ]


def _agrees(page: Page, block: Judged, kinds: dict[int, Kind]) -> bool:
    return all(kinds[position] in block.kinds for position in _positions(page, block.spans))


def _false_joins(page: Page, articles: Sequence[Article], judged: Sequence[Judged]) -> int:
    """Count body blocks that hold characters of several printed paragraphs."""
    owner = {}
    for number, block in enumerate(judged):
        owner.update(dict.fromkeys(_positions(page, block.spans), number))
    bodies = [
        paragraph
        for article in articles
        for paragraph in article.paragraphs
        if paragraph.kind is Kind.BODY
    ]
    return sum(
        len({owner[position] for position in _positions(page, body.spans)}) > 1 for body in bodies
    )


def _articles_right(page: Page, owners: dict[int, int], judged: Sequence[Judged]) -> int:
    """Count the judged articles whose characters, and no others, are in one article."""
    truth: dict[int, set[int]] = {}
    for block in judged:
        truth.setdefault(block.article, set()).update(_positions(page, block.spans))
    found: dict[int, set[int]] = {}
    for position, article in owners.items():
        found.setdefault(article, set()).add(position)
    return sum(positions in found.values() for positions in truth.values())
