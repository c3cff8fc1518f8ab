"""Score how much likelier two substrings are as one than apart.

The most likely segmentation of both together is compared with the most likely ones of each, by the
word frequencies of jieba's dictionary.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import inf, log

from indexer.analysis import frequencies

DICTIONARY_CONTEXT_CHARS = 5
"""Characters on each side that are asked: most words that a joint can cut have four or fewer."""

MAX_DICTIONARY_LOG_RATIO = 8.0
"""Logarithm at which the ratio is clipped: names of places reach more."""

_LAST_IDEOGRAPHS = re.compile(r"[\u4e00-\u9fd5]*$")
_FIRST_IDEOGRAPHS = re.compile(r"[\u4e00-\u9fd5]*")


def dictionary_log_ratio(before: str, after: str) -> float:
    """Return the log of how much likelier two Simplified texts are as one than apart.

    It is 0 to `MAX_DICTIONARY_LOG_RATIO`.
    """
    left, right = (
        _end(before[-DICTIONARY_CONTEXT_CHARS:]),
        _beginning(after[:DICTIONARY_CONTEXT_CHARS]),
    )
    if not left or not right:
        return 0.0
    gain = _likelihood(left + right) - _likelihood(left) - _likelihood(right)
    return max(0.0, min(MAX_DICTIONARY_LOG_RATIO, gain))


def _end(text: str) -> str:
    found = _LAST_IDEOGRAPHS.search(text)
    return found.group() if found else ""


def _beginning(text: str) -> str:
    found = _FIRST_IDEOGRAPHS.match(text)
    return found.group() if found else ""


@lru_cache(maxsize=4096)
def _likelihood(substring: str) -> float:
    """Return the log of the likelihood of the best cut of a substring."""
    words = frequencies()
    log_total, best = log(words.total), [0.0] * (len(substring) + 1)
    for start in range(len(substring) - 1, -1, -1):
        top, end = -inf, start + 1
        while end <= len(substring) and (count := words.get(substring[start:end])) is not None:
            if count:
                top = max(top, log(count) - log_total + best[end])
            end += 1
        best[start] = top if top > -inf else best[start + 1] - log_total
    return best[0]
