"""Stop words: function words and question words, normalised."""

from __future__ import annotations

from functools import cache

from indexer.analysis.normalize import normal_form
from indexer.files import read_data_lines


@cache
def question_words() -> frozenset[str]:
    """Return the words that ask: 什么, 如何."""
    return _read_words("question_words.txt")


@cache
def function_words() -> frozenset[str]:
    """Return the words that only join others: 的, 与."""
    return _read_words("function_words.txt")


def _read_words(name: str) -> frozenset[str]:
    return frozenset(normal_form(word) for line in read_data_lines(name) for word in line.split())
