"""Suggest wider queries for one that finds nothing, and name the parts at fault."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from indexer.analysis import fold, normal_form
from indexer.model import And, Filter, Literal, Node, Or
from indexer.query import Query, Substring, is_plain, wanted_substrings
from indexer.suggest.suggestion import Reason, Suggestion
from indexer.suggest.vocabulary import Vocabulary

MAX_PIECES_LOOKED_UP = 12
"""Pieces of a query that are looked up one by one."""

TYPED_LATIN_WORD = re.compile(r"[0-9a-z.%]+")

MAX_PIECE_CHARS = 8
"""Characters of the longest word of the index that a substring is cut into."""


def find_missing(
    vocabulary: Vocabulary, query: Query, pieces: Sequence[Substring]
) -> tuple[str, ...]:
    """Return the pieces of a query that no paragraph holds, as typed, or else its whole parts."""
    texts = dict.fromkeys(one.text for one in (*pieces, *wanted_substrings(query)))
    normal = {text: normal_form(text) for text in texts}
    counts = vocabulary.count_substrings([*normal.values()])
    found = [text for text, one in normal.items() if not counts[one]]
    return tuple(one for one in found if not any(part in one for part in found if part != one))


def widen(
    vocabulary: Vocabulary,
    query: Query,
    pieces: Sequence[Substring],
    filters: tuple[Filter, ...],
    limit: int,
) -> tuple[Suggestion, ...]:
    """Return wider queries that find something, the closest to what was asked first.

    `pieces` are what the query was cut into.
    """
    found: dict[str, Suggestion] = {}
    for suggestion in _relaxations(vocabulary, query, pieces[:MAX_PIECES_LOOKED_UP], filters):
        if suggestion.count and (suggestion.text != query.text or suggestion.unfiltered):
            found.setdefault(suggestion.text, suggestion)
        if len(found) >= limit:
            break
    return tuple(found.values())


def cut(vocabulary: Vocabulary, part: Substring) -> tuple[Substring, ...]:
    """Cut a part into the longest words and names of the index; what is between stays whole.

    Latin words and numbers are never cut.
    """
    folded, pieces, start, loose = fold(part.text), list[Substring](), 0, 0
    sizes = range(2, MAX_PIECE_CHARS + 1)
    words = vocabulary.find({folded[at : at + size] for at in range(len(folded)) for size in sizes})
    while start < len(folded):
        end = _word_end(words, folded, start)
        if end == start:
            start += 1
            continue
        pieces += (*_piece(part, loose, start), *_piece(part, start, end))
        start = loose = end
    return (*pieces, *_piece(part, loose, len(folded)))


def _word_end(words: Container[str], folded: str, start: int) -> int:
    """Return where the word ends that starts here, `start` when there is none."""
    latin = TYPED_LATIN_WORD.match(folded, start)
    if latin:
        return latin.end()
    ends = range(min(len(folded), start + MAX_PIECE_CHARS), start + 1, -1)
    return next((end for end in ends if folded[start:end] in words), start)


def _piece(part: Substring, start: int, end: int) -> Iterator[Substring]:
    text = part.text[start:end]
    if any(map(str.isalnum, text)):
        yield Substring(text, part.start + start, part.start + end, part.quoted)


def _relaxations(
    vocabulary: Vocabulary, query: Query, pieces: Sequence[Substring], filters: tuple[Filter, ...]
) -> Iterator[Suggestion]:
    if filters and pieces:
        match = And(tuple(Literal(normal_form(piece.text)) for piece in pieces))
        yield Suggestion(query.text, Reason.UNFILTERED, count=vocabulary.count(match))
    if is_plain(query):
        parts = wanted_substrings(query)
        held = _held(vocabulary, parts, filters)
        yield from _without_the_missing(vocabulary, parts, held, filters)
        yield from _of_words(vocabulary, parts, pieces, filters)
        yield from _wider(vocabulary, held, filters)


def _without_the_missing(
    vocabulary: Vocabulary,
    parts: Sequence[Substring],
    held: Sequence[Substring],
    filters: tuple[Filter, ...],
) -> Iterator[Suggestion]:
    """Leave out the parts that are printed nowhere."""
    if 0 < len(held) < len(parts):
        lost = " ".join(part.text for part in parts if part not in held)
        yield _make(vocabulary, held, filters, Reason.WITHOUT, lost)


def _of_words(
    vocabulary: Vocabulary,
    parts: Sequence[Substring],
    pieces: Sequence[Substring],
    filters: tuple[Filter, ...],
) -> Iterator[Suggestion]:
    """Look for the words of a long or quoted text that the index has, instead of the text."""
    held = [replace(piece, quoted=False) for piece in _held(vocabulary, pieces, filters)]
    if held and len(pieces) > len(parts):
        substring = " ".join(part.text for part in parts)
        yield _make(vocabulary, held, filters, Reason.WORDS, substring)
        yield from _wider(vocabulary, held, filters)


def _held(
    vocabulary: Vocabulary, parts: Sequence[Substring], filters: tuple[Filter, ...]
) -> list[Substring]:
    """Return the parts that a paragraph which passes the filters holds."""
    counts = vocabulary.count_substrings([normal_form(part.text) for part in parts], filters)
    return [part for part in parts if counts[normal_form(part.text)]]


def _wider(
    vocabulary: Vocabulary, held: Sequence[Substring], filters: tuple[Filter, ...]
) -> Iterator[Suggestion]:
    """Look for any of the parts, then for each alone."""
    if len(held) > 1:
        yield _make(vocabulary, held, filters, Reason.ANY, "", any_of=True)
    for part in held:
        yield _make(vocabulary, [part], filters, Reason.ALONE, "")


def _make(
    vocabulary: Vocabulary,
    parts: Sequence[Substring],
    filters: tuple[Filter, ...],
    reason: Reason,
    lost: str,
    *,
    any_of: bool = False,
) -> Suggestion:
    nodes: tuple[Node, ...] = tuple(Literal(normal_form(part.text)) for part in parts)
    written = [f"“{part.text}”" if part.quoted else part.text for part in parts]
    text = (" OR " if any_of else " ").join(dict.fromkeys(written))
    node = nodes[0] if len(nodes) == 1 else Or(nodes) if any_of else And(nodes)
    count = vocabulary.count(node, filters)
    return Suggestion(text, reason, part=lost, instead=text, count=count)
