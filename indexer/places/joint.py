"""Resolve two letters that name two cities: 湖柯两地 is 湖州 and 柯坪 if the article names both.

A single letter is never a place. Two together are, before a word for two (两地, 情,
携手 …), when each can only mean one place of the article and the two are in different provinces.
Pair names that mean something by themselves (嘉沙) are in `data/archive.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from indexer.places.gazetteer import Gazetteer, Place

PAIR_LETTERS = re.compile(
    r"(?=([一-龥])([一-龥])(?:两地|双城|情(?![况景形节报])|一家|携手|同心|连心|心连心|牵手|结亲|协作|互动|共建|"
    r'融情|山海|行"))'
)


VISIT_LETTERS = re.compile(
    r"(?=[来赴援驻抵访]([一-龥])(?:考察|调研|投资|兴业|指导|参观|旅游|工作|务工|支教|支医|支援|交流|挂职|帮扶|"
    r"干部|教师|医生|医疗|人才|客商|企业))"
)
"""来沙投资: a word of coming, one letter, and what one comes for."""


def find_visits(
    folded: str, gazetteer: Gazetteer, known: Collection[str]
) -> Iterator[tuple[int, str]]:
    """Yield where a single letter means the one county that the article names: 来沙 for 沙雅."""
    counties = [gazetteer.places[name] for name in known if name in gazetteer.places]
    counties = [place for place in counties if place.level == 3 and place.suffix != "团"]
    if not counties:
        return
    for match in VISIT_LETTERS.finditer(folded):
        found = [place.name for place in counties if place.short[0] == match[1]]
        if len(found) == 1:
            yield match.start(), found[0]


def find_abbreviated_pairs(
    folded: str, gazetteer: Gazetteer, named: Collection[str]
) -> Iterator[tuple[int, tuple[str, str]]]:
    """Yield the offsets of two letters and the two places they mean."""
    places = [gazetteer.places[name] for name in named if name in gazetteer.places]
    if len(places) < 2:
        return
    for match in PAIR_LETTERS.finditer(folded):
        first = _only(match[1], places, gazetteer.letters)
        second = _only(match[2], places, gazetteer.letters)
        if first and second and first.parents[:1] != second.parents[:1]:
            yield match.start(), (first.name, second.name)


def _only(letter: str, places: list[Place], letters: Mapping[str, str]) -> Place | None:
    """Return the one place a letter can mean; a county goes before what contains it."""
    found = [place for place in places if letters.get(letter) == place.name] or [
        place for place in places if place.short[0] == letter
    ]
    above = {name for place in found for name in place.parents if name != place.name}
    lowest = [place for place in found if place.name not in above]
    return lowest[0] if len(lowest) == 1 else None
