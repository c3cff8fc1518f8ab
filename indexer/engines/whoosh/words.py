"""The pieces that texts were cut into in, the postings and the numbers of their words out.

Words of one or two characters, 88 of 100, are counted as numbers; only longer ones are named.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import count
from typing import NamedTuple

import numpy as np

from indexer.engines.whoosh.coded import Texts, Tokens, count_tokens
from indexer.engines.whoosh.columns import Array
from indexer.engines.whoosh.postings import Postings, join_postings, sort_tokens

_PLANE = 1 << 16


class Pieces(NamedTuple):
    """How long all pieces are, in order, and how many each text has: all of it is cut, or none.

    Lengths take one byte, and none is 0.
    """

    sizes: Array
    counts: Array


def count_words(texts: Texts, pieces: Pieces, named: Postings) -> tuple[Postings, Array]:
    """Count how often each word stands in each text, and the words that are read off each text.

    `named` are the words of texts that are not cut.
    """
    begin, docs = _lay_out(texts, pieces)
    size = np.minimum(pieces.sizes, 3)
    size[~_are_words(texts.codes, begin, pieces.sizes)] = 0
    single, double, long = (np.flatnonzero(size == number) for number in (1, 2, 3))
    first, second = texts.codes[begin[double]], texts.codes[begin[double] + 1]
    postings = join_postings(
        [
            named,
            count_tokens(Tokens(texts.codes[begin[single]], None, docs[single]), len(texts)),
            count_tokens(Tokens(first, second, docs[double]), len(texts)),
            _name_words(texts, begin[long], pieces.sizes[long], docs[long]),
        ]
    )
    return postings, np.bincount(docs[size > 0], minlength=len(texts))


def _lay_out(texts: Texts, pieces: Pieces) -> tuple[Array, Array]:
    """Tell where each piece begins among all code points, and in which text it stands."""
    begin = _sums(pieces.sizes)
    shift = (texts.start - begin[_sums(pieces.counts)])[:-1]
    begin = begin[:-1]
    if np.any(shift[pieces.counts > 0]):  # some texts are not cut
        begin += np.repeat(shift.astype(np.int32), pieces.counts)
    return begin, np.repeat(np.arange(len(texts), dtype=np.int32), pieces.counts)


def _sums(counts: Array) -> Array:
    """Sum up, from 0 on; for the characters of a segment four bytes are enough."""
    sums = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=sums[1:])
    return sums


def _are_words(codes: Array, begin: Array, sizes: Array) -> Array:
    """Tell which pieces hold a letter or a digit: nearly all words begin with one."""
    solid = _are_alnum(codes[begin])
    for place in np.flatnonzero(~solid & (sizes > 1)).tolist():
        solid[place] = _are_alnum(codes[begin[place] : begin[place] + sizes[place]]).any()
    return solid


def _are_alnum(codes: Array) -> Array:
    """Tell which code points are letters or digits."""
    known = _alnum_codes()[np.minimum(codes, _PLANE - 1)]
    far = np.flatnonzero(codes >= _PLANE)
    known[far] = [chr(code).isalnum() for code in codes[far].tolist()]
    return known


@cache
def _alnum_codes() -> Array:
    return np.fromiter((chr(code).isalnum() for code in range(_PLANE)), np.bool_, _PLANE)


def _name_words(texts: Texts, begin: Array, sizes: Array, docs: Array) -> Postings:
    """Count words of any length by name."""
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    encoding = "utf-16-le" if texts.codes.itemsize == 2 else "utf-32-le"
    text = texts.codes.tobytes().decode(encoding, "surrogatepass")
    ends = (begin + sizes).tolist()
    found = (numbers[text[start:end]] for start, end in zip(begin.tolist(), ends, strict=True))
    return sort_tokens(numbers, np.fromiter(found, np.int64, len(ends)), docs)
