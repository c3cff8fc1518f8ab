"""Whoosh opens the index and finds in it what it finds in an index of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import whoosh.index
from support.engine_samples import STAMP, ask, document, fill, ids, record
from whoosh import analysis, fields, qparser, scoring
from whoosh import query as q
from whoosh.index import FileIndex
from whoosh.util.numeric import length_to_byte

from indexer.engines.lengths import LENGTHS_BY_BYTE, quantised, to_byte
from indexer.engines.whoosh import WhooshEngine
from indexer.errors import IndexCorrupt, IndexOutdated
from indexer.model import Document, Literal

WORDS = ("援疆", "教育", "沙雅", "县城", "学校", "a1")


@pytest.fixture
def engine(tmp_path: Path) -> WhooshEngine:
    return WhooshEngine(tmp_path / "index", lock_seconds=0.05)


DOCUMENTS = [
    document("援疆教育" * (n % 5 + 1) + "沙雅"[: n % 3], page=f"p{n % 7}", number=n)
    for n in range(60)
]


def make_documents() -> list[Document]:
    """Make documents of two-character words, which are cut where the words end."""
    texts = ["".join(WORDS[(n * k + k) % 6] for k in range(1, 2 + n % 7)) for n in range(60)]
    return [
        document(text, page=f"p{n % 7}", number=n, date=f"2023-01-{n % 28 + 1:02d}")
        for n, text in enumerate(texts)
    ]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> FileIndex:
    """An index of several segments with deleted pages, as Whoosh opens it."""
    engine = WhooshEngine(tmp_path_factory.mktemp("ours"))
    documents = make_documents()
    fill(engine, documents[:40])
    fill(engine, [replace(one, page="x" + one.page) for one in documents[40:]])
    with engine.writer(STAMP) as writer:
        writer.remove("p3")
    return whoosh.index.open_dir(engine.folder)


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> FileIndex:
    """Whoosh's own index over the same documents."""
    text = fields.TEXT(analyzer=analysis.SpaceSeparatedTokenizer())
    keyword = fields.KEYWORD()
    schema = fields.Schema(
        id=fields.STORED(), words=text, chars=text, pairs=text, kind=keyword, date=keyword
    )
    index = whoosh.index.create_in(tmp_path_factory.mktemp("stock"), schema)
    with index.writer() as writer:
        for number, one in enumerate(make_documents()):
            if number >= 40 or one.page != "p3":
                terms = {
                    name: " ".join(getattr(one.terms, name)) for name in ("words", "chars", "pairs")
                }
                writer.add_document(id=one.id, kind=one.kind.value, date=one.meta.date, **terms)
    return index


A, B, C = (q.Term("words", text) for text in ("援疆", "教育", "沙雅"))

QUERIES = [
    A,
    q.Term("words", "没有"),
    q.Term("chars", "疆"),
    q.Term("pairs", "疆教"),
    q.Term("kind", "body"),
    q.And([A, B]),
    q.Or([A, B, C]),
    q.And([A, q.Not(C)]),
    q.AndNot(A, C),
    q.AndMaybe(A, C),
    q.Require(B, C),
    q.Not(A),
    q.Every(),
    q.Every("words"),
    q.NullQuery,
    q.Prefix("words", "沙"),
    q.Prefix("pairs", "育"),
    q.Wildcard("words", "*雅"),
    q.Wildcard("words", "?校"),
    q.Regex("words", "援.|县城"),
    q.FuzzyTerm("words", "教肓", maxdist=1),
    q.TermRange("words", "援", "沿"),
    q.TermRange("date", "2023-01-03", "2023-01-17", startexcl=True),
    q.ConstantScoreQuery(A, 2.0),
    q.DisjunctionMax([A, B]),
    q.Or([A, B, C], minmatch=2),
    q.Phrase("words", ["教育", "沙雅"]),
    q.Phrase("words", ["沙雅", "学校", "a1"]),
    q.Phrase("words", ["援疆", "教育"], slop=2),
    q.Phrase("chars", list("育沙雅")),
    q.Phrase("words", ["没有", "教育"]),
    q.SpanNear2([q.Term("chars", "疆"), q.Term("chars", "沙")], slop=4, ordered=False),
    q.SpanFirst(q.Term("chars", "援")),
]


@pytest.mark.parametrize("query", QUERIES, ids=repr)
def test_queries_find_what_they_find_in_an_index_of_whoosh(
    ours: FileIndex, stock: FileIndex, query: q.Query
) -> None:
    with ours.searcher() as one, stock.searcher() as two:
        found = {hit["id"] for hit in one.search(query, limit=None)}
        assert found == {hit["id"] for hit in two.search(query, limit=None)}


@pytest.mark.parametrize("query", [A, q.Term("chars", "疆"), q.And([A, B]), q.Or([B, C])], ids=repr)
def test_terms_weigh_what_they_weigh_in_an_index_of_whoosh(
    ours: FileIndex, stock: FileIndex, query: q.Query
) -> None:
    weighting = scoring.Frequency()
    with ours.searcher(weighting=weighting) as one, stock.searcher(weighting=weighting) as two:
        scores = [
            {hit["id"]: hit.score for hit in searcher.search(query, limit=None)}
            for searcher in (one, two)
        ]
    assert len(scores[0]) > 5
    assert scores[0] == scores[1]


def test_statistics_sorting_and_highlighting(ours: FileIndex, stock: FileIndex) -> None:
    with ours.searcher() as one, stock.searcher() as two:
        assert one.doc_count() == two.doc_count() == len(list(one.documents()))
        assert list(one.lexicon("words")) == list(two.lexicon("words"))
        for searcher in (one, two):
            assert searcher.reader().frequency("words", "没有") == 0
        for text in ("援疆", "沙雅"):
            deleted = sum(text in done.terms.words for done in make_documents()[:40:7])
            difference = one.doc_frequency("words", text) - two.doc_frequency("words", text)
            assert 0 <= difference <= deleted + 7
        dates = [hit["id"] for hit in one.search(A, sortedby="date", limit=None)]
        assert set(dates) == {hit["id"] for hit in two.search(A, sortedby="date", limit=None)}
        known = {done.id: done.meta.date for done in make_documents()}
        assert [known[name] for name in dates] == sorted(known[name] for name in dates)
        query = qparser.QueryParser("chars", one.schema).parse('"教 育 沙"')
        hit = one.search(query, terms=True)[0]
        assert '<b class="match term0">教育沙</b>' in hit.highlights("chars")


def test_whoosh_opens_the_index_in_a_process_that_imports_nothing_of_ours(
    engine: WhooshEngine,
) -> None:
    fill(engine, DOCUMENTS)
    code = (
        "import sys, whoosh.index; from whoosh import query\n"
        "with whoosh.index.open_dir(sys.argv[1]).searcher() as searcher:\n"
        "    print(len(searcher.search(query.Term('words', '教育'), limit=None)))"
    )
    command = [sys.executable, "-W", "ignore", "-c", code, str(engine.folder)]
    done = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[2])
    assert int(done.stdout) == 60


def test_lengths_are_those_of_whoosh() -> None:
    lengths = [*range(2000), 106373, 106374, 10**7]
    assert [to_byte(length) for length in lengths] == [*map(length_to_byte, lengths)]
    assert quantised(11) == 12
    assert len(LENGTHS_BY_BYTE) == 256


def test_searching_imports_nothing_of_whoosh(engine: WhooshEngine) -> None:
    fill(engine, DOCUMENTS)
    code = (
        "import sys; from pathlib import Path; from indexer.engines.whoosh import WhooshEngine\n"
        "from indexer.model import Literal, Request\n"
        "reader = WhooshEngine(Path(sys.argv[1])).reader()\n"
        "print(reader.find(Request(Literal('教育'))).total, 'whoosh' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(engine.folder)]
    done = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.split() == [b"60", b"False"]


def test_an_index_of_an_older_format_is_refused(engine: WhooshEngine) -> None:
    from indexer.engines.whoosh import manifest

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest, "INDEX_FORMAT", 2)
        fill(engine, DOCUMENTS)
    for use in (engine.reader, engine.check, engine.latest):
        with pytest.raises(IndexOutdated, match="chaquan build --full"):
            use()
    assert engine.exists()
    assert fill(engine, DOCUMENTS, fresh=True).count() == 60


@pytest.mark.parametrize("name", ["manifest.json", "*.seg", "*.toc"])
@pytest.mark.parametrize("damage", ["cut", "missing", "nothing"])
def test_damage_has_a_name(engine: WhooshEngine, name: str, damage: str) -> None:
    fill(engine, DOCUMENTS)
    (path,) = engine.folder.glob(name)
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-5] if damage == "cut" else b"")
    with pytest.raises(IndexCorrupt, match="chaquan build --full"):
        engine.reader()
    with pytest.raises(IndexCorrupt):
        engine.check()
    assert fill(engine, DOCUMENTS, fresh=True).count() == 60
    assert engine.check() == 2


def test_a_page_without_documents_is_kept(engine: WhooshEngine) -> None:
    with engine.writer(STAMP) as writer:
        writer.put(record("q"), [])
        writer.put(record("r"), [document("教育", page="r")])
    reader = engine.reader()
    assert reader.page("q") == record("q")
    assert ids(ask(reader, Literal("教育"))) == ["r:1:1"]
