"""One way to ask an engine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from indexer.model import Node


class Tier(Enum):
    """What the hits of a tier have in common, in English and Chinese."""

    TYPED = ("Holds what was asked for as it stands.", "原样包含所查内容。")
    PARTS = (
        "Holds what was asked for, with a word or figure as part of a longer one.",
        "包含所查内容，但其中的西文词或数字是更长词语的一部分。",
    )
    ALL = ("Holds all that was asked for, apart or under an alias.", "分散或以别名包含所查内容。")
    WORDS = ("Holds all of the words.", "包含全部词语。")
    NAMES_AND_YEARS = ("Holds the names in marks and the years.", "包含书名号等所标的名称和年份。")
    NAMES = ("Holds the names in marks.", "包含书名号等所标的名称。")
    YEARS = ("Holds the years.", "包含所问的年份。")
    SOME = ("Holds some of the words.", "包含部分词语。")


@dataclass(frozen=True, slots=True)
class Stage:
    """Who matches, who stands first and why, and what is marked in them.

    What matches none of the `tiers` is in the `last` one.
    """

    match: Node
    tiers: tuple[tuple[Tier, Node], ...] = ()
    last: Tier = Tier.TYPED
    marks: tuple[Node, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes of the tiers, best first."""
        return tuple(node for _, node in self.tiers)

    def tier(self, number: int) -> Tier:
        """Return what the hits of a tier have in common."""
        return self.tiers[number][0] if number < len(self.tiers) else self.last
