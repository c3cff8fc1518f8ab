"""How often the text of a query is folded and cut into words on its way to an answer."""

from __future__ import annotations

import sys

import pytest
from support.search_samples import make_index

import indexer.query
from indexer.analysis import Analyzer, fold
from indexer.model import Kind
from indexer.query import normal_text

INDEX = make_index({"a": [(f"援疆与教育的第{n}段", Kind.BODY, ()) for n in range(30)]})


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[str]]:
    """Provide the texts that are folded, and those that are cut, by what substrings in the test."""
    folded: list[str] = []
    cut: list[str] = []

    def count_fold(text: str) -> str:
        folded.append(text)
        return fold(text)

    def count_cut(analyzer: Analyzer, text: str) -> tuple[str, ...]:
        cut.append(text)
        return words(analyzer, text)

    words = Analyzer.words
    INDEX.search("援疆")  # word lists and aliases are folded once in a process
    for module in [one for name, one in sys.modules.items() if name.startswith("indexer.")]:
        if getattr(module, "fold", None) is fold:
            monkeypatch.setattr(module, "fold", count_fold)
    monkeypatch.setattr(Analyzer, "words", count_cut)
    indexer.query.parse_within.cache_clear()
    normal_text.cache_clear()
    return folded, cut


@pytest.mark.parametrize(
    ("query", "total", "folds", "cuts"),
    [
        ("援疆", 30, 1, 1),
        ("援疆 教育", 30, 3, 2),
        ("教育 OR 医疗", 30, 3, 2),
        ("援疆 教育 与", 30, 4, 3),
        ("援疆 教育 第2段", 1, 4, 4),  # a number is also cut as it is written in characters: 第二段
    ],
)
def test_a_query_is_folded_and_cut_once(
    work: tuple[list[str], list[str]], query: str, total: int, folds: int, cuts: int
) -> None:
    folded, cut = work
    found = INDEX.search(query, size=0, facets=())
    assert found.total == total
    assert 0 < len(folded) <= folds
    assert 0 < len(cut) <= cuts
