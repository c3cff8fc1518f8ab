"""Suggest queries: corrections, misreadings, completions, and wider queries.

Nothing here changes a query: every suggestion is another query with its reason, for the reader
to choose. `Suggester` belongs to one commit and keeps what it has read of it.
"""

from __future__ import annotations

from itertools import islice

from indexer.analysis.numerals import other_numerals
from indexer.engines.base import Reader
from indexer.errors import TooLong
from indexer.model import And, Filter, Literal
from indexer.query import Query, Substring, normal_text, parse, wanted_substrings
from indexer.suggest.completing import complete_query, to_suggestions
from indexer.suggest.misspellings import (
    Variant,
    find_corrections,
    find_misreadings,
    may_be_misspelt,
)
from indexer.suggest.pinyin import is_latin, spell
from indexer.suggest.suggestion import Reason as Reason
from indexer.suggest.suggestion import Suggestion as Suggestion
from indexer.suggest.suggestion import Suggestions as Suggestions
from indexer.suggest.vocabulary import Vocabulary
from indexer.suggest.wider_queries import Widening

MAX_SUGGESTIONS = 5
"""Suggestions of each sort."""

MAX_QUERY_PARTS = 6
"""Substrings of a query that are looked at."""

MAX_CORRECTED_PARTS = 2
"""Substrings of a query that are corrected: each correction changes one, and few are wrong."""

MAX_QUERY_CHARS = 256
"""Characters of a query that is looked at, as many as the settings allow in a search."""


class Suggester:
    """Suggests from one commit; safe to share between threads, cheap to make."""

    def __init__(self, reader: Reader) -> None:
        self.vocabulary = Vocabulary(reader)
        self.generation = reader.generation

    def suggest(
        self,
        text: str,
        *,
        limit: int = MAX_SUGGESTIONS,
        total: int | None = None,
        filters: tuple[Filter, ...] = (),
    ) -> Suggestions:
        """Suggest what may be searched for instead of a query.

        `total` is what the search found; without it the parts are counted here. Completions are
        not among these: they are for a query that is still being typed (`complete`).
        """
        query = _parse(text)
        text, parts = query.text, wanted_substrings(query)[:MAX_QUERY_PARTS]
        if not parts:
            return Suggestions()
        filters = tuple(one for one in filters if one.values or one.excluded)
        if total is None:
            nodes = tuple(Literal(part.normal) for part in parts)
            total = self.vocabulary.count(And(nodes), filters)
        wider = None if total else Widening.of(self.vocabulary, query, filters)
        corrections = self._corrections(text, parts)
        known = {suggestion.text for suggestion in corrections}
        misreadings = (one for one in self._misreadings(text, parts) if one.text not in known)
        return Suggestions(
            corrections=corrections[:limit],
            pinyin=self._pinyin(text, parts, limit),
            misreadings=tuple(misreadings)[:limit],
            missing=wider.find_missing() if wider else (),
            relaxations=wider.widen(limit) if wider else (),
            numerals=self._numerals(text, parts, filters)[:limit],
        )

    def suggest_numerals(self, text: str, *, filters: tuple[Filter, ...] = ()) -> Suggestions:
        """Suggest other numerals alone: also for queries that find much."""
        query = _parse(text)
        parts = wanted_substrings(query)[:MAX_QUERY_PARTS]
        return Suggestions(numerals=self._numerals(query.text, parts, filters)[:MAX_SUGGESTIONS])

    def complete(self, text: str, *, limit: int = MAX_SUGGESTIONS) -> tuple[Suggestion, ...]:
        """Complete a query that is being typed, from the words, names and titles of the index."""
        query = _parse(text)
        return () if text[-1:].isspace() else complete_query(self.vocabulary, query, limit)

    def _corrections(self, text: str, parts: tuple[Substring, ...]) -> tuple[Suggestion, ...]:
        substrings = {part: part.normal for part in parts}
        wrong = (
            part
            for part, substring in substrings.items()
            if may_be_misspelt(self.vocabulary, substring)
        )
        return tuple(
            self._replace(text, part, found)
            for part in islice(wrong, MAX_CORRECTED_PARTS)
            for found in find_corrections(
                self.vocabulary,
                substrings[part],
                tuple(other for other in substrings.values() if other != substrings[part]),
            )
        )

    def _misreadings(self, text: str, parts: tuple[Substring, ...]) -> tuple[Suggestion, ...]:
        return tuple(
            self._replace(text, part, found)
            for part in parts
            for found in find_misreadings(self.vocabulary, part.normal)
        )

    def _replace(self, text: str, part: Substring, found: Variant) -> Suggestion:
        """Suggest a query with one of its substrings written otherwise, and count what is new."""
        query = part.replace(text, found.substring)
        count = self.vocabulary.count_substring(normal_text(found.instead))
        return Suggestion(query, found.reason, found.part, found.instead, count)

    def _numerals(
        self, text: str, parts: tuple[Substring, ...], filters: tuple[Filter, ...]
    ) -> tuple[Suggestion, ...]:
        return tuple(
            Suggestion(part.replace(text, substring), Reason.NUMERALS, part.text, substring, count)
            for part in parts
            for substring in other_numerals(part.normal)
            if (count := self.vocabulary.count_substring(substring, filters))
        )

    def _pinyin(
        self, text: str, parts: tuple[Substring, ...], limit: int
    ) -> tuple[Suggestion, ...]:
        """Suggest for every part that is pinyin; for several, the best of each in one query."""
        latin = tuple(part for part in parts if is_latin(part.text))
        if not latin:
            return ()
        if len(latin) == 1 or len(latin) == len(parts):
            whole = Substring(text[latin[0].start : latin[-1].end], latin[0].start, latin[-1].end)
            if found := spell(self.vocabulary, whole.text, limit):
                return to_suggestions(self.vocabulary, text, [(whole, entry) for entry in found])
        return self._spelt_out(text, latin)

    def _spelt_out(self, text: str, latin: tuple[Substring, ...]) -> tuple[Suggestion, ...]:
        """Spell out every part at once."""
        best = [(part, spell(self.vocabulary, part.text, 1)) for part in latin]
        query, typed = text, " ".join(part.text for part, found in best if found)
        for part, found in reversed(best):
            if found:
                query = part.replace(query, found[0].text)
        words = " ".join(found[0].text for _, found in best if found)
        return (Suggestion(query, Reason.PINYIN, typed, words),) if words else ()


def _parse(text: str) -> Query:
    """Read as much of a query as is looked at; nothing of one that cannot be searched for."""
    try:
        return parse(text[:MAX_QUERY_CHARS])
    except TooLong:
        return Query("")
