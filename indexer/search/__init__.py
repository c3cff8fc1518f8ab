"""Search an index: plan a query, ask the engine, make results.

From a text to postings there are five steps: tokens and a parsed tree (`query`), a `Plan` (`plan`),
a `Request` of one of its stages (`query_execution`), and the sets and scores of the engine. `index`
holds the one class people use; `query_relaxation` asks by words, `sentence_rerank` weighs the first
matches for the engine to rerank, `marks` maps what matched to print, `hit_builder` makes the hits
that `results` defines, with their JSON.
"""

from indexer.query import Note
from indexer.search.index import Index, open_index
from indexer.search.reader_pool import Edition
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
