"""A cache of a fixed size, emptied when it is full: cheaper than evicting the oldest key (LRU)."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class BoundedCache(dict[K, V]):
    """A dict that is emptied before it would hold more than `limit` keys.

    Another thread may empty it at any moment: read with `get`, and return what was computed, not
    what was kept.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def __setitem__(self, key: K, value: V) -> None:
        if len(self) >= self._limit and key not in self:
            self.clear()
        super().__setitem__(key, value)
