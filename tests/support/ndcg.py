"""How well a list of hits agrees with graded judgements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2


def ndcg(found: Sequence[str], grades: Mapping[str, int], depth: int = 5) -> float:
    """Return the nDCG of a ranking, with gains of 2^grade - 1; what is not judged counts nothing.

    Raises `ValueError` when nothing relevant was judged.
    """
    ideal = _gain(sorted(grades.values(), reverse=True)[:depth])
    if not ideal:
        raise ValueError("nothing that was judged is relevant")
    return _gain([grades.get(name, 0) for name in found[:depth]]) / ideal


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / log2(position + 2) for position, grade in enumerate(grades))
