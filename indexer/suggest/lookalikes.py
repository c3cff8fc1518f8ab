"""A character in, the characters that look like it out, from `data/lookalikes.tsv`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from indexer.suggest.readings import DATA


@dataclass(frozen=True, slots=True)
class Alike:
    """What looks like a character: hardly told apart, and alike; most alike first."""

    tight: str = ""
    loose: str = ""


NONE = Alike()


@cache
def load_lookalikes() -> Mapping[str, Alike]:
    """Load the table."""
    table: dict[str, Alike] = {}
    for line in (DATA / "lookalikes.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            char, tight, loose = line.split("\t")
            table[char] = Alike(tight, loose)
    return MappingProxyType(table)


def look_alikes(char: str) -> Alike:
    """Return what looks like a character."""
    return load_lookalikes().get(char, NONE)
