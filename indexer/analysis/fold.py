"""Fold a text to one of the same length, in which characters that people type alike are alike.

Width and case (NFKC and case folding, where one character becomes one), Traditional, Japanese and
old print forms to Simplified, quotation marks, dashes, middle dots, blanks. One character always
becomes one, so an offset in the folded text is an offset in the printed one. What takes more than
that (characters that are dropped, expanded or composed) is the subject of `normalize`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from indexer.files import DATA_FOLDER, read_data_lines

FOLD_TABLE_FILE = DATA_FOLDER / "fold.txt"

MIN_ARRAY_CHARS = 64
"""Characters from which an array is looked up at once: 4 instead of 27 µs for 210 characters."""

_REPLACEMENT_CODE_POINT = 0xFFFD  # what a lone surrogate folds to: no index can store it


@dataclass(frozen=True, slots=True)
class Table:
    """What characters become: one other, several or none; and those that mark the one before."""

    single: Mapping[int, int]
    expansions: Mapping[str, str]
    marks: frozenset[str]


def fold(text: str) -> str:
    """Fold a text one-to-one; folding again changes nothing."""
    if len(text) < MIN_ARRAY_CHARS:
        return text.translate(load_table().single)
    return _codes()[to_codes(text)].tobytes().decode("utf-32-le")


def simplify(text: str) -> str:
    """Return a text in Simplified script, character for character, its marks as printed."""
    codes = to_codes(text)
    is_han = (codes >= 0x3400) & (codes <= 0x9FFF)
    simplified = np.where(is_han, to_codes(fold(text)), codes)
    return simplified.tobytes().decode("utf-32-le", "surrogatepass")


def to_codes(text: str) -> NDArray[np.uint32]:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))


@cache
def _codes() -> NDArray[np.uint32]:
    """Lay out what every code point folds to."""
    codes = np.arange(sys.maxunicode + 1, dtype=np.dtype("<u4"))
    single = load_table().single
    codes[list(single)] = list(single.values())
    return codes


@cache
def load_table() -> Table:
    """Read the table: hexadecimal code points, `+` before those of marks."""
    single = dict.fromkeys(range(0xD800, 0xE000), _REPLACEMENT_CODE_POINT)
    expansions, marks = {}, []
    for line in read_data_lines(FOLD_TABLE_FILE.name):
        source, _, target = line.partition(" ")
        if source == "+":
            marks += [chr(int(code, 16)) for code in target.split()]
        elif target and " " not in target:
            single[int(source, 16)] = int(target, 16)
        else:
            expansions[chr(int(source, 16))] = "".join(
                chr(int(code, 16)) for code in target.split()
            )
    return Table(single, expansions, frozenset(marks))
