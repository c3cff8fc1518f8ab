"""Why a hit stands where it does, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from indexer.analysis import Analyzer, chars, pairs
from indexer.engines.base import Reader, bm25, idf
from indexer.engines.lengths import quantised
from indexer.messages import message
from indexer.model import Match, Term, Terms, Weighted
from indexer.query import Note
from indexer.search.asked import Asked

MAX_CONTRIBUTIONS = 8
"""Contributions that are told one by one; the others are summed up."""

_SCORED_FIELDS = ("words", "pairs", "chars")


def explain_match(
    asked: Asked, match: Match, analyzer: Analyzer, relaxed: bool
) -> tuple[Note, ...]:
    """Explain the tier of a match and the parts of its score."""
    return tuple(_explain(asked, match, analyzer, relaxed))


def _explain(asked: Asked, match: Match, analyzer: Analyzer, relaxed: bool) -> Iterator[Note]:
    document = match.document
    stage = asked.next_stage if relaxed and not asked.relaxed else asked.stage
    tier = (stage or asked.stage).tier(match.tier)
    yield Note("tier", message(f"tier.{tier}"))
    factor = asked.kind_factors.get(document.kind, 1.0)
    sentence, lead = asked.bonuses(document)
    folded = document.folded
    terms = Terms(analyzer.words(folded), chars(folded), pairs(folded))
    parts = _contributions(asked.reader, asked.plan.scores, terms, factor)
    told = sorted(parts.items(), key=lambda item: -item[1][0])
    for (field, text), (value, count, frequency) in told[:MAX_CONTRIBUTIONS]:
        facts = {"value": value, "text": text, "times": count, "paragraphs": frequency}
        yield Note("term", message(f"explain.{field}", **facts))
    heads = match.score - sentence - lead - sum(value for value, *_ in parts.values())
    rest = sum(value for _, (value, *_) in told[MAX_CONTRIBUTIONS:])
    parts_beside = {"other_terms": rest, "heads": heads, "best_sentence": sentence, "lead": lead}
    for part, value in parts_beside.items():
        yield Note("part", message(f"explain.{part}", value=value))
    if len({one.weight for one in asked.plan.scores if one.field == "words"}) > 1:
        yield Note("weights", message("explain.run_lengths"))
    facts = {"value": match.score, "kind": str(document.kind), "factor": factor}
    yield Note("score", message("explain.total", **facts))


def _contributions(
    reader: Reader, scores: tuple[Weighted, ...], terms: Terms, factor: float
) -> Mapping[tuple[str, str], tuple[float, int, int]]:
    """Repeat the sum that the engine made, term by term: (value, times here, documents)."""
    scored = [one for one in scores if one.field in _SCORED_FIELDS]
    frequencies = reader.frequencies([Term(one.field, one.text) for one in scored])
    averages, documents = reader.averages(), reader.count()
    found = {}
    for one in scored:
        held: tuple[str, ...] = getattr(terms, one.field)
        count, frequency = held.count(one.text), frequencies.get(Term(one.field, one.text), 0)
        if count:
            value = factor * one.weight * idf(documents, frequency)
            value *= bm25(count, quantised(len(held)), averages[one.field])
            found[one.field, one.text] = (value, count, frequency)
    return found
