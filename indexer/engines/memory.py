"""Brute force: documents held in memory, every one of them looked at for every request.

It does what `model` and `base` define, in the plainest way: the reference for the other engines.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from secrets import token_hex
from typing import Any

from indexer.engines.article_groups import find_by_article
from indexer.engines.base import (
    TERM_FIELDS,
    Engine,
    Make,
    average_length,
    bm25,
    drill_sideways,
    idf,
)
from indexer.engines.budget import check_deadline
from indexer.engines.lengths import scored_length
from indexer.engines.occurrences import (
    OccurrenceRequest,
    Occurrences,
    collect_occurrences,
    count_totals,
)
from indexer.engines.rerank import find_reranked
from indexer.engines.text_spans import matches_text
from indexer.errors import IndexLocked, IndexMissing
from indexer.model import (
    And,
    Contains,
    Dates,
    Document,
    Every,
    Filter,
    Keyword,
    Literal,
    LookAround,
    Match,
    Matches,
    Near,
    Node,
    Not,
    Or,
    PageRecord,
    Request,
    Sort,
    Stamp,
    Term,
    Terms,
    Wildcard,
)

Test = Callable[[Document], bool]

NOT_COMMITTED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Commit:
    generation: int = 0
    identity: str = ""
    stamp: Stamp | None = None
    made: datetime = NOT_COMMITTED
    pages: Mapping[str, tuple[PageRecord, tuple[Document, ...]]] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)


class MemoryEngine(Engine):
    """An index that exists as long as the object; `at` shares one under a name in the process."""

    _named: dict[str, MemoryEngine] = {}  # noqa: RUF012 - shared on purpose

    def __init__(self, *, lock_seconds: float = 10.0) -> None:
        self._commit = _Commit()
        self._lock = threading.Lock()
        self._lock_seconds = lock_seconds

    @classmethod
    def at(cls, name: str, *, lock_seconds: float = 10.0) -> MemoryEngine:
        """Return the engine of that name, the same one each time."""
        return cls._named.setdefault(name, cls(lock_seconds=lock_seconds))

    def exists(self) -> bool:
        return self._commit.stamp is not None

    def latest(self) -> str:
        return self._commit.identity

    def commit_data(self) -> Mapping[str, str]:
        return self._commit.data

    def check(self) -> int:
        """Check no files; raises `IndexMissing` before the first commit."""
        self.reader()
        return 0

    def reader(self) -> MemoryReader:
        """Open the newest commit; raises `IndexMissing` before the first."""
        commit = self._commit
        if commit.stamp is None:
            raise IndexMissing(path="memory")
        return MemoryReader(commit, commit.stamp)

    @contextmanager
    def writer(self, stamp: Stamp, *, fresh: bool = False) -> Iterator[MemoryWriter]:
        if not self._lock.acquire(timeout=self._lock_seconds):
            raise IndexLocked(path="memory", holder="this process", seconds=self._lock_seconds)
        try:
            before = _Commit() if fresh else self._commit
            writer = MemoryWriter(dict(before.pages), before.data)
            yield writer
            if fresh or writer.touched:
                generation, now = self._commit.generation + 1, datetime.now(UTC)
                self._commit = _Commit(
                    generation, token_hex(16), stamp, now, writer.pages, writer.data
                )
        finally:
            self._lock.release()


class MemoryWriter:
    """The next commit: a copy of the pages, changed page by page."""

    def __init__(
        self, pages: dict[str, tuple[PageRecord, tuple[Document, ...]]], data: Mapping[str, str]
    ) -> None:
        self.pages = pages
        self.data = data
        self.touched = False
        self.documents = 0

    def put(self, record: PageRecord, documents: Iterable[Document]) -> None:
        held = tuple(
            replace(document, terms=document.terms.plain())
            for document in sorted(documents, key=lambda document: document.order)
        )
        self.pages[record.page.id] = (record, held)
        self.touched = True
        self.documents += len(held)

    def put_lazily(self, page: str, source: Any, make: Make) -> None:  # noqa: ARG002 - named by make
        self.put(*make(source))

    def set_commit_data(self, data: Mapping[str, str]) -> None:
        self.touched |= data != self.data
        self.data = dict(data)

    def remove(self, page: str) -> None:
        self.pages.pop(page, None)
        self.touched = True


class MemoryReader:
    """One commit, searched document by document."""

    def __init__(self, commit: _Commit, stamp: Stamp) -> None:
        self.generation, self.identity = commit.generation, commit.identity
        self.stamp, self.made = stamp, commit.made
        self._records = {page: record for page, (record, _) in sorted(commit.pages.items())}
        documents = (found for _, held in commit.pages.values() for found in held)
        self._documents = sorted(documents, key=lambda document: document.order)
        self._by_id = {document.id: document for document in self._documents}

    def find(self, request: Request) -> Matches:
        if request.per_article:
            return find_by_article(self.find, request)
        return find_reranked(self._find, request)

    def _find(self, request: Request) -> Matches:
        found, repeats = self._fold_repeats(request.match)
        kept = [document for document in found if passes(document, request.filters)]
        ranked = self._ranked(kept, repeats, request)
        articles = Counter((document.page, document.article) for document in kept)
        return Matches(
            total=len(kept),
            articles=len(articles),
            hits=tuple(
                replace(one, in_article=articles[one.document.page, one.document.article])
                for one in ranked[request.start : request.start + request.size]
            ),
            facets={name: count_facet(name, found, request.filters) for name in request.facets},
            generation=self.generation,
        )

    def scan(self, request: Request) -> Iterator[Match]:
        found, repeats = self._fold_repeats(request.match)
        kept = [document for document in found if passes(document, request.filters)]
        yield from self._ranked(kept, repeats, request)[request.start :]

    def occurrences(self, request: OccurrenceRequest) -> Occurrences:
        found, _ = self._fold_repeats(request.match)
        return collect_occurrences((one for one in found if passes(one, request.filters)), request)

    def totals(self, texts: Sequence[str]) -> Mapping[str, int]:
        return count_totals(self, texts)

    def documents(self, ids: Sequence[str]) -> Mapping[str, Document]:
        return {name: _bare(self._by_id[name]) for name in ids if name in self._by_id}

    def article(self, page: str, number: int) -> tuple[Document, ...]:
        return tuple(
            _bare(document)
            for document in self._documents
            if document.page == page and document.article == number
        )

    def page(self, page: str) -> PageRecord | None:
        return self._records.get(page)

    def pages(self) -> Mapping[str, str]:
        return {name: record.page.digest for name, record in self._records.items()}

    def vocabulary(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        for text, count in sorted(self._counts[field].items()):
            if text.startswith(prefix):
                yield text, count

    def frequencies(self, terms: Sequence[Term]) -> Mapping[Term, int]:
        return {term: self._counts[term.field][term.text] for term in terms}

    def pair_counts(self, pairs: Sequence[str]) -> list[int]:
        return [self._counts["pairs"][pair] for pair in pairs]

    def match_counts(self, nodes: Sequence[Node]) -> list[int]:
        return [self.find(Request(match=node, size=0)).total for node in nodes]

    def averages(self) -> Mapping[str, float]:
        return self._averages

    def count(self) -> int:
        return len(self._documents)

    def close(self) -> None:
        """Close nothing."""

    def _fold_repeats(self, node: Node) -> tuple[list[Document], dict[str, list[str]]]:
        """Return the matches that repeat no other, and the ids of the repeats of each."""
        matches = make_test(node)
        found = {document.id: document for document in _each(self._documents) if matches(document)}
        repeats: dict[str, list[str]] = {}
        for document in found.values():
            if document.original in found:
                repeats.setdefault(document.original, []).append(document.id)
        return [one for one in found.values() if one.original not in found], repeats

    def _ranked(
        self, kept: Iterable[Document], repeats: Mapping[str, Sequence[str]], request: Request
    ) -> list[Match]:
        tiers = [make_test(node) for node in request.tiers]
        matches = [
            Match(
                document=_bare(document),
                tier=next((n for n, inside in enumerate(tiers) if inside(document)), len(tiers)),
                score=self._score(document, request),
                repeats=tuple(repeats.get(document.id, ())),
            )
            for document in _each(kept)
        ]
        return sorted(matches, key=KEYS_BY_SORT[request.sort])

    @cached_property
    def _counts(self) -> dict[str, Counter[str]]:
        return {
            name: Counter(
                text for document in self._documents for text in set(getattr(document.terms, name))
            )
            for name in TERM_FIELDS
        }

    @cached_property
    def _averages(self) -> dict[str, float]:
        lengths = {
            name: [scored_length(getattr(document.terms, name)) for document in self._documents]
            for name in TERM_FIELDS
        }
        return {
            name: average_length(sum(found), sum(length * length for length in found))
            for name, found in lengths.items()
        }

    def _score(self, document: Document, request: Request) -> float:
        score = 0.0
        for weighted in request.scores:
            terms: tuple[str, ...] = getattr(document.terms, weighted.field)
            frequency = terms.count(weighted.text)
            if frequency:
                rarity = idf(len(self._documents), self._counts[weighted.field][weighted.text])
                length, average = scored_length(terms), self._averages[weighted.field]
                score += weighted.weight * rarity * bm25(frequency, length, average)
        return score * request.kind_factors.get(document.kind, 1.0)


def _each(documents: Iterable[Document]) -> Iterator[Document]:
    """Yield documents and look at the clock before each."""
    for document in documents:
        check_deadline()
        yield document


def _bare(document: Document) -> Document:
    return replace(document, terms=Terms())


# ---------------------------------------------------------------- matching


def make_test(node: Node) -> Test:
    """Return a function that returns whether a document matches the node."""
    match node:
        case Every():
            return lambda _document: True
        case Term(field=name, text=text):
            return lambda document: text in getattr(document.terms, name)
        case Keyword(facet=facet, value=value):
            return lambda document: value in document.facets.get(facet, ())
        case Contains(field=head, text=substring):
            return lambda document: any(substring in text for text in document.heads.get(head, ()))
        case Dates():
            return lambda document: node.contain(document.meta.date)
        case Literal() | LookAround() | Near() | Wildcard():
            return lambda document: matches_text(document.folded, node)
    return _make_composed(node)


def _make_composed(node: And[Node] | Or[Node] | Not[Node]) -> Test:
    if isinstance(node, Not):
        inside = make_test(node.node)
        return lambda document: not inside(document)
    tests = [make_test(child) for child in node.nodes]
    if isinstance(node, And):
        return lambda document: all(test(document) for test in tests)
    least = node.at_least
    return lambda document: sum(test(document) for test in tests) >= least


# ---------------------------------------------------------------- filters, facets, order


def passes(document: Document, filters: Iterable[Filter]) -> bool:
    """Return whether a document passes every filter."""
    return all(_passes_one(document, one) for one in filters)


def _passes_one(document: Document, one: Filter) -> bool:
    held = document.facets.get(one.facet, ())
    wanted = all if one.every else any
    if one.values and not wanted(value in held for value in one.values):
        return False
    return not any(value in held for value in one.excluded)


def count_facet(
    name: str, found: Iterable[Document], filters: Sequence[Filter]
) -> Mapping[str, int]:
    """Count the values of a facet, its own any-of filter left aside."""
    others = drill_sideways(filters, name)
    counts = Counter(
        value
        for document in found
        if passes(document, others)
        for value in set(document.facets.get(name, ()))
    )
    return dict(counts)


Key = tuple[object, ...]


def _by_relevance(match: Match) -> Key:
    return (match.tier, -match.score, match.document.order)


def _by_page(match: Match) -> Key:
    return (match.document.order,)


def _by_date(match: Match) -> Key:
    date = match.document.meta.date
    return (date is None, date or "", match.document.order)


def _by_newest(match: Match) -> Key:
    date = match.document.meta.date
    inverted = tuple(-ord(char) for char in date or "")
    return (date is None, (*inverted, 0) if date else (), match.document.order)


KEYS_BY_SORT: Mapping[Sort, Callable[[Match], Key]] = {
    Sort.RELEVANCE: _by_relevance,
    Sort.PAGE: _by_page,
    Sort.DATE: _by_date,
    Sort.NEWEST: _by_newest,
}
