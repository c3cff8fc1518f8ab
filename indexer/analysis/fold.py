"""Text in, text of the same length out, in which what people type alike is alike.

Width and case (NFKC and case folding, where one character becomes one), Traditional to
Simplified, quotation marks, dashes, middle dots, blanks. One character always becomes one, so an
offset in the folded text is an offset in the printed one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent.parent / "data" / "fold.txt"

_LOST = 0xFFFD  # what a lone surrogate folds to: no index can store it


def fold(text: str) -> str:
    """Fold a text one-to-one; folding again changes nothing."""
    return text.translate(_table())


@cache
def _table() -> dict[int, int]:
    table = dict.fromkeys(range(0xD800, 0xE000), _LOST)
    for line in TABLE.read_text(encoding="ascii").splitlines():
        if not line.startswith("#"):
            source, target = line.split()
            table[int(source, 16)] = int(target, 16)
    return table
