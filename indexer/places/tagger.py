"""Tag places in text: the longest candidates first, then evidence for and against each.

A form of the gazetteer found in the text is a candidate (see `scene`). What is also an
everyday word needs evidence: its parent before it, other places beside it, the article's own
places (`known`), words that precede or follow places. A name that several places have
means the one whose parent is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path

from indexer.analysis import fold
from indexer.model import Mention, Span
from indexer.places.gazetteer import Ambiguity, Form, FormKind, Gazetteer, Place, load_gazetteer
from indexer.places.joint import find_abbreviated_pairs, find_visits
from indexer.places.scene import NameCandidate, Scene

POINTS_NEEDED = {Ambiguity.PLAIN: 0, Ambiguity.WARY: 2, Ambiguity.COMMON: 5}
"""Points of evidence that a form of each ambiguity needs."""

BARE_COUNTY_POINTS = 1
"""Points that the bare name of a county needs: two characters are often a person's, a river's or a
building's. Of 92 such names without any evidence in 5,000 news articles 38 meant the county."""

PARENT_BEFORE_POINTS = 4
DISTANT_BEFORE_POINTS = 2  # 山东泰山 is a team or a mountain, no district
SAME_BESIDE_POINTS = 4  # 第八师石河子市
NAMED_ELSEWHERE_POINTS = 2  # the place itself, elsewhere
LISTED_POINTS = 2  # beside a place that is named
PARENT_NAMED_POINTS = 2
PROVINCE_NAMED_POINTS = 1
PREFECTURE_POINTS = 1
PERIOD_NAME_POINTS = 2  # a name of the page's own time

MAX_ROUNDS = 4  # a name supports the next in a list; longer chains were not met

PARENT_SEPARATORS = frozenset(("", "省", "市", "(", "·", "公安局", "市公安局"))
MAX_SEPARATOR_CHARS = max(map(len, PARENT_SEPARATORS))
LIST_MARKS = frozenset("、·-/与和及至到同")


class PreparedText:
    """A text read once, to be tagged by what its article is known to name, first and then again."""

    def __init__(self, text: str, gazetteer: Gazetteer, year: int | None) -> None:
        self._text, self._year = text, year
        self._scene = Scene(fold(text), gazetteer)

    @property
    def provinces(self) -> frozenset[str]:
        """The provinces that the text names."""
        return self._scene.provinces

    def tag(self, known: Collection[str]) -> tuple[Mention, ...]:
        """Return the mentions in the text, in order; `known` are places the article names."""
        if not (known or self._scene.candidates or self.provinces):
            return ()
        return tuple(_mentions(self._text, self._scene, known, self._year))


class Tagger:
    """Tags by the gazetteer; made by `load_tagger`, safe to share between threads."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer

    @property
    def digest(self) -> str:
        """The digest of all gazetteer files."""
        return self.gazetteer.digest

    def __call__(self, text: str, *, known: Collection[str] = ()) -> tuple[Mention, ...]:
        """Return the mentions in the text, in order; `known` are canonical names."""
        return self.prepare(text).tag(known)

    def prepare(self, text: str, *, year: int | None = None) -> PreparedText:
        """Read a text that is to be tagged more than once; `year` is that of its print."""
        return PreparedText(text, self.gazetteer, year)


def _mentions(
    text: str, scene: Scene, known: Collection[str], year: int | None
) -> Iterator[Mention]:
    disambiguator = _Disambiguator(scene, frozenset(known), year)
    found = {
        candidate.start: (candidate.end, cities) for candidate, cities in disambiguator.resolve()
    }
    taken = {offset for start, (end, _) in found.items() for offset in range(start, end)}
    for start, pair in find_abbreviated_pairs(scene.folded, scene.gazetteer, disambiguator.named):
        if not taken.intersection((start, start + 1)):
            found[start] = (start + 2, pair)
    for start, city in find_visits(scene.folded, scene.gazetteer, disambiguator.known):
        if not taken.intersection((start, start + 1)):
            found.setdefault(start, (start + 2, (city,)))
    for start, (end, cities) in sorted(found.items()):
        for city in cities:
            yield Mention(city, text[start:end], Span(start, end))


def load_tagger(user: Path | None = None) -> Tagger:
    """Load the tagger with the nationwide gazetteer and the user's own places, if any."""
    return Tagger(load_gazetteer(user))


class _Disambiguator:
    """Settles which candidates of a text count and what they mean."""

    def __init__(self, scene: Scene, known: frozenset[str], year: int | None) -> None:
        self.folded = scene.folded
        self.places = scene.gazetteer.places
        self.candidates = scene.candidates
        self.provinces = scene.provinces
        self.former = scene.gazetteer.former
        self.year = year
        self.known = known
        self.named = known | self.provinces

    @cached_property
    def often(self) -> Counter[str]:
        """How often each place may be named in the text."""
        return Counter(city for found in self.candidates for city in found.form.places)

    def resolve(self) -> list[tuple[NameCandidate, tuple[str, ...]]]:
        """Return the candidates that count with their cities; names support others in a chain."""
        cities: list[tuple[str, ...]] = []
        for _ in range(MAX_ROUNDS):
            before, cities = (
                cities,
                [self._settle(number) for number in range(len(self.candidates))],
            )
            if cities == before:
                break
            above = (self.places[city].parents for found in cities for city in found)
            self.named = self.known.union(self.provinces, *cities, *above)
        return [pair for pair in zip(self.candidates, cities, strict=True) if pair[1]]

    def _settle(self, number: int) -> tuple[str, ...]:
        candidate = self.candidates[number]
        form = candidate.form
        if form.sort is FormKind.PROVINCE:
            return self._city_of_province(number)
        if form.sort is FormKind.STOP:
            return ()
        above = self._parent_before(number)
        cities = form.places if form.joint else self._resolve(form, above)
        if not cities or (candidate.firm and cities[0] not in self.named):
            return ()  # a company is left alone, but for one of a place the text is about
        if self._belongs_elsewhere(number, cities[0]):
            return ()
        points = candidate.points + self._support(number, cities[0], above)
        if self.year is not None:
            points += PERIOD_NAME_POINTS * (cities[0] in self._former_bearers(form))
        return cities if points >= self._points_needed(form, cities[0]) else ()

    def _points_needed(self, form: Form, city: str) -> int:
        sure = form.sort is not FormKind.SHORT or form.loose or form.famous
        bare = not sure and self.places[city].level == 3
        return max(POINTS_NEEDED[form.ambiguity], BARE_COUNTY_POINTS * bare)

    def _former_bearers(self, form: Form) -> list[str]:
        """Return the places that had a former name in the year of the page."""
        if self.year is None or form.text not in self.former:
            return []
        return [one.place for one in self.former[form.text] if one.covers(self.year)]

    def _city_of_province(self, number: int) -> tuple[str, ...]:
        """Return the city that has a province's name, in a list of its neighbours: 长春、吉林."""
        beside = {
            province
            for city in self._listed_with(number)
            if city in self.places
            for province in self.places[city].parents[:1]
        }
        return tuple(
            city
            for city in self.candidates[number].form.places
            if city in self.places and beside.intersection(self.places[city].parents[:1])
        )

    def _belongs_elsewhere(self, number: int, city: str) -> bool:
        """Return whether the name directly follows a place that does not contain it.

        台北市龙山区 is in no 辽源, 无锡阳山 in no 清远, 广东南部 in no 四川; but 衢州乌什 is two
        places where the text names 乌什 elsewhere as well.
        """
        candidate = self.candidates[number]
        before = self.candidates[number - 1] if number else candidate
        place = self.places[city]
        if before.end != candidate.start or place.level < 3:
            return False
        if before.form.sort is FormKind.PROVINCE:
            doubtful = candidate.form.ambiguity is not Ambiguity.PLAIN
            return doubtful and not {city, *place.parents}.intersection(before.form.places)
        near = {city, *place.parents}
        near.update(other for other in before.form.places if self._parents(other) == place.parents)
        if not before.form.places or near.intersection(before.form.places):
            return False
        return before.form.sort is FormKind.FULL or not (city in self.known or self.often[city] > 1)

    def _parents(self, city: str) -> tuple[str, ...]:
        return self.places[city].parents if city in self.places else ()

    def _support(self, number: int, city: str, above: str | None) -> int:
        """Count what the other names of the text and the article say for a city."""
        place = self.places[city]
        points = PREFECTURE_POINTS * (place.level == 2)
        points += self._parent_points(place, above)
        points += NAMED_ELSEWHERE_POINTS * (city in self.named)
        points += PROVINCE_NAMED_POINTS * bool(self.named.intersection(place.parents[:1]))
        points += PARENT_NAMED_POINTS * bool(self.named.intersection(place.above))
        return points + self._neighbours(number, city)

    def _parent_points(self, place: Place, above: str | None) -> int:
        """Count the parent right before the name; a district seldom follows its province."""
        if above not in place.parents:
            return 0
        return (
            DISTANT_BEFORE_POINTS
            if place.suffix == "区" and above not in self.places
            else PARENT_BEFORE_POINTS
        )

    def _resolve(self, form: Form, above: str | None) -> tuple[str, ...]:
        """Choose among rivals: by the parent before the form, what is named, the higher one."""
        rivals = form.places
        if len(rivals) == 1:
            return rivals
        for likely in (
            self._former_bearers(form),
            [city for city in rivals if above in self.places[city].parents],
            [city for city in rivals if city in self.named],
            [city for city in rivals if self.named.intersection(self.places[city].above)],
            [city for city in rivals if self.named.intersection(self.places[city].parents[:1])],
            [city for city in rivals if self.places[city].level == 2],
            [city for city in rivals if city == form.text],
        ):
            if len(likely) == 1:
                return (likely[0],)
        return ()

    def _parent_before(self, number: int) -> str | None:
        """Return the place or province that ends where this candidate starts."""
        if number == 0:
            return None
        before, candidate = self.candidates[number - 1], self.candidates[number]
        if not before.form.places or candidate.start - before.end > MAX_SEPARATOR_CHARS:
            return None
        return before.form.places[0] if self._gap(before, candidate) in PARENT_SEPARATORS else None

    def _gap(self, left: NameCandidate, right: NameCandidate) -> str:
        return self.folded[left.end : right.start]

    def _neighbours(self, number: int, city: str) -> int:
        """Count for a city the place beside it: itself by another name, or one in a list."""
        candidate = self.candidates[number]
        if any(
            not self._gap(*sorted((other, candidate), key=_start)) and other.form.places == (city,)
            for other in self._beside(number)
        ):
            return SAME_BESIDE_POINTS
        listed = self._listed_with(number)
        siblings = any(
            self._parents(other)[1:] == self._parents(city)[1:] != () for other in listed
        )
        return LISTED_POINTS * (siblings or bool(self.named.intersection(listed)))

    def _listed_with(self, number: int) -> list[str]:
        """Return what the other forms of this one's list may mean."""
        candidate = self.candidates[number]
        return [
            city
            for other in self._beside(number)
            if self._gap(*sorted((other, candidate), key=_start)) in LIST_MARKS
            for city in other.form.places
            if other.form.sort is not FormKind.PROVINCE or city in self.places
        ]

    def _beside(self, number: int) -> tuple[NameCandidate, ...]:
        return (
            self.candidates[max(0, number - 1) : number] + self.candidates[number + 1 : number + 2]
        )


def _start(candidate: NameCandidate) -> int:
    return candidate.start
