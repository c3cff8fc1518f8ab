"""The embedded engine: an index in a folder, which Whoosh opens too; README.md explains both."""

from __future__ import annotations

from indexer.engines.whoosh.engine import WhooshEngine as WhooshEngine
