"""A small archive in memory, made from rows of (text, kind, cities)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indexer.analysis import Analyzer, normal_form
from indexer.engines.base import Engine
from indexer.engines.memory import MemoryEngine
from indexer.model import Article, Document, Kind, Page, PageMeta, PageRecord, Span, Stamp
from indexer.search import Index
from indexer.settings import Settings

SETTINGS = Settings(cutter="jieba")
ANALYZER = Analyzer(SETTINGS)
STAMP = Stamp(1, ANALYZER.version, ANALYZER.cutter, ANALYZER.dictionary, "")

Rows = Sequence[tuple[str, Kind, tuple[str, ...]]]


def make_index(paragraphs: Mapping[str, Rows], engine: Engine | None = None) -> Index:
    """Index paragraphs by page, one article each, in memory or another engine."""
    engine = engine or MemoryEngine()
    fill(engine, paragraphs)
    return Index(engine, SETTINGS)


def fill(engine: Engine, paragraphs: Mapping[str, Rows]) -> None:
    """Put pages into an engine in one commit."""
    with engine.writer(STAMP) as writer:
        for page, rows in paragraphs.items():
            title = rows[0][0]
            record = PageRecord(Page(page, f"{page}.txt", "", page), (Article(page, 1, title),))
            writer.put(record, make_documents(page, rows))


def make_documents(page: str, rows: Rows) -> list[Document]:
    """Make the documents of a page; the first row is its title, page a is dated."""
    title = rows[0][0]
    return [
        Document(
            id=f"{page}:1:{number}",
            page=page,
            article=1,
            number=number,
            kind=kind,
            text=text,
            folded=normal_form(text),
            spans=(Span(0, len(text)),),
            lines=((number, number),),
            title=title,
            meta=PageMeta(date="2023-10-27") if page == "a" else PageMeta(),
            facets={"city": cities, "kind": (kind.value,), "page": (page,)},
            heads={"title": (normal_form(title),)},
            terms=ANALYZER.terms(text, title),
        )
        for number, (text, kind, cities) in enumerate(rows, 1)
    ]
