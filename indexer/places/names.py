"""Match what a reader typed with the name of a city: by character, pinyin or initials."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from indexer.analysis import fold
from indexer.places.gazetteer import FormKind, load_gazetteer


def matches_name(city: str, typed: str, user: Path | None = None) -> bool:
    """Return whether what was typed is, or begins, the city's name or one of its other names.

    Characters count anywhere in a name (雅, 沙雅县, 农一师 for 阿拉尔); pinyin and initials from
    any syllable on, also mixed and unfinished (shaya, sy, sya).
    """
    wanted = fold(typed).replace(" ", "").replace("'", "").lower()
    if not wanted.isascii():
        return any(wanted in name for name in _names(user).get(city, (fold(city),)))
    syllables = load_gazetteer(user).pinyin.get(city, "").split()
    return any(_begins(syllables[start:], wanted) for start in range(len(syllables)))


def find_cities(typed: str, user: Path | None = None) -> tuple[str, ...]:
    """Return the cities that bear exactly this name: 沙雅 for 沙雅县, both for 西湖."""
    form = load_gazetteer(user).forms.get(fold(typed))
    if form is None or form.sort is FormKind.STOP:
        return ()
    places = load_gazetteer(user).places
    return tuple(city for city in form.places if city in places)


def find_region(typed: str, user: Path | None = None) -> str | None:
    """Return the short name of a province or a place by any exact name: 新疆维吾尔自治区."""
    form = load_gazetteer(user).forms.get(fold(typed))
    return form.places[0] if form is not None and len(form.places) == 1 else None


def name_then(city: str, evidence: str, user: Path | None = None) -> str | None:
    """Return how to show a place printed by a former name: 襄樊 · 今襄阳; else `None`."""
    former = load_gazetteer(user).former.get(fold(evidence), ())
    if city not in (one.place for one in former) or fold(city) == fold(evidence):
        return None
    return f"{evidence} · 今{city}"


def _begins(syllables: list[str], wanted: str) -> bool:
    """Return whether each syllable gives a beginning of itself until nothing is wanted any more."""
    if not wanted:
        return True
    if not syllables:
        return False
    first, rest = syllables[0], syllables[1:]
    return any(
        _begins(rest, wanted[length:])
        for length in range(len(first), 0, -1)
        if first.startswith(wanted[:length]) and length <= len(wanted)
    )


def _names(user: Path | None) -> dict[str, tuple[str, ...]]:
    """Map every city to all forms that name it alone."""
    return _collect_names(load_gazetteer(user).digest, user)


@lru_cache(maxsize=8)
def _collect_names(_digest: str, user: Path | None) -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = {}
    for form in load_gazetteer(user).forms.values():
        if not form.joint:
            for city in form.places:
                names.setdefault(city, [fold(city)]).append(form.text)
    return {city: tuple(forms) for city, forms in names.items()}
