"""How many documents hold a term, asked of the engine once and remembered for one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indexer.engines.base import Reader
from indexer.model import Term


class Counts:
    """The document counts of one commit, as far as one query needs them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[Term, int] = {}
        self.documents = reader.count()

    def of(self, terms: Sequence[Term]) -> Mapping[Term, int]:
        """Count the documents that hold each term."""
        unknown = [term for term in dict.fromkeys(terms) if term not in self._known]
        if unknown:
            found = self._reader.frequencies(unknown)
            self._known.update({term: found.get(term, 0) for term in unknown})
        return {term: self._known[term] for term in terms}
