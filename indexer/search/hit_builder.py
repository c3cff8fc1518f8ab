"""Make results, hits and suggestions of what was found, and find near-duplicates among the hits."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.analysis import Analyzer
from indexer.engines.base import Reader, bm25, idf
from indexer.engines.lengths import scored_length
from indexer.errors import PastTheEnd, TooSlow
from indexer.messages import message
from indexer.model import Document, Match, Sort, Term, Terms, Weighted, imply_chars, imply_pairs
from indexer.query import Note, normal_text
from indexer.query.spellings import spellings
from indexer.search.filters import select
from indexer.search.marks import RegionFinder, is_corrected, printed_marks
from indexer.search.plan import Stage, Tier
from indexer.search.query_execution import HitsFound, QueryExecution
from indexer.search.query_relaxation import partial_notes
from indexer.search.reader_pool import OpenReader
from indexer.search.results import Hit, Results
from indexer.snippets import make_snippet

if TYPE_CHECKING:
    from indexer.suggest import Suggestions


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
    asked: QueryExecution,
    found: HitsFound,
    counts: Mapping[str, Mapping[str, int]],
    most_values: int | Mapping[str, int],
    *,
    query: str,
    start: int,
    size: int,
    group: str | None,
) -> Results:
    """Make a page of results of what was found, without its hits; raises `PastTheEnd`.

    `counts` are those of the facets that a reader is shown.
    """
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
        sort=asked.selection.sort,
        group=group,
        following_articles=found.following_articles,
        facets=select(counts, asked.selection.filters, most_values),
        facet_sizes={name: len(values) for name, values in counts.items()},
    )
    if start and start >= results.length:
        raise PastTheEnd(total=results.length, start=start)
    return results


def make_hits(
    asked: QueryExecution,
    found: HitsFound,
    opened: OpenReader,
    *,
    explain: bool,
    grouped: bool,
    most: int | None,
) -> Iterator[Hit]:
    """Yield the hits of a page of results, `most` in all where they are grouped by article."""
    finder, hits = RegionFinder(opened.reader), found.hits
    copies = (
        find_near_duplicates(found, grouped=grouped)
        if asked.plan.gathers and asked.selection.sort is Sort.RELEVANCE
        else {}
    )
    if grouped and most is not None:
        groups = group_matches(hits)
        hits = tuple(one for group in groups for one in group[: max(1, most // len(groups))])
    for match in hits:
        related = match.document.id in found.related
        made = make_hit(asked, match, opened, finder, explain=explain, related=related)
        copied = copies.get(match.document.id)
        yield replace(made, near_duplicate_of=copied) if copied else made


def make_hit(
    asked: QueryExecution,
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


def _stage(asked: QueryExecution, *, related: bool) -> Stage:
    """Return the stage that a match is of."""
    return asked.next_stage if related and asked.next_stage else asked.stage


def make_plain_hit(match: Match) -> Hit:
    """Make a hit in which nothing is marked."""
    snippet = make_snippet(match.document.text, ())
    return Hit(match.document, match.score, snippet, in_article=match.in_article)


def make_suggestions(
    opened: OpenReader, asked: QueryExecution, query: str, total: int
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


def _suggest(
    opened: OpenReader, asked: QueryExecution, query: str, total: int
) -> Suggestions | None:
    """Suggest where few paragraphs hold a short query as typed, whatever its words have found."""
    strict, filters = 0 if asked.relaxed else total, asked.selection.filters
    long = (
        len(query) > MAX_CHARS_TO_RESPELL and not query.isascii()
    )  # pinyin is longer than what it means
    if total and (strict > MAX_HITS_TO_RESPELL or long):
        if not any(char.isnumeric() or char in OTHER_NUMERALS for char in query):
            return None
        return opened.suggester.suggest_numerals(query, filters=filters) or None
    return opened.suggester.suggest(query, total=total, filters=filters)


def add_synonyms(
    suggestions: Suggestions | None, own: Path, query: str, total: int, count: Callable[[str], int]
) -> Suggestions | None:
    """Add the query in words of the same meaning, by a list of one's own, with what each finds."""
    from indexer.suggest import Suggestions  # needed by few searches
    from indexer.suggest.synonyms import load_synonyms, offer_synonyms

    synonyms = offer_synonyms(query, load_synonyms(own), total, count)
    return replace(suggestions or Suggestions(), synonyms=synonyms) if synonyms else suggestions


def explain_match(
    asked: QueryExecution, match: Match, analyzer: Analyzer, relaxed: bool
) -> tuple[Note, ...]:
    """Explain the tier of a match and the parts of its score."""
    return tuple(_explain(asked, match, analyzer, relaxed))


def _explain(
    asked: QueryExecution, match: Match, analyzer: Analyzer, relaxed: bool
) -> Iterator[Note]:
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


# ---------------------------------------------------------------- near-duplicates

MIN_RESEMBLANCE = 0.6
"""Shingles that two texts share of all that either has (Broder's resemblance). Of 5,000 articles of
news 90 pairs reach it: copies of one report, one notice of two days; of the 17 pairs up to .67 that
were read 16 are. One form that is filled in for two shares reaches about .5."""

SHINGLE_CHARS = 4

MIN_SHARED_CHARS = 20
MIN_SHARED_PART = 0.2
"""Characters of whole clauses that two texts share before their shingles are compared, which takes
five times as long: a headline of every day (今日天气) is shorter, and of two copies in which OCR
misread every twentieth character a quarter of the clauses is still the same."""

MAX_COMPARED_HITS = 50
"""Hits of a page that are compared."""

_CLAUSE = re.compile(r"\w{4,}")
_NO_LETTERS = re.compile(r"[\W_]+")


def find_near_duplicates(found: HitsFound, *, grouped: bool) -> dict[str, str]:
    """Return the ids of hits that nearly repeat a better one, with that of the best such hit.

    Where hits are `grouped` by article, whole groups are compared. Hits of one article are never
    near-duplicates, nor is a hit that holds some of the words one of a hit that holds all.
    """
    compared: list[tuple[Document, str, set[str]]] = []
    known: set[str] = set()  # clauses of all of them
    copies: dict[str, str] = {}
    for unit in group_matches(found.hits[:MAX_COMPARED_HITS], grouped=grouped):
        first, text = unit[0].document, "\n".join([one.document.folded for one in unit])
        clauses = set(_CLAUSE.findall(text))
        shared = clauses & known
        repeated = (
            one.id
            for one, other, theirs in (compared if shared else ())
            if _may_repeat(first, one, found.related)
            and _resemble(text, other, sum(map(len, shared & theirs)))
        )
        if best := next(repeated, None):
            copies |= dict.fromkeys((one.document.id for one in unit), best)
        else:
            known |= clauses
            compared.append((first, text, clauses))
    return copies


def group_matches(hits: Iterable[Match], *, grouped: bool = True) -> Collection[list[Match]]:
    """Return the matches of each article, or each of its own."""
    units: dict[object, list[Match]] = {}
    for hit in hits:
        one = hit.document
        units.setdefault((one.page, one.article) if grouped else one.id, []).append(hit)
    return units.values()


def _may_repeat(one: Document, other: Document, related: Collection[str]) -> bool:
    same = (one.page, one.article) == (other.page, other.article)
    return not same and (one.id in related) == (other.id in related)


def _resemble(one: str, other: str, shared_chars: int) -> bool:
    """Return whether two texts whose common clauses have so many characters are nearly equal."""
    smaller, larger = sorted((len(one), len(other)))
    if shared_chars < max(MIN_SHARED_CHARS, MIN_SHARED_PART * smaller) or 2 * smaller < larger:
        return False
    if one == other:
        return True
    first, second = _make_shingles(one), _make_shingles(other)
    shared = len(first & second)
    return shared >= MIN_RESEMBLANCE * (len(first) + len(second) - shared)


@lru_cache(maxsize=MAX_COMPARED_HITS)
def _make_shingles(text: str) -> frozenset[str]:
    letters = _NO_LETTERS.sub("", text)
    return frozenset([letters[at : at + SHINGLE_CHARS] for at in range(len(letters))])
