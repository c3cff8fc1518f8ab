"""Search an index: plan a query, ask the engine, make results.

`index` holds the one class people use; `plan` turns a query into what an engine is asked, `asked`
puts it, `ranking` orders the first matches again, `results` is what comes out.
"""

from indexer.query import Note
from indexer.search.index import Index, open_index
from indexer.search.issues import Edition
from indexer.search.results import ArticleView, FacetValue, Hit, PageSummary, Results

__all__ = [
    "ArticleView",
    "Edition",
    "FacetValue",
    "Hit",
    "Index",
    "Note",
    "PageSummary",
    "Results",
    "open_index",
]
