"""Weigh how well one sentence, and the beginning, of each of the first matches fit the query.

The engine reranks by these weights; `query_execution` appends what is found by some of the words.

Only the first block of matches is looked at, always as a whole, so paging stays stable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indexer.engines.base import idf
from indexer.model import SENTENCE_ENDS, Kind, Term, Weighted
from indexer.search.query_terms import DocumentCounts

RERANK_WINDOW = 50
"""How many matches are put in order again; the right paragraph is hardly ever further down
(R@50 over 6,743 questions is .9997)."""

SENTENCE_BONUS = 0.7
"""What the best sentence counts beside the paragraph: MRR@10 over 6,743 questions is .9787 without,
.9813 with 0.5, .9817 with 0.7, .9821 with 1, .9811 with 1.5."""

LEAD_CHARS = 80
LEAD_BONUS = 0.25
"""Normalised characters at the beginning of a text, and what it counts for that they hold what is
asked for: news says there what it is about. On 108 short queries over news nDCG@5 is .959 without,
.965 with it; 60 to 80 characters at .2 to .25 differ by .003, 40 characters lose .004. Questions
have no such bonus: on one half of 6,743 MRR@10 rose by .0007, on the other it fell by .0003, and
below titles by .002."""

OPENING_BONUS = 0.2
"""What it counts for that a text begins with a word that is asked for: 黄蝉 before 软枝黄蝉. On 117
questions over news MRR@10 is .868 without, .873 with it; on 1,600 encyclopedia questions it is .981
both, with 0.4 .0006 less."""

KIND_FACTORS: Mapping[str, float] = {
    Kind.TITLE: 1.0,
    Kind.SUBTITLE: 1.0,
    Kind.KICKER: 0.9,
    Kind.HEADING: 0.9,
    Kind.BODY: 1.0,
    Kind.CAPTION: 0.8,
    Kind.BYLINE: 0.7,
    Kind.CREDIT: 0.6,
    Kind.NOTICE: 0.6,
    Kind.FURNITURE: 0.4,
    Kind.TABLE: 0.8,
    Kind.LIST: 1.0,
}

QUESTION_FACTORS: Mapping[str, float] = {**KIND_FACTORS, Kind.TITLE: 0.5}
"""What kinds count for where a question is answered by its words. A title is context there, no
answer: with titles given, MRR@10 of the paragraphs that answer is .962 by the common factors, .977
so (500 questions)."""

_SENTENCE_BREAK = re.compile(f"[{SENTENCE_ENDS}]+")


@dataclass(frozen=True, slots=True)
class Sentences:
    """Weighs the best sentence and the beginning of a document by what of the query they hold."""

    weights: Mapping[str, float]  # text of a term -> weight times idf, over its fields

    def bonus(self, folded: str, *, is_question: bool) -> float:
        """Return what is added to the score of a text, before its kind's factor."""
        return self.sentence_bonus(folded) + self.lead_bonus(folded, is_question=is_question)

    def sentence_bonus(self, folded: str) -> float:
        """Return what the best sentence of a text adds."""
        held = [(text, one) for text, one in self.weights.items() if text in folded]
        sentences = _SENTENCE_BREAK.split(folded) if held else ()
        sums = [sum([one for text, one in held if text in sentence]) for sentence in sentences]
        return SENTENCE_BONUS * max(sums, default=0.0)

    def lead_bonus(self, folded: str, *, is_question: bool) -> float:
        """Return what the beginning of a text adds."""
        weights = self.weights.items()
        opening = [one for text, one in weights if folded.startswith(text) and len(text) > 1]
        bonus = OPENING_BONUS * max(opening, default=0.0)
        if is_question:
            return bonus
        lead = folded[:LEAD_CHARS]
        return bonus + LEAD_BONUS * sum([one for text, one in weights if text in lead])


def make_sentences(counts: DocumentCounts, scores: Sequence[Weighted]) -> Sentences:
    """Weigh what is looked for by how many documents hold it."""
    scored = [one for one in scores if one.field != "head"]
    held = counts.of([Term(one.field, one.text) for one in scored])
    weights: dict[str, float] = {}
    for one in scored:
        rarity = idf(counts.documents, held[Term(one.field, one.text)])
        weights[one.text] = weights.get(one.text, 0.0) + one.weight * rarity
    return Sentences(weights)
