"""Search an index: plan a query, ask the engine, make results.

From a text to postings there are five steps: `lexer` (tokens), `query` (parsed tree), `plan`
(`Plan`), `query_execution` (`Request` of a stage), engine (sets and scores). `index` contains the
class people use; `query_relaxation` asks by words, `query_terms` chooses what scores and weighs the
first matches for the engine to rerank, `marks` maps what matched to print, `hit_builder` makes the
hits that `results` defines, with their JSON.
"""

from indexer.query import Note as Note
from indexer.search.index import Index as Index
from indexer.search.index import open_index as open_index
from indexer.search.reader_pool import ArticleView as ArticleView
from indexer.search.reader_pool import Edition as Edition
from indexer.search.reader_pool import PageSummary as PageSummary
from indexer.search.results import FacetValue as FacetValue
from indexer.search.results import Hit as Hit
from indexer.search.results import Results as Results
