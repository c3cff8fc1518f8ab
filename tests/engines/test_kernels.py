"""The inner loops: the same functions with the same results in numpy and compiled by numba."""

from __future__ import annotations

import errno
import inspect
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.engine_samples import STAMP, document, fill

from indexer.engines.base import saturate
from indexer.engines.text_spans import matches_text
from indexer.engines.whoosh import WhooshEngine, kernels
from indexer.engines.whoosh.columns import Array, ends_of, pack_freqs, rank_bits, to_codes
from indexer.engines.whoosh.kernels import numpy_loops
from indexer.engines.whoosh.text_search import OFFSET_BITS, SearchedTexts, choose, find
from indexer.engines.wildcards import make_pattern
from indexer.model import (
    And,
    Every,
    Filter,
    Literal,
    LookAround,
    Near,
    Not,
    Or,
    Request,
    Sort,
    Term,
    Weighted,
    Wildcard,
    find_starts,
)

pytestmark = pytest.mark.usefixtures("loops")


def test_numba_that_cannot_be_imported_fails_no_request(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_name: str) -> ModuleType:
        raise SystemError("built for another numpy")

    monkeypatch.setattr(kernels, "in_use", numpy_loops)
    monkeypatch.setattr(kernels, "import_module", fail)
    monkeypatch.setattr(kernels, "find_spec", lambda _name: True)
    kernels.load_quietly()
    assert kernels.loops() is numpy_loops
    assert "searching without it" in caplog.text


def test_without_locks_on_files_the_loops_are_compiled_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EBADF, "as NFS does for a file that is open for reading")

    prepared: list[bool] = []
    compiled = SimpleNamespace(__file__=__file__, prepare=lambda: prepared.append(True))
    monkeypatch.setattr(kernels, "in_use", numpy_loops)
    monkeypatch.setattr(kernels, "import_module", lambda _name: compiled)
    monkeypatch.setattr(kernels, "find_spec", lambda _name: True)
    monkeypatch.setattr(kernels, "flock", refuse)
    assert kernels.load()
    assert prepared == [True]


def list_loops(module: ModuleType) -> dict[str, list[str]]:
    """Return the public functions of a module and the names of their arguments."""
    return {
        name: list(inspect.signature(getattr(one, "py_func", one)).parameters)
        for name, one in vars(module).items()
        if name[0] != "_" and getattr(one, "__module__", "") == module.__name__
    }


def test_both_modules_have_the_same_loops(loops: ModuleType) -> None:
    expected = list_loops(numpy_loops)
    found = list_loops(loops)
    assert len(expected) > 7
    assert {name: found[name] for name in expected} == expected
    assert found.keys() - expected.keys() <= {"njit", "prepare"}


def count_compiled(loops: ModuleType) -> int:
    """Count the types that loops have been compiled for."""
    return sum(len(getattr(one, "signatures", ())) for one in vars(loops).values())


def test_nothing_is_compiled_while_a_query_waits(tmp_path: Path, loops: ModuleType) -> None:
    texts = ["援疆教育" * (n % 4) + "沙雅" for n in range(40)]
    documents = [
        document(text, page=f"p{n % 7}", number=n, facets={"city": ("杭州",) * (n % 3)})
        for n, text in enumerate(texts)
    ]
    engine = WhooshEngine(tmp_path / "index")
    fill(engine, documents)
    with engine.writer(STAMP) as writer:
        writer.remove("p3")
    reader, before = engine.reader(), count_compiled(loops)
    rare, often = Term("words", "援疆"), Term("chars", "沙")
    matches = (
        rare,
        often,
        And((rare, often)),
        Or((rare, often)),
        Literal("教育沙雅"),
        Every(),
        Near("援疆", "沙雅", 2),
        Wildcard("援?教*雅"),
        Not(rare),
    )
    for match in matches:
        for filters in ((), (Filter("city", ("杭州",)),)):
            for sort in Sort:
                reader.find(
                    Request(
                        match,
                        tiers=(often,),
                        scores=(Weighted("words", "援疆", 1.0), Weighted("pairs", "教育", 0.5)),
                        kind_factors={"body": 2.0},
                        filters=filters,
                        facets=("city", "kind", "page"),
                        sort=sort,
                    )
                )
        reader.find(Request(match, scores=(Weighted("words", "援疆", 1.0),), size=3))
        list(reader.scan(Request(match, filters=(Filter("city", ("杭州",)),))))
    assert count_compiled(loops) == before


seeds = st.integers(0, 10_000)
texts = st.text("aab。𠮷" + "\ud842\udfb7", max_size=30).map(
    lambda text: text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
)
""""𠮷" takes two units of UTF-16, which also come alone."""


def lay_out_texts(held: list[str]) -> SearchedTexts:
    """Put texts end to end, as `text_search` does those with characters of two units."""
    codes, starts = to_codes("".join(held)), ends_of(np.array(list(map(len, held))))
    return SearchedTexts(codes, starts, number(held), np.arange(len(held)))


def number(held: list[str]) -> Array:
    """Return the document numbers of all texts, as a segment has them."""
    documents = np.arange(len(held)).astype(np.uint16)
    documents.setflags(write=False)
    return documents


def find_texts(held: list[str], node: LookAround | Near | Wildcard) -> list[bool]:
    """Return which texts a node matches."""
    found = {*choose(lay_out_texts(held), node).owners.tolist()}
    return [position in found for position in range(len(held))]


@settings(max_examples=150)
@given(
    held=st.lists(texts, min_size=1),
    substring=st.text("aab。𠮷", min_size=1, max_size=6),
    chosen=st.lists(st.booleans(), min_size=1, max_size=30),
)
def test_substrings_are_where_python_finds_them(
    loops: ModuleType, held: list[str], substring: str, chosen: list[bool]
) -> None:
    laid = lay_out_texts(held)
    numbers = laid.numbers[np.resize(chosen, len(held))]
    numbers.setflags(write=False)
    counts, positions = loops.find_substring(
        (laid.codes, laid.starts, numbers), to_codes(substring).copy()
    )
    expected = [list(find_starts(held[number], substring)) for number in numbers.tolist()]
    assert counts.tolist() == list(map(len, expected))
    begins = laid.starts[numbers].repeat(counts)
    assert (positions - begins).tolist() == [position for found in expected for position in found]


def is_near_by_hand(text: str, node: Near) -> bool:
    """Look at every two positions of a text."""
    substrings = ((node.first, node.second), (node.second, node.first))
    return any(
        text.startswith(one, begin) and text.startswith(other, begin + len(one) + gap)
        for one, other in substrings[: 1 if node.ordered else 2]
        for begin in range(len(text))
        for gap in range(min(node.distance, len(text)) + 1)
    )


@settings(max_examples=150)
@given(
    held=st.lists(texts, min_size=1),
    first=st.text("aab。𠮷", min_size=1, max_size=3),
    second=st.text("aab。𠮷", min_size=1, max_size=3),
    distance=st.integers(0, 9),
    ordered=st.booleans(),
)
def test_near_substrings_are_those_that_two_places_hold(
    held: list[str], first: str, second: str, distance: int, ordered: bool
) -> None:
    node = Near(first, second, distance, ordered=ordered)
    expected = [is_near_by_hand(text, node) for text in held]
    assert [matches_text(text, node) for text in held] == expected
    assert find_texts(held, node) == expected
    node, whole = replace(node, sentence=True), replace(node, distance=30)
    expected = [any(is_near_by_hand(one, whole) for one in text.split("。")) for text in held]
    assert [matches_text(text, node) for text in held] == expected
    assert find_texts(held, node) == expected


@settings(max_examples=150)
@given(
    held=st.lists(texts, min_size=1),
    substring=st.text("aab。𠮷", min_size=1, max_size=3),
    others=st.lists(st.text("aab。𠮷", min_size=1, max_size=2), max_size=3),
    before=st.integers(0, 3),
)
def test_substrings_are_left_out_beside_excluded_characters(
    held: list[str], substring: str, others: list[str], before: int
) -> None:
    node = LookAround(substring, tuple(others[:before]), tuple(others[before:]))
    assert find_texts(held, node) == [matches_text(text, node) for text in held]


@settings(max_examples=300)
@given(held=st.lists(texts, min_size=1), pattern=st.text("aab。𠮷?*", min_size=1, max_size=6))
def test_patterns_are_where_they_are_found_by_hand(held: list[str], pattern: str) -> None:
    made = make_pattern(pattern)
    assert made
    assert find_texts(held, Wildcard(pattern)) == [
        any(True for _ in made.find(text)) for text in held
    ]
    laid = lay_out_texts(held)
    found, begins = find(laid, Wildcard(pattern)), laid.starts
    expected = [
        tuple((position << OFFSET_BITS) + begins[position] + at for at in span)
        for position, text in enumerate(held)
        for span in made.find(text)
    ]
    assert list(zip(found.begins.tolist(), found.ends.tolist(), strict=True)) == expected


@settings(max_examples=40)
@given(seed=seeds, size=st.integers(1, 200), most=st.integers(0, 3))
def test_rows_are_counted_once_for_each_document(
    loops: ModuleType, seed: int, size: int, most: int
) -> None:
    random = np.random.default_rng(seed)
    sizes = random.integers(0, most + 1, size)
    start = np.append(0, np.cumsum(sizes)).astype(np.uint32)
    rows = random.integers(0, 7, int(start[-1])).astype(np.uint8)
    documents = np.flatnonzero(random.random(size) < random.random()).astype(np.uint16)
    for values in (start, rows, documents):
        values.setflags(write=False)
    counts = np.zeros(7, np.int64)
    loops.count_rows(counts, rows, start, documents)
    held = [row for one in documents.tolist() for row in rows[start[one] : start[one + 1]]]
    assert counts.tolist() == [held.count(row) for row in range(7)]
    values = np.sort(random.integers(0, 9, size)).astype(np.int32)
    assert loops.count_distinct(values, documents) == len({*values[documents].tolist()})


@settings(max_examples=40)
@given(
    seed=seeds,
    size=st.integers(0, 3000),
    wanted=st.integers(0, 300),
    steps=st.sampled_from([1, 5, 1000]),
)
def test_largest_are_the_first_of_the_sorted(
    loops: ModuleType, seed: int, size: int, wanted: int, steps: int
) -> None:
    scores = np.random.default_rng(seed).integers(0, steps, size) / 8
    expected = sorted(range(size), key=lambda position: (-scores[position], position))[:wanted]
    assert loops.largest(scores, wanted).tolist() == expected


@settings(max_examples=40)
@given(
    seed=seeds,
    few=st.integers(0, 200),
    many=st.integers(200, 3000),
    code=st.sampled_from(["H", "i"]),
)
def test_an_intersection_is_what_both_hold(
    loops: ModuleType, seed: int, few: int, many: int, code: str
) -> None:
    random = np.random.default_rng(seed)
    one, two = (
        np.sort(random.choice(4000, number, replace=False)).astype(code) for number in (few, many)
    )
    one.setflags(write=False)
    two.setflags(write=False)
    assert loops.intersect_sorted(one, two).tolist() == sorted({*one.tolist()} & {*two.tolist()})
    mask, numbers = np.zeros(4000, np.bool_), np.empty(4000, code)
    loops.mark(mask, two)
    assert numbers[: loops.list_marked(mask, numbers)].tolist() == two.tolist()


@settings(max_examples=40)
@given(seed=seeds, terms=st.integers(0, 4), few=st.integers(0, 60), most=st.integers(1, 700))
def test_scores_are_those_of_bm25(
    loops: ModuleType, seed: int, terms: int, few: int, most: int
) -> None:
    random = np.random.default_rng(seed)
    sizes = random.integers(0, most + 1, terms + 2)
    held = [np.sort(random.choice(700, size, replace=False)).astype(np.uint16) for size in sizes]
    docs, ends = np.concatenate(held), ends_of(sizes)
    freqs = random.integers(1, 4, len(docs)).astype(np.uint8)
    repeated, often = pack_freqs(freqs)
    often = often.astype(np.uint8)
    lengths = random.integers(0, 9, (4, 700)).astype(np.uint8)
    norms, factors = random.random((4, 1, 256)), random.choice([1.0, 0.5], 13)
    weights = saturate(np.arange(1.0, 256.0)[:, np.newaxis], norms)
    tables = np.concatenate([norms, weights], axis=1).reshape(4, -1)
    kinds = random.integers(0, 13, 700).astype(np.uint8)
    documents = held[1] if few > 50 else np.sort(random.choice(700, few, replace=False))
    documents = documents.astype(np.uint16)
    for values in (docs, repeated, often, lengths, tables, kinds, documents):
        values.setflags(write=False)
    spans = np.stack([ends[1:-2], ends[2:-1]], 1)
    fields, rarities = random.integers(0, 4, terms), random.random(terms)
    expected = np.zeros(700)
    for term in range(terms):
        for at in range(*spans[term].tolist()):
            norm = norms[fields[term], 0, lengths[fields[term], docs[at]]]
            expected[docs[at]] += rarities[term] * saturate(float(freqs[at]), norm)
    expected *= factors[kinds]
    postings = (docs, repeated, rank_bits(repeated), often, lengths, kinds)
    rows = np.column_stack([spans, fields, rarities]).astype(np.float64).reshape(terms, 4)
    arguments = (postings, tables, rows, factors)
    scores = loops.score_documents(documents, arguments)
    assert scores.tolist() == pytest.approx(expected[documents].tolist())
    numbers = np.arange(700)[::-1].copy()
    numbers.setflags(write=False)
    articles = (np.arange(700) // 9).astype(np.int32)
    articles.setflags(write=False)
    rows = np.empty((5, 4))
    written, counted = loops.rank_documents(documents, arguments, (3, numbers, articles), rows)
    rows = rows[:written]
    assert counted == len({number // 9 for number in documents.tolist()})
    order = sorted(documents.tolist(), key=lambda number: (-round(expected[number], 9), number))
    assert rows[:, 3].tolist() == order[:5]
    assert {*rows[:, 2].tolist()} <= {3}
    assert rows[:, 1].tolist() == [699 - number for number in order[:5]]
    assert (-rows[:, 0]).tolist() == pytest.approx(expected[order[:5]].tolist())
