"""Make results, hits and suggestions of what was found, and explain the rank of a hit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.analysis import Analyzer
from indexer.engines.base import Reader, bm25, idf
from indexer.engines.lengths import scored_length
from indexer.errors import PastTheEnd, TooSlow
from indexer.messages import message
from indexer.model import Match, Term, Terms, Weighted, imply_chars, imply_pairs
from indexer.query import Note, normal_text
from indexer.search.filters import Choice, select
from indexer.search.marks import RegionFinder, is_corrected, printed_marks
from indexer.search.plan import Stage, Tier
from indexer.search.query_execution import Asked, HitsFound
from indexer.search.query_relaxation import partial_notes
from indexer.search.reader_pool import OpenReader
from indexer.search.results import Hit, Results
from indexer.search.spellings import spellings
from indexer.snippets import make_snippet

if TYPE_CHECKING:
    from indexer.suggest import Suggestion, Suggestions

MAX_CONTRIBUTIONS = 8
"""Contributions that are listed one by one; the others are summed up."""

MIN_SHOWN_SCORE = 0.0005
"""What is less is 0.000 in an explanation, and left out."""

OTHER_NUMERALS = "元"
"""Characters that count where numbers do, as in 民国元年; to Unicode they are no numbers."""

MAX_HITS_TO_RESPELL = 20
MAX_CHARS_TO_RESPELL = 16
"""Hits and characters of a query that may be misspelt, or misread in scanning: it gets
suggestions. For whole questions they took half of the time of a search and did not help."""

_SCORED_FIELDS = ("words", "pairs", "chars")


def make_results(
    asked: Asked, found: HitsFound, *, query: str, start: int, size: int, group: str | None
) -> Results:
    """Make a page of results of what was found, without its hits; raises `PastTheEnd`."""
    matches = found.matches
    results = Results(
        query=query,
        total=matches.total,
        following=found.following,
        articles=matches.articles,
        start=start,
        size=size,
        took_ms=0.0,
        notes=(*asked.notes(found), *partial_notes(matches)),
        generation=matches.generation,
        sort=asked.choice.sort,
        group=group,
        following_articles=found.following_articles,
    )
    if start and start >= results.length:
        raise PastTheEnd(total=results.length, start=start)
    return results


def add_counts(
    results: Results,
    counts: Mapping[str, Mapping[str, int]],
    choice: Choice,
    most: int | Mapping[str, int],
) -> Results:
    """Add the counted values of facets that a reader is shown."""
    sizes = {name: len(counts[name]) for name in choice.facets}
    return replace(results, facets=select(counts, choice, most), facet_sizes=sizes)


def make_hits(asked: Asked, found: HitsFound, opened: OpenReader, explain: bool) -> Iterator[Hit]:
    """Yield the hits of a page of results."""
    finder = RegionFinder(opened.reader)
    for match in found.hits:
        related = match.document.id in found.related
        yield make_hit(asked, match, opened, finder, explain=explain, related=related)


def make_hit(
    asked: Asked,
    match: Match,
    opened: OpenReader,
    finder: RegionFinder,
    *,
    explain: bool = False,
    related: bool = False,
) -> Hit:
    """Make a hit of a match: what is marked in it, its snippet, and where that is on the scan."""
    marks, crossed = asked.marks(match.document, related=related)
    relaxed = related or asked.relaxed
    return Hit(
        document=match.document,
        score=match.score,
        snippet=make_snippet(match.document.text, marks),
        marks=marks,
        crossed=crossed,
        regions=finder.find(match.document, printed_marks(match.document, marks)),
        repeats=tuple(one for one in match.repeats if not is_corrected(one)),
        in_article=match.in_article,
        relaxed=relaxed,
        uncertain=_stage(asked, related=related).tier(match.tier) is Tier.UNSURE,
        explanation=explain_match(asked, match, opened.analyzer, relaxed) if explain else (),
    )


def _stage(asked: Asked, *, related: bool) -> Stage:
    """Return the stage that a match is of."""
    return asked.next_stage if related and asked.next_stage else asked.stage


def make_plain_hit(match: Match) -> Hit:
    """Make a hit in which nothing is marked."""
    snippet = make_snippet(match.document.text, ())
    return Hit(match.document, match.score, snippet, in_article=match.in_article)


def make_suggestions(
    opened: OpenReader, asked: Asked, query: str, total: int
) -> Suggestions | None:
    """Suggest what was not searched for; `None` where a search could take too long."""
    try:
        found = _suggest(opened, asked, query, total)
    except TooSlow:  # the hits are there: they are returned without a suggestion
        return None
    return None if found is None else _leave_out_spellings(found, query)


def _leave_out_spellings(found: Suggestions, query: str) -> Suggestions:
    """Leave out spellings of the query, which the search has found already."""
    alike = set(spellings(normal_text(query)))
    return replace(
        found,
        **{
            name: tuple(one for one in getattr(found, name) if normal_text(one.text) not in alike)
            for name in ("corrections", "misreadings", "numerals")
        },
    )


def _suggest(opened: OpenReader, asked: Asked, query: str, total: int) -> Suggestions | None:
    """Suggest where few paragraphs hold a short query as typed, whatever its words have found."""
    strict, filters = 0 if asked.relaxed else total, asked.choice.filters
    long = (
        len(query) > MAX_CHARS_TO_RESPELL and not query.isascii()
    )  # pinyin is longer than what it means
    if total and (strict > MAX_HITS_TO_RESPELL or long):
        if not any(char.isnumeric() or char in OTHER_NUMERALS for char in query):
            return None
        return opened.suggester.suggest_numerals(query, filters=filters) or None
    return opened.suggester.suggest(query, total=total, filters=filters)


def add_synonyms(
    suggestions: Suggestions | None, synonyms: tuple[Suggestion, ...]
) -> Suggestions | None:
    """Add the query in words of the same meaning."""
    from indexer.suggest import Suggestions  # needed by few searches

    return replace(suggestions or Suggestions(), synonyms=synonyms) if synonyms else suggestions


def explain_match(
    asked: Asked, match: Match, analyzer: Analyzer, relaxed: bool
) -> tuple[Note, ...]:
    """Explain the tier of a match and the parts of its score."""
    return tuple(_explain(asked, match, analyzer, relaxed))


def _explain(asked: Asked, match: Match, analyzer: Analyzer, relaxed: bool) -> Iterator[Note]:
    document = match.document
    yield Note(
        "tier",
        message(f"tier.{_stage(asked, related=relaxed and not asked.relaxed).tier(match.tier)}"),
    )
    factor = asked.kind_factors.get(document.kind, 1.0)
    sentence, lead = asked.bonuses(document)
    folded = document.folded
    terms = Terms(analyzer.words(folded), imply_chars(folded), imply_pairs(folded))
    parts = _contributions(asked.reader, asked.plan.scores, terms, factor)
    largest = sorted(parts.items(), key=lambda item: -item[1][0])
    for (field, text), (value, count, frequency) in largest[:MAX_CONTRIBUTIONS]:
        facts = {"value": value, "text": text, "times": count, "paragraphs": frequency}
        yield Note("term", message(f"explain.{field}", **facts))
    heads = match.score - sentence - lead - sum(value for value, *_ in parts.values())
    rest = sum(value for _, (value, *_) in largest[MAX_CONTRIBUTIONS:])
    parts_beside = {"other_terms": rest, "heads": heads, "best_sentence": sentence, "lead": lead}
    for part, value in parts_beside.items():
        if abs(value) >= MIN_SHOWN_SCORE:
            yield Note("part", message(f"explain.{part}", value=value))
    if len({one.weight for one in asked.plan.scores if one.field == "words"}) > 1:
        yield Note("weights", message("explain.run_lengths"))
    yield Note("score", message("explain.total", value=match.score, factor=factor))


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
            value *= bm25(count, scored_length(held), averages[one.field])
            found[one.field, one.text] = (value, count, frequency)
    return found
