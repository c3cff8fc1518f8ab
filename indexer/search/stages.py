"""One way to ask an engine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from indexer.model import Node


class Tier(StrEnum):
    """What the hits of a tier have in common; sentences `tier.NAME` of the catalogue."""

    TYPED = "typed"
    PARTS = "parts"
    ALL = "all"
    WORDS = "words"
    NAMES_AND_YEARS = "names_and_years"
    NAMES = "names"
    YEARS = "years"
    SOME = "some"


@dataclass(frozen=True, slots=True)
class Stage:
    """Who matches, who stands first and why, and what is marked and counted in them.

    What matches none of the `tiers` is in the `last` one.
    """

    match: Node
    tiers: tuple[tuple[Tier, Node], ...] = ()
    last: Tier = Tier.TYPED
    marks: tuple[Node, ...] = ()
    counted: tuple[Node, ...] = ()  # whose occurrences statistics count

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes of the tiers, best first."""
        return tuple(node for _, node in self.tiers)

    def tier(self, number: int) -> Tier:
        """Return what the hits of a tier have in common."""
        return self.tiers[number][0] if number < len(self.tiers) else self.last
