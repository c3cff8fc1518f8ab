"""Whoosh, the embedded engine: its format is the truth, numpy does the searching.

schema      which fields there are         documents   a document as JSON
guard       no pickle runs code            store       lock, manifest, hashes
disk        every write to the folder      side        columns -> a file to map
builder     documents -> columns           columns     what a segment is, as arrays
stock       columns -> Whoosh's file       rebuild     Whoosh's file -> columns
contents    Whoosh's list of segments      segment     one segment, open
snapshot    all segments of a commit
evaluate    node -> documents              ranking     request -> order and counts
reader, writer, engine                     behind `base`
"""

from __future__ import annotations

from indexer.engines.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]
