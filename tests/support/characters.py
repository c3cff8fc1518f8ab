"""The characters of the Chinese standard GB 2312."""

from __future__ import annotations


def gb2312() -> str:
    """List the 6,763 characters of GB 2312, in its order."""
    rows, cells = range(0xB0, 0xF8), range(0xA1, 0xFF)
    return "".join(bytes((row, cell)).decode("gb2312", "ignore") for row in rows for cell in cells)
