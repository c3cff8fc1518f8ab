"""Folded text in, mentions out: longest match first, then evidence for and against each name.

A form of the gazetteer that stands in the text is a candidate. It must begin and end where words
do, must not be part of a longer dictionary word, a street, a village, a company or a person.
What is also an everyday word needs evidence: its parent before it, other places beside it, the
article's own places (`known`), words that stand beside places.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Protocol

from indexer.analysis import fold, segment
from indexer.model import Mention, Span
from indexer.places import rules
from indexer.places.gazetteer import Doubt, Form, Gazetteer, Sort, load_gazetteer

NEEDED = {Doubt.PLAIN: 0, Doubt.WARY: 2, Doubt.COMMON: 4}
"""Points of evidence that a form of each doubt needs."""


class Tagger(Protocol):
    """Whatever finds places in a text; `known` are places that the article names anyway."""

    digest: str

    def __call__(self, text: str, *, known: Collection[str] = ()) -> tuple[Mention, ...]:
        """Return the mentions in the text, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A form where it stands, with what speaks for it whatever else the text names."""

    start: int
    end: int
    form: Form
    points: int = 0


class GazetteerTagger:
    """Tags by the gazetteer; made by `load_tagger`, safe to share between threads."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.digest = gazetteer.digest

    def __call__(self, text: str, *, known: Collection[str] = ()) -> tuple[Mention, ...]:
        """Return the mentions in the text, in order; `known` are canonical names."""
        scene = _Scene(fold(text), self.gazetteer)
        candidates = list(scene.candidates())
        accepted = _accept(scene, candidates, frozenset(known))
        return tuple(
            Mention(
                city, text[candidate.start : candidate.end], Span(candidate.start, candidate.end)
            )
            for candidate, cities in accepted
            for city in cities
        )


def load_tagger(user: Path | None = None) -> GazetteerTagger:
    """Load the tagger with the nationwide gazetteer and the user's own places, if any."""
    return GazetteerTagger(load_gazetteer(user))


class _Scene:
    """A folded text with its word boundaries, which are found when first asked for."""

    def __init__(self, folded: str, gazetteer: Gazetteer) -> None:
        self.folded = folded
        self.gazetteer = gazetteer
        self._cuts: list[int] | None = None
        self._edges: frozenset[int] = frozenset()

    @property
    def edges(self) -> frozenset[int]:
        """Where words begin and end."""
        if self._cuts is None:
            self._cuts = list(accumulate(map(len, segment(self.folded)), initial=0))
            self._edges = frozenset(self._cuts)
        return self._edges

    def candidates(self) -> Iterator[Candidate]:
        """Yield the forms in the text, leftmost first, longest first, none overlapping."""
        start, lengths = 0, self.gazetteer.lengths
        folded = self.folded
        while start < len(folded) - 1:
            sizes = lengths.get(folded[start : start + 2])
            found = self._choose(start, sizes) if sizes else None
            if found:
                yield found
                start = found.end
            else:
                start += 1

    def _choose(self, start: int, sizes: tuple[int, ...]) -> Candidate | None:
        for size in sizes:
            form = self.gazetteer.forms.get(self.folded[start : start + size])
            if form is not None:
                candidate = self._weigh(start, form)
                if candidate is not None:
                    return candidate
        return None

    def _weigh(self, start: int, form: Form) -> Candidate | None:
        """Return the candidate with its points, or `None` where it is no place at all."""
        end = start + len(form.text)
        if form.sort in (Sort.STOP, Sort.PROVINCE):
            return Candidate(start, end, form)
        if not self._stands_alone(start, end, form) or self._is_vetoed(start, end, form):
            return None
        return Candidate(start, end, form, self._points(start, end, form))

    def _stands_alone(self, start: int, end: int, form: Form) -> bool:
        """Tell whether the name begins and ends where words do; long plain names need not."""
        if start in self.edges and end in self.edges:
            return True
        word_start = max(edge for edge in self.edges if edge <= start)
        word_end = min(edge for edge in self.edges if edge >= end)
        inside = not any(start < edge < end for edge in self.edges)
        if inside:
            rest = self.folded[end:word_end]
            return word_start == start and bool(rules.ALLOWED_REST.match(rest))
        return form.loose

    def _is_vetoed(self, start: int, end: int, form: Form) -> bool:
        """Tell whether the name is part of a street, village, paper, company or person."""
        if form.sort is Sort.FULL and len(form.text) > 2:
            return False
        after = self.folded[end : end + 30]
        if any(
            rule.match(after)
            for rule in (rules.AFTER_STREET, rules.AFTER_VILLAGE, rules.AFTER_PAPER)
        ):
            return True
        company = rules.AFTER_COMPANY.match(after)
        if company and not rules.COMPANY_BREAK.search(company[0]):
            return True
        return self._is_person(start, end)

    def _is_person(self, start: int, end: int) -> bool:
        before = self.folded[start - 1 : start]
        return before in rules.SURNAMES and start - 1 in self.edges and end - start == 2

    def _points(self, start: int, end: int, form: Form) -> int:
        before, after = self.folded[max(0, start - 6) : start], self.folded[end : end + 8]
        points = 0
        if form.sort is Sort.FULL or rules.AFTER_SUFFIX.match(after):
            points += 4 if len(form.text) > 2 or form.sort is not Sort.FULL else 1
        if rules.BEFORE_LOCATIVE.search(before):
            points += 1
        if rules.AFTER_LOCATIVE.match(after):
            points += 1
        if rules.AFTER_TOWN.match(after):
            points -= 4
        return points


def _accept(
    scene: _Scene, candidates: list[Candidate], known: frozenset[str]
) -> list[tuple[Candidate, tuple[str, ...]]]:
    """Settle which candidates count and what they mean; twice, since names support each other."""
    named = known
    chosen: dict[int, tuple[str, ...]] = {}
    for _ in range(2):
        chosen = {}
        for number in range(len(candidates)):
            cities = _settle(scene, candidates, number, named, known)
            if cities:
                chosen[number] = cities
        named = known.union(*chosen.values()) if chosen else known
    return [(candidates[number], cities) for number, cities in chosen.items()]


def _settle(
    scene: _Scene,
    candidates: list[Candidate],
    number: int,
    named: frozenset[str],
    known: frozenset[str],
) -> tuple[str, ...]:
    candidate = candidates[number]
    form = candidate.form
    if form.sort in (Sort.STOP, Sort.PROVINCE):
        return ()
    above = _parent_before(scene, candidates, number)
    cities = form.places if form.joint else _resolve(scene, form, above, named)
    if not cities:
        return ()
    points = candidate.points
    points += 4 if above and not form.joint and above in _parents(scene, cities[0]) else 0
    points += 2 if cities[0] in known else 0
    points += 2 if _is_listed(scene, candidates, number, named) else 0
    return cities if points >= NEEDED[form.doubt] else ()


def _resolve(
    scene: _Scene, form: Form, above: str | None, named: frozenset[str]
) -> tuple[str, ...]:
    """Choose among rivals: by the parent before the form, what is named, the higher one."""
    places = scene.gazetteer.places
    rivals = form.places
    if len(rivals) == 1:
        return rivals
    for likely in (
        [city for city in rivals if above in _parents(scene, city)],
        [city for city in rivals if city in named],
        [city for city in rivals if named.intersection(places[city].parents[-1:])],
        [city for city in rivals if places[city].level == 2],
        [city for city in rivals if city == form.text],
    ):
        if len(likely) == 1:
            return tuple(likely)
    return ()


def _parents(scene: _Scene, city: str) -> tuple[str, ...]:
    return scene.gazetteer.places[city].parents


def _parent_before(scene: _Scene, candidates: list[Candidate], number: int) -> str | None:
    """Return the place or province that ends where this candidate starts."""
    if number == 0:
        return None
    before, candidate = candidates[number - 1], candidates[number]
    gap = scene.folded[before.end : candidate.start]
    if gap not in ("", "省", "市", "·", "(") or before.form.sort is Sort.STOP:
        return None
    return before.form.places[0] if before.form.places else None


def _is_listed(
    scene: _Scene, candidates: list[Candidate], number: int, named: frozenset[str]
) -> bool:
    """Tell whether a place that is named stands beside this one in a list."""
    candidate = candidates[number]
    for other in candidates[max(0, number - 1) : number] + candidates[number + 1 : number + 2]:
        left, right = sorted((other, candidate), key=lambda each: each.start)
        gap = scene.folded[left.end : right.start]
        beside = len(gap) == 1 and gap in rules.LIST_MARK
        if beside and named.intersection(other.form.places):
            return True
    return False
