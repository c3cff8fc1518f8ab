"""The characters that are printed beside an occurrence more often than chance would have it.

How strong a neighbour is is measured by the log-likelihood ratio G2 (T. Dunning, "Accurate methods
for the statistics of surprise and coincidence", Computational Linguistics 19(1), 1993) over the
table of two by two of: beside an occurrence or anywhere else, this neighbour or any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappush, heapreplace
from itertools import islice
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import is_word_char
from indexer.model.json_form import fields_to_json
from indexer.model.spans import shorten

CodePoints = NDArray[np.uint32]

Totals = Callable[[Sequence[str]], Mapping[str, int]]
"""Counts how often each of some texts of one or two characters is printed in the collection."""

MAX_NEIGHBOUR_CHARS = 2
TOTALS_PER_REQUEST = 64

_CODE_POINT_BITS = 21  # of a code point


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A text beside occurrences: how often there, how often in all, and its G2."""

    text: str
    count: int
    total: int
    expected: float  # how often it would be there by chance
    g2: float

    def to_dict(self) -> dict[str, Any]:
        """Return the neighbour as a flat row."""
        rounded = {"expected": round(self.expected, 4), "g2": round(self.g2, 2)}
        return fields_to_json(self) | rounded


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The strongest neighbours of a query's occurrences on either side, strongest first."""

    query: str
    occurrences: int
    left: tuple[Neighbour, ...]
    right: tuple[Neighbour, ...]

    def __repr__(self) -> str:
        sides = f"{len(self.left)} left, {len(self.right)} right"
        return f"<Neighbours {shorten(self.query, 60)!r}: {sides}>"

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of a row."""
        return "side", "text", "count", "total", "expected", "g2"

    def rows(self) -> list[dict[str, Any]]:
        """Return all neighbours as flat rows, each with its `side`."""
        sides = (("left", self.left), ("right", self.right))
        return [{"side": side, **one.to_dict()} for side, found in sides for one in found]

    def to_dict(self) -> dict[str, Any]:
        """Return what the JSON of the neighbours is."""
        return fields_to_json(self)


def log_likelihood(count: int, beside: int, total: int, size: int) -> float:
    """Return Dunning's G2, 0 for a neighbour that is rarer than by chance.

    `count` of `beside` positions next to an occurrence hold the neighbour, which is printed `total`
    times at `size` positions of the collection.
    """
    if size <= 0 or count * size <= beside * total:
        return 0.0
    observed = (count, beside - count, total - count, size - beside - total + count)
    rows, columns = (beside, size - beside), (total, size - total)
    expected = (rows[row] * columns[column] / size for row in (0, 1) for column in (0, 1))
    return 2 * sum(
        seen * log(seen / chance)
        for seen, chance in zip(observed, expected, strict=True)
        if seen > 0 and chance > 0
    )


def find_neighbours(
    contexts: CodePoints, totals: Totals, *, size: int, limit: int, left: bool
) -> tuple[Neighbour, ...]:
    """Return the strongest neighbours, the nearest characters of each occurrence being in a row.

    A text with a blank or a mark in it is no neighbour. `size` is that of the collection. All of
    them are compared: texts are looked up from the most frequent down until none of the rest could
    be among the strongest even if it were printed nowhere else.
    """
    beside = len(contexts)
    best: list[tuple[float, int, str, Neighbour]] = []
    candidates = _count_texts(contexts, left=left)
    while limit and (some := list(islice(candidates, TOTALS_PER_REQUEST))):
        most = some[0][1]
        if len(best) == limit and log_likelihood(most, beside, most, size) < best[0][0]:
            break
        known = totals([text for text, _ in some])
        for text, count in some:
            total = max(known[text], count)
            g2 = log_likelihood(count, beside, total, size)
            entry = (g2, count, text, Neighbour(text, count, total, beside * total / size, g2))
            if g2 > 0 and len(best) < limit:
                heappush(best, entry)
            elif g2 > 0 and entry[:3] > best[0][:3]:
                heapreplace(best, entry)
    return tuple(entry[3] for entry in sorted(best, reverse=True))


def _count_texts(contexts: CodePoints, *, left: bool) -> Iterator[tuple[str, int]]:
    """Yield the different texts of contexts with their counts, most frequent first."""
    keys = np.zeros(len(contexts), np.int64)
    whole = np.ones(len(contexts), np.bool_)
    for column in contexts.T:
        keys = (keys << _CODE_POINT_BITS) | column
        whole &= column > 0
    found, counts = np.unique(keys[whole], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    for key, count in zip(found[order].tolist(), counts[order].tolist(), strict=True):
        text = _decode(key, contexts.shape[1])
        if all(map(is_word_char, text)):
            yield (text[::-1] if left else text), count


def _decode(key: int, chars: int) -> str:
    mask = (1 << _CODE_POINT_BITS) - 1
    return "".join(
        chr((key >> (_CODE_POINT_BITS * position)) & mask) for position in reversed(range(chars))
    )
