"""Find candidate place names in folded text, and features of the text around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from indexer.analysis import segment
from indexer.places import rules
from indexer.places.gazetteer import Ambiguity, Form, FormKind, Gazetteer
from indexer.places.word_cuts import WORD_COST, cut_cost, is_word, starts_with_word, word_cost

SUFFIX_POINTS = 5  # with 市, 县 or 区 there is no doubt
CONTEXT_WORD_POINTS = 1  # a word that precedes or follows places
COUNTED_LIST_POINTS = 2  # the last of a list that is counted: 两地, 三县
ONE_OF_ITS_OWN_POINTS = 2  # 常山一公司
TOWN_POINTS = -5  # a town's name
RAILWAY_POINTS = -2  # a line's name
RECUT_MARGIN_CHARS = 3  # characters beside a cut word that are cut again with it
MAX_RECUT_CHARS = 10
COMMON_WORD_FREQUENCY = 20  # the frequency of a word that may take a character from a name
NESTED_WORD_COST = 1.0  # what a word costs more that begins with the name: 唐山大|学生, 大连湾|区


@dataclass(frozen=True, slots=True)
class NameCandidate:
    """A form at its offset, with the points that its surroundings give it."""

    start: int
    end: int
    form: Form
    points: int = 0
    firm: bool = False  # opens the name of a company


class Scene:
    """A folded text; its word boundaries are found when first asked for."""

    def __init__(self, folded: str, gazetteer: Gazetteer) -> None:
        self.folded = folded
        self.gazetteer = gazetteer

    @cached_property
    def edges(self) -> frozenset[int]:
        """Where words begin and end."""
        words = segment(self.folded)
        ends = list(accumulate(map(len, words), initial=0))
        edges = set(ends)
        long_words = [(word, end) for word, end in zip(words, ends, strict=False) if len(word) > 2]
        seams = {word: tuple(self._seams(word)) for word in {word for word, _ in long_words}}
        edges.update(start + length for word, start in long_words for length in seams[word])
        edges.update(match.start() for match in rules.AND_OTHERS.finditer(self.folded))
        return frozenset(edges)

    def _seams(self, word: str) -> Iterator[int]:
        """Yield where a dictionary word is two: 广西|北海, 上海|浦东, 从|金华."""
        forms = self.gazetteer.forms
        for length in (2, 3):
            if word[:length] in forms and word[length:] in forms:
                yield length
            elif len(word) > 4 and word[:length] in forms and word[length : length + 2] in forms:
                yield from (length, length + 2)
        name = forms.get(word[1:])
        if name and name.ambiguity is Ambiguity.PLAIN and word[0] in rules.WORDS_BEFORE_NAMES:
            yield 1

    @cached_property
    def candidates(self) -> tuple[NameCandidate, ...]:
        """The forms in the text, leftmost first, longest first, none overlapping."""
        return tuple(self._find_candidates())

    @cached_property
    def provinces(self) -> frozenset[str]:
        """The provinces that are named, by themselves or as one that is aided (援疆)."""
        named = {
            found.form.places[0]
            for found in self.candidates
            if found.form.sort is FormKind.PROVINCE
        }
        aided = (region for word, region in rules.AIDED_REGIONS.items() if word in self.folded)
        return frozenset(named.union(aided))

    def _find_candidates(self) -> Iterator[NameCandidate]:
        gazetteer, folded = self.gazetteer, self.folded
        lengths = gazetteer.lengths if "团" in folded else gazetteer.plain_lengths
        free = 0
        for start in map(re.Match.start, gazetteer.starts.finditer(folded)):
            sizes = lengths.get(folded[start : start + 2])
            if sizes and start >= free:
                found = self._choose(start, sizes)
                if found:
                    yield found
                    free = found.end

    def _choose(self, start: int, sizes: tuple[int, ...]) -> NameCandidate | None:
        for size in sizes:
            form = self.gazetteer.forms.get(self.folded[start : start + size])
            if form is None or self._lends_suffix(start + size, form):
                continue
            if form.sort is FormKind.STOP and self._is_cut_shorter(start, size, sizes):
                continue
            candidate = self._weigh(start, form)
            if candidate:
                return candidate
        return None

    def _is_cut_shorter(self, start: int, size: int, sizes: tuple[int, ...]) -> bool:
        """Return whether a shorter sure name fits better: 天门|山区, not 天门山; but 苏州河|畔."""
        if rules.WATERSIDE.match(self.folded, start + size - 1):
            return False
        shorter = (
            start + other
            for other in sizes
            if other < size and self._is_plain(start, start + other)
        )
        return any(self._cost(start, end) < self._cost(start, start + size) for end in shorter)

    def _is_plain(self, start: int, end: int) -> bool:
        form = self.gazetteer.forms.get(self.folded[start:end])
        return (
            form is not None
            and form.ambiguity is Ambiguity.PLAIN
            and form.sort is not FormKind.STOP
        )

    def _lends_suffix(self, end: int, form: Form) -> bool:
        """Return whether the 市 of 济南市中区 belongs to its district."""
        below = self.gazetteer.forms.get(self.folded[end - 1 : end + 2])
        if below is None or form.sort is not FormKind.FULL or below.sort is not FormKind.FULL:
            return False
        places = self.gazetteer.places
        return any(form.places[0] in places[city].parents for city in below.places)

    def _weigh(self, start: int, form: Form) -> NameCandidate | None:
        """Return the candidate with its points, or `None` where it is no place at all."""
        end = start + len(form.text)
        if form.sort in (FormKind.STOP, FormKind.PROVINCE):
            return NameCandidate(start, end, form)
        if not self._stands_alone(start, end, form) or self._is_other(start, end, form):
            return None
        firm = form.sort is not FormKind.FULL and self._is_company(end)
        return NameCandidate(start, end, form, self._points(start, end, form), firm)

    def _stands_alone(self, start: int, end: int, form: Form) -> bool:
        """Return whether the name begins and ends where words do; long sure names need not."""
        if end - start == 2 and start in self.edges and self._is_accident(start):
            return False
        if start in self.edges and (end in self.edges or self._is_governed(end, form)):
            return True
        if form.loose or self._is_split(start, end):
            return form.loose or (form.ambiguity is Ambiguity.PLAIN and self._fits(start, end))
        rest = self._rest(end)
        if len(rest) > 1 and form.ambiguity is Ambiguity.PLAIN:
            return start in self.edges and not rules.OTHER_THING_AFTER.match(rest)
        if start not in self.edges:
            return False
        return bool(rules.INSIDE_WORD_AFTER.match(rest)) or (
            form.ambiguity is Ambiguity.PLAIN and self._fits(start, end)
        )

    def _is_governed(self, end: int, form: Form) -> bool:
        """Return whether a full name ends within a word for its own office: 河口区|委."""
        if form.sort is not FormKind.FULL or len(form.text) < 3:
            return False
        return rules.GOVERNED_AFTER.match(self.folded, end - 1) is not None

    def _fits(self, start: int, end: int) -> bool:
        """Return whether the words around are better cut so that the name is one of them."""
        if end not in self.edges and not starts_with_word(self.folded[end : end + 3]):
            return False
        left, right = self._window(start, end)
        usual = [place for place in range(left, right) if place in self.edges] + [right]
        words = (self.folded[one:other] for one, other in pairwise(usual))
        usual_cost = sum(WORD_COST if len(word) > 1 else word_cost(word) for word in words)
        nested = start in self.edges and not self._is_split(start, end)
        return self._cost(start, end) < usual_cost + NESTED_WORD_COST * nested

    def _is_accident(self, start: int) -> bool:
        """Return whether two characters go better with their neighbours: 至孝|感人, no 孝感."""
        middle, end = start + 1, start + 2
        beside = self.folded[start - 1 : start], self.folded[end : end + 1]
        if not (_may_join(beside[0]) and _may_join(beside[1])):
            return False
        before, after = self.folded[max(0, start - 2) : middle], self.folded[middle : end + 2]
        if not (
            is_word(before[-2:], COMMON_WORD_FREQUENCY) or is_word(before, COMMON_WORD_FREQUENCY)
        ):
            return False
        if not (is_word(after[:2], COMMON_WORD_FREQUENCY) or is_word(after, COMMON_WORD_FREQUENCY)):
            return False
        left, right = (
            self._edge(max(0, start - 1), -1),
            self._edge(min(end + 1, len(self.folded)), 1),
        )
        apart = cut_cost(self.folded[left:middle]) + cut_cost(self.folded[middle:right])
        return apart < cut_cost(self.folded[left:start]) + WORD_COST + cut_cost(
            self.folded[end:right]
        )

    def _cost(self, start: int, end: int) -> float:
        """Return the cost of the words around when the name is one of them."""
        left, right = self._window(start, end)
        return WORD_COST + cut_cost(self.folded[left:start]) + cut_cost(self.folded[end:right])

    def _window(self, start: int, end: int) -> tuple[int, int]:
        """Return the words that the name touches, and some more where it ends within a word."""
        left, right = self._edge(start, -1), self._edge(end, 1)
        if right > end:
            right = self._edge(min(right + RECUT_MARGIN_CHARS, len(self.folded)), 1)
        if left < start:
            left = self._edge(max(left - RECUT_MARGIN_CHARS, 0), -1)
        return max(left, start - MAX_RECUT_CHARS), min(right, end + MAX_RECUT_CHARS)

    def _edge(self, place: int, step: int) -> int:
        """Return the nearest edge from a place on, in one direction."""
        while place not in self.edges and 0 < place < len(self.folded):
            place += step
        return place

    def _rest(self, end: int) -> str:
        """Return what follows up to the end of the word."""
        stop = end
        while stop not in self.edges:
            stop += 1
        return self.folded[end:stop]

    def _is_other(self, start: int, end: int, form: Form) -> bool:
        """Return whether the name is part of a street, a village, a paper, a person's name."""
        if self._is_foreign(start, end, form):
            return True
        if form.sort is FormKind.FULL and len(form.text) > 2:
            return False
        after = self.folded[end : end + 24]
        return (
            bool(rules.OTHER_NAME_AFTER.match(after))
            or self._is_reign(start, end, form)
            or self._is_person(start, end)
            or self._is_town(start, end)
            or self._is_river(start, end, form)
            or (bool(rules.PERSON_AFTER.match(after)) and self._is_low(form))
        )

    def _is_foreign(self, start: int, end: int, form: Form) -> bool:
        """Return whether the name is of a place abroad, or made of letters of two countries."""
        before, after = self.folded[max(0, start - 7) : start], self.folded[end : end + 8]
        if _ends_abroad(before) or (after[:1] == "(" and after.startswith(rules.COUNTRIES, 1)):
            return True
        if (
            after[:1] == "省"
            and form.sort is not FormKind.FULL
            and rules.PROVINCE_AFTER.match(after)
        ):
            return True
        if (
            before[-1:] in ("、", "和", "与", "及")
            and form.text not in rules.KNOWN_EVERYWHERE
            and rules.LIST_ABROAD_BEFORE.search(self.folded[max(0, start - 20) : start])
        ):
            return True
        countries = rules.PAIRED_COUNTRIES.get(form.text)
        if countries and (countries.match(after) or rules.COUNTRY_LETTER.search(before)):
            return True
        return form.text in rules.NAMESAKES_ABROAD and self._is_namesake(start, end, form)

    def _is_namesake(self, start: int, end: int, form: Form) -> bool:
        """Return whether what is printed around a name shows that it is one abroad."""
        abroad, home = rules.NAMESAKES_ABROAD[form.text]
        around = rules.MAX_NAMESAKE_CHARS
        near = self.folded[max(0, start - around) : end + around]
        return home not in self.folded and abroad.search(near) is not None

    def _is_river(self, start: int, end: int, form: Form) -> bool:
        """Return whether a county's name is that of its river: 嫩江水位."""
        if form.text[-1] not in "河江" or not self._is_low(form):
            return False
        before, after = self.folded[max(0, start - 2) : start], self.folded[end : end + 8]
        return bool(rules.WATERS_BEFORE.search(before) or rules.WATERS_AFTER.match(after))

    def _is_reign(self, start: int, end: int, form: Form) -> bool:
        """Return whether a year of a reign follows: 南宋绍兴三年, but not 绍兴三年来."""
        year = form.text in rules.REIGN_PLACE_NAMES and rules.REIGN_YEAR.match(
            self.folded[end : end + 8]
        )
        if not year:
            return False
        return not year[0].endswith("年") or bool(
            year[0] == "元年" or rules.DYNASTY.search(self.folded[max(0, start - 8) : start])
        )

    def _is_town(self, start: int, end: int) -> bool:
        """Return whether a name that ends in 镇 or 乡 is only the end of a longer one."""
        before = self.folded[start - 1 : start]
        single = (
            start - 1 in self.edges
            and "一" <= before <= "龥"
            and before not in rules.WORDS_BEFORE_NAMES
        )
        return single and self.folded[end - 1] in "镇乡"

    def _is_company(self, end: int) -> bool:
        firm = rules.COMPANY_AFTER.match(self.folded[end : end + 24])
        return bool(firm and not rules.NO_COMPANY_NAME.search(firm[0]))

    def _is_person(self, start: int, end: int) -> bool:
        """Return whether the name is signed, follows a surname or is part of a transcribed one."""
        before, folded = self.folded[start - 1 : start], self.folded
        if rules.BYLINE_BEFORE.search(folded[max(0, start - 6) : start]) and end in self.edges:
            return not rules.DATELINE_AFTER.match(folded[end:])
        if rules.SIGNED_AFTER.match(folded[end : end + 4]):
            return True
        if before == "·" or folded[end : end + 1] == "·":
            return not self._is_paired(start, end)
        if (
            end - start > 2
            or start - 1 not in self.edges
            or rules.GOVERNED_AFTER.match(folded[end:])
        ):
            return False
        return before in rules.SURNAMES_NOT_WORDS or before in rules.TRANSCRIPTION_CHARACTERS

    def _is_paired(self, start: int, end: int) -> bool:
        """Return whether another place follows the middle dot: 湖州·柯坪."""
        forms, folded = self.gazetteer.forms, self.folded
        if folded[end : end + 1] == "·":
            return any(folded[end + 1 : end + 1 + size] in forms for size in (2, 3, 4))
        return any(folded[max(0, start - 1 - size) : start - 1] in forms for size in (2, 3, 4))

    def _points(self, start: int, end: int, form: Form) -> int:
        before, after = self.folded[max(0, start - 4) : start], self.folded[end : end + 8]
        points = 0
        if self._has_suffix(end, form):
            points += SUFFIX_POINTS
        if (form.everyday_parts or form.ambiguity is not Ambiguity.PLAIN) and self._is_split(
            start, end
        ):
            points -= CONTEXT_WORD_POINTS
        if rules.REGIMENT.match(after) and form.text.endswith("师"):
            points += SUFFIX_POINTS
        points += CONTEXT_WORD_POINTS * bool(rules.PLACE_WORD_BEFORE.search(before))
        points += CONTEXT_WORD_POINTS * bool(rules.PLACE_WORD_AFTER.match(after))
        if len(form.places) == 1:
            points += CONTEXT_WORD_POINTS * bool(rules.AUTHORITY_AFTER.match(after))
        points += COUNTED_LIST_POINTS * bool(rules.COUNTED_LIST_AFTER.match(after))
        points += ONE_OF_ITS_OWN_POINTS * bool(rules.ONE_OF_ITS_OWN_AFTER.match(after))
        if end - start == 2 and rules.RAILWAY_AFTER.match(after) and self._is_low(form):
            points += RAILWAY_POINTS  # the letters of a railway: 巴南高铁, but not 唐山铁路
        return points + TOWN_POINTS * bool(rules.TOWN_AFTER.match(after))

    def _is_low(self, form: Form) -> bool:
        """Return whether the name may be that of a county or a district."""
        places = self.gazetteer.places
        return any(places[city].level == 3 for city in form.places)

    def _has_suffix(self, end: int, form: Form) -> bool:
        if form.sort is FormKind.FULL:
            return form.ambiguity is Ambiguity.PLAIN and not form.everyday_parts
        after = self.folded[end : end + 2]
        governed = end + 1 in self.edges or bool(rules.GOVERNED_AFTER.match(after))
        return governed and after[:1] in set(form.suffixes)

    def _is_split(self, start: int, end: int) -> bool:
        return any(place in self.edges for place in range(start + 1, end))


def _may_join(character: str) -> bool:
    """Return whether a character beside a name may make a word with a part of it."""
    return "一" <= character <= "龥" and character not in rules.NOT_IN_WORDS


def _ends_abroad(before: str) -> bool:
    """Return whether a country is named directly before, or one character earlier."""
    if before[-1:] == "部":
        before = before[:-2]
    if before[-1:] in rules.COUNTRY_ENDS and before.endswith(rules.COUNTRIES):
        return True
    near = before[-2:-1] in rules.COUNTRY_ENDS and before[-1:] not in rules.LINKS_TO_COUNTRY
    return near and "一" <= before[-1] <= "龥" and before[:-1].endswith(rules.COUNTRIES)
