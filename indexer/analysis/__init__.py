"""Turn text into terms: its normalised form, its words, characters and bigrams.

A bigram (n-gram of two) is two neighbouring characters, and is called `pair` in names and fields.
Documents and queries are analysed here and nowhere else, and both are normalised first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache, partial
from pathlib import Path

from indexer.analysis.fold import fold as fold
from indexer.analysis.fold import simplify as simplify
from indexer.analysis.fold import to_codes as to_codes
from indexer.analysis.line_end_tails import LINE_END_MARK as LINE_END_MARK
from indexer.analysis.line_end_tails import Crossed as Crossed
from indexer.analysis.line_end_tails import Sides as Sides
from indexer.analysis.line_end_tails import crossing_substrings as crossing_substrings
from indexer.analysis.line_end_tails import encode as encode
from indexer.analysis.line_end_tails import find_crossed as find_crossed
from indexer.analysis.line_end_tails import is_matchable as is_matchable
from indexer.analysis.line_end_tails import make_tail as make_tail
from indexer.analysis.normalize import Normalized as Normalized
from indexer.analysis.normalize import Offsets as Offsets
from indexer.analysis.normalize import cut_forms as cut_forms
from indexer.analysis.normalize import drop_hidden as drop_hidden
from indexer.analysis.normalize import normal_form as normal_form
from indexer.analysis.normalize import normalize as normalize
from indexer.analysis.tokenizers import Cut, make_cut, make_query_cut, name_cutter
from indexer.analysis.tokenizers import find_in_jieba as find_in_jieba
from indexer.analysis.tokenizers import frequencies as frequencies
from indexer.analysis.tokenizers import segment as segment
from indexer.analysis.unsure_tails import UNSURE_MARK as UNSURE_MARK
from indexer.analysis.unsure_tails import choose_others as choose_others
from indexer.analysis.unsure_tails import find_reread as find_reread
from indexer.analysis.unsure_tails import locate_reread as locate_reread
from indexer.analysis.unsure_tails import make_unsure_tail as make_unsure_tail
from indexer.analysis.unsure_tails import reread_substrings as reread_substrings
from indexer.files import read_own_lines
from indexer.model import ImpliedTerms, choose_words, imply_chars, imply_pairs
from indexer.settings import Settings

MAX_CACHED_HEADS = 64
"""Head lines whose terms are cached."""

ANALYSIS_VERSION = "6"
"""Changes whenever the same text gives other terms: an index of another version is outdated."""


class Analyzer:
    """Turns text into terms; cheap to make (dictionaries load at the first cut) and to pickle.

    `cutter` is the one stamped into an index, if there is one. Raises `EngineMissing` when it is
    not installed.
    """

    version = ANALYSIS_VERSION

    def __init__(self, settings: Settings, *, cutter: str | None = None) -> None:
        self.settings = settings
        self.cutter = name_cutter(cutter or settings.cutter)

    def __reduce__(self) -> tuple[object, ...]:
        return partial(Analyzer, cutter=self.cutter), (self.settings,)

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
            return (*choose_words(self._cut(folded)), *imply_chars(folded), *imply_pairs(folded))

        return make


def _read_words(path: Path) -> Iterator[str]:
    """Yield the words of a dictionary file: one a line, whatever follows a blank is ignored."""
    for line in read_own_lines(path):
        if word := line.split()[:1]:
            yield normal_form(word[0])
