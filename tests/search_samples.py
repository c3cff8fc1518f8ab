"""A small archive in memory, made from rows of (text, kind, cities)."""

from __future__ import annotations

from indexer.analysis import fold, make_analyzer
from indexer.engines.memory import MemoryEngine
from indexer.model import Article, Document, Kind, Page, PageMeta, PageRecord, Span, Stamp
from indexer.search import Index
from indexer.settings import Settings

SETTINGS = Settings(cutter="jieba")


def make_index(paragraphs: dict[str, list[tuple[str, Kind, tuple[str, ...]]]]) -> Index:
    """Index paragraphs by page, one article each, in memory."""
    analyzer = make_analyzer(SETTINGS)
    engine = MemoryEngine()
    stamp = Stamp(1, analyzer.version, analyzer.cutter, analyzer.dictionary, "")
    with engine.writer(stamp) as writer:
        for page, rows in paragraphs.items():
            title = rows[0][0]
            documents = [
                Document(
                    id=f"{page}:1:{number}",
                    page=page,
                    article=1,
                    number=number,
                    kind=kind,
                    text=text,
                    folded=fold(text),
                    spans=(Span(0, len(text)),),
                    lines=((number, number),),
                    title=title,
                    meta=PageMeta(date="2023-10-27") if page == "a" else PageMeta(),
                    facets={"city": cities, "kind": (kind.value,), "page": (page,)},
                    heads={"title": (fold(title),)},
                    terms=analyzer.terms(text, title),
                )
                for number, (text, kind, cities) in enumerate(rows, 1)
            ]
            record = PageRecord(Page(page, f"{page}.txt", "", page), (Article(page, 1, title),))
            writer.put(record, documents)
    return Index(engine, SETTINGS)
