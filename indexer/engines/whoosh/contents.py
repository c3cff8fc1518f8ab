"""Whoosh's table of contents: bytes in, entries of segments out, and back.

An entry that is read is made anew from plain values: neither a class nor a path can be smuggled in.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from indexer.engines.whoosh.schema import INDEX_NAME, whoosh_schema

_SEGMENT_ID = re.compile("[0-9a-z]{1,64}")


def contents_name(generation: int) -> str:
    """Name the table of contents of a generation."""
    return f"_{INDEX_NAME}_{generation}.toc"


def dump_contents(generation: int, segments: list[Any]) -> bytes:
    """Write a table of contents."""
    from whoosh.filedb.filestore import RamStorage
    from whoosh.index import TOC

    memory = RamStorage()
    TOC(whoosh_schema(), segments, generation).write(memory, INDEX_NAME)
    data: bytes = memory.files[contents_name(generation)]
    return data


def load_contents(folder: Path, generation: int) -> list[Any]:
    """Read the entries of segments, pickles through the allow-list."""
    from whoosh.filedb.filestore import RamStorage
    from whoosh.index import TOC

    from indexer.engines.whoosh.guard import guarded

    memory = RamStorage()
    name = contents_name(generation)
    memory.files[name] = (folder / name).read_bytes()
    with guarded():
        toc = TOC.read(memory, INDEX_NAME, gen=generation, schema=whoosh_schema())
    return [_make_anew(entry) for entry in toc.segments]


def make_entry(documents: int, lengths: dict[str, int], **known: Any) -> Any:
    """Make the entry of a segment."""
    from whoosh.codec.whoosh3 import W3Codec, W3Segment

    entry = W3Segment(W3Codec(), INDEX_NAME, doccount=documents, **known)
    entry.compound = True
    entry._fieldlengths = lengths
    return entry


def _make_anew(entry: Any) -> Any:
    values = vars(entry)
    segid, documents = values["segid"], values["_doccount"]
    deleted, lengths = values["_deleted"] or set(), values["_fieldlengths"]
    if not isinstance(segid, str) or not _SEGMENT_ID.fullmatch(segid):
        raise ValueError("a segment has an impossible name")
    if not all(type(number) is int and 0 <= number < documents for number in deleted):
        raise ValueError("a segment has impossible deletions")
    lengths = {str(name): int(length) for name, length in lengths.items()}
    return make_entry(documents, lengths, segid=segid, deleted=set(deleted) or None)
