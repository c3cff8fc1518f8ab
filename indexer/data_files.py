"""Find and read the tables and word lists that ship with the library."""

from __future__ import annotations

from pathlib import Path

DATA_FOLDER = Path(__file__).parent / "data"


def read_data_lines(name: str) -> list[str]:
    """Return the lines of a text file in `data`, those that begin with # left out."""
    lines = (DATA_FOLDER / name).read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]
