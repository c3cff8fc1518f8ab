"""The judged queries on the five pages: what must come, what must be first, what must be all."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from indexer import build_index, open_index
from indexer.analysis import normal_form
from indexer.search import Hit, Index

HERE = Path(__file__).parent
FLOORS = tomllib.loads((HERE / "floors.toml").read_text(encoding="utf-8"))["judged"]
TEN = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A query with what a reader says of it."""

    kind: str
    text: str
    first: str | None = None
    must: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    nothing: bool = False


def read_judged() -> Iterator[Judged]:
    """Read the judged queries."""
    tables = tomllib.loads((HERE / "judged" / "queries.toml").read_text(encoding="utf-8"))
    for kind, rows in tables.items():
        for row in rows:
            yield Judged(kind, **{name: _frozen(value) for name, value in row.items()})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


JUDGED = list(read_judged())
COMPLETE = [one for one in JUDGED if one.all or one.any]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("judged") / "index"
    build_index([seeds], index=folder)
    with open_index(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def hits(index: Index) -> dict[str, Hit]:
    """Every paragraph by its id, repeats folded into their originals."""
    return {hit.id: hit for hit in index.scan("")}


def holds(folded: str, judged: Judged) -> bool:
    """Brute force: whether a paragraph is what was asked for."""
    return (
        all(normal_form(substring) in folded for substring in judged.all)
        and (not judged.any or any(normal_form(substring) in folded for substring in judged.any))
        and not any(normal_form(substring) in folded for substring in judged.without)
    )


def test_the_judged_set_is_large_and_its_names_are_unique(hits: dict[str, Hit]) -> None:
    assert len(JUDGED) >= FLOORS["queries"]
    for key in {key for one in JUDGED for key in (one.first, *one.must) if key}:
        named = [name for name, hit in hits.items() if normal_form(key) in hit.document.folded]
        assert len(named) == 1, (key, named)


@pytest.mark.parametrize("judged", COMPLETE, ids=lambda judged: judged.text)
def test_what_was_asked_for_literally_is_complete(
    index: Index, hits: dict[str, Hit], judged: Judged
) -> None:
    wanted = {name for name, hit in hits.items() if holds(hit.document.folded, judged)}
    assert {hit.id for hit in index.scan(judged.text)} == wanted
    assert index.search(judged.text).total == len(wanted)


@pytest.mark.parametrize(
    "judged", [one for one in JUDGED if one.nothing], ids=lambda judged: judged.text
)
def test_what_is_not_there_is_not_found(index: Index, judged: Judged) -> None:
    assert index.search(judged.text).total == 0


def test_the_right_paragraph_is_first(index: Index) -> None:
    asked = [one for one in JUDGED if one.first]
    wrong = [(one.text, _top(index, one)[:1]) for one in asked if not _is_first(index, one)]
    assert 1 - len(wrong) / len(asked) >= FLOORS["first"], wrong


def test_what_must_come_is_among_the_first_ten(index: Index) -> None:
    wanted = [(one, key) for one in JUDGED for key in (one.first, *one.must) if key]
    missed = [(one.text, key) for one, key in wanted if not _is_found(index, one, key)]
    assert 1 - len(missed) / len(wanted) >= FLOORS["found"], missed


def _top(index: Index, judged: Judged) -> list[str]:
    return [hit.document.folded for hit in index.search(judged.text, size=TEN, facets=())]


def _is_first(index: Index, judged: Judged) -> bool:
    return any(normal_form(judged.first or "") in text for text in _top(index, judged)[:1])


def _is_found(index: Index, judged: Judged, key: str) -> bool:
    return any(normal_form(key) in text for text in _top(index, judged))
