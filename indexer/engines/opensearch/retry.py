"""How often something is tried on a cluster, and how long to wait in between."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Try so many times; wait after the first attempt, and twice as long after each one more."""

    attempts: int
    first_pause: float = 0.0  # seconds

    def run(
        self,
        operation: Callable[[], T],
        retryable: Callable[[Exception], bool],
        between: Callable[[float], None],
    ) -> T:
        """Return what an operation returns, or raise the last error, or one that is not retryable.

        `between` is called before each further attempt, with the seconds to wait.
        """
        for attempt in range(1, self.attempts):
            try:
                return operation()
            except Exception as error:
                if not retryable(error):
                    raise
            between(self.pause(attempt))
        return operation()

    def pause(self, attempt: int) -> float:
        """Return how long to wait after an attempt, the first being 1; no two clients in step."""
        return self.first_pause * (1 << attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311


INTERACTIVE_RETRIES = RetryPolicy(4, 0.2)
"""For requests that a user waits for."""

BACKGROUND_RETRIES = RetryPolicy(6, 0.2)
"""For everything else: six attempts take 6 s at least."""

REOPENING_RETRIES = RetryPolicy(5)
"""For what is opened again after it was lost or replaced."""
