"""Patterns match where the plain expression does, and no pattern takes long."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import is_word_char
from indexer.engines.wildcards import make_pattern
from indexer.model import WILDCARD_REACH

TEXTS = st.text("甲乙a，。 ", max_size=24)
PATTERNS = st.text("甲乙a?*", min_size=1, max_size=6)


def plain(pattern: str, text: str) -> re.Pattern[str]:
    """Write a pattern as an expression over the solid characters of a text."""
    char = "[" + "".join(sorted({one for one in text + "甲" if is_word_char(one)})) + "]"
    signs = {"?": char, "*": f"{char}{{0,{WILDCARD_REACH}}}"}
    return re.compile("".join(signs.get(one, one) for one in pattern))


@given(PATTERNS, TEXTS)
def test_a_pattern_matches_where_the_plain_expression_does(pattern: str, text: str) -> None:
    made, expression = make_pattern(pattern), plain(pattern, text)
    assert made is not None
    found = list(made.find(text))
    assert bool(found) == bool(expression.search(text))
    assert all(expression.fullmatch(text[start:end]) for start, end in found)
    first = expression.search(text)
    assert first is None or min(start for start, _ in found) == first.start()


def test_stars_do_not_multiply() -> None:
    made = make_pattern("的" + "?*" * 8 + "的*的*的*的*的*的*的*了")
    assert made is not None
    assert not list(made.find("的" * 5000 + "，了"))
    assert list(made.find("的" * 5000 + "了"))


def test_an_empty_pattern_matches_nowhere() -> None:
    assert make_pattern("") is None
