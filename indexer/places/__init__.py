"""Find places in text: the gazetteer, the tagger, and what an article is about.

`load_tagger` makes a `Tagger`; `tag_article` fills an article's mentions, cities and pairs;
`ancestors` says under which regions a city counts; `matches_name` finds a city among a facet's
values by character, pinyin or initials, `find_cities` by any of its exact names.
"""

from indexer.places.about import tag_article
from indexer.places.gazetteer import ancestors
from indexer.places.names import find_cities, find_region, matches_name, name_then
from indexer.places.pairs import find_statements
from indexer.places.tagger import Tagger, load_tagger

__all__ = [
    "Tagger",
    "ancestors",
    "find_cities",
    "find_region",
    "find_statements",
    "load_tagger",
    "matches_name",
    "name_then",
    "tag_article",
]
