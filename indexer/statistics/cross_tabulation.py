"""Count occurrences, paragraphs and articles by the values of one facet or of two crossed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.engines.occurrences import FacetCodes, Occurrences
from indexer.model.json_form import fields_to_json
from indexer.model.spans import shorten

Numbers = NDArray[np.int64]

RELATIVE_TO_CHARS = 10_000
"""Characters to which a relative frequency refers."""

_MONTH_CHARS = len("2023-10")


@dataclass(frozen=True, slots=True)
class Cell:
    """What is counted of the paragraphs that carry some values; "" is a facet without one.

    `characters` are those of all paragraphs with these values that pass the filters, whether they
    match the query or not; blanks that matching ignores are not counted.
    """

    values: tuple[str, ...]
    occurrences: int
    paragraphs: int
    articles: int
    characters: int

    @property
    def per_10000(self) -> float:
        """Occurrences per 10,000 characters, 0 where there is no text."""
        return RELATIVE_TO_CHARS * self.occurrences / self.characters if self.characters else 0.0

    def to_dict(self, by: Sequence[str]) -> dict[str, Any]:
        """Return the cell as a flat row, its values under the names of the facets."""
        return {
            **dict(zip(by, self.values, strict=True)),
            **fields_to_json(self, "values"),
            "per_10000": round(self.per_10000, 4),
        }


@dataclass(frozen=True, slots=True)
class Counts:
    """How often a query occurs, in all and by the values of the facets `by`.

    Cells are in the order of their values. A paragraph that carries several values of a facet (two
    cities) is counted under each, so cells may add up to more than the `total`.
    """

    query: str
    by: tuple[str, ...]
    total: Cell
    cells: tuple[Cell, ...] = ()

    def __repr__(self) -> str:
        by = " and ".join(self.by)
        return f"<Counts {shorten(self.query, 60)!r} by {by or 'nothing'}: {len(self.cells)} cells>"

    @property
    def occurrences(self) -> int:
        """Occurrences in all."""
        return self.total.occurrences

    @property
    def paragraphs(self) -> int:
        """Paragraphs that match."""
        return self.total.paragraphs

    @property
    def articles(self) -> int:
        """Articles with a paragraph that matches."""
        return self.total.articles

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of a row."""
        return *self.by, "occurrences", "paragraphs", "articles", "characters", "per_10000"

    def rows(self) -> list[dict[str, Any]]:
        """Return the cells as flat rows, as pandas, polars and duckdb take them."""
        return [cell.to_dict(self.by) for cell in self.cells]

    def to_dict(self) -> dict[str, Any]:
        """Return what the JSON of the counts is."""
        return {
            "query": self.query,
            "by": list(self.by),
            "total": self.total.to_dict(()),
            "rows": self.rows(),
        }


class CellCodes(NamedTuple):
    """The values of one or two facets: document `owners[n]` is in the cell `codes[n]`."""

    values: tuple[tuple[str, ...], ...]
    owners: Numbers
    codes: Numbers


def facets_to_ask(by: Iterable[str]) -> tuple[str, ...]:
    """Return the facets of an engine that are needed to count by these names."""
    return tuple(dict.fromkeys("date" if name == "month" else name for name in by))


def find_cells(found: Occurrences, by: Sequence[str]) -> CellCodes:
    """Return the cell or cells of every document, by no facet, one or two."""
    every = np.arange(found.documents)
    cells = CellCodes(((),), every, np.zeros(found.documents, np.int64))
    for name in by:
        cells = _cross(cells, _complete(_facet(found.facets, name), found.documents))
    return cells


def _facet(facets: Mapping[str, FacetCodes], name: str) -> FacetCodes:
    if name != "month":
        return facets[name]
    dates = facets["date"]
    months = sorted({date[:_MONTH_CHARS] for date in dates.values})
    position = {month: number for number, month in enumerate(months)}
    recoded = np.array([position[date[:_MONTH_CHARS]] for date in dates.values], np.int64)
    return FacetCodes(tuple(months), dates.owners, recoded[dates.codes])


def _complete(facet: FacetCodes, documents: int) -> FacetCodes:
    """Assign to documents without a value the value "", which is the last."""
    held = np.bincount(facet.owners, minlength=documents)
    bare = np.flatnonzero(held == 0)
    if not len(bare):
        return facet
    owners = np.concatenate([facet.owners, bare])
    codes = np.concatenate([facet.codes, np.full(len(bare), len(facet.values))])
    order = np.argsort(owners, kind="stable")
    return FacetCodes((*facet.values, ""), owners[order], codes[order])


def _cross(cells: CellCodes, facet: FacetCodes) -> CellCodes:
    """Combine each cell of a document with each of its values; both are sorted by document."""
    held = np.bincount(facet.owners)
    if cells.values == ((),):
        values = tuple((value,) for value in facet.values)
        return CellCodes(values, facet.owners, facet.codes)
    begins = np.cumsum(held) - held
    repeats = held[cells.owners]
    rows = np.repeat(np.arange(len(cells.owners)), repeats)
    steps = np.arange(len(rows)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    second = facet.codes[begins[cells.owners[rows]] + steps]
    codes = cells.codes[rows] * len(facet.values) + second
    used, codes = np.unique(codes, return_inverse=True)
    values = tuple(
        (*cells.values[code // len(facet.values)], facet.values[code % len(facet.values)])
        for code in used.tolist()
    )
    return CellCodes(values, cells.owners[rows], codes)


def count_cells(
    found: Occurrences,
    per_document: Numbers,
    cells: CellCodes,
    characters: Mapping[tuple[str, ...], int],
) -> tuple[Cell, ...]:
    """Count by cell, in the order of the values; `characters` are those of all text by cell."""
    size = len(cells.values)
    paragraphs = np.bincount(cells.codes, minlength=size)
    weights = per_document[cells.owners]
    occurrences = np.bincount(cells.codes, weights=weights, minlength=size)  # exact below 2**53
    articles = _count_articles(found, cells, size)
    rows = zip(
        cells.values,
        occurrences.astype(np.int64).tolist(),
        paragraphs.tolist(),
        articles.tolist(),
        strict=True,
    )
    return tuple(Cell(*row, characters.get(row[0], 0)) for row in rows if row[2])


def count_characters(found: Occurrences, cells: CellCodes) -> dict[tuple[str, ...], int]:
    """Add up the lengths of the documents of each cell."""
    weights = found.lengths[cells.owners]
    sums = np.bincount(cells.codes, weights=weights, minlength=len(cells.values))
    return dict(zip(cells.values, sums.astype(np.int64).tolist(), strict=True))


def _count_articles(found: Occurrences, cells: CellCodes, size: int) -> Numbers:
    """Count the different articles of each cell; they rise with the documents."""
    small = cells.codes.astype(np.min_scalar_type(max(size, 1)))  # sorted by radix up to 16 bits
    order = np.argsort(small, kind="stable")
    codes, articles = cells.codes[order], found.articles[cells.owners[order]]
    new = np.ones(len(codes), np.bool_)
    new[1:] = (codes[1:] != codes[:-1]) | (articles[1:] != articles[:-1])
    counts: Numbers = np.bincount(codes[new], minlength=size)
    return counts
