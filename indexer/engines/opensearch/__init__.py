"""The engine for archives that outgrow one machine: an OpenSearch cluster.

`connection` sends requests and repeats them; `mapping` and `convert` define what is stored;
`bulk`, `writer` and `state` make a commit; `queries`, `ranking`, `aggregations`,
`snapshot` and `reader` answer requests; `engine` puts them together.
"""

from indexer.engines.opensearch.engine import OpenSearchEngine as OpenSearchEngine
