"""Find places in text: the gazetteer, the tagger, and what an article is about.

`load_tagger` makes a `Tagger`; `tag_article` fills an article's mentions, cities and pairs;
`ancestors` says under which regions a city counts, `find_cities` finds cities by an exact name.
"""

from indexer.places.about import tag_article
from indexer.places.city_lookup import find_cities, find_region, name_then
from indexer.places.gazetteer import ancestors
from indexer.places.pairs import find_statements
from indexer.places.tagger import Tagger, load_tagger

__all__ = [
    "Tagger",
    "ancestors",
    "find_cities",
    "find_region",
    "find_statements",
    "load_tagger",
    "name_then",
    "tag_article",
]
