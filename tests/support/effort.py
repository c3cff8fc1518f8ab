"""How often a proof is repeated: a few times in the suite, the whole figure when asked for.

LONG_TESTS=1 python -m pytest tests/safety
"""

from __future__ import annotations

import os

LONG = os.environ.get("LONG_TESTS", "") not in ("", "0")


def rounds(short: int, long: int) -> int:
    """Return how often to do something."""
    return long if LONG else short
