"""Recognise near-duplicates among the hits of a page: agency copy, and notices printed again.

Nothing is left out or moved: a hit that nearly repeats a better one names it, so that a reader
can be shown both in one place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from indexer.search.results import Hit

MIN_RESEMBLANCE = 0.6
"""Shingles that two texts share of all that either has (Broder's resemblance). Of 5,000 articles of
news 90 pairs reach it: copies of one report, one notice of two days; of the 17 pairs up to .67 that
were read 16 are. One form that is filled in for two shares reaches about .5."""

SHINGLE_CHARS = 4

MIN_SHARED_CHARS = 20
MIN_SHARED_PART = 0.2
"""Characters of whole clauses that two texts share before their shingles are compared, which takes
five times as long: a headline of every day (今日天气) is shorter, and of two copies in which OCR
misread every twentieth character a quarter of the clauses is still the same."""

MAX_COMPARED_HITS = 50
"""Hits of a page that are compared."""

_CLAUSE = re.compile(r"\w{4,}")


def name_near_duplicates(hits: Sequence[Hit], *, grouped: bool) -> Iterator[Hit]:
    """Yield the hits in their order, near-duplicates with the id of the best hit that they repeat.

    Where hits are `grouped` by article, whole groups are compared. Hits of one article are never
    near-duplicates, nor is a hit that holds some of the words one of a hit that holds all.
    """
    shown: list[tuple[Hit, _Text]] = []
    for unit in _units(hits[:MAX_COMPARED_HITS], grouped):
        text = _Text("\n".join(hit.document.folded for hit in unit))
        others = (one for one, held in shown if _is_comparable(one, unit[0]) and text.repeats(held))
        repeated = next(others, None)
        if repeated is None:
            shown.append((unit[0], text))
            yield from unit
        else:
            yield from (replace(hit, near_duplicate_of=repeated.id) for hit in unit)
    yield from hits[MAX_COMPARED_HITS:]


def _units(hits: Iterable[Hit], grouped: bool) -> Iterable[Sequence[Hit]]:
    units: dict[object, list[Hit]] = {}
    for hit in hits:
        units.setdefault((hit.page, hit.article) if grouped else hit.id, []).append(hit)
    return units.values()


def _is_comparable(one: Hit, other: Hit) -> bool:
    return (one.page, one.article) != (other.page, other.article) and one.relaxed == other.relaxed


@dataclass
class _Text:
    """A folded text with what it is compared by, each made when it is first needed."""

    folded: str

    @cached_property
    def clauses(self) -> frozenset[str]:
        return frozenset(_CLAUSE.findall(self.folded))

    @cached_property
    def shingles(self) -> frozenset[str]:
        text = "".join(filter(str.isalnum, self.folded))
        return frozenset(text[at : at + SHINGLE_CHARS] for at in range(len(text)))

    def repeats(self, other: _Text) -> bool:
        """Return whether the text is nearly the other one."""
        smaller, larger = sorted((len(self.folded), len(other.folded)))
        if 2 * smaller < larger:  # they cannot resemble each other so much
            return False
        gate = max(MIN_SHARED_CHARS, MIN_SHARED_PART * smaller)
        if sum(map(len, self.clauses & other.clauses)) < gate:
            return False
        shared = len(self.shingles & other.shingles)
        return shared >= MIN_RESEMBLANCE * len(self.shingles | other.shingles)
