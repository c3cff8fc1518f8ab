"""Text in, places out: the gazetteer, the tagger, and what an article is about.

`load_tagger` makes a `Tagger`; `tag_article` fills an article's mentions, cities and pairs;
`ancestors` says under which regions a city counts.
"""

from indexer.places.about import tag_article
from indexer.places.gazetteer import ancestors
from indexer.places.tagger import Tagger, load_tagger

__all__ = ["Tagger", "ancestors", "load_tagger", "tag_article"]
