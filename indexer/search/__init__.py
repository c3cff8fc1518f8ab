"""Search an index: plan a query, ask the engine, make results.

From a text to postings there are five steps: tokens and a parsed tree (`query`), a `Plan` (`plan`),
a `Request` of one of its stages (`query_execution`), and the sets and scores of the engine. `index`
holds the one class people use; `query_relaxation` asks by words, `sentence_rerank` weighs the first
matches for the engine to rerank, `marks` maps what matched to print, `hit_builder` makes the hits
that `results` defines, with their JSON.
"""

from indexer.query import Note as Note
from indexer.search.index import Index as Index
from indexer.search.index import open_index as open_index
from indexer.search.reader_pool import Edition as Edition
from indexer.search.results import ArticleView as ArticleView
from indexer.search.results import FacetValue as FacetValue
from indexer.search.results import Hit as Hit
from indexer.search.results import PageSummary as PageSummary
from indexer.search.results import Results as Results
