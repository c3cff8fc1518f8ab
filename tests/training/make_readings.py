"""Make `readings.tsv`, toneless readings of characters and words, from pypinyin's dictionaries.

Run once, by hand, with pypinyin installed:

    python tests/training/make_readings.py indexer/data/readings.tsv

A character line holds its readings, the usual one first; a word line is there only where a word is
not read as its characters usually are (重庆, 银行). Read by us rather than through pypinyin at
substring time, because its import costs .7 s and 4 MB, and each word 40 µs. The data is that of
pypinyin 0.55 (pinyin-data and phrase-pinyin-data, MIT license). ü is written v.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
from support.characters import gb2312

from indexer.suggest.readings import MAX_READ_WORD_CHARS, plain, read

MAX_READINGS = 4
"""Of a character: what follows is archaic."""


def read_characters(characters: str) -> dict[str, tuple[str, ...]]:
    """Map each character to its readings, the usual one first."""
    readings = {}
    for char in characters:
        given = map(plain, PINYIN_DICT.get(ord(char), "").split(","))
        readings[char] = tuple(dict.fromkeys(filter(None, given)))[:MAX_READINGS]
    return {char: found for char, found in readings.items() if found}


def read_words(characters: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Map each word that is not read as its parts are to its reading, shorter words first."""
    words: dict[str, tuple[str, ...]] = {}
    for word in sorted(PHRASES_DICT, key=lambda word: (len(word), word)):
        if not 1 < len(word) <= MAX_READ_WORD_CHARS or not all(char in characters for char in word):
            continue
        reading = tuple(plain(choices[0]) for choices in PHRASES_DICT[word])
        if read(word, characters, words) != reading:
            words[word] = reading
    return words


def make_lines() -> Iterator[str]:
    """Yield the lines of the file, characters before words."""
    characters = read_characters(gb2312())
    for text, readings in (*characters.items(), *read_words(characters).items()):
        yield f"{text}\t{' '.join(readings)}\n"


def main() -> None:
    """Write the file named on the command line."""
    header = "".join(f"# {line}".rstrip() + "\n" for line in (__doc__ or "").splitlines())
    Path(sys.argv[1]).write_text(header + "".join(make_lines()), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
