"""How often a proof is repeated: a few times in the suite, the whole figure when asked for.

CHAQUAN_LONG=1 python -m pytest tests/safety
"""

from __future__ import annotations

import os

LONG = os.environ.get("CHAQUAN_LONG", "") not in ("", "0")


def rounds(short: int, long: int) -> int:
    """Return how often to do something."""
    return long if LONG else short
