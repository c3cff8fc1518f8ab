"""A field finds every term that is in it, and no other."""

from __future__ import annotations

import zlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.whoosh.columns import Columns, checksums, narrow, pack_terms
from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.schema import to_bytes

texts = st.text("甲乙a𠀀\ud800", max_size=4)


def make_field(terms: list[str], holders: list[int]) -> Field:
    """Make a field of sorted terms, each in the first so many documents."""
    columns: Columns = {}
    encoded = [to_bytes(term) for term in terms]
    columns["x.blob"], columns["x.ends"] = pack_terms(encoded)
    crcs = checksums(encoded)
    rows = np.argsort(crcs, kind="stable")
    columns["x.crcs"], columns["x.rows"] = crcs[rows], narrow(rows)
    columns["x.start"] = narrow(np.append(0, np.cumsum(np.array(holders, np.int64))))
    columns["x.docs"] = np.concatenate(
        [np.zeros(0, np.uint16), *(np.arange(number, dtype=np.uint16) for number in holders)]
    )
    return Field(columns, "x")


@settings(max_examples=60)
@given(st.sets(texts, max_size=40).map(sorted), texts, st.data())
def test_finds_what_is_there(terms: list[str], prefix: str, data: st.DataObject) -> None:
    holders = [data.draw(st.integers(0, 3)) for _ in terms]
    field = make_field(terms, holders)
    assert [field.find_row(term) for term in terms] == list(range(len(terms)))
    assert (field.find_row(prefix) >= 0) == (prefix in terms)
    begin, end = field.range_of(prefix)
    assert field.texts(begin, end) == [term for term in terms if term.startswith(prefix)]
    assert field.frequencies(begin, end, None).tolist() == holders[begin:end]
    live = np.array([True, False, True])
    kept = [int(np.count_nonzero(live[:number])) for number in holders]
    assert field.frequencies(begin, end, live).tolist() == kept[begin:end]


def make_large_field() -> tuple[list[str], Field]:
    """Make a field of many terms, two of which have one checksum."""
    twins = ["plumless", "buckeroo"]
    assert len({zlib.crc32(to_bytes(term)) for term in twins}) == 1
    terms = sorted([*twins, *(str(number) for number in range(20_000))])
    return terms, make_field(terms, [1 + row % 3 for row in range(len(terms))])


def test_finds_all_of_many_and_those_with_one_checksum() -> None:
    terms, field = make_large_field()
    assert [field.find_row(term) for term in terms] == list(range(len(terms)))
    assert field.find_row("20000") == -1
