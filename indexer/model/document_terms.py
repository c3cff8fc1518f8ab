"""The terms of a document, and those that a folded text implies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import add


def choose_words(pieces: Iterable[str]) -> tuple[str, ...]:
    """Leave out the pieces of a text that hold no letter or digit: blanks and punctuation."""
    return tuple([piece for piece in pieces if piece.isalnum() or any(map(str.isalnum, piece))])


def imply_chars(folded: str) -> tuple[str, ...]:
    """Return every character that is not blank, punctuation included."""
    return tuple("".join(folded.split()))


def imply_pairs(folded: str) -> tuple[str, ...]:
    """Return every two neighbours that are not blank, punctuation included.

    So a document that holds a substring holds every pair of the substring.
    """
    return tuple(
        chain.from_iterable(map(add, substring, substring[1:]) for substring in folded.split())
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """What analysis makes of a document; positions are the indexes in these tuples.

    `chars` and `pairs` are implied by the folded text and carried so that no engine needs to
    know how they are made. `head` holds the words, characters and pairs of the title and of the
    section heading, which count for the paragraphs below them.
    """

    words: tuple[str, ...] = ()
    chars: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    head: tuple[str, ...] = ()

    def plain(self) -> Terms:
        """Return the same terms, all of them made."""
        return self


class ImpliedTerms(Terms):
    """Terms that follow from a folded text and the pieces it was cut into, made when asked for.

    Together the pieces are the text. An engine that reads the terms off the text and the lengths
    of the pieces never asks: naming every word, character and pair was more than half of the work
    of building an index.
    """

    __slots__ = ("folded", "pieces")
    folded: str
    pieces: Sequence[str]

    def __init__(self, pieces: Sequence[str], folded: str, head: tuple[str, ...] = ()) -> None:
        for name, value in (("pieces", pieces), ("folded", folded), ("head", head)):
            object.__setattr__(self, name, value)

    @property
    def words(self) -> tuple[str, ...]:
        """The pieces that are words."""
        return choose_words(self.pieces)

    @property
    def chars(self) -> tuple[str, ...]:
        """The characters of the text."""
        return imply_chars(self.folded)

    @property
    def pairs(self) -> tuple[str, ...]:
        """The pairs of the text."""
        return imply_pairs(self.folded)

    def plain(self) -> Terms:
        """Return the same terms, all of them made."""
        return Terms(self.words, self.chars, self.pairs, self.head)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ImpliedTerms):
            other = other.plain()
        return self.plain() == other

    def __hash__(self) -> int:
        return hash(self.plain())

    def __reduce__(self) -> tuple[object, ...]:
        return ImpliedTerms, (self.pieces, self.folded, self.head)
