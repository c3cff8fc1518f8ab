"""Offer the words of a query in others of the same meaning, from a list of the reader's own.

The list is a text file: a group of words a line, parted by tabs; lines that begin with `#` are
comments. Nothing is searched for in them but what a reader chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from indexer.analysis import normal_form
from indexer.files import read_own_lines
from indexer.query import Substring, is_plain, parse, wanted_substrings
from indexer.suggest.suggestion import Reason, Suggestion

MAX_SYNONYMS = 8
"""Other words of a group that are offered."""

MAX_TOTAL_TO_WIDEN = 20
"""Paragraphs found up to which words of the same meaning are offered."""

Groups = tuple[tuple[str, ...], ...]


@cache
def load_synonyms(path: Path) -> Groups:
    """Read groups of words; raises `SourceMissing` or `BadMetadata` for what is no such file."""
    groups = (line.split("\t") for line in read_own_lines(path))
    words = (tuple(filter(None, map(str.strip, group))) for group in groups)
    return tuple(group for group in words if len(group) > 1)


def offer_synonyms(
    text: str, groups: Groups, total: int, count: Callable[[str], int]
) -> tuple[Suggestion, ...]:
    """Return wider queries that find more than `total`; `count` says how much a query finds."""
    if total > MAX_TOTAL_TO_WIDEN or not is_plain(query := parse(text)):
        return ()
    offers = (
        _widen(query.text, substring, groups)
        for substring in wanted_substrings(query)
        if not substring.quoted
    )
    counted = ((offer, count(offer.text)) for offer in offers if offer)
    return tuple(
        Suggestion(offer.text, offer.reason, offer.part, offer.instead, found)
        for offer, found in counted
        if found > total
    )


def _widen(query: str, substring: Substring, groups: Groups) -> Suggestion | None:
    """Write a query in which a substring may be printed with other words, if there are any."""
    others = list(dict.fromkeys(_others(substring.text, groups)))[:MAX_SYNONYMS]
    if not others:
        return None
    forms = " OR ".join((substring.text, *others))
    text = substring.replace(query, f"({forms})" if query != substring.text else forms)
    return Suggestion(text, Reason.SYNONYM, substring.text, "、".join(others))


def _others(substring: str, groups: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield a substring with each other word of the groups that have a word of it."""
    normal = normal_form(substring)
    for group in groups:
        held = [word for word in map(normal_form, group) if word and word in normal]
        longest = max(held, key=len, default="")
        for word in group if longest else ():
            other = normal.replace(longest, word)
            if normal_form(other) != normal:
                yield other
