"""Whoosh's query trees find through our collector what they find through Whoosh itself."""

from __future__ import annotations

import pytest
import whoosh.index
from engine_samples import STAMP, document, fill, record
from whoosh import query as q

from indexer.engines.base import bm25, idf
from indexer.engines.whoosh import WhooshEngine
from indexer.engines.whoosh.reader import WhooshReader

A, B, C = (q.Term("words", text) for text in ("援疆", "教育", "沙雅"))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> WhooshEngine:
    engine = WhooshEngine(tmp_path_factory.mktemp("index"))
    texts = ["援疆教育" * (n % 5) + "沙雅" * (n % 3) + "县城" * (n % 2) for n in range(60)]
    fill(engine, [document(text, page=f"p{n % 7}", number=n) for n, text in enumerate(texts)])
    with engine.writer(STAMP) as writer:
        writer.remove("p3")
        writer.put(record("q"), [document("援疆沙雅", page="q", number=n) for n in range(3)])
    return engine


@pytest.fixture(scope="module")
def reader(engine: WhooshEngine) -> WhooshReader:
    return engine.reader()


@pytest.mark.parametrize(
    "query",
    [
        A,
        q.Term("words", "没有"),
        q.Term("f_page", "p2"),
        q.Term("unknown", "x"),
        q.And([A, B]),
        q.Or([A, B, C]),
        q.And([A, q.Not(C)]),
        q.AndNot(A, C),
        q.AndMaybe(A, C),
        q.Require(B, C),
        q.Not(A),
        q.Every(),
        q.NullQuery,
        q.Prefix("words", "沙"),
        q.Wildcard("words", "*雅"),
        q.Regex("words", "援.|县城"),
        q.FuzzyTerm("words", "教肓", maxdist=1),
        q.TermRange("words", "援", "沿"),
        q.ConstantScoreQuery(A, 2.0),
        q.DisjunctionMax([A, B]),
        q.Or([A, B, C], minmatch=2),
    ],
    ids=repr,
)
def test_finds_what_whoosh_finds(
    engine: WhooshEngine, reader: WhooshReader, query: q.Query
) -> None:
    with whoosh.index.open_dir(engine.folder).searcher() as searcher:
        expected = set(searcher.docs_for_query(query))
        collector = reader.search(query, limit=1000)
        assert {number for _, number in collector.items} == expected
        assert collector.total == collector.count() == len(expected)


@pytest.mark.parametrize(
    ("words", "found"), [(["教育", "沙雅"], 27), (["沙雅", "教育"], 0), (["没有", "教育"], 0)]
)
def test_a_phrase_is_words_side_by_side(reader: WhooshReader, words: list[str], found: int) -> None:
    phrase = reader.search(q.Phrase("words", words, boost=2.0), limit=100)
    both = {number: score for score, number in reader.search(q.And([B, C]), limit=100).items}
    assert phrase.total == found
    assert all(score == 2 * both[number] for score, number in phrase.items)


def test_scores_are_ours_times_the_boost(reader: WhooshReader) -> None:
    ((score, _),) = reader.search(q.Term("words", "沙雅", boost=3.0), limit=1).items
    frequency = reader._snapshot.frequency("words", "沙雅")
    average = reader.averages()["words"]
    best = max(bm25(n, length, average) for n, length in ((1, 2), (1, 1), (2, 2), (2, 3)))
    assert score == pytest.approx(3 * idf(reader.count(), frequency) * best)


def test_the_limit_takes_the_best(reader: WhooshReader) -> None:
    everything = reader.search(q.Or([A, B, C]), limit=1000)
    best = reader.search(q.Or([A, B, C]), limit=4)
    assert best.items == everything.items[:4]
    assert best.total == everything.total
