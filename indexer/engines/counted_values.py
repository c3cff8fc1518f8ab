"""The values of a facet with their counts, which are kept in an array and named when read."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


class CountedValues(Mapping[str, int]):
    """The counts of the values of a facet that any hit carries.

    `values` are all values in order and `numbers` their counts, 0 among them. A page shows a few of
    some thousand values: only those are named.
    """

    def __init__(self, values: Sequence[str], numbers: NDArray[np.int64]) -> None:
        self._values, self._numbers = values, numbers
        self._present = np.flatnonzero(numbers)

    @cached_property
    def _counts(self) -> dict[str, int]:
        return self._named(self._present)

    def _named(self, rows: NDArray[np.int64]) -> dict[str, int]:
        values = map(self._values.__getitem__, rows.tolist())
        return dict(zip(values, self._numbers[rows].tolist(), strict=True))

    def __getitem__(self, value: str) -> int:
        return self._counts[value]

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._present)

    def __repr__(self) -> str:
        return repr(self._counts)

    def items(self) -> ItemsView[str, int]:
        """Return the values with their counts."""
        return self._counts.items()

    def most_common(self, most: int) -> dict[str, int]:
        """Return the commonest values in order, those as common in the order of their names."""
        order = np.argsort(-self._numbers[self._present], kind="stable")
        return self._named(self._present[order[:most]])


def most_common(counts: Mapping[str, int], most: int) -> Mapping[str, int]:
    """Return the commonest values in order, those as common in the order of their names."""
    if isinstance(counts, CountedValues):
        return counts.most_common(most)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most])
