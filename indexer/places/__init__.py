"""Find places in text: the gazetteer, the tagger, and what an article is about.

`load_tagger` makes a `Tagger`; `tag_article` fills an article's mentions, cities and pairs;
`ancestors` says under which regions a city counts, `find_cities` finds cities by an exact name.
"""

from indexer.places.about import tag_article as tag_article
from indexer.places.city_names import find_cities as find_cities
from indexer.places.city_names import find_region as find_region
from indexer.places.city_names import name_then as name_then
from indexer.places.gazetteer import ancestors as ancestors
from indexer.places.pairs import find_statements as find_statements
from indexer.places.tagger import Tagger as Tagger
from indexer.places.tagger import load_tagger as load_tagger
