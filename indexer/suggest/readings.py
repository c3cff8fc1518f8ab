"""Return the pinyin of Chinese words, without tones, and cut typed pinyin into syllables.

The tables are `data/readings.tsv` (pypinyin's) and `data/place_readings.tsv` (ours: places that
are not read as written).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Set
from functools import cache, lru_cache
from types import MappingProxyType

from indexer.files import read_data_lines
from indexer.model.spans import count_shared

MAX_READ_WORD_CHARS = 4
"""Characters of the longest word that has a reading of its own: longer ones are made of these."""

MAX_PINYIN_LETTERS = 36
"""Letters of the longest pinyin that is looked at: six syllables of six."""

PASSPORT_SPELLINGS = {"lyu": "lv", "nyu": "nv", "lyue": "lve", "nyue": "nve"}
"""How passports write ü."""

Reading = tuple[str, ...]


@cache
def load_readings() -> tuple[Mapping[str, Reading], Mapping[str, Reading]]:
    """Load the readings of characters (usual one first) and of words (places over the rest)."""
    characters: dict[str, Reading] = {}
    words: dict[str, Reading] = {}
    for name in ("readings.tsv", "place_readings.tsv"):
        for line in read_data_lines(name):
            text, _, readings = line.partition("\t")
            if readings:
                (characters if len(text) == 1 else words)[text] = tuple(readings.split())
    return MappingProxyType(characters), MappingProxyType(words)


def read_word(word: str) -> Reading:
    """Read a word, nothing when a character of it is not in the tables."""
    characters, words = load_readings()
    if word in words:
        return words[word]
    return read(word, characters, words) if all(char in characters for char in word) else ()


def read_character(char: str) -> Reading:
    """Return every reading of a character, the usual one first."""
    return load_readings()[0].get(char, ())


@cache
def load_all_readings() -> Mapping[str, Set[str]]:
    """Map a character to every syllable that it is read as, alone or in a word of the tables."""
    characters, words = load_readings()
    found = defaultdict(set, {char: set(readings) for char, readings in characters.items()})
    for word, reading in words.items():
        for char, syllable in zip(word, reading, strict=True):
            found[char].add(syllable)
    return dict(found)


def read(word: str, characters: Mapping[str, Reading], words: Mapping[str, Reading]) -> Reading:
    """Read a word by its longest parts that have a reading of their own."""
    syllables: list[str] = []
    start = 0
    while start < len(word):
        for end in range(min(len(word), start + MAX_READ_WORD_CHARS), start + 1, -1):
            if word[start:end] in words:
                syllables += words[word[start:end]]
                start = end
                break
        else:
            syllables.append(characters[word[start]][0])
            start += 1
    return tuple(syllables)


@cache
def load_syllables() -> frozenset[str]:
    """Collect every syllable that a character has, but for grunts (n, hm)."""
    found = {syllable for readings in load_readings()[0].values() for syllable in readings}
    return frozenset(syllable for syllable in found if set(syllable) & set("aeiouv"))


def plain(typed: str) -> str:
    """Take tones, apostrophes and blanks off pinyin: `Lǜ'an` is `lvan`."""
    base = unicodedata.normalize("NFD", typed.lower()).replace("u\u0308", "v")
    return "".join(char for char in base if char.isascii() and char.isalpha())


@lru_cache(maxsize=1024)
def blur(syllable: str) -> str:
    """Level what many speakers do not distinguish: zh z, ch c, sh s, -ng -n, ü u."""
    return re.sub(r"ng$", "n", re.sub(r"^([zcs])h", r"\1", syllable)).replace("v", "u")


@lru_cache(maxsize=256)
def split_syllables(letters: str) -> tuple[Reading, ...]:
    """Cut letters into syllables in every way there is: xian is xian and xi an; fewest first."""
    if len(letters) > MAX_PINYIN_LETTERS:
        return ()
    ways: list[list[Reading]] = [[()]]
    for end in range(1, len(letters) + 1):
        found = [
            (*way, syllable)
            for start in range(max(0, end - 6), end)
            if (syllable := PASSPORT_SPELLINGS.get(letters[start:end], letters[start:end]))
            in load_syllables()
            for way in ways[start]
        ]
        ways.append(sorted(found, key=len)[:8])
    return tuple(ways[-1]) if letters else ()


def begins(letters: str, syllables: Reading) -> bool:
    """Return whether typing a word's pinyin can begin so: each syllable whole or cut short.

    `quz`, `quzhou`, `qz` and `qzhou` begin 衢州; no syllable is passed over.
    """
    if not letters:
        return True
    if not syllables:
        return False
    shared = count_shared(letters, syllables[0])
    return any(begins(letters[end:], syllables[1:]) for end in range(shared, 0, -1))
