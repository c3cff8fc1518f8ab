"""Suggest wider queries for one that finds nothing, and name the parts at fault."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from indexer.analysis import fold
from indexer.model import And, Filter, Literal, Node, Or
from indexer.query import Query, Substring, is_plain, wanted_substrings
from indexer.suggest.suggestion import Reason, Suggestion
from indexer.suggest.vocabulary import Vocabulary

MAX_PIECES_LOOKED_UP = 12
"""Pieces of a query that are looked up one by one."""

TYPED_LATIN_WORD = re.compile(r"[0-9a-z.%]+")

MAX_PIECE_CHARS = 8
"""Characters of the longest word of the index that a substring is cut into."""


@dataclass(frozen=True, slots=True)
class Widening:
    """What to say and to offer where a query finds nothing that passes the filters."""

    vocabulary: Vocabulary
    query: Query
    filters: tuple[Filter, ...]
    pieces: tuple[Substring, ...]

    @classmethod
    def of(cls, vocabulary: Vocabulary, query: Query, filters: tuple[Filter, ...]) -> Widening:
        """Cut the parts of a query into words."""
        cuts = (cut(vocabulary, part) for part in wanted_substrings(query))
        return cls(vocabulary, query, filters, tuple(chain.from_iterable(cuts)))

    def find_missing(self) -> tuple[str, ...]:
        """Return the pieces that no paragraph holds, as they were typed, or else whole parts."""
        parts = (*self.pieces, *wanted_substrings(self.query))
        normal = {part.text: part.normal for part in parts}
        counts = self.vocabulary.count_substrings([*normal.values()])
        found = [text for text, one in normal.items() if not counts[one]]
        return tuple(one for one in found if not any(part in one for part in found if part != one))

    def widen(self, limit: int) -> tuple[Suggestion, ...]:
        """Return wider queries that find something, the closest to what was asked first."""
        found: dict[str, Suggestion] = {}
        for suggestion in self._relaxations():
            if suggestion.count and (suggestion.text != self.query.text or suggestion.unfiltered):
                found.setdefault(suggestion.text, suggestion)
            if len(found) >= limit:
                break
        return tuple(found.values())

    def _relaxations(self) -> Iterator[Suggestion]:
        """Yield the query without filters, without what is printed nowhere, and by its words."""
        parts, pieces = wanted_substrings(self.query), self.pieces[:MAX_PIECES_LOOKED_UP]
        if self.filters and pieces:
            match = And(tuple(Literal(piece.normal) for piece in pieces))
            count = self.vocabulary.count(match)
            yield Suggestion(self.query.text, Reason.UNFILTERED, count=count)
        if not is_plain(self.query):
            return
        held = self._held(parts)
        if 0 < len(held) < len(parts):
            lost = " ".join(part.text for part in parts if part not in held)
            yield self._make(held, Reason.WITHOUT, lost)
        words = [replace(piece, quoted=False) for piece in self._held(pieces)]
        if words and len(pieces) > len(parts):
            yield self._make(words, Reason.WORDS, " ".join(part.text for part in parts))
            yield from self._wider(words)
        yield from self._wider(held)

    def _held(self, parts: Sequence[Substring]) -> list[Substring]:
        """Return the parts that a paragraph which passes the filters holds."""
        normal = {part: part.normal for part in parts}
        counts = self.vocabulary.count_substrings([*normal.values()], self.filters)
        return [part for part, text in normal.items() if counts[text]]

    def _wider(self, held: Sequence[Substring]) -> Iterator[Suggestion]:
        """Look for any of the parts, then for each alone."""
        if len(held) > 1:
            yield self._make(held, Reason.ANY)
        for part in held:
            yield self._make([part], Reason.ONE_PART)

    def _make(self, parts: Sequence[Substring], reason: Reason, lost: str = "") -> Suggestion:
        nodes: tuple[Node, ...] = tuple(Literal(part.normal) for part in parts)
        any_of = reason is Reason.ANY
        node = nodes[0] if len(nodes) == 1 else Or(nodes) if any_of else And(nodes)
        written = [f"“{part.text}”" if part.quoted else part.text for part in parts]
        text = (" OR " if any_of else " ").join(dict.fromkeys(written))
        count = self.vocabulary.count(node, self.filters)
        return Suggestion(text, reason, part=lost, instead=text, count=count)


def cut(vocabulary: Vocabulary, part: Substring) -> tuple[Substring, ...]:
    """Cut a part into the longest words and names of the index; what is between stays whole.

    Latin words and numbers are never cut.
    """
    folded, start, edges = fold(part.text), 0, [0]
    sizes = range(2, MAX_PIECE_CHARS + 1)
    words = vocabulary.find({folded[at : at + size] for at in range(len(folded)) for size in sizes})
    while start < len(folded):
        end = _word_end(words, folded, start)
        edges += (start, end) if end > start else ()
        start = max(end, start + 1)
    return tuple(
        Substring(text, part.start + one, part.start + two, part.quoted)
        for one, two in pairwise((*edges, len(folded)))
        if any(map(str.isalnum, text := part.text[one:two]))
    )


def _word_end(words: Container[str], folded: str, start: int) -> int:
    """Return where the word ends that starts here, `start` when there is none."""
    latin = TYPED_LATIN_WORD.match(folded, start)
    if latin:
        return latin.end()
    ends = range(min(len(folded), start + MAX_PIECE_CHARS), start + 1, -1)
    return next((end for end in ends if folded[start:end] in words), start)
