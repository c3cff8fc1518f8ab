"""A commit of an index in, its words, places and authors out: by prefix, by pinyin, by count.

Everything is read from the index when it is first asked for, and kept as long as the commit.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from indexer.analysis import fold
from indexer.engines.base import Reader
from indexer.model import Every, Filter, Literal, Node, Request, Term
from indexer.suggest.readings import Reading, begins, load_syllables, read_character, read_word
from indexer.suggest.suggestion import Reason

PLACES = ("city", "article_city", "region")
"""The facets that hold names of places; a region is a path, whose last step is its name."""

COMPOUND_LEAST = 3
COMPOUND_OF_RARER = 0.4
"""Paragraphs that hold a pair, at least, and as a share of those in which its rarer half is a word
of its own: on the five pages this takes 援疆 (120 of 121), 赋能, 南孔 and leaves 兴援, 疆的."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A name or word that the index has: as it is shown, folded, and in how many paragraphs."""

    text: str
    folded: str
    count: int
    reason: Reason


class Vocabulary:
    """What one commit can be asked for; safe to share between threads."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Every entry of at least two characters by its folded form, a name before a word."""
        found = {
            word: Entry(word, word, count, Reason.WORD)
            for word, count in self.reader.vocabulary("words")
            if len(word) > 1 and not word.isdigit()
        }
        for pair, count in self._compounds():
            found.setdefault(pair, Entry(pair, pair, count, Reason.WORD))
        for entry in self._names():
            known = found.get(entry.folded)
            count = max(entry.count, known.count if known else 0)
            found[entry.folded] = Entry(entry.text, entry.folded, count, entry.reason)
        return found

    @cached_property
    def characters(self) -> Mapping[str, int]:
        """Every character of the index, with its count."""
        return dict(self.reader.vocabulary("chars"))

    @cached_property
    def homophones(self) -> Mapping[str, str]:
        """Map a syllable to the characters of the index that can be read so."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for char in self.characters:
            for syllable in read_character(char):
                found[syllable].append(char)
        return {syllable: "".join(chars) for syllable, chars in found.items()}

    def begin_with(self, folded: str) -> Iterator[Entry]:
        """Yield the entries that begin with a folded prefix."""
        position = bisect_left(self._sorted, folded)
        for key in self._sorted[position:]:
            if not key.startswith(folded):
                return
            yield self.entries[key]

    def read_as(self, letters: str) -> Iterator[tuple[Entry, Reading]]:
        """Yield the entries whose pinyin can begin with the letters, with their readings."""
        inside = any(syllable.startswith(letters) for syllable in load_syllables())
        for first, second in self._initials:
            if first == letters[:1] and (inside or second in letters[1:]):
                for key in self._initials[first, second]:
                    reading = read_word(key)
                    if begins(letters, reading):
                        yield self.entries[key], reading

    def read_exactly(self, syllables: Reading) -> Iterator[Entry]:
        """Yield the entries that are read so, syllable for syllable."""
        if len(syllables) > 1:
            for key in self._initials.get((syllables[0][0], syllables[1][0]), ()):
                if len(key) == len(syllables) and read_word(key) == syllables:
                    yield self.entries[key]

    def count_terms(self, field: str, texts: Sequence[str]) -> Mapping[str, int]:
        """Count the paragraphs that hold each term of a field."""
        terms = [Term(field, text) for text in texts]
        return {term.text: count for term, count in self.reader.frequencies(terms).items()}

    def count_run(self, folded: str, filters: tuple[Filter, ...] = ()) -> int:
        """Count the paragraphs in which a folded run stands."""
        return self.count(Literal(folded), filters)

    def count(self, node: Node, filters: tuple[Filter, ...] = ()) -> int:
        """Count the paragraphs that match."""
        return self.reader.find(Request(match=node, filters=filters, size=0)).total

    def _compounds(self) -> Iterator[tuple[str, int]]:
        """Yield the pairs that are words though no dictionary knows them (援疆, 赋能).

        Both halves stand as words of their own, and mostly side by side.
        """
        alone = {word: n for word, n in self.reader.vocabulary("words") if len(word) == 1}
        for pair, count in self.reader.vocabulary("pairs"):
            if count >= COMPOUND_LEAST and pair.isalpha():
                one, two = alone.get(pair[0], 0), alone.get(pair[1], 0)
                rarer, commoner = sorted((one, two))
                if COMPOUND_OF_RARER * rarer <= count <= 2 * rarer and count >= commoner / 10:
                    yield pair, count

    def _names(self) -> Iterator[Entry]:
        request = Request(match=Every(), facets=(*PLACES, "author"), size=0)
        for facet, values in self.reader.find(request).facets.items():
            for value, count in values.items():
                name = value.rsplit("/", 1)[-1]
                if len(name) > 1:
                    reason = Reason.AUTHOR if facet == "author" else Reason.PLACE
                    yield Entry(name, fold(name), count, reason)

    @cached_property
    def _sorted(self) -> Sequence[str]:
        return sorted(self.entries)

    @cached_property
    def _initials(self) -> Mapping[tuple[str, str], Sequence[str]]:
        """Group what can be read by the first letters of its first two syllables."""
        found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for key in self.entries:
            reading = read_word(key)
            if reading:
                found[reading[0][0], reading[1][0]].append(key)
        return found
