"""Complete a query that is still being typed."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import replace

from indexer.analysis import fold, normal_form
from indexer.model import And, Keyword, Literal, Node, Request
from indexer.query import Query, Substring, wanted_substrings
from indexer.suggest.pinyin import begin_compounds, is_latin, spell
from indexer.suggest.readings import plain
from indexer.suggest.suggestion import Reason, Suggestion
from indexer.suggest.vocabulary import Vocabulary, VocabularyEntry

MAX_TAIL_LETTERS = 8
"""Characters at the end of a substring that are tried as the beginning of a word."""

MAX_TITLES = 3
"""Titles among the completions, at the most."""

MAX_BY_PINYIN = 3
"""Substrings that are read so, beside the words and names."""

REASON_WEIGHTS = {Reason.PLACE: 3.0, Reason.AUTHOR: 2.0}
"""What a name counts for beside a word: it is what people look for."""


def complete_query(vocabulary: Vocabulary, query: Query, limit: int) -> tuple[Suggestion, ...]:
    """Complete the last substring of a query; the commonest completions first, titles last."""
    parts, typed = wanted_substrings(query), query.text
    if not parts or parts[-1].end != len(typed):
        return ()
    last = parts[-1]
    found = _by_pinyin(vocabulary, last) if is_latin(last.text) else _by_prefix(vocabulary, last)
    entries = {
        entry.folded: (part, vocabulary.names.get(entry.folded, entry)) for part, entry in found
    }
    best = heapq.nlargest(limit, entries.values(), key=lambda one: (_weight(one[1]), one[1].text))
    chosen = [*best, *((last, entry) for entry in _titles(vocabulary, last))]
    suggestions = to_suggestions(vocabulary, typed, chosen)
    words, titles = suggestions[: len(best)], suggestions[len(best) :]
    offered = {one.text: one for one in (*words[: limit - len(titles)], *titles, *words)}
    return tuple(one for one in offered.values() if one.text != typed)[:limit]


def _weight(entry: VocabularyEntry) -> float:
    return entry.count * REASON_WEIGHTS.get(entry.reason, 1.0)


def to_suggestions(
    vocabulary: Vocabulary, query: str, chosen: Sequence[tuple[Substring, VocabularyEntry]]
) -> tuple[Suggestion, ...]:
    """Suggest a query with each entry in place of its part, and count what the entries find."""
    normal = [normal_form(entry.text) for _, entry in chosen]
    counts = vocabulary.count_substrings(normal)
    return tuple(
        Suggestion(part.replace(query, one.text), one.reason, part.text, one.text, counts[text])
        for (part, one), text in zip(chosen, normal, strict=True)
    )


def _by_prefix(
    vocabulary: Vocabulary, last: Substring
) -> Iterator[tuple[Substring, VocabularyEntry]]:
    """Yield what begins with the text, or else with the longest end of it that begins anything.

    What is printed nowhere has no completion, whatever its end begins.
    """
    folded = fold(last.text)
    for start in range(max(0, len(folded) - MAX_TAIL_LETTERS), len(folded)):
        if start and not vocabulary.count_substring(folded):
            return
        tail = Substring(last.text[start:], last.start + start, last.end, last.quoted)
        begun = vocabulary.begin_with(folded[start:])
        found = [entry for entry in begun if len(entry.folded) > len(tail.text)]
        if start:
            best = heapq.nlargest(8, found, key=_weight)
            whole = vocabulary.count_substrings([folded[:start] + one.folded for one in best])
            found = [one for one in best if whole[folded[:start] + one.folded]]
        if found:
            yield from ((tail, entry) for entry in found)
            return


def _by_pinyin(
    vocabulary: Vocabulary, last: Substring
) -> Iterator[tuple[Substring, VocabularyEntry]]:
    """Yield what is read so from the beginning, and Latin words that begin so."""
    letters = plain(last.text)
    for entry, _ in vocabulary.read_as(letters):
        yield last, entry
    for entry in begin_compounds(vocabulary, letters):
        yield last, entry
    for entry in spell(vocabulary, last.text, MAX_BY_PINYIN):
        yield last, replace(entry, reason=Reason.WORD)
    for entry in vocabulary.begin_with(fold(last.text)):
        if len(entry.folded) > len(last.text):
            yield last, entry


def _titles(vocabulary: Vocabulary, last: Substring) -> Iterator[VocabularyEntry]:
    """Yield the titles that hold the substring."""
    if len(last.text) < 2:
        return
    match: Node = And((Keyword("kind", "title"), Literal(last.normal)))
    matches = vocabulary.reader.find(Request(match=match, size=MAX_TITLES))
    for found in matches.hits:
        text = found.document.text
        if text != last.text:
            yield VocabularyEntry(text, found.document.folded, 1, Reason.TITLE)
