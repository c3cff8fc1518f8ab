"""Answer requests from one commit of the embedded index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np

from indexer.bounded_cache import BoundedCache
from indexer.engines.article_groups import RowFacts, rank_by_article
from indexer.engines.occurrences import OccurrenceRequest, Occurrences
from indexer.engines.rerank import wanted_rerank, whole_block
from indexer.engines.whoosh.columns import Array, as_numbers
from indexer.engines.whoosh.kernels import warm
from indexer.engines.whoosh.match import intersect, is_exact
from indexer.engines.whoosh.ranking import (
    RankedRow,
    Ranking,
    match_documents,
    rank,
    rank_kept,
    rerank,
)
from indexer.engines.whoosh.segment_occurrences import count_totals, find_occurrences
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.engines.whoosh.term_tables import join_vocabularies
from indexer.model import Document, Literal, Match, Matches, Node, PageRecord, Request, Term

MAX_ID_DIGITS = 20
"""Digits of an article and a paragraph together: what an id can hold, and `int` reads at once."""


MAX_PAIRS_APART = 300
"""Pairs that are looked up one by one until the table of all is made, which takes .3 ms of CPU for
1,000 paragraphs: a single search does without."""

MAX_DOCUMENTS_KEPT = 64
"""Documents that were read last: an article and what is like it, or a page of hits."""


class WhooshReader:
    """A snapshot of the index; files that a later commit removes stay readable through it."""

    def __init__(self, snapshot: Snapshot, made: datetime, identity: str) -> None:
        self._snapshot = snapshot
        self.generation, self.stamp = snapshot.generation, snapshot.stamp
        self.made, self.identity = made, identity
        self._documents_read = BoundedCache[tuple[int, int], Document](MAX_DOCUMENTS_KEPT)

    def rank(self, request: Request) -> Ranking:
        """Answer a request by numbers alone: what a search costs before documents are read."""
        return rank(self._snapshot, request, stop=request.start + request.size)

    def find(self, request: Request) -> Matches:
        with self._snapshot.detect_truncation():
            ranking = self._articles(request) if request.per_article else self._ranked(request)
            return Matches(
                total=ranking.total,
                articles=ranking.articles,
                hits=tuple(self._hits(ranking, counted=True)),
                facets=ranking.facets,
                generation=self.generation,
            )

    def _ranked(self, request: Request) -> Ranking:
        """Rank a page of paragraphs, the first block in its better order."""
        wanted = wanted_rerank(request)
        ranking = self.rank(whole_block(request, wanted) if wanted else request)
        if wanted is None:
            return ranking
        stop = request.start + request.size
        hits = rerank(self._snapshot, ranking.hits, wanted, request.start, stop)
        return ranking._replace(hits=hits)

    def _articles(self, request: Request) -> Ranking:
        """Rank a page of articles by numbers, so that only hits that are shown are read."""
        rankings: list[Ranking] = []

        def rank_rows(one: Request) -> Sequence[RankedRow]:
            rankings.append(self._ranked(one))
            return rankings[-1].hits

        def rank_articles(one: Request, first: Sequence[RankedRow]) -> Sequence[RankedRow]:
            kept = self._of_articles(first, rankings[0].kept)
            return rank_kept(self._snapshot, one, kept)

        rows = rank_by_article(rank_rows, rank_articles, self._row_facts(rankings), request)
        return rankings[0]._replace(hits=rows)

    def _row_facts(self, rankings: Sequence[Ranking]) -> RowFacts[RankedRow]:
        segments = self._snapshot.segments
        return RowFacts(
            identity=lambda row: row[:2],
            article=lambda row: (row[0], int(segments[row[0]].articles[row[1]])),
            in_article=lambda row: len(
                segments[row[0]].in_article(row[1], rankings[0].kept[row[0]])
            ),
            score=lambda row: row[3],
        )

    def _of_articles(self, rows: Sequence[RankedRow], kept: Sequence[Array]) -> Sequence[Array]:
        """Return those of the kept documents that are in the articles of some rows."""
        parts: list[list[Array]] = [[documents[:0]] for documents in kept]
        for position, number, *_ in sorted(rows):
            segment = self._snapshot.segments[position]
            parts[position].append(segment.in_article(number, kept[position]))
        joined = [np.concatenate(some) for some in parts]
        for documents in joined:
            documents.setflags(write=False)  # as the loops are compiled for
        return joined

    def scan(self, request: Request) -> Iterator[Match]:
        with self._snapshot.detect_truncation():
            hits = self._hits(rank(self._snapshot, request, stop=None))
        while True:
            with self._snapshot.detect_truncation():
                match = next(hits, None)
            if match is None:
                return
            yield match

    def occurrences(self, request: OccurrenceRequest) -> Occurrences:
        with self._snapshot.detect_truncation():
            return find_occurrences(self._snapshot, request)

    def totals(self, texts: Sequence[str]) -> Mapping[str, int]:
        with self._snapshot.detect_truncation():
            return count_totals(self._snapshot, texts)

    def _hits(self, ranking: Ranking, *, counted: bool = False) -> Iterator[Match]:
        for position, number, tier, score in ranking.hits:
            segment, kept = self._snapshot.segments[position], ranking.kept[position]
            yield Match(
                document=self._read(position, number),
                tier=tier,
                score=score,
                repeats=self._repeats(ranking, position, number),
                in_article=len(segment.in_article(number, kept)) if counted else 0,
            )

    def _read(self, position: int, number: int) -> Document:
        """Read a document; the last few are kept, as an article's come again among similar ones."""
        found = self._documents_read.get((position, number))
        if found is None:
            found = self._snapshot.segments[position].document(number)
            self._documents_read[position, number] = found
        return found

    def _repeats(self, ranking: Ranking, position: int, number: int) -> tuple[str, ...]:
        segment = self._snapshot.segments[position]
        mine = segment.repeats[segment.originals == number]
        if not len(mine):
            return ()
        found = intersect(as_numbers(mine, segment.documents), ranking.matching[position])
        return tuple(map(segment.document_id, found.tolist()))

    def documents(self, ids: Sequence[str]) -> Mapping[str, Document]:
        with self._snapshot.detect_truncation():
            found = {name: self._document(name) for name in ids}
        return {name: document for name, document in found.items() if document is not None}

    def _document(self, name: str) -> Document | None:
        page, _, rest = name.rpartition(":")
        page, _, article = page.rpartition(":")
        if not (rest.isdecimal() and article.isdecimal() and len(rest + article) < MAX_ID_DIGITS):
            return None
        found = self._documents(page, article=int(article), number=int(rest))
        return next((one for one in found if one.id == name), None)

    def article(self, page: str, number: int) -> tuple[Document, ...]:
        with self._snapshot.detect_truncation():
            return tuple(self._documents(page, article=number))

    def _documents(self, page: str, **wanted: int) -> Iterator[Document]:
        """Read the documents of a page whose columns hold these numbers, and no others."""
        found = self._find_page(page)
        if found is None:
            return
        position, (record, end) = found
        segment, held = self._snapshot.segments[position], np.arange(record + 1, end)
        for column, value in wanted.items():
            held = held[getattr(segment, column)[held] == value]
        yield from (self._read(position, number) for number in held.tolist())

    def _find_page(self, page: str) -> tuple[int, tuple[int, int]] | None:
        """Return where a live page is: the place of its segment, its record and documents there."""
        for position, segment in enumerate(self._snapshot.segments):
            span = segment.page_range(page)
            if span is not None:
                return position, span
        return None

    def page(self, page: str) -> PageRecord | None:
        with self._snapshot.detect_truncation():
            found = self._find_page(page)
            if found is None:
                return None
            position, (record, _) = found
            return self._snapshot.segments[position].record(record)

    def pages(self) -> Mapping[str, str]:
        with self._snapshot.detect_truncation():
            return self._snapshot.digests()

    def vocabulary(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        with self._snapshot.detect_truncation():
            if field == "pairs" and len(prefix) == 1:
                return self._snapshot.pair_table.begin_with(prefix)
            if field == "words" and len(prefix) < 2:
                return self._snapshot.word_table.begin_with(prefix)
            return iter(join_vocabularies(self._snapshot.segments, field, prefix).items())

    def frequencies(self, terms: Sequence[Term]) -> Mapping[Term, int]:
        with self._snapshot.detect_truncation():
            return {term: self._snapshot.frequency(term.field, term.text) for term in terms}

    def pair_counts(self, pairs: Sequence[str]) -> list[int]:
        with self._snapshot.detect_truncation():
            if len(pairs) <= MAX_PAIRS_APART and "pair_table" not in self._snapshot.__dict__:
                return [self._snapshot.frequency("pairs", pair) for pair in pairs]
            return self._snapshot.pair_table.find(pairs)

    def match_counts(self, nodes: Sequence[Node]) -> list[int]:
        warm()
        with self._snapshot.detect_truncation():
            return list(map(self._count_matches, nodes))

    def _count_matches(self, node: Node) -> int:
        """Count the hits of a node: those of two characters by their pair where none repeats."""
        text = node.text if isinstance(node, Literal) else ""
        if len(text) == 2 and is_exact(text) and self._snapshot.has_no_repeats:
            return self.pair_counts([text])[0]
        return sum(map(len, match_documents(self._snapshot, node, ()).kept))

    def averages(self) -> Mapping[str, float]:
        with self._snapshot.detect_truncation():
            return self._snapshot.averages

    def check(self) -> None:
        """Check every column of every segment; raises `IndexCorrupt`."""
        with self._snapshot.detect_truncation():
            for segment in self._snapshot.segments:
                segment.columns.check_all()

    def count(self) -> int:
        return self._snapshot.count

    def close(self) -> None:
        """Close the reader; a file is unmapped with the last array over it."""
