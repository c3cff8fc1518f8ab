"""How usual the characters of a text are in Chinese of either script.

The characters of bytes that were read in a wrong encoding are seldom usual ones.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache

from indexer.files import read_data_lines

SAMPLE_CHARS = 20_000
MAX_SCANNED = 1_000_000  # characters in which a sample is looked for

_RANK_OFFSET = 30
RARE_CHARACTER_LOG_ODDS = -12.0
_MARK_LOG_ODDS = -4.0
_KANA_MARK_LOG_ODDS = -6.0
"""Log-probabilities: of the character at rank r of the frequent ones -log(r + 30), of any other
character, of Chinese punctuation and full-width forms, and of kana."""

_CANTONESE_CHARACTERS = (
    "佢哋嘅喺唔啲嚟咗冇乜嘢咁噉俾畀睇攞揾搵瞓嗰㗎嘞喇啩咩咪嗌攰靚嬲嘥噏諗掂佬仔衞裏綫麪廸"
)
_CANTONESE_RANK = 300
"""Characters of Cantonese and of Hong Kong print, which jieba's dictionary has hardly, and the rank
they are given."""

KANA_LETTER = re.compile("[\u3041-\u30fa]")
_UNEXPECTED_IN_ASCII = re.compile("[^\t\n\v\f\r -~]")
_USUAL_MARKS = re.compile(
    "[\u2010-\u2026\u2460-\u2473\u25a0-\u25cf\u3000-\u3017\uff01-\uff5e·×℃Ⅰ-Ⅻ]"
)


@cache
def _by_character() -> Mapping[str, float]:
    """Map frequent ideographs of both scripts to the logarithm of how frequent they are."""
    entries = " ".join(read_data_lines("common_characters.txt")).split()
    ranked = {char: rank for rank, characters in enumerate(entries) for char in characters}
    ranked = dict.fromkeys(_CANTONESE_CHARACTERS, _CANTONESE_RANK) | ranked
    return _CharacterLogProbabilities(
        {char: -math.log(rank + _RANK_OFFSET) for char, rank in ranked.items()}
    )


class _CharacterLogProbabilities(dict[str, float]):
    """Log-probabilities of characters; those of marks are added when first asked for."""

    def __missing__(self, char: str) -> float:
        self[char] = chance = _of_mark(char)
        return chance


def plausibility(text: str) -> float:
    """Return the mean log-probability of the characters of a text that are not ASCII."""
    chances = log_probabilities(text)
    return sum(chances) / len(chances) if chances else _MARK_LOG_ODDS


def log_probabilities(text: str) -> list[float]:
    """Return the log-probability of each character that is not ASCII, of the first ones."""
    sample = _UNEXPECTED_IN_ASCII.findall(text[:MAX_SCANNED])[:SAMPLE_CHARS]
    return list(map(_by_character().__getitem__, sample))


def _of_mark(char: str) -> float:
    if _USUAL_MARKS.match(char):
        return _MARK_LOG_ODDS
    return _KANA_MARK_LOG_ODDS if KANA_LETTER.match(char) else RARE_CHARACTER_LOG_ODDS
