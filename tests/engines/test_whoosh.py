"""The Whoosh engine's own promises: its files are Whoosh's, and side files may go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import whoosh.index
import whoosh.query
from engine_samples import STAMP, ask, document, fill, ids, record
from whoosh.util.numeric import length_to_byte

from indexer.engines.lengths import LENGTHS, quantised, to_byte
from indexer.engines.whoosh import WhooshEngine, side
from indexer.engines.whoosh.documents import load_document
from indexer.engines.whoosh.side import EXTENSION
from indexer.errors import IndexCorrupt
from indexer.model import Literal, Sort, Terms, Weighted


@pytest.fixture
def engine(tmp_path: Path) -> WhooshEngine:
    return WhooshEngine(tmp_path / "index", lock_seconds=0.05)


DOCUMENTS = [
    document("援疆教育" * (n % 5 + 1) + "沙雅"[: n % 3], page=f"p{n % 7}", number=n)
    for n in range(60)
]


def test_lengths_are_those_of_whoosh() -> None:
    lengths = [*range(2000), 106373, 106374, 10**7]
    assert [to_byte(length) for length in lengths] == [*map(length_to_byte, lengths)]
    assert quantised(11) == 12
    assert len(LENGTHS) == 256


def test_plain_whoosh_reads_the_index(engine: WhooshEngine) -> None:
    fill(engine, DOCUMENTS)
    index = whoosh.index.open_dir(engine.folder)
    with index.searcher() as searcher:
        for field, text in (("words", "没有"), ("words", "沙雅"), ("words", "教育")):
            expected = {one.id for one in DOCUMENTS if text in getattr(one.terms, field)}
            found = searcher.search(whoosh.query.Term(field, text), limit=None)
            assert {load_document(hit["document"]).id for hit in found} == expected
        assert index.doc_count() == len(DOCUMENTS) + 7
        assert list(searcher.lexicon("f_page")) == [f"p{n}".encode() for n in range(7)]


def test_plain_whoosh_merges_our_segments(engine: WhooshEngine) -> None:
    fill(engine, DOCUMENTS[:40])
    fill(engine, [replace(one, page="q" + one.page) for one in DOCUMENTS[40:]])
    index = whoosh.index.open_dir(engine.folder)
    index.optimize()
    with index.refresh().searcher() as searcher:
        assert len(searcher.search(whoosh.query.Term("words", "援疆"), limit=None)) == 60
        assert len(searcher.leaf_searchers()) == 1


def test_lost_side_files_are_not_missed_and_made_again(engine: WhooshEngine) -> None:
    fill(engine, DOCUMENTS[:30])
    with engine.writer(STAMP) as writer:
        writer.put(record("q"), [document("教育。ＡＢ", page="q", title="题")])
    before = engine.reader()
    sides = {path: path.read_bytes() for path in engine.folder.glob(f"*{EXTENSION}")}
    assert sides
    for path in sides:
        path.unlink()
    request = {"scores": (Weighted("words", "教育", 1.0),), "size": 99, "facets": ("page",)}
    assert ask(engine.reader(), Literal("教育"), **request) == ask(
        before, Literal("教育"), **request
    )
    with engine.writer(STAMP) as writer:
        writer.put(record("r"), [])
    assert {path for path in sides if path.exists()} == set(sides)
    assert all(path.read_bytes() == data for path, data in sides.items())
    engine.check()


def test_side_files_of_another_layout_are_made_again(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(side, "_MAGIC", b"CQNP0000")
    fill(engine, DOCUMENTS[:30])
    before = engine.reader()
    monkeypatch.undo()
    assert not engine.reader()._snapshot.segments[0].has_side
    assert ask(engine.reader(), Literal("教育")) == ask(before, Literal("教育"))
    with engine.writer(STAMP) as writer:
        writer.put(record("r"), [])
    assert all(segment.has_side for segment in engine.reader()._snapshot.segments)
    assert ids(ask(engine.reader(), Literal("教育"))) == ids(ask(before, Literal("教育")))
    engine.check()


def test_rebuilt_columns_are_the_written_ones(engine: WhooshEngine) -> None:
    fill(engine, DOCUMENTS)
    written = engine.reader()._snapshot.segments[0].columns
    for path in engine.folder.glob(f"*{EXTENSION}"):
        path.unlink()
    rebuilt = engine.reader()._snapshot.segments[0].columns
    assert written.keys() == rebuilt.keys()
    for name, values in written.items():
        assert values.dtype == rebuilt[name].dtype, name
        assert np.array_equal(values, rebuilt[name]), name


def test_documents_whose_terms_are_not_the_implied_ones_are_found(engine: WhooshEngine) -> None:
    loose = [replace(one, terms=Terms(words=("x",))) for one in DOCUMENTS[:3]]
    found = ask(fill(engine, loose), Literal("援疆"), sort=Sort.PAGE)
    assert ids(found) == [one.id for one in loose]


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
    assert engine.check() == 3
