"""Compare ways of cutting a few characters into words: how well a place name fits among them.

The analyser cuts a text in one way, the most likely by the frequency of words; a name that runs
across its boundaries is hidden (佛|山海关), and one within them may be an accident (网络|上海|量).
Here a cut costs one point a word and one more for a single character that is seldom a word, so
that few whole words win, as in the maximum matching of MMSEG.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf

from indexer.analysis import frequencies
from indexer.places import rules

WORD_COST = 1.0
SINGLE_CHARACTER_COST = 2.0  # a character of its own that is no function word
LOCATIVE_COST = 1.5
MAX_CUT_WORD_CHARS = 4
MIN_WORD_FREQUENCY = 5  # below, jieba's dictionary holds many accidents
MAX_CACHED_WORD_CUTS = 1 << 16


@lru_cache(maxsize=MAX_CACHED_WORD_CUTS)
def cut_cost(text: str) -> float:
    """Return the cost of the cheapest cut of a short text."""
    costs = [0.0]
    for end in range(1, len(text) + 1):
        starts = range(max(0, end - MAX_CUT_WORD_CHARS), end)
        costs.append(min(costs[start] + word_cost(text[start:end]) for start in starts))
    return costs[-1]


def word_cost(word: str) -> float:
    """Return what one word costs in a cut, infinity for several characters that are none."""
    if len(word) == 1:
        if word in rules.LOCATIVE_SUFFIXES:
            return LOCATIVE_COST
        return (
            SINGLE_CHARACTER_COST
            if "一" <= word <= "龥" and word not in rules.FUNCTION_WORDS
            else WORD_COST
        )
    return WORD_COST if is_word(word) else inf


def starts_with_word(text: str) -> bool:
    """Return whether two or three characters, at most, begin with a word of several."""
    return is_word(text[:2]) or is_word(text)


@lru_cache(maxsize=MAX_CACHED_WORD_CUTS)
def is_word(text: str, frequency: int = MIN_WORD_FREQUENCY) -> bool:
    """Return whether a word list has several characters as one word, at least so frequent."""
    return text in rules.EXTRA_WORDS or (frequencies().get(text) or 0) >= frequency
