"""Look up the characters that look like another, in `data/lookalikes.tsv`."""

from __future__ import annotations

from collections import defaultdict
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
    """Load the table, completed both ways: a nearest neighbour need not be one in return."""
    tight: defaultdict[str, dict[str, None]] = defaultdict(dict)
    loose: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for line in read_data_lines("lookalikes.tsv"):
        char, *columns = line.split("\t")
        for found, alike in zip((tight, loose), columns, strict=True):
            found[char] |= dict.fromkeys(alike)
    for found in (tight, loose):
        for char, chars in [(char, tuple(chars)) for char, chars in found.items()]:
            for other in chars:
                found[other][char] = None
    return MappingProxyType(
        {char: Alike("".join(tight[char]), "".join(loose[char])) for char in tight.keys() | loose}
    )


def look_alikes(char: str) -> Alike:
    """Return what looks like a character."""
    return load_lookalikes().get(char, NO_LOOKALIKES)
