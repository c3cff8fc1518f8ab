"""Look up words, places and authors of an index: by prefix, by pinyin, by count.

Everything is read from the index when it is first asked for, and kept as long as the commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, groupby
from string import ascii_lowercase

from indexer.analysis import normal_form
from indexer.analysis.stop_words import function_words
from indexer.bounded_cache import BoundedCache
from indexer.engines.base import Reader
from indexer.model import Every, Filter, Literal, Node, Request, Term
from indexer.model.spans import count_shared
from indexer.suggest.readings import (
    Reading,
    begins,
    blur,
    load_all_readings,
    read_character,
    read_word,
)
from indexer.suggest.suggestion import Reason

PLACE_FACETS = ("city", "article_city", "region")
"""The facets that hold names of places; a region is a path, whose last step is its name."""

MAX_CACHED_COUNTS = 50_000

NAME_WEIGHT = 3.0
"""What a name counts for beside a word."""

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


ReadEntries = Sequence[tuple[VocabularyEntry, Reading]]


class Vocabulary:
    """What one commit can be asked for; safe to share between threads.

    Most questions are a few look-ups in the index; pinyin goes through words, syllable by syllable.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._word_counts = BoundedCache[str, int](MAX_CACHED_COUNTS)
        self._substring_counts = BoundedCache[str, int](MAX_CACHED_COUNTS)
        self._readings: dict[tuple[str, str], ReadEntries] = {}

    # ------------------------------------------------------------ counts

    def count_words(self, texts: Iterable[str]) -> Mapping[str, int]:
        """Count the paragraphs that hold each text as a word."""

        def count(new: Sequence[str]) -> Iterable[int]:
            terms = [Term("words", text) for text in new]
            return map(self.reader.frequencies(terms).__getitem__, terms)  # they come in any order

        return _count_new(self._word_counts, texts, count)

    def count_pairs(self, pairs: Iterable[str]) -> Mapping[str, int]:
        """Count the paragraphs that hold each pair of characters side by side."""
        wanted = list(dict.fromkeys(pairs))
        return dict(zip(wanted, self.reader.pair_counts(wanted), strict=True))

    def count_substrings(
        self, substrings: Sequence[str], filters: tuple[Filter, ...] = ()
    ) -> Mapping[str, int]:
        """Count the paragraphs that contain each of some folded substrings."""
        if filters:
            return {substring: self.count(Literal(substring), filters) for substring in substrings}

        def count(new: Sequence[str]) -> Iterable[int]:
            return self.reader.match_counts(tuple(map(Literal, new)))

        return _count_new(self._substring_counts, substrings, count)

    def count_substring(self, folded: str, filters: tuple[Filter, ...] = ()) -> int:
        """Count the paragraphs that contain a folded substring."""
        return self.count_substrings((folded,), filters)[folded]

    def count(self, node: Node, filters: tuple[Filter, ...] = ()) -> int:
        """Count the paragraphs that match."""
        if isinstance(node, Literal) and not filters:
            return self.count_substring(node.text)
        if not filters:
            return self.reader.match_counts((node,))[0]
        return self.reader.find(Request(match=node, filters=filters, size=0)).total

    # ------------------------------------------------------------ characters

    @cached_property
    def characters(self) -> Mapping[str, int]:
        """Every character of the index with its count, commonest first."""
        counted = sorted(self.reader.vocabulary("chars"), key=lambda one: (-one[1], one[0]))
        return dict(counted)

    @cached_property
    def homophones(self) -> Mapping[str, str]:
        """Map a syllable to the characters of the index that can be read so, commonest first."""
        return _group(self.characters, read_character)

    @cached_property
    def near_homophones(self) -> Mapping[str, str]:
        """Map a blurred syllable to the characters of the index that are usually read so."""
        return _group(self.characters, lambda char: map(blur, read_character(char)[:1]))

    @cached_property
    def alone(self) -> Mapping[str, int]:
        """The characters that are words of their own, but for 的 and its like; commonest first."""
        counts = self.count_words(self.characters.keys() - function_words())
        ranked = sorted(counts, key=lambda char: (-counts[char], char))
        return {char: counts[char] for char in ranked if counts[char]}

    def is_word_alone(self, char: str) -> bool:
        """Return whether a character is a word of its own, but for 的 and its like."""
        return char not in function_words() and self.count_words((char,))[char] > 0

    @cached_property
    def alone_by_initial(self) -> Mapping[str, str]:
        """Map a letter to those whose usual reading begins with it, commonest first."""
        return _group(self.alone, lambda char: (one[0] for one in read_character(char)[:1]))

    # ------------------------------------------------------------ words and names

    @cached_property
    def names(self) -> Mapping[str, VocabularyEntry]:
        """Every place and author that is named, by its folded form."""
        found: dict[str, VocabularyEntry] = {}
        for entry in self._facet_values():
            known = found.get(entry.folded, entry)
            found[entry.folded] = replace(known, count=max(entry.count, known.count))
        counts = self.count_words(found)
        counted = (replace(one, count=max(one.count, counts[key])) for key, one in found.items())
        return {entry.folded: entry for entry in counted if entry.count}

    def find(self, texts: Iterable[str]) -> dict[str, VocabularyEntry]:
        """Return those of some folded texts that are names or words of the index."""
        wanted = [text for text in texts if len(text) > 1]
        found = {text: _word(text, n) for text, n in self.count_words(wanted).items() if n}
        pairs = [one for one in wanted if len(one) == 2 and one not in found]
        found |= self.find_compounds(self.count_pairs(pairs)) if pairs else {}
        return found | {text: self.names[text] for text in wanted if text in self.names}

    def contains(self, folded: str) -> bool:
        """Return whether a substring is a word or name of the index."""
        return bool(self.find([folded]))

    def weigh(self, texts: Iterable[str], *, other: float) -> dict[str, float]:
        """Return what texts count for: names are what people look for, `other` for no word."""
        texts = list(texts)
        words = self.find(texts)
        return {
            text: NAME_WEIGHT if text in self.names else 1.0 if text in words else other
            for text in texts
        }

    def begin_with(self, folded: str) -> Iterator[VocabularyEntry]:
        """Yield the words and names that begin with a folded prefix."""
        yield from self.listed(folded)
        if len(folded) == 1 and folded not in function_words():
            compounds = self.find_compounds(dict(self.reader.vocabulary("pairs", folded))).items()
            yield from (one for pair, one in compounds if pair not in self.names)

    def listed(self, folded: str) -> Iterator[VocabularyEntry]:
        """Yield the names and the dictionary's words that begin with a folded prefix."""
        names = {key: one for key, one in self.names.items() if key.startswith(folded)}
        yield from names.values()
        for word, count in self.reader.vocabulary("words", folded):
            if len(word) > 1 and word not in names:
                yield _word(word, count)

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

    def find_compounds(self, counts: Mapping[str, int]) -> dict[str, VocabularyEntry]:
        """Return those of some counted pairs that are words though in no dictionary: 援疆, 赋能."""
        counts = {
            pair: count
            for pair, count in counts.items()
            if count >= MIN_COMPOUND_PARAGRAPHS and pair.isalpha()
        }
        alone = self.count_words({*"".join(counts)} - function_words())
        found = {
            pair: count
            for pair, count in counts.items()
            if _are_mostly_together(count, *(alone.get(char, 0) for char in pair))
        }
        words = self.count_words(found)
        return {pair: _word(pair, count) for pair, count in found.items() if not words[pair]}

    # ------------------------------------------------------------ pinyin

    def read_as(self, letters: str) -> Iterator[tuple[VocabularyEntry, Reading]]:
        """Yield the entries whose pinyin can begin with the letters, with their readings."""
        for first in self._counted_by_syllable:
            if first[0] != letters[:1]:
                continue
            shared = count_shared(letters, first)
            following = letters[1 : shared + 1] if shared < len(letters) else ascii_lowercase
            for initial in dict.fromkeys(following):
                for entry, reading in self._read_from(first, initial):
                    if begins(letters, reading):
                        yield entry, reading

    def read_exactly(self, syllables: Reading) -> Iterator[VocabularyEntry]:
        """Yield the entries that are read so, syllable for syllable."""
        if len(syllables) > 1:
            first, second, *_ = syllables
            for entry, reading in self._read_from(first, second[0]):
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

    def _read_from(self, first: str, initial: str) -> ReadEntries:
        """Return what is read so from the beginning: a syllable and the letter after it."""
        found = self._readings.get((first, initial))
        if found is None:
            found = self._readings[first, initial] = [
                (self.names.get(text) or _word(text, count), reading)
                for text, count in self._counted_by_syllable.get(first, ())
                if initial in self._initials.get(text[1], "")
                for reading in (read_word(text),)
                if reading and reading[0] == first and reading[1][0] == initial
            ]
        return found

    @cached_property
    def _initials(self) -> Mapping[str, str]:
        """Map a character to the first letters of all that it is read as."""
        read = load_all_readings().items()
        return {char: "".join({one[0] for one in syllables}) for char, syllables in read}

    @cached_property
    def _counted_by_syllable(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        """Map a syllable to the names and words that may begin so, with their counts."""
        found: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        words = (one for one in self.reader.vocabulary("words") if one[0] not in self.names)
        named = ((name, entry.count) for name, entry in self.names.items())
        for char, counted in groupby(chain(named, words), key=lambda one: one[0][0]):
            texts = [one for one in counted if len(one[0]) > 1]
            for syllable in load_all_readings().get(char, ()):
                found[syllable] += texts
        return found


def _are_mostly_together(together: int, first: int, second: int) -> bool:
    """Return whether two characters, given by counts as words of their own, make a word."""
    rarer, commoner = sorted((first, second))
    return MIN_COMPOUND_SHARE * rarer <= together <= 2 * rarer and together >= commoner / 10


def _count_new(
    known: BoundedCache[str, int],
    texts: Iterable[str],
    count: Callable[[Sequence[str]], Iterable[int]],
) -> Mapping[str, int]:
    """Return the count of each text, and keep those that were not known."""
    found = {text: known.get(text, -1) for text in texts}
    new = [text for text, number in found.items() if number < 0]
    for text, number in zip(new, count(new) if new else (), strict=True):
        found[text] = known[text] = number
    return found


def _group(chars: Iterable[str], keys: Callable[[str], Iterable[str]]) -> Mapping[str, str]:
    """Map each key to the characters that have it, in their order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for char in chars:
        for key in keys(char):
            found[key].append(char)
    return {key: "".join(chars) for key, chars in found.items()}


def _word(text: str, count: int) -> VocabularyEntry:
    return VocabularyEntry(text, text, count, Reason.WORD)
