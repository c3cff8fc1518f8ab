"""Exact statistics of what a query finds: counts by facet, neighbours, the sorted concordance.

An *occurrence* is a place where a part of the query (a word, a quoted run, a pattern) is printed in
a paragraph that matches. Occurrences are taken from left to right, of those that begin together the
longest; one that overlaps an occurrence before it is not counted, as `re.finditer` and `str.count`
do. A repeat (`duplicate_of`) is not counted beside its original. An occurrence that goes on across
an uncertain line end is counted once, in the paragraph where it begins.
"""

from indexer.statistics.cross_tabulation import (
    Cell,
    Counts,
    count_cells,
    count_characters,
    facets_to_ask,
    find_columns,
)
from indexer.statistics.locating import Located, count_located, locate
from indexer.statistics.neighbours import Neighbour, Neighbours, find_neighbours
from indexer.statistics.sorting import CONCORDANCE_SORTS, SORT_CHARS, sort_occurrences

__all__ = [
    "CONCORDANCE_SORTS",
    "SORT_CHARS",
    "Cell",
    "Counts",
    "Located",
    "Neighbour",
    "Neighbours",
    "count_cells",
    "count_characters",
    "count_located",
    "facets_to_ask",
    "find_columns",
    "find_neighbours",
    "locate",
    "sort_occurrences",
]
