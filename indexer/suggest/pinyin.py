"""Find what the index has for pinyin or initials.

`quzhou` is read in full and may be any substring of the index, also one that is no word: the
likeliest characters are found pair by pair. `qz` are initials and mean its names and words only.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from indexer.suggest.readings import (
    MAX_PINYIN_LETTERS,
    Reading,
    load_syllables,
    plain,
    read_character,
    read_word,
    split_syllables,
)
from indexer.suggest.suggestion import Reason
from indexer.suggest.vocabulary import Vocabulary, VocabularyEntry

LATIN_LETTERS = re.compile(r"[A-Za-z\u00c0-\u024f\u0300-\u030c'’]+")

MAX_SYLLABLE_CUTS = 3
"""Ways of cutting letters into syllables that are tried: xian is xian and xi an."""

CHARACTERS_PER_SYLLABLE = 40
"""The commonest characters of the index that are tried for a syllable: of 33 names that no
dictionary has, .94 come first with 40, .91 with 24 and .79 with 12."""

MAX_INITIALS = 8
MAX_WORDS_JOINED = 60
MAX_SUBSTRINGS_JOINED = 24
"""Initials that may be those of two words, the commonest words that are joined so, and how many of
what they make are searched for, those first whose rarest part is commonest."""

WORDS_PER_INITIAL = 40
"""The commonest one-character words that are tried for an initial: 1,600 pairs are 30 ms."""

MAX_PATHS = 4
MAX_SUBSTRINGS_READ = 24
"""Substrings that are kept for each character tried next while a reading is followed
syllable by syllable, and how many are searched for at last."""


def is_latin(text: str) -> bool:
    """Return whether a text can be pinyin: letters, with or without tones."""
    return LATIN_LETTERS.fullmatch(text) is not None


def spell(vocabulary: Vocabulary, typed: str, limit: int) -> tuple[VocabularyEntry, ...]:
    """Return what pinyin may mean: whole readings, else initials, else shortened ones."""
    letters = plain(typed)
    if not 2 <= len(letters) <= MAX_PINYIN_LETTERS:
        return ()
    for found in (_whole(vocabulary, letters), _shortened(vocabulary, letters)):
        entries = list(found)
        if entries:
            weights = vocabulary.weigh((one.folded for one in entries), other=0.5)
            best = sorted(entries, key=lambda one: -one.count * weights[one.folded])
            return tuple(best[:limit])
    return ()


# ---------------------------------------------------------------- read in full


def _whole(vocabulary: Vocabulary, letters: str) -> list[VocabularyEntry]:
    """Return what is read so; of two characters only words (乌什, not 五示), where any is one."""
    found: dict[str, VocabularyEntry] = {}
    for syllables in split_syllables(letters)[:MAX_SYLLABLE_CUTS]:
        for entry in vocabulary.read_exactly(syllables):
            found.setdefault(entry.folded, replace(entry, reason=Reason.PINYIN))
        for substring, count in vocabulary.count_substrings(
            find_homophones(vocabulary, syllables)
        ).items():
            if count:
                found.setdefault(
                    substring, VocabularyEntry(substring, substring, count, Reason.PINYIN)
                )
    words = vocabulary.find(found)
    return [
        one
        for substring, one in found.items()
        if not words or len(substring) > 2 or substring in words
    ]


def find_homophones(vocabulary: Vocabulary, syllables: Reading) -> tuple[str, ...]:
    """Return the substrings with these syllables whose pairs the index has, likeliest first.

    The likelihood of a substring is the count of its rarest pair.
    """
    if len(syllables) < 2:
        return ()
    homophones = (vocabulary.homophones.get(syllable, "") for syllable in syllables)
    choices = [chars[:CHARACTERS_PER_SYLLABLE] for chars in homophones]
    paths = {char: vocabulary.characters[char] for char in choices[0]}
    for following in choices[1:]:
        pairs = [one + two for one in {path[-1] for path in paths} for two in following]
        paths = _lengthen(paths, following, vocabulary.count_pairs(pairs))
    plausible = (
        substring for substring in paths if read_word(substring) == syllables
    )  # no rare readings
    return tuple(islice(plausible, MAX_SUBSTRINGS_READ))


def _lengthen(
    paths: Mapping[str, int], following: str, counts: Mapping[str, int]
) -> dict[str, int]:
    """Add a character to each path in every way the index has, and keep the best."""
    longer = {
        path + char: min(least, counts[path[-1] + char])
        for path, least in paths.items()
        for char in following
        if counts[path[-1] + char]
    }
    kept = sorted(longer, key=lambda path: (-longer[path], path))[: MAX_PATHS * len(following)]
    return {path: longer[path] for path in kept}


# ---------------------------------------------------------------- shortened


def _shortened(vocabulary: Vocabulary, letters: str) -> Iterator[VocabularyEntry]:
    """Yield what is shortened so to initials; where there is nothing, to beginnings (qzhou)."""
    covered = [
        (entry, reading)
        for entry, reading in vocabulary.read_as(letters)
        if _reaches(letters, reading)
    ]
    initials = [entry for entry, reading in covered if len(reading) == len(letters)]
    if len(letters) == 2:
        initials += begin_compounds(vocabulary, letters)
    if initials:
        yield from (replace(entry, reason=Reason.INITIALS) for entry in initials)
    elif covered:
        yield from (replace(entry, reason=Reason.PINYIN) for entry, _ in covered)
    elif len(letters) <= MAX_INITIALS:
        yield from _join_words(vocabulary, letters)


def _join_words(vocabulary: Vocabulary, letters: str) -> Iterator[VocabularyEntry]:
    """Yield what initials mean as two words that are printed side by side: ndsd 宁德|时代."""
    likely: dict[str, int] = {}
    for cut in range(2, len(letters) - 1):
        heads, tails = (_of_initials(vocabulary, part) for part in (letters[:cut], letters[cut:]))
        joints = {one.folded[-1] + two.folded[0] for one in heads for two in tails}
        counts = vocabulary.count_pairs(joints)
        likely |= {
            one.folded + two.folded: least
            for one in heads
            for two in tails
            if (least := min(one.count, two.count, counts[one.folded[-1] + two.folded[0]]))
        }
    tried = heapq.nlargest(MAX_SUBSTRINGS_JOINED, likely, key=likely.__getitem__)
    for substring, count in vocabulary.count_substrings(tried).items():
        if count:
            yield VocabularyEntry(substring, substring, count, Reason.INITIALS)


def _of_initials(vocabulary: Vocabulary, letters: str) -> list[VocabularyEntry]:
    """Return the commonest words and names with these initials."""
    found = (one for one, reading in vocabulary.read_as(letters) if len(reading) == len(letters))
    return heapq.nlargest(MAX_WORDS_JOINED, found, key=lambda one: one.count)


def begin_compounds(vocabulary: Vocabulary, letters: str) -> Iterator[VocabularyEntry]:
    """Find the words outside dictionaries whose pinyin can begin so: yj, yuanj."""
    for cut in range(1, len(letters)):
        head, tail = letters[:cut], letters[cut:]
        if cut == 1 or head in load_syllables():
            firsts = _alone(vocabulary, head, whole=cut > 1)
            seconds = _alone(vocabulary, tail, whole=False)
            counts = vocabulary.count_pairs(one + two for one in firsts for two in seconds)
            yield from vocabulary.find_compounds(counts).values()


def _alone(vocabulary: Vocabulary, letters: str, *, whole: bool) -> list[str]:
    """Return the commonest words of one character that are read so, or so from the beginning."""
    held = vocabulary.alone_by_initial.get(letters[:1], "")
    read = ((char, read_character(char)[0]) for char in held)
    found = (char for char, one in read if (one == letters if whole else one.startswith(letters)))
    return list(islice(found, WORDS_PER_INITIAL))


def _reaches(letters: str, reading: Reading) -> bool:
    """Return whether letters shorten a whole word: each syllable has its share, the last too."""
    if not reading:
        return not letters
    first = reading[0]
    return any(
        letters.startswith(first[:end]) and _reaches(letters[end:], reading[1:])
        for end in range(len(first), 0, -1)
    )
