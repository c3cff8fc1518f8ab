"""Engines store documents and find them, all behind the protocol `base.Engine`.

`open_engine` opens the one that the settings name; its library is imported only then.
"""

from __future__ import annotations

from indexer.engines.base import Engine
from indexer.errors import EngineMissing
from indexer.messages import message
from indexer.settings import Settings

ENGINES = ("whoosh", "memory", "opensearch")


def open_engine(settings: Settings) -> Engine:
    """Return the engine that `settings.engine` names, over the index in `settings.index`.

    Raises `EngineMissing` for an unknown name.
    """
    if settings.engine == "memory":
        from indexer.engines.memory import MemoryEngine

        return MemoryEngine.at(str(settings.index), lock_seconds=settings.lock_seconds)
    if settings.engine == "whoosh":
        from indexer.engines.whoosh import WhooshEngine

        return WhooshEngine(
            settings.index, lock_seconds=settings.lock_seconds, workers=settings.workers
        )
    if settings.engine == "opensearch":
        from indexer.engines.opensearch import OpenSearchEngine

        return OpenSearchEngine(settings)
    raise EngineMissing(name=settings.engine, hint=message("hint.choose", choices=tuple(ENGINES)))


def index_exists(settings: Settings) -> bool:
    """Return whether an index has been built where the settings say."""
    return open_engine(settings).exists()
