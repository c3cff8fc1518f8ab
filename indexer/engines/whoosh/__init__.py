"""Whoosh, the embedded engine: its format is the truth, numpy does the searching.

The way in:
    documents   a document as JSON             builder     documents -> columns
    columns     what a segment is, as arrays   implied, postings   how they are sorted
    stock       columns -> Whoosh's file       side        columns -> a file to map
    segments    new ones written, read, emptied            merge   small ones -> a larger one
    worker      pages -> segments, elsewhere   contents    Whoosh's list of segments
    disk        every write to the folder      store       lock, manifest, hashes
    writer      one commit

The way out:
    guard       no pickle runs code            rebuild     Whoosh's file -> columns
    segment, field       one segment, open     snapshot    all segments of a commit
    match       node -> documents              rank        request -> order and counts
    facets      filters, counts of facets      kernels     the inner loops, numpy or numba
    reader      one commit

`schema` names the fields, `engine` stands behind `base`.
"""

from __future__ import annotations

from indexer.engines.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]
