"""How well a page was read whose printed characters and their positions are known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from itertools import pairwise

from indexer.model import Article, Page, Span, find_regions, is_upright, line_spans

from .sheets import Truth, TruthChar

GRAM = 4
MIN_PIECE = 4
"""Characters of a read line that is looked for in the truth, and of a rest of it."""

SAME_SHARE = 0.02
"""Share of a paragraph's characters that may be in another one: a mark that OCR moved."""


@dataclass(frozen=True, slots=True)
class SheetScore:
    """Counts of characters, of printed blocks and of articles of one page or several."""

    printed: int = 0
    found: int = 0
    right_line: int = 0  # of the found ones, those whose box is on their printed line
    near: int = 0  # of these, those within half a character of their position
    blocks: int = 0
    exact: int = 0  # blocks that are one paragraph each, of no other characters
    articles: int = 0
    beginnings: int = 0  # of these, those at whose first block an article was read to begin
    begun: int = 0  # articles that were read
    at_home: int = 0  # blocks in the article that begins with the first block of theirs

    def __add__(self, other: SheetScore) -> SheetScore:
        return SheetScore(
            *(getattr(self, one.name) + getattr(other, one.name) for one in fields(self))
        )

    def __str__(self) -> str:
        false = self.begun - self.beginnings
        return (
            f"characters {_share(self.found, self.printed)}, "
            f"right line {_share(self.right_line, self.found)}, "
            f"half a character {_share(self.near, self.found)}, "
            f"paragraphs {self.exact}/{self.blocks}, "
            f"articles {self.beginnings}/{self.articles}, false {false}, "
            f"in their article {self.at_home}/{self.blocks}"
        )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def score_sheet(page: Page, articles: Sequence[Article], truth: Truth) -> SheetScore:
    """Return the score of a page as it was read."""
    printed = align(page.text, truth.chars)
    scale = page.sheet.width / truth.width if page.sheet and page.sheet.width else 1
    marks = [_position(page, at, truth.chars[one], scale) for at, one in printed.items()]
    return SheetScore(
        printed=len(truth.chars),
        found=len(set(printed.values())),
        right_line=sum(line for line, _ in marks),
        near=sum(near for _, near in marks),
        **_score_blocks(printed, articles, truth),
    )


def _position(page: Page, at: int, char: TruthChar, scale: float) -> tuple[bool, bool]:
    """Return whether the box of a character is on its line, and within half a character."""
    regions = find_regions(page.text, page.boxes, [Span(at, at + 1)])
    if not regions:
        return False, False
    line = next(one.box for one in reversed(page.boxes) if one.span.start <= at)
    x, y = (char.x + char.w / 2) * scale, (char.y + char.h / 2) * scale
    upright = is_upright(line)
    right = line.x <= x <= line.x + line.w if upright else line.y <= y <= line.y + line.h
    size, box = max(char.w, char.h) * scale, regions[0]
    off = abs(box.y + box.h / 2 - y) if upright else abs(box.x + box.w / 2 - x)
    return right, right and off <= size / 2


# ---------------------------------------------------------------- read characters and printed ones


def align(text: str, chars: Sequence[TruthChar]) -> dict[int, int]:
    """Return for each read character that is printed the number of the printed one.

    Each line is looked for by itself, so that a wrong order of lines costs nothing.
    """
    printed = "".join(char.text for char in chars)
    grams: dict[str, list[int]] = defaultdict(list)
    for at in range(len(printed) - GRAM + 1):
        grams[printed[at : at + GRAM]].append(at)
    found: dict[int, int] = {}
    taken: set[int] = set()
    short = []
    for span in line_spans(text):
        positions = [at for at in range(*span) if not text[at].isspace()]
        if len(positions) < MIN_PIECE:
            short.append(positions)
        _align_piece(text, positions, printed, grams, found, taken)
    for positions in short:
        _align_short(text, positions, printed, found, taken)
    return found


def _align_piece(
    text: str,
    positions: Sequence[int],
    printed: str,
    grams: dict[str, list[int]],
    found: dict[int, int],
    taken: set[int],
) -> None:
    if len(positions) < MIN_PIECE:
        return
    line = "".join(text[at] for at in positions)
    votes = Counter(
        position - at
        for at in range(len(line) - GRAM + 1)
        for position in grams.get(line[at : at + GRAM], ())
        if position not in taken
    )
    if not votes:
        return
    shift = max(votes, key=lambda one: (votes[one], -one))
    start = max(0, shift - 3)
    matcher = SequenceMatcher(None, line, printed[start : shift + len(line) + 3], autojunk=False)
    same = [one for one in matcher.get_matching_blocks() if one.size]
    for first, second, size in same:
        for k in range(size):
            if start + second + k not in taken:
                found[positions[first + k]] = start + second + k
                taken.add(start + second + k)
    low, high = same[0].a, same[-1].a + same[-1].size
    for rest in (positions[:low], positions[high:]):
        if len(rest) < len(positions):
            _align_piece(text, rest, printed, grams, found, taken)


def _align_short(
    text: str, positions: Sequence[int], printed: str, found: dict[int, int], taken: set[int]
) -> None:
    """Find a line of few characters behind those of the line before, or where it is alone."""
    line = "".join(text[at] for at in positions)
    if not line:
        return
    free = [
        at
        for at in _occurrences(line, printed)
        if not any(at + k in taken for k in range(len(line)))
    ]
    after = [at for at in free if at - 1 in taken or at + len(line) in taken]
    chosen = after if len(after) == 1 else free if len(free) == 1 else []
    for at in chosen:
        for k, position in enumerate(positions):
            found[position] = at + k
            taken.add(at + k)


def _occurrences(line: str, printed: str) -> Iterator[int]:
    at = printed.find(line)
    while at >= 0:
        yield at
        at = printed.find(line, at + 1)


# ---------------------------------------------------------------- blocks and articles


def _score_blocks(
    printed: dict[int, int], articles: Sequence[Article], truth: Truth
) -> dict[str, int]:
    read = [
        (number, [printed[at] for span in one.spans for at in range(*span) if at in printed])
        for number, article in enumerate(articles)
        for one in article.paragraphs
    ]
    sizes = Counter(char.block for char in truth.chars)
    news = [n for n, block in enumerate(truth.blocks) if block.article >= 0 and sizes[n]]
    first = {truth.blocks[block].article: block for block in reversed(news)}
    begins = _read_beginnings(read, truth)
    exact = sum(any(_is_exact(block, ids, truth, sizes) for _, ids in read) for block in news)
    homes = _homes(read, truth)
    at_home = sum(
        begins.get(homes[block]) == first[truth.blocks[block].article]
        for block in news
        if block in homes
    )
    return {
        "blocks": len(news),
        "exact": exact,
        "articles": len(first),
        "beginnings": len(set(first.values()) & set(begins.values())),
        "begun": len(begins),
        "at_home": at_home,
    }


def _is_exact(block: int, ids: Sequence[int], truth: Truth, sizes: Counter[int]) -> bool:
    own = [one for one in ids if truth.chars[one].block == block]
    slack = max(1, round(SAME_SHARE * sizes[block])) if sizes[block] > GRAM else 0
    ordered = all(a < b for a, b in pairwise(own))
    return ordered and len(own) >= sizes[block] * 0.85 and len(ids) - len(own) <= slack


def _read_beginnings(
    read: Iterable[tuple[int, Sequence[int]]], truth: Truth
) -> dict[int, int | None]:
    """Return the block with which each read article begins; furniture alone is no article."""
    begins: dict[int, int | None] = {}
    for article, ids in read:
        block = truth.chars[ids[0]].block if ids else None
        if article in begins or block is None or truth.blocks[block].article < 0:
            continue
        start = next(n for n, char in enumerate(truth.chars) if char.block == block)
        begins[article] = block if ids[0] - start < 3 else None
    return begins


def _homes(read: Iterable[tuple[int, Sequence[int]]], truth: Truth) -> dict[int, int]:
    """Return the read article that holds most characters of each block."""
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for article, ids in read:
        for one in ids:
            votes[truth.chars[one].block][article] += 1
    return {block: held.most_common(1)[0][0] for block, held in votes.items()}
