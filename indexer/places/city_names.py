"""Look up the cities that a name typed by a reader means, and write former names as today's."""

from __future__ import annotations

from pathlib import Path

from indexer.analysis import fold
from indexer.places.gazetteer import FormKind, load_gazetteer


def find_cities(typed: str, user: Path | None = None) -> tuple[str, ...]:
    """Return the cities that have exactly this name: 沙雅 for 沙雅县, both for 西湖."""
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
