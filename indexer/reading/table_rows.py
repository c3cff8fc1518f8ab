"""Recognise rows of tables and lists that are set with blanks, without any mark-up."""

from __future__ import annotations

import re
from collections.abc import Sequence

MIN_ROW_CELLS = 3

_CELL_GAP = re.compile(r"\s*[|｜]\s*|\s+")
_WIDE_GAP = re.compile(r"\S(?:[ \u3000]{2,}|\u3000|\t|\s*[|｜])\s*\S")
_CELL_FIGURES = re.compile(r"[-+−]?[\d０-９][\d０-９.,:：/／%％]*")


def find_rows(texts: Sequence[str]) -> frozenset[int]:
    """Return the numbers of lines that are rows: two of three or more cells, a line apart at most.

    Both have wide gaps or strokes, or one has bare figures, as titles have parts too; the first
    line is none. Texts that cannot be rows are empty.
    """
    cells = [[cell for cell in _CELL_GAP.split(text) if cell] for text in texts]
    found: set[int] = set()
    for one in range(2, len(texts)):
        for pair in ((one - step, one) for step in (1, 2) if one > step):
            if all(len(cells[number]) >= MIN_ROW_CELLS for number in pair) and (
                all(_WIDE_GAP.search(texts[number]) for number in pair)
                or any(map(_CELL_FIGURES.fullmatch, cells[pair[0]] + cells[pair[1]]))
            ):
                found.update(pair)
    return frozenset(found)
