"""List the printed editions of an archive by newspaper and date, from what its pages carry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.engines.base import Reader
from indexer.engines.occurrences import FacetCodes, Numbers, OccurrenceRequest
from indexer.model import Every, Filter

ISSUE_FACETS = ("newspaper", "date", "edition", "page")

_DIGITS_OR_REST = re.compile(r"(\d+)|(\D+)")


@dataclass(frozen=True, slots=True)
class Edition:
    """One page of an issue; empty text where the page does not carry a thing."""

    newspaper: str
    date: str  # 2023-10-27, or as much of it as is known
    edition: str
    page: str


def list_editions(reader: Reader, filters: Sequence[Filter]) -> tuple[Edition, ...]:
    """Return the editions that filters keep, by newspaper, date, number of the edition and page."""
    request = OccurrenceRequest(Every(), (), tuple(filters), ISSUE_FACETS)
    found = reader.occurrences(request)
    columns = [_column(found.facets[name], found.documents) for name in ISSUE_FACETS]
    _, first = np.unique(columns[-1], return_index=True)  # the documents of a page agree
    rows = zip(*(column[first].tolist() for column in columns), strict=True)
    editions = (Edition(*_texts(row, [found.facets[n] for n in ISSUE_FACETS])) for row in rows)
    return tuple(sorted(editions, key=_order))


def _column(codes: FacetCodes, documents: int) -> Numbers:
    """Return the code of each document, -1 for none."""
    column = np.full(documents, -1, np.int64)
    column[codes.owners] = codes.codes
    return column


def _texts(row: Iterable[int], facets: Iterable[FacetCodes]) -> Iterable[str]:
    return (
        facet.values[code] if code >= 0 else "" for code, facet in zip(row, facets, strict=True)
    )


def _order(one: Edition) -> tuple[str, str, list[tuple[int, str]], str]:
    number = [(int(n or 0), text) for n, text in _DIGITS_OR_REST.findall(one.edition)]
    return (one.newspaper, one.date, number, one.page)
