"""The engine for archives that outgrow one machine: an OpenSearch cluster.

Rooms, in order of travel: `connection` the wire, `mapping` and `convert` how documents lie on the
servers, `bulk`, `writer` and `state` the way in, `queries`, `ranking`, `counting`, `snapshot` and
`reader` the way out, `engine` the whole.
"""

from indexer.engines.opensearch.engine import OpenSearchEngine

__all__ = ["OpenSearchEngine"]
