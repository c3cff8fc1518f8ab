"""Folded texts in, the fields of their characters and pairs out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import count

import numpy as np

from indexer.engines.whoosh.coded import SHARE, Texts, Tokens, count_tokens, lay_out
from indexer.engines.whoosh.columns import Array, Columns, count_documents, unpack_texts
from indexer.engines.whoosh.postings import add_postings, sort_tokens, to_length_bytes
from indexer.engines.whoosh.schema import IMPLIED
from indexer.model import Terms, imply_chars, imply_pairs

_BLANKS = np.array([code for code in range(0x3001) if chr(code).isspace()], np.uint32)
_IMPLY = {"chars": imply_chars, "pairs": imply_pairs}


def add_implied(columns: Columns, loose: Mapping[int, Terms]) -> None:
    """Add the fields `chars` and `pairs` of the texts; `loose` documents bring their own."""
    if loose:
        _add_named(columns, loose)
    else:
        _add_coded(columns, lay_out(columns))


def _add_coded(columns: Columns, texts: Texts) -> None:
    codes, docs = texts.codes, texts.docs()
    solid = _find_solid(codes)
    _add_tokens(columns, "chars", Tokens(codes, None, docs, solid))
    paired = solid[:-1] & solid[1:]
    paired &= docs[:-1] == docs[1:]
    del solid
    _add_tokens(columns, "pairs", Tokens(codes[:-1], codes[1:], docs[:-1], paired))


def _add_tokens(columns: Columns, name: str, tokens: Tokens) -> None:
    number = count_documents(columns)
    lengths = _count_by_document(tokens, number)
    columns[f"{name}.lengths"] = to_length_bytes(lengths)
    add_postings(columns, name, count_tokens(tokens, number))


def _count_by_document(tokens: Tokens, number: int) -> Array:
    """Count the tokens of each document, some at a time: `bincount` takes eight bytes for each."""
    lengths = np.zeros(number, np.int64)
    for at in range(0, len(tokens.docs), SHARE):
        part = slice(at, at + SHARE)
        chosen = slice(None) if tokens.chosen is None else tokens.chosen[part]
        lengths += np.bincount(tokens.docs[part][chosen], minlength=number)
    return lengths


def _find_solid(codes: Array) -> Array:
    """Tell which code points are not blank."""
    blank = np.zeros(0x3002, bool)
    blank[_BLANKS] = True
    return ~blank[np.minimum(codes, 0x3001)]


def _add_named(columns: Columns, loose: Mapping[int, Terms]) -> None:
    texts = unpack_texts(columns["text"], columns["text.start"])
    for name in IMPLIED:
        held = [
            getattr(loose[number], name) if number in loose else _IMPLY[name](text)
            for number, text in enumerate(texts)
        ]
        lengths = np.array(list(map(len, held)), np.int64)
        numbers: defaultdict[str, int] = defaultdict(count().__next__)
        tokens = np.array([numbers[token] for terms in held for token in terms], np.int64)
        docs = np.repeat(np.arange(len(texts)), lengths)
        add_postings(columns, name, sort_tokens(numbers, tokens, docs))
        columns[f"{name}.lengths"] = to_length_bytes(lengths)
