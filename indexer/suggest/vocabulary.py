"""Look up words, places and authors of an index: by prefix, by pinyin, by count.

Everything is read from the index when it is first asked for, and kept as long as the commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from indexer.analysis import normal_form
from indexer.analysis.stop_words import function_words
from indexer.bounded_cache import BoundedCache
from indexer.engines.base import Reader
from indexer.model import Every, Filter, Literal, Node, Request, Term
from indexer.suggest.readings import (
    Reading,
    begins,
    blur,
    load_syllables,
    read_character,
    read_word,
)
from indexer.suggest.suggestion import Reason

PLACE_FACETS = ("city", "article_city", "region")
"""The facets that hold names of places; a region is a path, whose last step is its name."""

MAX_CACHED_PAIRS = 20_000

MIN_COMPOUND_PARAGRAPHS = 3
MIN_COMPOUND_SHARE = 0.4
"""Paragraphs that hold a pair, at least, and as a share of those in which its rarer half is a word
of its own: on the five pages this takes 援疆 (120 of 121), 赋能, 南孔 and leaves 兴援, 疆的."""


@dataclass(frozen=True, slots=True)
class VocabularyEntry:
    """A name or word that the index has: as it is shown, folded, and in how many paragraphs."""

    text: str
    folded: str
    count: int
    reason: Reason


class Vocabulary:
    """What one commit can be asked for; safe to share between threads.

    Most questions are a few look-ups in the index; only pinyin needs every word.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._compounds_by_first: dict[str, Mapping[str, int]] = {}
        self._pair_counts = BoundedCache[str, int](MAX_CACHED_PAIRS)

    # ------------------------------------------------------------ counts

    def count_terms(self, field: str, texts: Iterable[str]) -> Mapping[str, int]:
        """Count the paragraphs that hold each term of a field."""
        terms = [Term(field, text) for text in texts]
        return {term.text: count for term, count in self.reader.frequencies(terms).items()}

    def count_pairs(self, pairs: Iterable[str]) -> Mapping[str, int]:
        """Count the paragraphs that hold each pair: the variants of a run have most in common."""
        found = {pair: self._pair_counts.get(pair, -1) for pair in pairs}
        new = dict(self.count_terms("pairs", [one for one, count in found.items() if count < 0]))
        for pair, count in new.items():
            self._pair_counts[pair] = count
        return found | new

    def count_run(self, folded: str, filters: tuple[Filter, ...] = ()) -> int:
        """Count the paragraphs that contain a folded run."""
        return self.count(Literal(folded), filters)

    def count(self, node: Node, filters: tuple[Filter, ...] = ()) -> int:
        """Count the paragraphs that match."""
        return self.reader.find(Request(match=node, filters=filters, size=0)).total

    # ------------------------------------------------------------ characters

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

    @cached_property
    def near_homophones(self) -> Mapping[str, str]:
        """Map a blurred syllable to the characters of the index that are usually read so."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for char in self.characters:
            for syllable in read_character(char)[:1]:
                found[blur(syllable)].append(char)
        return {syllable: "".join(chars) for syllable, chars in found.items()}

    @cached_property
    def alone(self) -> Mapping[str, int]:
        """The characters that are words of their own, but for 的 and its like; commonest first."""
        counts = self.count_terms("words", self.characters.keys() - function_words())
        ranked = sorted(counts, key=lambda char: (-counts[char], char))
        return {char: counts[char] for char in ranked if counts[char]}

    @cached_property
    def alone_by_initial(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Those with their usual readings, by the first letter of these; commonest first."""
        found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for char in self.alone:
            for usual in read_character(char)[:1]:
                found[usual[0]].append((char, usual))
        return found

    # ------------------------------------------------------------ words and names

    @cached_property
    def names(self) -> Mapping[str, VocabularyEntry]:
        """Every place and author that is named, by its folded form."""
        found: dict[str, VocabularyEntry] = {}
        for entry in self._facet_values():
            known = found.get(entry.folded, entry)
            found[entry.folded] = replace(known, count=max(entry.count, known.count))
        counts = self.count_terms("words", found)
        counted = (replace(one, count=max(one.count, counts[key])) for key, one in found.items())
        return {entry.folded: entry for entry in counted if entry.count}

    def find(self, texts: Iterable[str]) -> dict[str, VocabularyEntry]:
        """Return those of some folded texts that are names or words of the index."""
        wanted = [text for text in texts if len(text) > 1]
        counts = self.count_terms("words", wanted)
        found = {}
        for text in wanted:
            if text in self.names:
                found[text] = self.names[text]
            elif counts[text] or text in self._compounds(text[0]):
                count = counts[text] or self._compounds(text[0])[text]
                found[text] = VocabularyEntry(text, text, count, Reason.WORD)
        return found

    def contains(self, folded: str) -> bool:
        """Return whether a run is a word or name of the index."""
        return bool(self.find([folded]))

    def weigh(self, folded: str) -> int:
        """Rank a run: a name over a word, a word over anything else."""
        return 2 if folded in self.names else int(self.contains(folded))

    def begin_with(self, folded: str) -> Iterator[VocabularyEntry]:
        """Yield the words and names that begin with a folded prefix."""
        names = {key: one for key, one in self.names.items() if key.startswith(folded)}
        yield from names.values()
        compounds = self._compounds(folded[0])
        for word, count in (*self.reader.vocabulary("words", folded), *compounds.items()):
            if len(word) > 1 and word.startswith(folded) and word not in names:
                yield VocabularyEntry(word, word, count, Reason.WORD)

    def _facet_values(self) -> Iterator[VocabularyEntry]:
        """Yield places and authors; the count of a region is that of all places in it."""
        request = Request(match=Every(), facets=(*PLACE_FACETS, "author"), size=0)
        for facet, values in self.reader.find(request).facets.items():
            for value, count in values.items():
                name = value.rsplit("/", 1)[-1]
                if len(name) > 1:
                    reason = Reason.AUTHOR if facet == "author" else Reason.PLACE
                    naming = count if facet in ("city", "author") else 0
                    folded = normal_form(name)
                    shown = name if " " in folded else "".join(name.split())  # 王　健 is 王健
                    yield VocabularyEntry(shown, folded, naming, reason)

    # ------------------------------------------------------------ words no dictionary has

    def compounds_of(
        self, firsts: Sequence[str], seconds: Sequence[str]
    ) -> Iterator[VocabularyEntry]:
        """Yield the pairs of these characters that are words though no dictionary has them."""
        counts = self.count_pairs([one + two for one in firsts for two in seconds])
        words = self.count_terms("words", [pair for pair, count in counts.items() if count])
        for pair, count in counts.items():
            if self._is_compound(pair, count) and not words[pair]:
                yield VocabularyEntry(pair, pair, count, Reason.WORD)

    def _compounds(self, first: str) -> Mapping[str, int]:
        """Find the words with a first character that are in no dictionary: 援疆, 赋能."""
        known = self._compounds_by_first.get(first)
        if known is None:
            pairs = self.reader.vocabulary("pairs", first) if first in self.alone else ()
            found = {pair: count for pair, count in pairs if self._is_compound(pair, count)}
            words = self.count_terms("words", found)
            known = {pair: count for pair, count in found.items() if not words[pair]}
            self._compounds_by_first[first] = known
        return known

    def _is_compound(self, pair: str, count: int) -> bool:
        """Return whether both halves are words of their own, and mostly side by side."""
        if count < MIN_COMPOUND_PARAGRAPHS or not pair.isalpha():
            return False
        rarer, commoner = sorted((self.alone.get(pair[0], 0), self.alone.get(pair[1], 0)))
        return MIN_COMPOUND_SHARE * rarer <= count <= 2 * rarer and count >= commoner / 10

    # ------------------------------------------------------------ pinyin

    def read_as(self, letters: str) -> Iterator[tuple[VocabularyEntry, Reading]]:
        """Yield the entries whose pinyin can begin with the letters, with their readings."""
        inside = any(syllable.startswith(letters) for syllable in load_syllables())
        for first, second in self._initials:
            if first == letters[:1] and (inside or second in letters[1:]):
                for entry, reading in self._initials[first, second]:
                    if begins(letters, reading):
                        yield entry, reading

    def read_exactly(self, syllables: Reading) -> Iterator[VocabularyEntry]:
        """Yield the entries that are read so, syllable for syllable."""
        if len(syllables) > 1:
            for entry, reading in self._initials.get((syllables[0][0], syllables[1][0]), ()):
                if len(entry.folded) == len(syllables) and reading == syllables:
                    yield entry

    def names_read(self, syllables: Reading) -> Iterator[tuple[VocabularyEntry, Reason]]:
        """Yield the names that are read so, or almost so."""
        for entry in self._names_by_reading.get(tuple(map(blur, syllables)), ()):
            exact = read_word(entry.folded) == syllables
            yield entry, Reason.HOMOPHONE if exact else Reason.NEAR_HOMOPHONE

    @cached_property
    def _names_by_reading(self) -> Mapping[Reading, Sequence[VocabularyEntry]]:
        found: defaultdict[Reading, list[VocabularyEntry]] = defaultdict(list)
        for entry in self.names.values():
            found[tuple(map(blur, read_word(entry.folded)))].append(entry)
        found.pop((), None)
        return found

    @cached_property
    def _initials(self) -> Mapping[tuple[str, str], Sequence[tuple[VocabularyEntry, Reading]]]:
        """Group what can be read, and how, by the first letters of its first two syllables."""
        words = (
            VocabularyEntry(word, word, n, Reason.WORD)
            for word, n in self.reader.vocabulary("words")
        )
        found: defaultdict[tuple[str, str], list[tuple[VocabularyEntry, Reading]]] = defaultdict(
            list
        )
        for entry in (
            *self.names.values(),
            *(one for one in words if one.folded not in self.names),
        ):
            reading = read_word(entry.folded) if len(entry.folded) > 1 else ()
            if reading:
                found[reading[0][0], reading[1][0]].append((entry, reading))
        return found
