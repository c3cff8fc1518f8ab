"""What a run is answered by when it is not printed as typed: its words.

Which paragraphs come is a wide net, drawn so that the right one is hardly ever missed; which come
first is the scores' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from indexer.analysis import pairs
from indexer.model import And, Literal, Node, Or, Term
from indexer.search.counts import Counts
from indexer.search.stages import Stage

HALF = 0.5
FIFTH = 0.2
RARE = 0.05
"""A paragraph must hold half of the words, or one of the rarest half that no more than 5 % of the
paragraphs hold (the rarest of all in any case), or a fifth of the pairs of neighbours and two at
least. Over 6,743 questions that loses 7 right paragraphs (.10 %) and lets in 2.7 % of a
collection at the median; one shared word would let in 19 %, half of the words alone would lose
3.6 %."""

FEW_WORDS = 3
"""So few words are meant one by one, so paragraphs with all of them stand first. For longer
questions the scores know better (MRR@10 .9815 without such a tier, .9795 with it)."""


@dataclass(frozen=True, slots=True)
class Soft:
    """The part of a query that can be answered by words, and the part that stays strict."""

    runs: tuple[str, ...]
    units: tuple[str, ...]
    pairs: tuple[str, ...]
    hard: tuple[Node, ...] = ()

    @property
    def helps(self) -> bool:
        """Tell whether the words ask for anything else than the runs do."""
        return bool(self.units) and (len(self.units) > 1 or self.units != self.runs)


def relax(soft: Soft, counts: Counts) -> Stage:
    """Ask by the words that the index knows."""
    known = _known(_in_parts(soft.units, counts), counts)
    words = [_holds(unit) for unit in known]
    rare = [_holds(unit) for unit in _rare(known, counts.documents)]
    neighbours = [Term("pairs", pair) for pair in _known(soft.pairs, counts)]
    net = Or((_most(words, HALF), Or(tuple(rare)), _most(neighbours, FIFTH, least=2)))
    every = And((*soft.hard, *map(_holds, soft.units)))
    few = len(soft.units) <= FEW_WORDS or len(soft.runs) > 1
    return Stage(
        match=And((*soft.hard, net)),
        tiers=(every,) if few else (),
        marks=tuple(map(Literal, soft.units)),
        faint=tuple(map(Literal, dict.fromkeys((*soft.pairs, *known)))),
    )


def _in_parts(units: Sequence[str], counts: Counts) -> list[str]:
    """Take words that no paragraph holds apart: into pairs, or pairs into characters."""
    known = _known(units, counts)
    parts: list[str] = []
    for unit in units:
        split = pairs(unit) if len(unit) > 2 else tuple(unit)
        parts += [unit] if unit in known else _known(split, counts) or unit
    return list(dict.fromkeys(parts))


def _known(units: Sequence[str], counts: Counts) -> dict[str, int]:
    """Count how many documents hold each unit; those that none holds are left out."""
    terms = {unit: _terms(unit) for unit in units}
    held = counts.of([term for found in terms.values() for term in found])
    least = {unit: min(held[term] for term in found) for unit, found in terms.items()}
    return {unit: count for unit, count in least.items() if count}


def _terms(unit: str) -> tuple[Term, ...]:
    """Return the terms that say a unit stands in a text, however it was cut: its pairs."""
    if len(unit) == 1:
        return (Term("chars", unit),)
    return tuple(Term("pairs", pair) for pair in dict.fromkeys(pairs(unit)))


def _holds(unit: str) -> Node:
    terms = _terms(unit)
    return Or((terms[0] if len(terms) == 1 else And(terms), Term("head", unit)))


def _rare(known: dict[str, int], documents: int) -> list[str]:
    ordered = sorted(known, key=lambda unit: known[unit])
    half = ordered[: ceil(len(ordered) * HALF)]
    return [unit for unit in half if unit == half[0] or known[unit] <= RARE * documents]


def _most(nodes: Sequence[Node], part: float, *, least: int = 1) -> Node:
    wanted = max(min(least, len(nodes)), ceil(part * len(nodes)), 1)
    return Or(tuple(nodes), at_least=wanted)
