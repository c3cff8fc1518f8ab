"""Exact statistics of what a query finds: counts by facet, neighbours, the sorted concordance.

An *occurrence* is a place where a part of the query (a word, a quoted substring, a pattern) is
printed in a paragraph that matches. Occurrences are taken from left to right, of those that begin
together the longest; one that overlaps an occurrence before it is not counted, as `re.finditer` and
`str.count` do. A repeat (`duplicate_of`) is not counted beside its original. An occurrence that
crosses an uncertain line end is counted once, in the paragraph where it begins.
"""

from indexer.statistics.concordance import CONCORDANCE_SORTS as CONCORDANCE_SORTS
from indexer.statistics.concordance import SORT_CHARS as SORT_CHARS
from indexer.statistics.concordance import sort_occurrences as sort_occurrences
from indexer.statistics.cross_tabulation import Cell as Cell
from indexer.statistics.cross_tabulation import Counts as Counts
from indexer.statistics.cross_tabulation import count_cells as count_cells
from indexer.statistics.cross_tabulation import count_characters as count_characters
from indexer.statistics.cross_tabulation import facets_to_ask as facets_to_ask
from indexer.statistics.cross_tabulation import find_cells as find_cells
from indexer.statistics.locating import Located as Located
from indexer.statistics.locating import count_located as count_located
from indexer.statistics.locating import locate_nodes as locate_nodes
from indexer.statistics.neighbours import Neighbour as Neighbour
from indexer.statistics.neighbours import Neighbours as Neighbours
from indexer.statistics.neighbours import find_neighbours as find_neighbours
