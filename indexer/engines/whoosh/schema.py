"""The fields of the index as Whoosh sees them, and how terms become its bytes.

Every field is indexed with the weight of each posting and nothing else; the stored value of a
document is a JSON string. Terms arrive cut, so the analyser only splits at blanks what a plain
Whoosh query gives it. Characters and pairs are left out of Whoosh's files: they follow from the
stored text, and of 100,000 paragraphs they would take 33 MB and many times that.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from indexer.engines.base import TERM_FIELDS
from indexer.model import FACETS

INDEX_NAME = "MAIN"

OWN_FIELDS = ("page", "digest", "kind", "date", "original", "loose")
"""Keyword fields of our own: `page` and `digest` of a page record (`page` of documents too),
`original` the id that a repeat repeats, `loose` on documents whose terms are not the implied
ones."""

HEADS = ("title", "heading", "author")
FACET_PREFIX = "f_"
HEAD_PREFIX = "h_"

DOCUMENT = "document"
RECORD = "record"
"""Stored values: a paragraph, or a page as it was read."""

KEYWORD_FIELDS = (
    *OWN_FIELDS,
    *(FACET_PREFIX + name for name in FACETS),
    *(HEAD_PREFIX + name for name in HEADS),
)
FIELDS = (*TERM_FIELDS, *KEYWORD_FIELDS)
IMPLIED = ("chars", "pairs")
"""Fields that the folded text implies, see `base`."""

WORDS = "words"
"""The field that the pieces of a text imply."""

STOCK_FIELDS = tuple(name for name in FIELDS if name not in IMPLIED)
SCORED_FIELDS = tuple(name for name in TERM_FIELDS if name not in IMPLIED)
"""Fields in Whoosh's own files, and those with lengths."""


def to_bytes(text: str) -> bytes:
    """Encode a term; its order is that of the code points, lone surrogates included."""
    return text.encode("utf-8", "surrogatepass")


def from_bytes(data: bytes) -> str:
    """Decode a term."""
    return data.decode("utf-8", "surrogatepass")


@cache
def whoosh_schema() -> Any:
    """Return the schema that stands in every table of contents."""
    from whoosh import analysis, fields, formats

    schema = fields.Schema()
    for name in STOCK_FIELDS:
        field = fields.KEYWORD(scorable=name in TERM_FIELDS)
        field.analyzer = analysis.SpaceSeparatedTokenizer()
        field.format = formats.Existence()
        schema.add(name, field)
    schema.add(DOCUMENT, fields.STORED())
    schema.add(RECORD, fields.STORED())
    return schema
