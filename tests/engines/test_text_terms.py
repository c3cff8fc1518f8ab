"""Words read off the pieces of texts: the same as those that are named one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.engine_samples import document, fill

from indexer.engines.base import Reader
from indexer.engines.memory import MemoryEngine
from indexer.engines.whoosh import WhooshEngine, text_terms
from indexer.model import Document, ImpliedTerms, Request, Term, Weighted

LONG = "字" * 300
PIECES = st.sampled_from(
    ["援", "援疆", "沙雅县", "𠀀", "𠀀教", "，", "。。", "·a", " ", "x2", LONG]
)


def make(number: int, pieces: Sequence[str], *, named: bool = False) -> Document:
    """Make a document of pieces, its words read off them or named."""
    text = "".join(pieces)
    terms = ImpliedTerms(tuple(pieces), text, ("援疆",))
    made = document(text, number=number)
    return replace(made, folded=text, terms=terms.plain() if named else terms)


def words(reader: Reader) -> dict[str, tuple[int, list[tuple[str, float]]]]:
    """List all words, in how many documents they are, and what each weighs in which."""
    found = {}
    for word, frequency in reader.vocabulary("words"):
        scores = (Weighted("words", word, 1.0),)
        matches = reader.find(Request(Term("words", word), scores=scores, size=99))
        hits = [(match.document.id, round(match.score, 6)) for match in matches.hits]
        found[word] = (frequency, hits)
    return found


@given(st.lists(st.tuples(st.lists(PIECES, max_size=6), st.booleans()), min_size=1, max_size=5))
def test_any_pieces_give_the_words_that_are_named(held: list[tuple[list[str], bool]]) -> None:
    documents = [make(n, pieces, named=named) for n, (pieces, named) in enumerate(held)]
    memory = MemoryEngine()
    with TemporaryDirectory() as folder:
        engine = WhooshEngine(folder)
        for one in (engine, memory):
            fill(one, documents)
        reader = engine.reader()
        assert words(reader) == words(memory.reader())


@pytest.mark.parametrize("share", [1, 3, 10**6])
def test_words_do_not_depend_on_how_much_is_sorted_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    monkeypatch.setattr(text_terms, "TOKENS_PER_SORT", share)
    pieces = ["援疆", "，", "教", "育", "援", "沙雅县", "援疆", "学", "校", "a"]
    engine, memory = WhooshEngine(tmp_path), MemoryEngine()
    for one in (engine, memory):
        fill(one, [make(n, pieces[n:]) for n in range(10)])
    assert words(engine.reader()) == words(memory.reader())


@pytest.mark.parametrize("pieces", [("援疆",), ("援", "疆教", "育"), ("援疆", "", "教"), ()])
def test_pieces_that_are_not_the_text_are_named(tmp_path: Path, pieces: tuple[str, ...]) -> None:
    odd = replace(make(1, ["援疆教"]), terms=ImpliedTerms(pieces, "援疆教"))
    engine = WhooshEngine(tmp_path)
    fill(engine, [odd, make(2, ["援疆"])])
    expected = {word for word in (*pieces, "援疆") if word}
    assert {word for word, _ in engine.reader().vocabulary("words")} == expected
