"""The first lines of a concordance are the first of all of them, sorted."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.engines.occurrences import FacetCodes, Occurrences
from indexer.statistics import sort_occurrences

NONE = np.zeros(0, np.int64)


def make_occurrences(contexts: np.ndarray[tuple[int, int], np.dtype[np.uint32]]) -> Occurrences:
    """Make occurrences of one document each with these contexts on either side."""
    owners = np.arange(len(contexts))
    cities = FacetCodes(("嘉兴", "杭州"), owners[::2], owners[::2] % 4 // 2)
    facets = {"city": cities, "date": FacetCodes((), NONE, NONE)}
    places = (owners, owners + 1, contexts, contexts)
    return Occurrences(len(owners), owners, owners, owners, owners, *places, facets, lambda _: [])


@pytest.mark.parametrize("sort", ["page", "right", "left", "place", "date"])
@pytest.mark.parametrize("stop", [0, 1, 7, 60, 200, 500])
def test_the_first_lines_are_those_of_all(sort: str, stop: int) -> None:
    random = np.random.default_rng(stop)
    found = make_occurrences(random.integers(1, 4, (200, 7)).astype(np.uint32))
    every = sort_occurrences(found, sort).tolist()
    assert sorted(every) == list(range(200))
    assert sort_occurrences(found, sort, stop=stop).tolist() == every[:stop]
    rows = found.contexts_after.tolist()
    if sort == "right":
        assert every == sorted(range(200), key=lambda number: (rows[number], number))
