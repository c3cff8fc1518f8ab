"""Score what a short line or a single sentence is by the lines around it, in log-odds.

It can be a piece of a paragraph, a caption or a heading; `roles` compares the scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log

from indexer.model import Kind
from indexer.reading import patterns
from indexer.reading.continuation import continuation_score, start_weight
from indexer.reading.fitted_weights import weights
from indexer.reading.lines import Line
from indexer.reading.profile import PageProfile

ROLE_WEIGHTS = weights("roles")

MAX_CAPTION_CHARS = 110
"""The captions of the five pages have 7 to 76 characters."""

_ROLE_FEATURES_BY_LENGTH = {1: "one", 2: "two", 3: "three", 4: "four"}

HEADING_MAX_CHARS = 24
"""Characters above which a line is less and less a heading: on the five pages they have 4 to 18."""


def likelihood(odds: float) -> float:
    """Return the probability of log-odds."""
    return 1 / (1 + exp(-odds))


@dataclass(frozen=True, slots=True)
class RoleContext:
    """What the scores of a page's lines have in common."""

    profile: PageProfile
    page: str
    gap: int  # blank lines that a picture leaves
    gaps: bool  # some pictures do
    marked: bool  # headings are marked with #
    rows: frozenset[int] = frozenset()  # lines that are rows of tables and lists
    odds: Mapping[int, float] = field(default_factory=dict)  # of short lines to be first pieces
    pieces: float = 0.0  # short lines that begin a cut paragraph, each by its likelihood
    headings: float = 0.0  # and those that do not

    def fashion(self, odds: float) -> float:
        """Return what the other short lines of the page say for one to be a first piece."""
        share = likelihood(odds)
        pieces, headings = self.pieces - share, self.headings - (1 - share)
        return ROLE_WEIGHTS["other lines of the page"] * log(
            (max(0.0, pieces) + 1) / (max(0.0, headings) + 1)
        )


def score_body(
    text: str, kind: Kind, before: str, below: Sequence[str], layout: RoleContext
) -> float:
    """Weigh a line as a piece of a paragraph."""
    if before and (kind is Kind.BODY or patterns.is_closed(text)):
        begins = (
            -ROLE_WEIGHTS["paragraph below"] * start_weight(below[0])
            if below and patterns.is_closed(text)
            else 0.0
        )
        return (
            continuation_score(before, text, layout.page)
            + begins
            + min(0.0, layout.profile.cut_prior)
        )
    if kind is Kind.BODY:
        return 0.0
    if not before:
        return ROLE_WEIGHTS["first piece"]
    after = max((continuation_score(text, one, layout.page) for one in below), default=0.0)
    return (
        ROLE_WEIGHTS["middle piece"]
        + continuation_score(before, text, layout.page)
        + min(0.0, after)
    )


def score_heading(
    lines: Sequence[Line], kinds: Sequence[Kind], number: int, before: str, *, marked: bool
) -> float:
    """Weigh a line as a section heading: terse, often of two parts or on two lines."""
    text = lines[number].text
    pair = (
        number + 1 < len(lines)
        and kinds[number + 1] is Kind.HEADING
        and lines[number + 1].gap < lines[number].gap
    )
    looks = pair + ROLE_WEIGHTS["two parts"] * patterns.has_parts(text) - patterns.prose(text)
    looks += ROLE_WEIGHTS["long heading"] * max(0, len(text) - HEADING_MAX_CHARS)
    looks += (
        ROLE_WEIGHTS[_ROLE_FEATURES_BY_LENGTH[len(text)]]
        if len(text) in _ROLE_FEATURES_BY_LENGTH
        else 0.0
    )
    if patterns.is_numbered(text):
        return ROLE_WEIGHTS["numbered heading"] + looks
    return (
        (ROLE_WEIGHTS["heading under an open end"] if before else 0.0)
        + looks
        + (ROLE_WEIGHTS["unmarked heading"] if marked else 0.0)
    )


def open_text_above(lines: Sequence[Line], kinds: Sequence[Kind], number: int) -> str:
    """Return the text whose sentence is open above a line, nothing if there is none."""
    for position in range(number - 1, max(-1, number - 6), -1):
        text = lines[position].text
        if kinds[position] is Kind.BODY:
            return "" if patterns.is_closed(text) or text[-1] in "：:；;" else text
        if kinds[position] not in (Kind.CAPTION, Kind.CREDIT, Kind.FURNITURE):
            break
        if patterns.is_jump_away(text) or patterns.is_jump_here(text):
            break
    return ""


def texts_below(lines: Sequence[Line], kinds: Sequence[Kind], number: int) -> list[str]:
    """Return the next text below a line, and the one after it if it may be a caption."""
    texts: list[str] = []
    for position in range(number + 1, min(len(lines), number + 5)):
        if kinds[position] is Kind.BODY:
            texts.append(lines[position].text)
            if not is_one_sentence(lines[position].text) or len(texts) == 2:
                break
    return texts


def is_one_sentence(text: str) -> bool:
    """Return whether a text is a single sentence, as short as captions are."""
    return len(text) <= MAX_CAPTION_CHARS and patterns.sentences(text) == 1
