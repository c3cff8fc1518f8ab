"""How usual the characters of a text are in Chinese of either script.

The characters of bytes that were read in a wrong encoding are seldom usual ones.
"""

from __future__ import annotations

import math
import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import to_codes
from indexer.files import read_data_lines

SAMPLE_CHARS = 20_000
MAX_SCANNED = 1_000_000  # characters in which a sample is looked for

_LAST_CODE = 0xFFFF
"""Of the first plane; no character has it, so it serves for those of other planes, all rare."""

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
_USUAL_MARKS = re.compile(
    "[\u2010-\u2026\u2460-\u2473\u25a0-\u25cf\u3000-\u3017\uff01-\uff5e·×℃Ⅰ-Ⅻ]"
)


@cache
def _by_code() -> NDArray[np.float64]:
    """Return the log-probabilities of the characters of the first plane, by their codes.

    Frequent are ideographs of both scripts; what is expected in ASCII has none (NaN).
    """
    entries = " ".join(read_data_lines("common_characters.txt")).split()
    ranked = {char: rank for rank, characters in enumerate(entries) for char in characters}
    ranked = dict.fromkeys(_CANTONESE_CHARACTERS, _CANTONESE_RANK) | ranked
    chances = np.full(_LAST_CODE + 1, RARE_CHARACTER_LOG_ODDS)
    plane = "".join(map(chr, range(_LAST_CODE)))
    chances[to_codes("".join(KANA_LETTER.findall(plane)))] = _KANA_MARK_LOG_ODDS
    chances[to_codes("".join(_USUAL_MARKS.findall(plane)))] = _MARK_LOG_ODDS
    for char, rank in ranked.items():
        chances[ord(char)] = -math.log(rank + _RANK_OFFSET)
    chances[[*range(9, 14), *range(32, 127)]] = np.nan
    return chances


def plausibility(text: str) -> float:
    """Return the mean log-probability of the characters of a text that are not ASCII."""
    chances = log_probabilities(text)
    return float(chances.mean()) if len(chances) else _MARK_LOG_ODDS


def log_probabilities(text: str) -> NDArray[np.float64]:
    """Return the log-probability of each character that is not ASCII, of the first ones."""
    chances = _by_code()[np.minimum(to_codes(text[:MAX_SCANNED]), _LAST_CODE)]
    return chances[~np.isnan(chances)][:SAMPLE_CHARS]
