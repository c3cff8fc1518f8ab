"""Normalise text for matching, and map positions in it back to the text as printed.

Invisible characters are dropped, combining marks composed, compatibility characters expanded (㎡,
½, ﬁ), every character folded (see `fold`), and blanks removed except between two words of an
alphabetic script or two figures. Documents and queries go through the same function, so a substring
of printed characters is found in whichever of these forms it is typed.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.fold import MIN_ARRAY_CHARS, Table, fold, load_table, to_codes
from indexer.model import Span

ZERO_WIDTH_JOINER = "\u200d"
"""The only invisible character that is kept, and only between two emoji."""

VARIATION_SELECTORS = "".join(map(chr, range(0xFE00, 0xFE10)))
EMOJI_CATEGORIES = ("So", "Sk")
"""General categories of emoji and of what colours their skin."""

_UNSPACED_SCRIPTS = re.compile("[\u2e80-\u312f\u3190-\ua4cf\uf900-\ufaff\U00020000-\U000323af]")
"""Scripts written without blanks: ideographs, kana, bopomofo, Yi; not Hangul (3130-318F)."""

_LETTER_SPACED = re.compile(r"(?<![a-z\d])[a-z\d](?: +[a-z\d])+(?! *[a-z\d])")
_MAYBE_LETTER_SPACED = re.compile(r"[^\W_]\s+[^\W_]")
_INNER_CAPITAL = re.compile(r"(?<=[a-z]{2})(?=[A-Z](?![A-Z0-9]))")
_BRACKETS = "()[]{}<>《》【】〔〕'\""
_JOINING_CONTEXT_CHARS = 5
"""Characters on each side that decide whether letters with blanks between them are one word."""

_SPACED_IDEOGRAPH_BEFORE = re.compile(r"\s[\u3400-\u9fff] $")
_SPACED_IDEOGRAPH_AFTER = re.compile(r" [\u3400-\u9fff]\s| ?[年月日届]")


IsJoined = Callable[[str, int, int], bool]


class Edit(NamedTuple):
    """A part of a text that was replaced: where the new part is, and where the old one was."""

    start: int
    end: int
    old_start: int
    old_end: int


_NO_EDIT = Edit(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Offsets:
    """Maps positions in a normalised text to the printed one: the edits of each step, in order."""

    steps: tuple[tuple[Edit, ...], ...]

    def to_printed(self, span: Span) -> Span:
        """Return the printed characters that a span, not empty, of the normalised text is from."""
        for edits in reversed(self.steps):
            span = Span(_old_start(edits, span.start), _old_end(edits, span.end - 1))
        return span


class Normalized(NamedTuple):
    """A normalised text; `offsets` is `None` where every position is that of the printed text."""

    text: str
    offsets: Offsets | None


def _is_joined(text: str, start: int, end: int) -> bool:
    """Return whether OCR printed a word or a number with blanks between its characters.

    Letters beside an ideograph (人工智能 A I), or in brackets beside one, are such; figures may be
    those of a table, unless an ideograph beside them has blanks around it as well (1 9 4 9 年 1 0
    月) or dates them.
    """
    before = text[max(0, start - _JOINING_CONTEXT_CHARS) : start]
    after = text[end : end + _JOINING_CONTEXT_CHARS]
    if text[start:end].replace(" ", "").isdigit():
        return bool(_SPACED_IDEOGRAPH_BEFORE.search(before) or _SPACED_IDEOGRAPH_AFTER.match(after))
    before, after = (side.strip(f"{_BRACKETS} ") for side in (before, after))
    return any(map(_UNSPACED_SCRIPTS.match, (before[-1:], after[:1])))


def normalize(text: str, is_joined: IsJoined = _is_joined) -> Normalized:
    """Normalise a text; what is normalised again does not change.

    `is_joined` decides whether single letters between two offsets are one word.
    """
    positions = _find_complex(text)
    composed, first = _replace(text, _rewrites(text, positions)) if positions else (text, ())
    folded = fold(composed).replace("\n", " ")
    blanks = _lost_blanks(folded, is_joined) if " " in folded else ()
    closed, second = _replace(folded, blanks)
    steps = tuple(filter(None, (first, second)))
    return Normalized(closed, Offsets(steps) if steps else None)


def normal_form(text: str) -> str:
    """Return the form of a text in which it is matched."""
    return normalize(text).text


@lru_cache(maxsize=512)
def cut_forms(text: str, own: str) -> tuple[str, ...]:
    """Return the normal forms that a text may have in a longer one, its `own` normal form first.

    What is beside single letters with blanks between them decides whether they are one word; where
    a substring was cut that is not known, and both are tried. EduTrust is printed Edu Trust as
    well.
    """
    spaced = _INNER_CAPITAL.sub(" ", text)
    forms = [own] if spaced == text else [own, normal_form(spaced)]
    if _MAYBE_LETTER_SPACED.search(text):
        ends = product((False, True), repeat=2)
        forms += [normalize(text, partial(_is_joined_or_cut, ends=end)).text for end in ends]
    return tuple(dict.fromkeys(forms))


def _is_joined_or_cut(text: str, start: int, end: int, ends: Sequence[bool]) -> bool:
    """Return what `ends` says of letters at the start or the end of a text, else decide."""
    if start < _JOINING_CONTEXT_CHARS:
        return ends[0]
    return ends[1] if end > len(text) - _JOINING_CONTEXT_CHARS else _is_joined(text, start, end)


def drop_hidden(text: str) -> str:
    """Drop the characters that print nothing; what joins emoji and marks letters is kept."""
    return text.translate(_hidden())


@cache
def _hidden() -> dict[int, None]:
    table = load_table()
    dropped = {char for char, new in table.expansions.items() if not new}
    return dict.fromkeys(map(ord, dropped - table.marks - {ZERO_WIDTH_JOINER}))


def _old_start(edits: tuple[Edit, ...], position: int) -> int:
    edit = _last_edit(edits, position)
    return edit.old_start if position < edit.end else position - edit.end + edit.old_end


def _old_end(edits: tuple[Edit, ...], last: int) -> int:
    edit = _last_edit(edits, last)
    return edit.old_end if last < edit.end else last - edit.end + edit.old_end + 1


def _last_edit(edits: tuple[Edit, ...], offset: int) -> Edit:
    """Return the last edit that starts at an offset or before it, one of nothing without any."""
    number = bisect_right(edits, Edit(offset, sys.maxsize, 0, 0))
    return edits[number - 1] if number else _NO_EDIT


def _replace(text: str, changes: Iterable[tuple[int, int, str]]) -> tuple[str, tuple[Edit, ...]]:
    """Replace parts of a text, in order, and return where that was."""
    pieces: list[str] = []
    edits: list[Edit] = []
    at = size = 0
    for start, end, new in changes:
        pieces += (text[at:start], new)
        size += start - at + len(new)
        edits.append(Edit(size - len(new), size, start, end))
        at = end
    return "".join((*pieces, text[at:])), tuple(edits)


# ---------------------------------------------------------------- blanks


def _lost_blanks(text: str, is_joined: IsJoined) -> Iterator[tuple[int, int, str]]:
    """Keep one blank between two words that need it, none anywhere else."""
    start, chain_end, word_gap = text.find(" "), 0, 0
    while start >= 0:
        end = start + 1
        while text.startswith(" ", end):
            end += 1
        kept = start and _needs_blank(text[start - 1]) and _needs_blank(text[end : end + 1])
        if kept and start >= chain_end and (found := _LETTER_SPACED.match(text, start - 1)):
            chain_end, word_gap = found.end(), _word_gap(text, found, is_joined)
        if kept and start < chain_end and word_gap:
            figures = text[start - 1].isdigit() and text[end].isdigit()
            kept = end - start >= word_gap and not figures
        if not kept or end - start > 1:
            yield start, end, " " if kept else ""
        start = text.find(" ", end)


def _word_gap(text: str, chain: re.Match[str], is_joined: IsJoined) -> int:
    """Return how many blanks part the words of letters with blanks between them, 0 for no words.

    Single letters beside a whole word (plan a b) are none.
    """
    before = text[: chain.start()]
    if before.endswith(" ") and _needs_blank(before.rstrip()[-1:]):
        return 0
    if not is_joined(text, *chain.span()):
        return 0
    return min(map(len, re.findall(" +", chain[0]))) + 1


def _needs_blank(char: str) -> bool:
    if "\u3400" <= char <= "\u9fff":  # most characters, found at once
        return False
    return char.isalnum() and not _UNSPACED_SCRIPTS.match(char)


# ---------------------------------------------------------------- characters


def _rewrites(text: str, positions: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    """Compose characters with their marks, expand them, or drop what prints nothing.

    `positions` are those of all characters that are expanded, dropped or marks; marks with no
    character before them print nothing either.
    """
    table, end = load_table(), 0
    for position in positions:
        if position < end:
            continue
        start = end = position + bool(table.expansions.get(text[position]))
        while end < len(text) and _attaches(text[end], table):
            end += 1
        last = max((n for n in range(start, end) if text[n] in table.marks), default=start - 1) + 1
        base = position - (start == position and position > 0 and not text[position - 1].isspace())
        if base < start and (last > start or base == position):
            yield base, last, _compose(text[base:last], table)
            start = last
        if start < end:
            yield start, end, ZERO_WIDTH_JOINER * _joins_emoji(text, start, end)


def _attaches(char: str, table: Table) -> bool:
    return char in table.marks or table.expansions.get(char) == ""


def _compose(cluster: str, table: Table) -> str:
    """Compose a character with its marks; its expansion may be composed of some itself.

    A Latin letter loses them, as it is folded to the plain one; upon an accent printed alone (´)
    marks are dropped.
    """
    if unicodedata.normalize("NFKC", cluster[0])[0] == " ":
        return "" if cluster[0].isspace() else cluster[0]
    visible = "".join(char for char in cluster if table.expansions.get(char) != "")
    for _ in range(4):
        before = visible
        composed = unicodedata.normalize("NFKC", visible)
        visible = "".join(table.expansions.get(char, char) for char in composed)
        if visible == before:
            break
    letter = chr(table.single.get(ord(visible[0]), ord(visible[0]))) if visible else ""
    if letter.isascii() and letter.isalpha():
        return visible[0] + "".join(char for char in visible[1:] if char not in table.marks)
    return visible


def _joins_emoji(text: str, start: int, end: int) -> bool:
    if ZERO_WIDTH_JOINER not in text[start:end]:
        return False
    before = text[:start].rstrip(VARIATION_SELECTORS)[-1:]
    return all(
        unicodedata.category(char) in EMOJI_CATEGORIES
        for char in (before or " ", text[end:][:1] or " ")
    )


def _find_complex(text: str) -> list[int]:
    """Find the characters that more than folding is to be done with."""
    if len(text) < MIN_ARRAY_CHARS:
        complex_ones = _complex()
        if complex_ones.isdisjoint(text):
            return []
        return [position for position, char in enumerate(text) if char in complex_ones]
    positions: list[int] = np.flatnonzero(_are_complex()[to_codes(text)]).tolist()
    return positions


@cache
def _complex() -> frozenset[str]:
    table = load_table()
    return frozenset(table.expansions) | table.marks


@cache
def _are_complex() -> NDArray[np.bool_]:
    """Return, for every code point, whether more than folding is to be done with it."""
    flags = np.zeros(sys.maxunicode + 1, np.bool_)
    flags[list(map(ord, _complex()))] = True
    return flags
