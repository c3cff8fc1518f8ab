"""Other engines over the same tokens: each takes the collection in and answers by ids and totals.

Every rival gets the words that our analyser cuts, separated by blanks, so that only the engines
are compared. `Answer.ids` are names or numbers of documents, best first.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from indexer.engines.occurrences import OccurrenceRequest
from indexer.engines.whoosh import WhooshEngine
from indexer.model import And, Filter, Literal, Node, Or, Request, Stamp, Term, Weighted


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the collection, analysed."""

    text: str
    words: tuple[str, ...]
    cities: tuple[str, ...]


WARM_UP = 3000
"""Queries of each kind that Lucene is asked before it is measured."""


@dataclass(frozen=True, slots=True)
class Question:
    """One query of a class: words to match, all or any of them, or a substring; a city or none."""

    words: tuple[str, ...]
    every: bool = True
    substring: str = ""
    city: str = ""
    page: bool = False  # the whole search page: texts and counts as well
    request: Request | None = None  # what only this engine is asked
    export: bool = False  # every hit of the request, with its document
    occurrences: OccurrenceRequest | None = None  # what only this engine counts


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rival answers; `total` and `counts` are -1 and empty where it has none."""

    total: int
    ids: tuple[int | str, ...] = ()
    counts: Any = None
    texts: tuple[str, ...] = ()
    spent_ms: float | None = None  # where an engine in another process measures itself


class Rival(Protocol):
    """An engine under measurement."""

    name: str

    def ask(self, question: Question) -> Answer | None:
        """Answer, or return nothing where the engine has no such query."""


def _node(question: Question) -> Node:
    """Say who matches, in the engine's terms."""
    if question.substring:
        return Literal(question.substring)
    terms = tuple([Term("words", word) for word in question.words])
    if len(terms) == 1:
        return terms[0]
    return And(terms) if question.every else Or(terms)


class Ours:
    """This engine, by numbers alone; texts only for the whole page."""

    name = "chaquan"

    def __init__(self, folder: Path) -> None:
        self.reader = WhooshEngine(folder).reader()

    def ask(self, question: Question) -> Answer:
        """Answer by the request that the question means."""
        if question.occurrences is not None:
            return Answer(self.reader.occurrences(question.occurrences).documents)
        if question.request is not None:
            if question.export:
                return Answer(sum(1 for _ in self.reader.scan(question.request)))
            return Answer(self.reader.rank(question.request).total)
        request = Request(
            match=_node(question),
            scores=tuple([Weighted("words", word, 1.0) for word in question.words]),
            filters=(Filter("city", (question.city,)),) if question.city else (),
            facets=("city",) if question.city or question.page else (),
        )
        if question.page:
            found = self.reader.find(request)
            texts = tuple(match.document.text for match in found.hits)
            ids = tuple(match.document.id for match in found.hits)
            return Answer(found.total, ids, found.facets["city"], texts)
        ranking = self.reader.rank(request)
        counts = ranking.facets.get("city")
        return Answer(ranking.total, tuple(number for _, number, *_ in ranking.hits), counts)


class Lucene:
    """Lucene in a process of its own, see `Lucene.java`; it measures itself."""

    name = "lucene"

    def __init__(self, folder: Path, paragraphs: Sequence[Paragraph] = ()) -> None:
        source = Path(__file__).with_name("Lucene.java")
        command = ["java", "-cp", f"{os.environ['LUCENE']}/*", str(source), str(folder)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
        for one in paragraphs:
            self._write(" ".join(one.words))
        if paragraphs:
            self._write("")
        assert self._read() == "ready"
        for _ in range(WARM_UP):  # or Java would be measured before it has compiled itself
            self._ask("or", ("的", "了", "中国"))
            self._ask("and", ("中国", "发展"))
            self._ask("phrase", ("中国", "人民"))

    def ask(self, question: Question) -> Answer | None:
        """Answer words and substrings of words; filters and whole pages are not asked for."""
        if question.city or question.page or not question.words:
            return None
        kind = "phrase" if question.substring else "and" if question.every else "or"
        return self._ask(kind, question.words)

    def _ask(self, kind: str, words: Sequence[str]) -> Answer:
        self._write("\t".join([kind, *words]))
        total, spent = self._read().split("\t")
        return Answer(int(total), spent_ms=float(spent))

    def _write(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _read(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().rstrip("\n")


class Tantivy:
    """tantivy through its Python package."""

    name = "tantivy"

    def __init__(self, folder: Path, paragraphs: Sequence[Paragraph] = ()) -> None:
        import tantivy

        self._tantivy = tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("words", tokenizer_name="whitespace")
        builder.add_text_field("text", stored=True, index_option="basic", tokenizer_name="raw")
        builder.add_text_field("city", tokenizer_name="raw", fast=True)
        builder.add_integer_field("number", stored=True, fast=True)
        folder.mkdir(exist_ok=True)
        self.index = tantivy.Index(builder.build(), path=str(folder))
        if paragraphs:
            self._fill(paragraphs)
        self.index.reload()
        self._searcher = self.index.searcher()

    def _fill(self, paragraphs: Sequence[Paragraph]) -> None:
        writer = self.index.writer(256_000_000, 2)
        for number, one in enumerate(paragraphs):
            document = self._tantivy.Document(
                words=" ".join(one.words), text=one.text[:10_000], number=number
            )
            for city in one.cities:
                document.add_text("city", city)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def ask(self, question: Question) -> Answer:
        """Answer by a query tree, not by the query parser."""
        query = self._query(question)
        found = self._searcher.search(query, 10, count=True)
        counts = None
        if question.city or question.page:
            counts = self._count(self._query(question, aside=True))
        texts = ()
        if question.page:
            held = [self._searcher.doc(address) for _, address in found.hits]
            texts = tuple(document["text"][0] for document in held)
        return Answer(found.count, tuple(range(len(found.hits))), counts, texts)

    def _query(self, question: Question, *, aside: bool = False) -> Any:
        tantivy, schema = self._tantivy, self.index.schema
        must, should = tantivy.Occur.Must, tantivy.Occur.Should
        terms = [tantivy.Query.term_query(schema, "words", word) for word in question.words]
        if question.substring:
            query = tantivy.Query.phrase_query(schema, "words", list(question.words))
        elif len(terms) == 1:
            query = terms[0]
        else:
            occur = must if question.every else should
            query = tantivy.Query.boolean_query([(occur, term) for term in terms])
        if question.city and not aside:
            city = tantivy.Query.term_query(schema, "city", question.city)
            query = tantivy.Query.boolean_query(
                [(must, query), (must, tantivy.Query.const_score_query(city, 0.0))]
            )
        return query

    def _count(self, query: Any) -> dict[str, int]:
        aggregation = {"city": {"terms": {"field": "city", "size": 100}}}
        buckets = self._searcher.aggregate(query, aggregation)["city"]["buckets"]
        return {bucket["key"]: bucket["doc_count"] for bucket in buckets}


class Sqlite:
    """SQLite's FTS5 with a blank-separated column."""

    name = "sqlite"

    def __init__(self, folder: Path, paragraphs: Sequence[Paragraph] = ()) -> None:
        folder.mkdir(exist_ok=True)
        self._base = sqlite3.connect(folder / "base.db")
        if paragraphs:
            self._fill(paragraphs)

    def _fill(self, paragraphs: Sequence[Paragraph]) -> None:
        self._base.execute(
            'create virtual table p using fts5(words, city, tokenize="unicode61 categories '
            "'L* N* Co S* M*'\")"
        )
        self._base.execute("create table t (id integer primary key, text, city)")
        rows = [(n + 1, " ".join(p.words), " ".join(p.cities)) for n, p in enumerate(paragraphs)]
        self._base.executemany("insert into p(rowid, words, city) values (?, ?, ?)", rows)
        texts = [(n + 1, p.text, " ".join(p.cities)) for n, p in enumerate(paragraphs)]
        self._base.executemany("insert into t values (?, ?, ?)", texts)
        self._base.commit()

    def ask(self, question: Question) -> Answer:
        """Answer by a match expression; counts are made of the matching rows."""
        join = " AND " if question.every else " OR "
        words = [f'"{word}"' for word in question.words]
        text = '"' + " ".join(question.words) + '"' if question.substring else join.join(words)
        plain = f"words: ({text})"
        match = f'({plain}) AND (city: "{question.city}")' if question.city else plain
        rows = self._base.execute(
            "select rowid from p where p match ? order by bm25(p, 1, 0) limit 10", (match,)
        ).fetchall()
        total = self._base.execute("select count(*) from p where p match ?", (match,)).fetchone()[0]
        counts = self._count(plain) if question.city or question.page else None
        texts = ()
        if question.page:
            query = "select text from t where id = ?"
            texts = tuple(self._base.execute(query, row).fetchone()[0] for row in rows)
        return Answer(total, tuple(row[0] - 1 for row in rows), counts, texts)

    def _count(self, match: str) -> Counter[str]:
        query = "select t.city from p join t on t.id = p.rowid where p match ?"
        cities: Counter[str] = Counter()
        for (held,) in self._base.execute(query, (match,)):
            cities.update(held.split())
        return cities


class Bm25s:
    """bm25s, in memory: it scores everything and has neither totals nor filters."""

    name = "bm25s"

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        import bm25s

        self._model = bm25s.BM25(k1=0.9, b=0.6)
        self._model.index([list(one.words) for one in paragraphs], show_progress=False)

    def ask(self, question: Question) -> Answer | None:
        """Rank by any of the words; the other classes it does not have."""
        if question.substring or question.city or (question.every and len(question.words) > 1):
            return None
        if question.page:
            return None
        ids, _ = self._model.retrieve([list(question.words)], k=10, show_progress=False)
        return Answer(-1, tuple(np.asarray(ids)[0].tolist()))


class StockWhoosh:
    """Whoosh as it comes with jieba's ChineseAnalyzer; `paragraphs` may be fewer than ours."""

    name = "whoosh"

    def __init__(self, folder: Path, paragraphs: Sequence[Paragraph] = ()) -> None:
        from whoosh import fields, index

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from jieba.analyse import ChineseAnalyzer
        schema = fields.Schema(
            number=fields.STORED(),
            text=fields.TEXT(stored=True, analyzer=ChineseAnalyzer()),
            city=fields.KEYWORD(stored=True, commas=True),
        )
        if paragraphs:
            folder.mkdir(exist_ok=True)
            with index.create_in(folder, schema).writer(limitmb=256) as writer:
                for number, one in enumerate(paragraphs):
                    city = ",".join(one.cities)
                    writer.add_document(number=number, text=one.text, city=city)
        self._searcher = index.open_dir(folder).searcher()

    def ask(self, question: Question) -> Answer:
        """Answer as its manual says: a query tree, a limit, a filter, grouping."""
        from whoosh import query, sorting

        terms = [query.Term("text", word) for word in question.words]
        tree = query.And(terms) if question.every or question.substring else query.Or(terms)
        if question.substring:
            tree = query.Phrase("text", list(question.words))
        options: dict[str, Any] = {}
        if question.city:
            options["filter"] = query.Term("city", question.city)
        if question.city or question.page:
            facet = sorting.FieldFacet("city", allow_overlap=True, maptype=sorting.Count)
            options["groupedby"] = {"city": facet}
        found = self._searcher.search(tree, limit=10, **options)
        total = len(found)
        ids = tuple(hit["number"] for hit in found[:10])
        counts = dict(found.groups("city")) if options.get("groupedby") else None
        texts = tuple(hit["text"] for hit in found[:10]) if question.page else ()
        return Answer(total, ids, counts, texts)


STAMP = Stamp(1, "benchmark", "benchmark", "", "")
