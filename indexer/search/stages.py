"""One way to ask an engine."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.model import Node


@dataclass(frozen=True, slots=True)
class Stage:
    """Who matches, who stands first, and what is marked in them."""

    match: Node
    tiers: tuple[Node, ...] = ()
    marks: tuple[Node, ...] = ()
    whole_words: bool = (
        False  # the first tier holds Latin words and figures whole, the next in part
    )
