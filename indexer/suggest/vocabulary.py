"""A commit of an index in, its words, places and authors out: by prefix, by pinyin, by count.

Everything is read from the index when it is first asked for, and kept as long as the commit.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from indexer.analysis import fold
from indexer.engines.base import Reader
from indexer.model import Every, Filter, Literal, Node, Request, Term
from indexer.suggest.readings import (
    DATA,
    Reading,
    begins,
    load_syllables,
    read_character,
    read_word,
)
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


@cache
def function_words() -> frozenset[str]:
    """Load the words that only join others."""
    lines = (DATA / "function_words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


class Vocabulary:
    """What one commit can be asked for; safe to share between threads."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._compounds_by_first: dict[str, Mapping[str, int]] = {}

    @cached_property
    def words(self) -> Mapping[str, int]:
        """Every word of the index with its count."""
        return dict(self.reader.vocabulary("words"))

    @cached_property
    def alone(self) -> Mapping[str, int]:
        """The single characters that are words of their own, but for 的, 在 and their like."""
        return {
            word: count
            for word, count in self.words.items()
            if len(word) == 1 and word not in function_words()
        }

    @cached_property
    def commonest_alone(self) -> Sequence[str]:
        """The same, the commonest first."""
        return sorted(self.alone, key=lambda char: (-self.alone[char], char))

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Every entry of at least two characters by its folded form, a name before a word."""
        found = {
            word: Entry(word, word, count, Reason.WORD)
            for word, count in self.words.items()
            if len(word) > 1 and not word.isdigit()
        }
        for entry in self._names():
            known = found.get(entry.folded)
            count = max(entry.count, known.count if known else 0)
            found[entry.folded] = Entry(entry.text, entry.folded, count, entry.reason)
        return found

    def knows(self, folded: str) -> bool:
        """Tell whether a run is a word or name of the index."""
        return folded in self.entries or folded in self._compounds(folded[:1])

    def weigh(self, folded: str) -> int:
        """Rank a run: a name over a word, a word over anything else."""
        entry = self.entries.get(folded)
        if entry is not None and entry.reason is not Reason.WORD:
            return 2
        return int(self.knows(folded))

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
        for pair, count in self._compounds(folded[:1]).items():
            if pair.startswith(folded) and pair not in self.entries:
                yield Entry(pair, pair, count, Reason.WORD)
        for key in self._sorted[bisect_left(self._sorted, folded) :]:
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

    def compounds_of(self, firsts: Sequence[str], seconds: Sequence[str]) -> Iterator[Entry]:
        """Yield the pairs of these characters that are words though no dictionary has them."""
        counts = self.count_terms("pairs", [one + two for one in firsts for two in seconds])
        for pair, count in counts.items():
            if self._is_compound(pair, count) and pair not in self.entries:
                yield Entry(pair, pair, count, Reason.WORD)

    def _compounds(self, first: str) -> Mapping[str, int]:
        """Find the words with a first character that no dictionary knows: 援疆, 赋能."""
        known = self._compounds_by_first.get(first)
        if known is None:
            pairs = self.reader.vocabulary("pairs", first) if first in self.alone else ()
            known = {pair: count for pair, count in pairs if self._is_compound(pair, count)}
            self._compounds_by_first[first] = known
        return known

    def _is_compound(self, pair: str, count: int) -> bool:
        """Tell whether both halves are words of their own, and mostly stand side by side."""
        if count < COMPOUND_LEAST or not pair.isalpha():
            return False
        rarer, commoner = sorted((self.alone.get(pair[0], 0), self.alone.get(pair[1], 0)))
        return COMPOUND_OF_RARER * rarer <= count <= 2 * rarer and count >= commoner / 10

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
