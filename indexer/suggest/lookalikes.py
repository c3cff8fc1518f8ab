"""Look up the characters that look like another, in `data/lookalikes.tsv`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from indexer.files import read_data_lines


@dataclass(frozen=True, slots=True)
class Alike:
    """What looks like a character: nearly the same, and alike; most alike first."""

    tight: str = ""
    loose: str = ""


NO_LOOKALIKES = Alike()


@cache
def load_lookalikes() -> Mapping[str, Alike]:
    """Load the table; of two characters that look alike each is in the row of the other."""
    rows = (line.split("\t") for line in read_data_lines("lookalikes.tsv"))
    return MappingProxyType({char: Alike(tight, loose) for char, tight, loose in rows})


def look_alikes(char: str) -> Alike:
    """Return what looks like a character."""
    return load_lookalikes().get(char, NO_LOOKALIKES)
