"""Occurrences across uncertain line ends count once, where they begin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import Index, build_index, make_settings, open_index


@pytest.fixture(scope="module", params=["memory", "whoosh"])
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, seeds: Path
) -> Index:
    """The five pages, whose line ends are not all certain."""
    folder = tmp_path_factory.mktemp("crossings")
    settings = make_settings({}, engine=request.param, index=folder / "index")
    build_index([seeds], index=settings.index, settings=settings)
    return open_index(settings=settings)


def _substrings(index: Index) -> Iterator[str]:
    """Yield substrings that continue across a line end, two characters of either side."""
    for summary in index.pages():
        lines = index.page(summary.id).page.text.splitlines()
        for document in index.documents(summary.id):
            for end, first, _ in document.crossings:
                substring = document.text[:end].rstrip()[-2:] + lines[first - 1].strip()[:2]
                if substring.isalnum() and len(set(substring)) == len(
                    substring
                ):  # marks of others are merged
                    yield substring


def test_what_is_counted_is_what_hits_mark(index: Index) -> None:
    substrings = list(dict.fromkeys(_substrings(index)))[:40]
    crossed = 0
    for substring in substrings:
        hits = list(index.scan(f'"{substring}"', exact=True))
        crossed += sum(bool(hit.crossed) for hit in hits)
        counts = index.count(f'"{substring}"')
        assert counts.paragraphs == len(hits), substring
        assert counts.occurrences == sum(len(hit.marks) for hit in hits), substring
        found = [(line.id, line.keyword) for line in index.scan_concordance(f'"{substring}"')]
        marked = [(hit.id, hit.text[slice(*mark)]) for hit in hits for mark in hit.marks]
        assert sorted(found) == sorted(marked), substring
    assert crossed
