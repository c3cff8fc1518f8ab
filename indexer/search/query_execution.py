"""One query put to one commit: strictly, then by its words where few paragraphs or none match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, islice
from typing import NamedTuple

from indexer.engines.base import Reader
from indexer.engines.budget import check_deadline
from indexer.engines.rerank import reorder
from indexer.messages import message
from indexer.model import (
    And,
    CrossedLines,
    Document,
    Match,
    Matches,
    Node,
    Not,
    Or,
    Request,
    Rerank,
    Sort,
    Span,
)
from indexer.query import Note
from indexer.search.filters import Selection
from indexer.search.marks import (
    add_continued_marks,
    add_corrected_marks,
    add_unsure_readings,
    cross_lines,
    crossed_lines,
    to_printed,
)
from indexer.search.plan import Plan, Stage, Tier
from indexer.search.query_relaxation import Relaxed, following_note, relax, relaxed_notes
from indexer.search.query_terms import (
    KIND_FACTORS,
    QUESTION_FACTORS,
    RERANK_WINDOW,
    DocumentCounts,
    Sentences,
    make_sentences,
)
from indexer.snippets import find_marks

FULL_PAGE = 10
"""Strict matches that fill a first page; fewer are followed by relaxed ones."""


@dataclass(frozen=True, slots=True)
class HitsFound:
    """A page of hits: those that were asked for, then the related ones, which hold some words.

    Totals and counts in `matches` are of the first alone; `following` counts the others, and
    `following_articles` the articles that only they are in, where hits come by article.
    """

    matches: Matches
    hits: tuple[Match, ...]
    related: frozenset[str] = frozenset()  # ids of the hits that hold some of the words
    following: int = 0
    following_articles: int = 0


class Marks(NamedTuple):
    """What to mark in a printed text, and the lines on which that continues elsewhere."""

    spans: tuple[Span, ...]
    crossed: tuple[CrossedLines, ...] = ()


@dataclass
class QueryExecution:
    """A plan, what is searched beside it, and the reader that answers."""

    reader: Reader
    plan: Plan
    selection: Selection
    counts: DocumentCounts = field(init=False)

    def __post_init__(self) -> None:
        self.counts = DocumentCounts(self.reader)
        self.plan = add_unsure_readings(cross_lines(self.plan, self.reader), self.reader)

    def find(self, start: int, size: int, per_article: int = 0) -> HitsFound:
        """Return one page of matches, the first block in its better order.

        With `per_article`, `start` and `size` count articles and at most so many hits of each come.
        """
        matches = self._find(self.plan.strict, start, size, per_article=per_article)
        if "strict_total" not in self.__dict__ and not self._filtered:
            self.strict_total = matches.total
        if self.relaxed:
            matches = self._find(self.stage, start, size, per_article=per_article)
            return HitsFound(matches, matches.hits)
        if not size or not matches.total or self.next_stage is None:
            return HitsFound(matches, matches.hits)
        if per_article:
            stage = self._both_stages(self.next_stage)
            return self._find_both(stage, matches, start, size, per_article)
        start, size = max(0, start - matches.total), size - len(matches.hits)
        others = self._find(self.next_stage, start, size, facets=())
        related = frozenset(match.document.id for match in others.hits)
        return HitsFound(matches, (*matches.hits, *others.hits), related, others.total)

    def _find_both(
        self, stage: Stage, strict: Matches, start: int, size: int, per_article: int
    ) -> HitsFound:
        """Find strict and related matches in one order, so that each article comes once.

        A strict match that repeats a related one would be folded into it: it is set in its place,
        and `in_article` may then leave related hits aside that come further on.
        """
        own = strict.hits
        if len(own) < strict.total:
            own = self._find(self.plan.strict, 0, FULL_PAGE, facets=()).hits
        folded = [match for match in own if match.document.original]
        wanted = (0, start + size + len(own)) if folded else (start, size)
        both = self._find(stage, *wanted, facets=(), per_article=per_article)
        before = len(self.plan.strict.tiers) + 1
        hits, related = list(both.hits), {m.document.id for m in both.hits if m.tier >= before}
        if folded:
            known = {match.document.id for match in own}
            counts = {_article(match): match.in_article for match in both.hits}
            counts.update(Counter(map(_article, folded)) + Counter(counts))
            rest = [match for match in hits if match.document.id not in known]
            hits = [replace(m, in_article=counts.get(_article(m), 0)) for m in (*own, *rest)]
            hits = _page_of_articles(hits, start, size, per_article)
        hits = [
            replace(match, tier=match.tier - before) if match.document.id in related else match
            for match in hits
        ]
        others = both.total - strict.total + len(folded)
        articles = both.articles - strict.articles
        return HitsFound(strict, tuple(hits), frozenset(related), others, articles)

    def scan(self) -> Iterator[Match]:
        """Yield every match that totals count, in the order in which `find` pages through them."""
        matches = self.reader.scan(self._request(self.stage, 0, 0))
        if not self._reranks:
            return matches
        block = list(islice(matches, RERANK_WINDOW))
        return chain(reorder(block, self._rerank(self.kind_factors)), matches)

    @cached_property
    def strict_total(self) -> int:
        """Count what matches strictly.

        Filters are left aside here, so choosing one never changes what a query means.
        """
        return self.reader.find(Request(self.plan.strict.match, size=0)).total

    @cached_property
    def by_words(self) -> Relaxed | None:
        """The query asked by its words, where strict matches do not fill a page."""
        if self.plan.relaxable is None or self.strict_total >= FULL_PAGE:
            return None
        return relax(self.plan.relaxable, self.counts, self.reader)

    @property
    def relaxed(self) -> bool:
        """Return whether the query is answered by its words alone."""
        return bool(self.by_words and self.by_words.stage) and not self.strict_total

    @property
    def stage(self) -> Stage:
        """How to ask for what totals count: by the words only when nothing is found as typed."""
        if self.relaxed and self.by_words and self.by_words.stage:
            return self.by_words.stage
        return self.plan.strict

    @cached_property
    def next_stage(self) -> Stage | None:
        """How to ask for what follows a few strict matches by relevance."""
        relaxed = self.by_words.stage if self.by_words else None
        if relaxed is None or self.relaxed or self.selection.sort is not Sort.RELEVANCE:
            return None
        others: tuple[Node, ...] = (relaxed.match, Not(self.plan.strict.match))
        return replace(relaxed, match=And(others))

    def _both_stages(self, following: Stage) -> Stage:
        """How to ask for the strict matches and, in the tiers below theirs, for what follows."""
        strict = self.plan.strict
        tiers = (*strict.tiers, (strict.last, strict.match), *following.tiers)
        return Stage(Or((strict.match, following.match)), tiers, following.last)

    @cached_property
    def sentences(self) -> Sentences:
        """What sentences are weighed by."""
        return make_sentences(self.counts, self.plan.scores)

    @property
    def kind_factors(self) -> Mapping[str, float]:
        """What each kind of block counts for."""
        return QUESTION_FACTORS if self._is_question else KIND_FACTORS

    @property
    def _is_question(self) -> bool:
        """Return whether the query is one long text that is answered by its words."""
        relaxable = self.plan.relaxable
        return self.relaxed and relaxable is not None and len(relaxable.substrings) == 1

    def notes(self, found: HitsFound) -> tuple[Note, ...]:
        """Return what is to be said about the query and how it was answered."""
        notes = (*self.plan.notes, *self._unsure_notes(found))
        if self.by_words is None or self.plan.relaxable is None:
            return notes
        if self.strict_total:
            following = found.following and following_note(found.matches.total, self.by_words)
            return (*notes, following) if following else notes
        kept = [note for note in notes if note.code != "alias"]  # by words, none helped
        return (*kept, *relaxed_notes(self.reader, self.plan.relaxable, self.by_words))

    def _unsure_notes(self, found: HitsFound) -> Iterator[Note]:
        """Yield how many matches are only where the OCR engine was unsure of a character."""
        stage = self.plan.strict
        if stage.last is Tier.UNSURE and found.matches.total and not self.relaxed:
            sure = self._find(Stage(stage.sure), 0, 0, facets=()).total
            if count := found.matches.total - sure:
                yield Note("unsure", message("note.unsure", count=count))

    def marks(self, document: Document, *, related: bool = False) -> Marks:
        """Find what to mark in the printed text: the text as typed, or else its parts."""
        following = self._following_marks
        kinds = (self.plan.whole, following if related else self.stage.marks, following)
        marks = _first_marks(document, kinds)
        return Marks(to_printed(marks, document) if marks else (), crossed_lines(marks, document))

    def marks_of_all(self, documents: Sequence[Document]) -> Mapping[str, tuple[Span, ...]]:
        """Find what to mark in documents that are read together, by id.

        Where any of them holds what was typed, the words it is relaxed to are not marked in others.
        """
        typed = [_first_marks(one, (self.plan.whole, self.stage.marks)) for one in documents]
        if not any(typed) and self._following_marks:
            typed = [_first_marks(one, (self._following_marks,)) for one in documents]
        pairs = zip(documents, typed, strict=True)
        printed = {one.id: to_printed(marks, one) if marks else () for one, marks in pairs}
        return add_corrected_marks(add_continued_marks(printed, documents, typed), documents)

    @property
    def _following_marks(self) -> tuple[Node, ...]:
        return self.next_stage.marks if self.next_stage else ()

    def bonuses(self, document: Document) -> tuple[float, float]:
        """Return what the best sentence and the beginning of a document added to its score."""
        if not self._reranks:
            return 0.0, 0.0
        folded, factor = document.folded, self.kind_factors.get(document.kind, 1.0)
        lead = self.sentences.lead_bonus(folded, is_question=self._is_question)
        return self.sentences.sentence_bonus(folded) * factor, lead * factor

    def _find(
        self,
        stage: Stage,
        start: int,
        size: int,
        *,
        facets: tuple[str, ...] | None = None,
        per_article: int = 0,
    ) -> Matches:
        request = replace(self._request(stage, start, size), per_article=per_article)
        if facets is not None:
            request = replace(request, facets=facets)
        rerank = self._rerank(request.kind_factors) if self._reranks else None
        return self.reader.find(replace(request, rerank=rerank))

    def _rerank(self, factors: Mapping[str, float]) -> Rerank:
        """How the first block is put in order again; weighed only if there is any hit."""
        is_question = factors is QUESTION_FACTORS

        def bonus(folded: str, kind: str) -> float:
            added = self.sentences.bonus(folded, is_question=is_question)
            return added * factors.get(kind, 1.0)

        return Rerank(RERANK_WINDOW, bonus)

    @property
    def _reranks(self) -> bool:
        """With a single word every match has the same best sentence."""
        return self.selection.sort is Sort.RELEVANCE and len(self.plan.units) > 1

    @property
    def _filtered(self) -> bool:
        return any(one.values or one.excluded for one in self.selection.filters)

    def _request(self, stage: Stage, start: int, size: int) -> Request:
        return Request(
            match=stage.match,
            tiers=stage.nodes,
            scores=self.plan.scores,
            kind_factors=self.kind_factors if stage is not self.plan.strict else KIND_FACTORS,
            filters=self.selection.filters,
            facets=self.selection.facets,
            start=start,
            size=size,
            sort=self.selection.sort,
        )


def _article(match: Match) -> tuple[str, int]:
    return match.document.page, match.document.article


def _page_of_articles(
    hits: Sequence[Match], start: int, size: int, per_article: int
) -> list[Match]:
    """Group hits by article; return those of a page of articles."""
    groups: dict[tuple[str, int], list[Match]] = {}
    for hit in hits:
        groups.setdefault(_article(hit), []).append(hit)
    return [
        hit for group in islice(groups.values(), start, start + size) for hit in group[:per_article]
    ]


def _first_marks(document: Document, kinds: Iterable[Sequence[Node]]) -> tuple[Span, ...]:
    """Return the marks of the first kind of nodes that is in a document, in its folded text."""
    check_deadline()
    return next(filter(None, (find_marks(document.folded, nodes) for nodes in kinds)), ())
