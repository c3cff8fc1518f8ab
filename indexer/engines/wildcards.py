"""Find patterns with `?` and `*` in normalised texts, in time linear in the text.

An expression of `re` would do for most patterns, but tries every way of sharing characters among
several stars: one query of nine characters kept it busy for minutes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import SEPARATOR_CATEGORIES
from indexer.model import WILDCARD_REACH, find_starts

_SEPARATOR_CODE_POINTS = 0x20000
"""There is no blank and no punctuation beyond the second plane (Unicode 16)."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Substrings with gaps between them, each between two numbers of solid characters wide."""

    substrings: tuple[str, ...]
    gaps: tuple[tuple[int, int], ...]

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Return every end of the pattern in a text, each with its earliest start, in order."""
        breaks = [found.start() for found in _unsolid().finditer(text)]
        starts = list(find_starts(text, self.substrings[0]))
        ends = [start + len(self.substrings[0]) for start in starts]
        for substring, (least, most) in zip(self.substrings[1:], self.gaps, strict=True):
            before, begins = ends, starts
            ends, starts = [], []
            if not before:
                break
            for position in find_starts(text, substring):
                broken = bisect_left(breaks, position)
                first = max(position - most, breaks[broken - 1] + 1 if broken else 0)
                number = bisect_left(before, first)
                if number < len(before) and before[number] <= position - least:
                    ends.append(position + len(substring))
                    starts.append(begins[number])
        return zip(starts, ends, strict=True)


@lru_cache(maxsize=1024)
def make_pattern(pattern: str) -> Pattern | None:
    """Take a pattern apart; `None` for an empty one, which occurs nowhere."""
    if not pattern:
        return None
    substrings, gaps = [""], []
    for piece in re.findall(r"[?*]+|[^?*]+", pattern):
        if piece[0] in "?*":
            least = piece.count("?")
            gaps.append((least, least + WILDCARD_REACH * piece.count("*")))
            substrings.append("")
        else:
            substrings[-1] = piece
    return Pattern(tuple(substrings), tuple(gaps))


@cache
def break_table() -> NDArray[np.bool_]:
    """Return which code points no gap holds; those beyond the table may be in gaps."""
    return np.array(
        [category(chr(code)) in SEPARATOR_CATEGORIES for code in range(_SEPARATOR_CODE_POINTS)]
    )


@cache
def _unsolid() -> re.Pattern[str]:
    chars = map(chr, np.flatnonzero(break_table()).tolist())
    return re.compile(f"[{''.join(map(re.escape, chars))}]")
