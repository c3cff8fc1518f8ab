"""Convert sentences of the interface from Simplified to Traditional characters.

For the interface alone: what was printed stays as it was printed, and `fold` makes the two match.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache


def to_traditional(text: str) -> str:
    """Write a sentence of the interface in Traditional characters, by phrase (OpenCC `s2tw`)."""
    return _converter()(text.encode("utf-8", "replace").decode())


@cache
def _converter() -> Callable[[str], str]:
    """Load the dictionaries once: that takes a third of a second."""
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("s2tw").convert
    return convert
