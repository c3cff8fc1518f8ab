"""What is kept of a join, so that whoever inspects a page sees why two lines are one paragraph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class JoinRule(StrEnum):
    """What decided that a printed line or a piece continues the one above it."""

    FULL_LINE = "full_line"  # the line above fills its column
    CUT_SHORT = "cut_short"  # the line above is open, and a picture made it shorter
    MARKS = "marks"  # a bracket is open above, or a mark opens no paragraph
    VERSE = "verse"  # lines of a stanza
    COLUMN_BACK = "column_back"  # a displaced column was put back
    NO_INDENT = "no_indent"  # a paragraph of the page would be indented
    OVERLAP = "overlap"  # a scrap repeats the end of the text above
    EVIDENCE = "evidence"  # the log-odds of all features together


@dataclass(frozen=True, slots=True)
class Join:
    """Why a text continues the one above it: log-odds, and what each feature adds to them."""

    rule: JoinRule
    log_odds: float | None = None
    evidence: Mapping[str, float] = field(default_factory=dict)


Joins = dict[int, Join]
"""Joins by the offset of the first character after each."""

BY_RULE = {rule: Join(rule) for rule in JoinRule}
"""The joins that a rule alone decided."""
