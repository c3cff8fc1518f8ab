"""Score how near the ends of two pieces of an article are in the characters they share.

What is on both sides of a joint and in few other pieces is evidence for the joint.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from math import fsum, log, sqrt

from indexer.reading.heads import Piece

TOPIC_CONTEXT_CHARS = 45
"""Characters on each side of a joint that are asked: with 30 to 60 the area under the curve is the
same within .002, with 120 it is .003 less."""

SIDE_DAMPING = 3.0
"""What is added to the weight of each side, lest one shared character in a scrap says much."""

USUAL_NEARNESS = 0.065
"""The nearness of two ends that do not belong together, on average."""


class Topics:
    """The characters of an article's pieces, rare ones weighing more."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        texts = ["".join(line.text for line in piece.lines) for piece in pieces]
        held = Counter(character for text in texts for character in set(text))
        self._weights = {one: log(len(texts) / count) for one, count in held.items()}
        self._characters = cache(self._weigh)

    def nearness(self, before: str, after: str) -> float:
        """Return how near an end and a beginning are, 0 to 1, less what is usual."""
        left, heavy = self._characters(before[-TOPIC_CONTEXT_CHARS:])
        right, light = self._characters(after[:TOPIC_CONTEXT_CHARS])
        shared = fsum(self._weights.get(one, 0.0) for one in left & right)
        return shared / sqrt((heavy + SIDE_DAMPING) * (light + SIDE_DAMPING)) - USUAL_NEARNESS

    def _weigh(self, text: str) -> tuple[frozenset[str], float]:
        found = frozenset(filter(str.isalnum, text))
        return found, fsum(self._weights.get(one, 0.0) for one in found)
