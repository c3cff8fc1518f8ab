"""What is suggested: always a query to search for and the reason, never a silent change."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

from indexer.messages import message
from indexer.model import fields_to_json


class Reason(StrEnum):
    """Why a query is suggested; sentences `suggest.REASON` of the catalogue."""

    HOMOPHONE = "homophone"
    NEAR_HOMOPHONE = "near_homophone"
    LOOKALIKE = "lookalike"
    TYPO = "typo"
    PINYIN = "pinyin"
    INITIALS = "initials"
    MISREADING = "misreading"
    WORD = "word"
    PLACE = "place"
    AUTHOR = "author"
    TITLE = "title"
    WITHOUT = "without"
    ANY = "any"
    ONE_PART = "alone"
    WORDS = "words"
    UNFILTERED = "unfiltered"
    NUMERALS = "numerals"
    SYNONYM = "synonym"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A query to search for: `instead` replaces `part`.

    `count` is the number of paragraphs that hold `instead` (of `text` where a whole query is
    relaxed), `None` where they were not counted. With `unfiltered` the filters are to be dropped.
    """

    text: str
    reason: Reason
    part: str = ""
    instead: str = ""
    count: int | None = None

    @property
    def unfiltered(self) -> bool:
        """Whether the suggestion is to search without the filters."""
        return self.reason is Reason.UNFILTERED

    def sentence(self, language: str = "en") -> str:
        """Return why this is suggested."""
        why = message(f"suggest.{self.reason}", part=self.part, instead=self.instead)
        return why.sentence(language)

    def to_dict(self) -> dict[str, object]:
        """Make the JSON of a suggestion."""
        return fields_to_json(self) | {"sentence": self.sentence()}


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Everything there is to suggest for a query.

    `corrections` are what the reader may have meant, `pinyin` what pinyin or initials may mean
    for, `misreadings` what scanning may have made of the query (to be shown apart from the hits),
    `completions` how the query may continue, `missing` the parts of the query that no paragraph
    holds, `relaxations` wider queries that do find something, and `numerals` the same numbers as
    other pages print them.
    """

    corrections: tuple[Suggestion, ...] = ()
    pinyin: tuple[Suggestion, ...] = ()
    misreadings: tuple[Suggestion, ...] = ()
    completions: tuple[Suggestion, ...] = ()
    missing: tuple[str, ...] = ()
    relaxations: tuple[Suggestion, ...] = ()
    numerals: tuple[Suggestion, ...] = ()
    synonyms: tuple[Suggestion, ...] = ()

    def __repr__(self) -> str:
        counts = {one.name: len(getattr(self, one.name)) for one in fields(self)}
        found = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        return f"<Suggestions: {found or 'none'}>"

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))

    def to_dict(self) -> dict[str, object]:
        """Make the JSON of the suggestions."""
        return fields_to_json(self)
