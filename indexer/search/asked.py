"""One query put to one commit: strictly, or by its words when that finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from indexer.engines.again import reorder
from indexer.engines.base import Reader
from indexer.model import Again, Document, Kind, Match, Matches, Request, Sort, Span
from indexer.query import Note
from indexer.search.counts import Counts
from indexer.search.filters import Choice
from indexer.search.notes import relaxed_notes
from indexer.search.plan import Plan
from indexer.search.ranking import BLOCK, KIND_FACTORS, Sentences, make_sentences
from indexer.search.relax import Relaxed, relax
from indexer.search.stages import Stage
from indexer.snippets import find_marks


@dataclass(slots=True)
class Asked:
    """A plan, what was chosen beside it, and the reader that answers."""

    reader: Reader
    plan: Plan
    choice: Choice
    counts: Counts = field(init=False)
    _stage: Stage | None = None
    _relaxed: Relaxed | None = None
    _sentences: Sentences | None = None

    def __post_init__(self) -> None:
        self.counts = Counts(self.reader)

    def find(self, start: int, size: int) -> Matches:
        """Return one page of matches, the first block in its better order."""
        if self._stage is None:
            matches = self._find(self.plan.strict, start, size)
            if matches.total or self.stage is self.plan.strict:
                self._stage = self.plan.strict
                return matches
        return self._find(self.stage, start, size)

    def scan(self) -> Iterator[Match]:
        """Yield every match in the order in which `find` pages through them."""
        matches = self.reader.scan(self._request(self.stage, 0, 0))
        if not self._reranks:
            return matches
        block = list(islice(matches, BLOCK))
        return chain(reorder(block, self._again), matches)

    @property
    def stage(self) -> Stage:
        """How to ask: by the words only when nothing at all is found as typed.

        Filters are left aside here, so choosing one never changes what a query means.
        """
        if self._stage is None:
            soft, strict = self.plan.soft, self.plan.strict
            if soft is not None and not self.reader.find(Request(strict.match, size=0)).total:
                self._relaxed = relax(soft, self.counts, self.reader)
                strict = self._relaxed.stage or strict
            self._stage = strict
        return self._stage

    @property
    def relaxed(self) -> bool:
        """Tell whether the query is answered by its words."""
        return self.stage is not self.plan.strict

    @property
    def sentences(self) -> Sentences:
        """What sentences are weighed by."""
        if self._sentences is None:
            self._sentences = make_sentences(self.counts, self.plan.scores)
        return self._sentences

    @property
    def notes(self) -> tuple[Note, ...]:
        """What is to be said about the query and how it was answered."""
        if self.plan.soft is None or self._relaxed is None:
            return self.plan.notes
        notes = [note for note in self.plan.notes if note.code != "alias"]  # by words, none helped
        return (*notes, *relaxed_notes(self.reader, self.plan.soft, self._relaxed))

    def marks(self, document: Document) -> tuple[Span, ...]:
        """Find what to mark: the text as typed where it stands, else its parts."""
        found = (
            find_marks(document.folded, nodes) for nodes in (self.plan.whole, self.stage.marks)
        )
        return next(filter(None, found), ())

    def bonus(self, document: Document) -> float:
        """Return what the best sentence of a document added to its score."""
        if not self._reranks:
            return 0.0
        return self.sentences.bonus(document.folded, document.kind)

    def _find(self, stage: Stage, start: int, size: int) -> Matches:
        request = self._request(stage, start, size)
        return self.reader.find(replace(request, again=self._again) if self._reranks else request)

    @property
    def _again(self) -> Again:
        """How the first block is put in order again; weighed only if there is any hit."""
        return Again(BLOCK, self._bonus)

    def _bonus(self, folded: str, kind: Kind) -> float:
        return self.sentences.bonus(folded, kind)

    @property
    def _reranks(self) -> bool:
        """With a single word every match has the same best sentence."""
        return self.choice.sort is Sort.RELEVANCE and len(self.plan.units) > 1

    def _request(self, stage: Stage, start: int, size: int) -> Request:
        return Request(
            match=stage.match,
            tiers=stage.tiers,
            scores=self.plan.scores,
            kind_factors=KIND_FACTORS,
            filters=self.choice.filters,
            facets=self.choice.facets,
            start=start,
            size=size,
            sort=self.choice.sort,
        )
