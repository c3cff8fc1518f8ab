"""Turn text into terms: its normalised form, its words, characters and pairs.

Documents and queries are analysed here and nowhere else, and both are normalised first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path

from indexer.analysis.fold import fold
from indexer.analysis.line_end_tails import (
    LINE_END_MARK,
    Crossed,
    Sides,
    crossing_runs,
    encode,
    find_crossed,
    is_matchable,
    make_tail,
)
from indexer.analysis.normalize import Normalized, Offsets, drop_hidden, normal_form, normalize
from indexer.analysis.tokenizers import (
    Cut,
    find_in_jieba,
    frequencies,
    make_cut,
    make_query_cut,
    name_cutter,
    segment,
)
from indexer.files import read_own_lines
from indexer.model import ImpliedTerms, choose_words
from indexer.model import imply_chars as chars
from indexer.model import imply_pairs as pairs
from indexer.settings import Settings

__all__ = [
    "LINE_END_MARK",
    "Analyzer",
    "Crossed",
    "Normalized",
    "Offsets",
    "Sides",
    "chars",
    "crossing_runs",
    "drop_hidden",
    "encode",
    "find_crossed",
    "find_in_jieba",
    "fold",
    "frequencies",
    "is_matchable",
    "make_analyzer",
    "make_tail",
    "normal_form",
    "normalize",
    "pairs",
    "segment",
]

MAX_CACHED_HEADS = 64
"""Head lines whose terms are cached."""

ANALYSIS_VERSION = "2"
"""Changes whenever the same text gives other terms: an index of another version is outdated."""


class Analyzer:
    """Turns text into terms; cheap to make (dictionaries load at the first cut) and to pickle."""

    version = ANALYSIS_VERSION

    def __init__(self, settings: Settings, *, cutter: str | None = None) -> None:
        self.settings = settings
        self.cutter = name_cutter(cutter or settings.cutter)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.settings, self.cutter)

    @cached_property
    def dictionary(self) -> str:
        """The digest of the user's dictionary, nothing without one."""
        return hashlib.sha256("\n".join(self._own_words).encode()).hexdigest()[:16] * bool(
            self._own_words
        )

    @cached_property
    def _own_words(self) -> tuple[str, ...]:
        path = self.settings.dictionary
        return tuple(_read_words(path)) if path else ()

    @cached_property
    def _cut(self) -> Cut:
        return make_cut(self.cutter, self._own_words)

    @cached_property
    def _query_cut(self) -> Cut:
        return make_query_cut(self._own_words)

    def words(self, folded: str) -> tuple[str, ...]:
        """Cut a normalised query into words, leaving out blanks and punctuation.

        The words are those of `terms`, only that nothing has to be loaded first.
        """
        return choose_words(self._query_cut(folded))

    def terms(self, text: str, head: str = "", tail: str = "") -> ImpliedTerms:
        """Analyse a paragraph and the head lines above it; the terms carry the normalised text.

        The `tail` (see `line_end_tails`) follows it and holds no words.
        """
        folded = normal_form(text)
        pieces = self._cut(folded)
        return ImpliedTerms([*pieces, *tail] if tail else pieces, folded + tail, self._head(head))

    @cached_property
    def _head(self) -> Callable[[str], tuple[str, ...]]:
        """Make the terms of head lines once for all the paragraphs below them."""

        @lru_cache(maxsize=MAX_CACHED_HEADS)
        def make(head: str) -> tuple[str, ...]:
            folded = normal_form(head)
            return (*choose_words(self._cut(folded)), *chars(folded), *pairs(folded))

        return make


def make_analyzer(settings: Settings, *, cutter: str | None = None) -> Analyzer:
    """Make an analyzer; `cutter` is the one stamped into an index, if there is one.

    Raises `EngineMissing` when the cutter is not installed.
    """
    return Analyzer(settings, cutter=cutter)


def _read_words(path: Path) -> Iterator[str]:
    """Yield the words of a dictionary file: one a line, whatever follows a blank is ignored."""
    for line in read_own_lines(path):
        if word := line.split()[:1]:
            yield normal_form(word[0])


def _rebuild(settings: Settings, cutter: str) -> Analyzer:
    return Analyzer(settings, cutter=cutter)
