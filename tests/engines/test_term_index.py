"""The terms of a field: every term that is there is found, and no other."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.whoosh import term_index
from indexer.engines.whoosh.columns import Columns, pack_counts, pack_terms, to_bytes, unpack_counts
from indexer.engines.whoosh.term_index import NO_POSTINGS, TermIndex

texts = st.text("甲乙a𠀀\ud800", max_size=4)


def make_index(terms: list[str], holders: list[int], first: int = 0) -> TermIndex:
    """Make the index of sorted terms, each in so many documents."""
    columns: Columns = {}
    columns["x.terms"], columns["x.sizes"] = pack_terms([to_bytes(term) for term in terms])
    columns["x.counts"], columns["x.large"] = pack_counts(np.array(holders, np.int64))
    return TermIndex(columns, "x", first)


@settings(max_examples=100)
@given(st.sets(texts, max_size=40).map(sorted), texts, st.integers(1, 5), st.data())
def test_finds_the_terms_that_are_there(
    terms: list[str], text: str, block: int, data: st.DataObject
) -> None:
    holders = [data.draw(st.sampled_from([1, 2, 254, 255, 256, 70_000])) for _ in terms]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(term_index, "_TERMS_PER_BLOCK", block)
        index = make_index(terms, holders, first=7)
        assert [index.find_row(term) for term in terms] == list(range(len(terms)))
        assert (index.find_row(text) >= 0) == (text in terms)
        assert index.find(text) == (index.span(terms.index(text)) if text in terms else NO_POSTINGS)
    begin, end = index.range_of(text)
    assert index.texts(begin, end) == [term for term in terms if term.startswith(text)]
    assert index.first_row(to_bytes(text)) == sum(term < text for term in terms)
    edges = [7, *(7 + int(end) for end in np.cumsum(holders))]
    assert [index.span(row) for row in range(len(terms))] == list(pairwise(edges))


@pytest.mark.parametrize("large", [[], [300, 300]])
def test_large_counts_that_are_missing_are_noticed(large: list[int]) -> None:
    small, _ = pack_counts(np.array([3, 300]))
    with pytest.raises(ValueError, match="missing"):
        unpack_counts(small, np.array(large, np.uint32))
