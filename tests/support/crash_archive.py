"""A few small pages in three states, and what an index over them must answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from indexer.engines.base import Engine, Reader
from indexer.engines.whoosh import WhooshEngine
from indexer.model import Document, Every, Literal, Request, Weighted
from support.engine_samples import STAMP, document, record

State = Mapping[str, tuple[str, ...]]
"""The paragraphs of each page."""

OLD: State = {"a": ("援疆教育", "沙雅的学校"), "b": ("嘉兴援疆",), "c": ("阿克苏的医院",)}
NEW: State = {"a": ("援疆教育", "沙雅的新学校"), "c": ("阿克苏的医院",), "d": ("杭州援疆教育",)}
NEXT: State = {"e": ("后来的援疆",)}


def write(engine: Engine, old: State, new: State, *, fresh: bool = False) -> None:
    """Turn one state into another in one commit."""
    with engine.writer(STAMP, fresh=fresh) as writer:
        for page in old.keys() - new.keys():
            writer.remove(page)
        for page, texts in new.items():
            if fresh or old.get(page) != texts:
                writer.put(record(page, digest=repr(texts)), make_documents(page, texts))


def make_documents(page: str, texts: tuple[str, ...]) -> list[Document]:
    return [document(text, page=page, number=n) for n, text in enumerate(texts, 1)]


QUESTIONS = (
    Request(Every(), facets=("page", "kind"), size=100),
    Request(Literal("援疆"), scores=(Weighted("pairs", "援疆", 1.0),), facets=("page",)),
    Request(Literal("沙雅的新"), scores=(Weighted("chars", "新", 1.0),)),
)

Answers = tuple[Mapping[str, str], tuple[object, ...]]


def answers(reader: Reader) -> Answers:
    """Ask everything a reader can be asked; equal states answer equally."""
    pages = dict(reader.pages())
    found: list[object] = [replace(reader.find(one), generation=0) for one in QUESTIONS]
    found += [reader.page(page) for page in pages]
    found += [reader.article(page, 1) for page in pages]
    found += [tuple(reader.vocabulary("words")), reader.averages(), reader.count()]
    return pages, tuple(found)


def read(engine: Engine) -> Answers:
    """Open the newest commit and ask it everything."""
    reader = engine.reader()
    try:
        return answers(reader)
    finally:
        reader.close()


def expected(folder: Path, state: State) -> Answers:
    """Return what a healthy index over a state answers."""
    engine = WhooshEngine(folder)
    write(engine, {}, state, fresh=True)
    return read(engine)
