"""The fields of the index, in the order of their postings, and how terms become bytes."""

from __future__ import annotations

from indexer.engines.base import TERM_FIELDS
from indexer.model import FACETS, HEAD_FIELDS

INDEX_NAME = "MAIN"
"""The name under which Whoosh looks for an index in a folder."""

OWN_FIELDS = ("page", "digest", "kind", "date", "original", "loose")
"""Keyword fields of our own: `page` and `digest` of a page record (`page` of documents too),
`original` the id that a repeat repeats, `loose` on documents whose terms do not follow from their
text."""


FACET_PREFIX = "f_"
HEAD_PREFIX = "h_"

KEYWORD_FIELDS = (
    *OWN_FIELDS,
    *(FACET_PREFIX + name for name in FACETS),
    *(HEAD_PREFIX + name for name in HEAD_FIELDS),
)
INDEXED_FIELDS = (*TERM_FIELDS, *KEYWORD_FIELDS)
"""Fields of terms come first: only their postings count how often a term occurs."""

DERIVED_FIELDS = ("chars", "pairs")
"""Fields whose terms follow from the normalised text, see `base`."""

WORDS_FIELD = "words"
"""The field whose terms follow from the pieces that a text was cut into."""


def to_bytes(text: str) -> bytes:
    """Encode a term; its order is that of the code points, lone surrogates included."""
    return text.encode("utf-8", "surrogatepass")


def from_bytes(data: bytes) -> str:
    """Decode a term."""
    return data.decode("utf-8", "surrogatepass")
