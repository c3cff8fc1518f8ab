"""The inner loops do what they say, in numpy and compiled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import whoosh.query
from engine_samples import STAMP, document, fill
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.runs import near_check
from indexer.engines.whoosh import WhooshEngine, kernels
from indexer.engines.whoosh.columns import Array, pack_texts
from indexer.model import And, Every, Filter, Literal, Near, Or, Request, Sort, Term, Weighted


@pytest.fixture(scope="module", params=["numpy", "compiled"], autouse=True)
def loops(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.param == "compiled" and not kernels.load():
        pytest.skip("pip install 'chaquan[fast]'")
    yield
    kernels.unload()


def count_compiled() -> int:
    """Count the types that loops have been compiled for."""
    modules = [kernels._compiled, kernels._running]
    loops = [one for module in modules if module for one in vars(module).values()]
    return sum(len(getattr(one, "signatures", ())) for one in loops)


def test_nothing_is_compiled_while_a_query_waits(tmp_path: Path) -> None:
    texts = ["援疆教育" * (n % 4) + "沙雅" for n in range(40)]
    documents = [
        document(text, page=f"p{n % 7}", number=n, facets={"city": ("杭州",) * (n % 3)})
        for n, text in enumerate(texts)
    ]
    engine = WhooshEngine(tmp_path / "index")
    fill(engine, documents)
    with engine.writer(STAMP) as writer:
        writer.remove("p3")
    reader, before = engine.reader(), count_compiled()
    rare, often = Term("words", "援疆"), Term("chars", "沙")
    matches = (
        rare,
        often,
        And((rare, often)),
        Or((rare, often)),
        Literal("教育沙雅"),
        Every(),
        Near("援疆", "沙雅", 2),
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
    reader.search(whoosh.query.Term("words", "援疆"))
    assert count_compiled() == before


seeds = st.integers(0, 10_000)
texts = st.text("aab。𠮷" + "\ud842\udfb7", max_size=30).map(
    lambda text: text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
)
""""𠮷" takes two units of UTF-16, which also come alone."""


def pack(held: list[str]) -> tuple[Array, Array]:
    """Put texts end to end as a segment has them."""
    texts, start = pack_texts(held)
    texts.setflags(write=False)
    start.setflags(write=False)
    return texts, start


@settings(max_examples=150)
@given(st.lists(texts, min_size=1), st.text("aab。𠮷", min_size=1, max_size=6))
def test_runs_stand_where_python_finds_them(held: list[str], run: str) -> None:
    documents = np.arange(len(held)).astype(np.uint16)
    data = run.encode("utf-16-le", "surrogatepass")
    compiled = kernels.stand_in(*pack(held), data, documents)
    assert compiled is None or compiled.tolist() == [run in text for text in held]


def stand_by_hand(text: str, node: Near) -> bool:
    """Look at every two places of a text."""
    runs = ((node.first, node.second), (node.second, node.first))
    return any(
        text.startswith(one, begin) and text.startswith(other, begin + len(one) + gap)
        for one, other in runs
        for begin in range(len(text))
        for gap in range(min(node.distance, len(text)) + 1)
    )


@settings(max_examples=150)
@given(st.lists(texts, min_size=1), *[st.text("aab。𠮷\ud842", max_size=3)] * 2, st.integers(0, 9))
def test_near_runs_are_those_that_two_places_hold(
    held: list[str], first: str, second: str, distance: int
) -> None:
    documents = np.arange(len(held)).astype(np.uint16)
    for node in (Near(first, second, distance), Near(first, second, sentence=True)):
        if node.sentence:
            whole = replace(node, distance=30)
            found = [any(stand_by_hand(one, whole) for one in text.split("。")) for text in held]
        else:
            found = [stand_by_hand(text, node) for text in held]
        found = [bool(first and second and one) for one in found]
        assert list(map(near_check(node), held)) == found
        compiled = kernels.stand_near(*pack(held), node, documents)
        assert compiled is None or compiled.tolist() == found


@settings(max_examples=40)
@given(seeds, st.integers(0, 3000), st.integers(0, 300), st.sampled_from([1, 5, 1000]))
def test_largest_are_the_first_of_the_sorted(seed: int, size: int, wanted: int, steps: int) -> None:
    scores = np.random.default_rng(seed).integers(0, steps, size) / 8
    expected = sorted(range(size), key=lambda place: (-scores[place], place))[:wanted]
    assert kernels.largest(scores, wanted).tolist() == expected


@settings(max_examples=40)
@given(seeds, st.integers(0, 200), st.integers(0, 3000), st.sampled_from(["H", "i"]))
def test_shared_is_what_both_hold(seed: int, few: int, many: int, code: str) -> None:
    random = np.random.default_rng(seed)
    one, two = (
        np.sort(random.choice(4000, number, replace=False)).astype(code) for number in (few, many)
    )
    assert kernels.shared(one, two, 4000).tolist() == sorted({*one.tolist()} & {*two.tolist()})


@settings(max_examples=30)
@given(seeds, st.integers(0, 50), st.integers(1, 800))
def test_contributions_go_to_their_documents(seed: int, few: int, many: int) -> None:
    random = np.random.default_rng(seed)
    docs = np.sort(random.choice(1000, many, replace=False)).astype(np.uint16)
    freqs, lengths = random.integers(1, 5, many).astype("u1"), random.integers(0, 9, 1000)
    lengths, table = lengths.astype(np.uint8), random.random(1 << 16)
    for values in (freqs, lengths, table):
        values.setflags(write=False)
    expected = np.zeros(1000)
    expected[docs] = 0.5 * table[freqs.astype(int) * 256 + lengths[docs]]
    dense = np.zeros(1000)
    kernels.add_term(dense, docs, freqs, lengths, table, 0.5)
    assert dense.tolist() == expected.tolist()
    documents = np.sort(random.choice(1000, few, replace=False)).astype(np.uint16)
    scores = np.zeros(few)
    kernels.add_found(scores, documents, docs, freqs, lengths, table, 0.5)
    assert scores.tolist() == expected[documents].tolist()
