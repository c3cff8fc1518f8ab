"""Define how documents are stored on the servers: field names, the strict mapping, settings.

Terms are sent as cut here: a term field is a list of keywords that keeps frequencies and lengths, a
text is its characters one by one, so that servers need no analysis of Chinese.

    words chars pairs head   terms; Lucene scores them (BM25), `ranking` makes the score exact
    text                     each character of the folded text a token: positions are characters
    solid                    beside each: `s`, or `x` for a blank or a punctuation mark
    heads.*                  the characters of title, heading and authors
    facets.*                 keywords
    repeated.*               on a repeat, what its original would be found by
    since, until             the generations in which a document can be seen
    kept                     the document as it is given back, in JSON, not indexed
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from hashlib import sha256
from typing import Any
from unicodedata import category

from indexer.engines.base import BM25_B, BM25_K1, TERM_FIELDS, is_word_char
from indexer.model import FACETS, HEAD_FIELDS, Stamp
from indexer.settings import Settings

MAPPING_FORMAT = 2
"""Version of this mapping; an index of another one is `IndexOutdated`."""

NEVER_REPLACED = 2**31 - 1
"""`until` of a document that nothing has replaced."""


MAX_TERM_BYTES = 8000
"""Characters of a term that is kept as it is: Lucene takes 32,766 bytes, 4 a character."""

_TOKENS_FIELD = {
    "type": "text",
    "analyzer": "whitespace",
    "index_options": "positions",
    "norms": False,
}
_VALUES_FIELD = {**_TOKENS_FIELD, "position_increment_gap": 100}  # no substring crosses two values
_KEYWORD_FIELD = {"type": "keyword"}
_STORED_FIELD = {"type": "keyword", "index": False, "doc_values": False}
_NUMBER_FIELD = {"type": "integer"}
_TERMS_FIELD = {"type": "keyword", "index_options": "freqs", "norms": True, "similarity": "chaquan"}


def searched_fields() -> dict[str, Any]:
    """Map the fields that a node looks into."""
    return {
        **dict.fromkeys(TERM_FIELDS, _TERMS_FIELD),
        "text": _TOKENS_FIELD,
        "solid": _TOKENS_FIELD,
        "date": _KEYWORD_FIELD,
        "heads": {"properties": dict.fromkeys(HEAD_FIELDS, _VALUES_FIELD)},
        "facets": {"properties": dict.fromkeys(FACETS, _KEYWORD_FIELD)},
    }


def documents_body(stamp: Stamp, settings: Settings) -> dict[str, Any]:
    """Describe the index of the documents."""
    properties = {
        **searched_fields(),
        "repeated": {"properties": searched_fields()},
        **dict.fromkeys(("id", "owner", "page", "article_key", "kind", "original"), _KEYWORD_FIELD),
        **dict.fromkeys(("article", "number", "since", "until"), _NUMBER_FIELD),
        "repeat": {"type": "boolean"},
        "lengths": {"properties": dict.fromkeys(TERM_FIELDS, _NUMBER_FIELD)},
        "kept": _STORED_FIELD,
    }
    return _body(stamp, settings, properties, settings.shards)


def pages_body(stamp: Stamp, settings: Settings) -> dict[str, Any]:
    """Describe the index of the pages, which also keeps the state of both."""
    properties = {
        **dict.fromkeys(("page", "digest"), _KEYWORD_FIELD),
        **dict.fromkeys(("since", "until", "generation"), _NUMBER_FIELD),
        **dict.fromkeys(("kept", "state"), _STORED_FIELD),
    }
    return _body(stamp, settings, properties, 1)


def lock_body() -> dict[str, Any]:
    """Describe the index that holds nothing but the writer's lock."""
    return {
        "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
        "mappings": {
            "dynamic": "strict",
            "properties": {
                "holder": _STORED_FIELD,
                "token": _STORED_FIELD,
                "expires": {"type": "double"},
            },
        },
    }


def _body(stamp: Stamp, settings: Settings, properties: Any, shards: int) -> dict[str, Any]:
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": settings.replicas,
            "refresh_interval": "-1",  # a commit refreshes; half of it is never visible
            "similarity.chaquan": {"type": "BM25", "k1": BM25_K1, "b": BM25_B},
        },
        "mappings": {"dynamic": "strict", "_meta": meta(stamp), "properties": properties},
    }


def meta(stamp: Stamp) -> dict[str, Any]:
    """Return the part of the mapping that names with what the index was built."""
    return {"chaquan": {"mapping": MAPPING_FORMAT, "stamp": asdict(stamp)}}


# ---------------------------------------------------------------- characters as tokens

_UNSAFE_CHARACTER = re.compile("[\ud800-\udfff\ue000]")
_ESCAPED_CHARACTER = re.compile("\ue000([0-9a-f]{4})")


def escape(text: str) -> str:
    """Spell out lone surrogates, which UTF-8 cannot carry; page order stays as it was."""
    return _UNSAFE_CHARACTER.sub(lambda found: f"\ue000{ord(found[0]):04x}", text)


def unescape(text: str) -> str:
    """Undo `escape`."""
    return _ESCAPED_CHARACTER.sub(lambda found: chr(int(found[1], 16)), text)


def tokens(text: str) -> str:
    """Spell a text as one token for each character, so that a phrase is a substring."""
    return " ".join(map(token, text))


@lru_cache(maxsize=1 << 16)
def token(char: str) -> str:
    """Name a character; blanks and controls, at which a server would cut, by their number."""
    if category(char) in {"Zs", "Zl", "Zp", "Cc", "Cf"}:
        return f"u+{ord(char):x}"
    return escape(char)


def classes(text: str) -> str:
    """Return for each character whether a wildcard matches it."""
    return " ".join("s" if is_word_char(char) else "x" for char in text)


def term(text: str) -> str:
    """Spell a term as the servers keep it, one that is too long by its digest."""
    if len(text) > MAX_TERM_BYTES:
        return f"\ue000#{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
    return escape(text)


def terms(texts: Sequence[str]) -> list[str]:
    """Spell many terms; nearly always they stay what they are."""
    if _UNSAFE_CHARACTER.search("".join(texts)) or max(map(len, texts), default=0) > MAX_TERM_BYTES:
        return list(map(term, texts))
    return list(texts)
