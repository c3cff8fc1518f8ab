"""How often the word that was meant comes first, on the words and names of the real pages.

The slips are drawn from the tables that corrections are made from, so this measures how well a
known slip is undone, not how many slips are known.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from support.characters import gb2312

from indexer import build_index
from indexer.engines import open_engine
from indexer.settings import Settings
from indexer.suggest import Suggester
from indexer.suggest.lookalikes import look_alikes
from indexer.suggest.readings import read_character, read_word

Slip = Callable[[random.Random, str, int], str]

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text("utf-8"))["suggest"]
EACH = 5  # every fifth word: all of them take a minute and give the same


@cache
def same_sound() -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for char in gb2312():
        found.setdefault(read_character(char)[:1], []).append(char)
    return found


def sound_alike(rng: random.Random, word: str, position: int) -> str:
    usual = read_character(word[position])[:1]
    return rng.choice(same_sound()[usual])


def look_alike(rng: random.Random, word: str, position: int) -> str:
    alike = look_alikes(word[position])
    return rng.choice(alike.tight + alike.loose or word[position])


SLIPS: dict[str, Slip] = {"homophone": sound_alike, "lookalike": look_alike}


@pytest.fixture(scope="module")
def suggester(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Suggester:
    settings = Settings(index=tmp_path_factory.mktemp("suggest") / "index")
    build_index([seeds], settings=settings)
    return Suggester(open_engine(settings).reader())


@pytest.fixture(scope="module")
def words(suggester: Suggester) -> list[str]:
    """The words and names of two to four characters that occur at least twice."""
    vocabulary = suggester.vocabulary
    every = [*vocabulary.reader.vocabulary("words"), *((key, 2) for key in vocabulary.names)]
    kept = (word for word, count in every if 2 <= len(word) <= 4 and count > 1)
    return sorted(word for word in set(kept) if read_word(word))[::EACH]


def misspell(suggester: Suggester, words: list[str], slip: Slip) -> Iterator[tuple[str, str]]:
    """Yield each word with a slip of it that occurs nowhere."""
    rng = random.Random(7)
    for word in words:
        position = rng.randrange(len(word))
        typed = word[:position] + slip(rng, word, position) + word[position + 1 :]
        if not suggester.vocabulary.count_substring(typed):
            yield word, typed


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_undone(suggester: Suggester, words: list[str], slip: str) -> None:
    tried = list(misspell(suggester, words, SLIPS[slip]))
    first = [
        word == next((one.text for one in suggester.suggest(typed, total=0).corrections), "")
        for word, typed in tried
    ]
    assert len(first) > 100
    assert sum(first) / len(first) >= FLOORS[slip]


def test_pinyin_is_spelt_out(suggester: Suggester, words: list[str]) -> None:
    found = [
        [one.text for one in suggester.suggest("".join(read_word(word)), total=0).pinyin]
        for word in words
    ]
    first = [texts[:1] == [word] for texts, word in zip(found, words, strict=True)]
    among = [word in texts for texts, word in zip(found, words, strict=True)]
    assert sum(first) / len(words) >= FLOORS["pinyin_first"]
    assert sum(among) / len(words) >= FLOORS["pinyin_among_five"]


def test_no_word_of_the_pages_is_corrected(suggester: Suggester, words: list[str]) -> None:
    assert [word for word in words if suggester.suggest(word).corrections] == []
