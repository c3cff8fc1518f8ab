"""A term's bytes in, where its postings stand in a segment out; compiled, for `running`.

A field of a segment is told by `TABLE` numbers, see `Field.table`: how many terms there are, how
far a checksum strays, the address of the checksums; address and width of the rows they belong to,
of where terms begin, and of where postings begin; the address of the terms; address and width of
the documents; the address of the frequencies, the address and number of those postings that they
tell of, 0 where that is all; and the addresses of the lengths and of the weights.

A term in a segment is told by `ROW` numbers: the address of its documents, that of its frequencies,
which is 0 where they have to be filled in, how many there are, the addresses of the field's lengths
and weights, and the place of its first posting.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import carray  # type: ignore[attr-defined]
from numba.core import types
from numba.extending import intrinsic

from indexer.engines.whoosh.compiled import bisect, njit, seek, stands_at

BYTES, SHORTS, INTS = np.empty(0, "u1"), np.empty(0, "u2"), np.empty(0, "i4")
LONGS, FLOATS, BOOLS = np.empty(0, "i8"), np.empty(0, "f8"), np.empty(0, "?")
_WORDS = np.empty(0, "u4")


@intrinsic
def _pointer(_context: Any, address: Any, like: Any) -> Any:
    """Take an address for one of values of the type that an array holds."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.inttoptr(values[0], context.get_value_type(signature.return_type))

    pointer: Any = types.CPointer
    return pointer(like.dtype)(address, like), generate


to: Any = _pointer


@njit
def _number(address: int, width: int, place: int) -> Any:
    """Read a number of a column that is as narrow as its largest allows."""
    if width == 1:
        return np.int64(carray(to(address, BYTES), place + 1)[place])
    if width == 2:
        return np.int64(carray(to(address, SHORTS), place + 1)[place])
    if width == 4:
        return np.int64(carray(to(address, _WORDS), place + 1)[place])
    return np.int64(carray(to(address, LONGS), place + 1)[place])


@njit
def _is(table: Any, row: int, term: Any) -> bool:
    """Tell whether a term stands in a row."""
    begin, end = _number(table[5], table[6], row), _number(table[5], table[6], row + 1)
    held = carray(to(table[9], BYTES), max(begin, end))
    return bool(end - begin == len(term) and stands_at(held, begin, end, term))


@njit
def _find_row(table: Any, term: Any, crc: int) -> Any:
    """Do what `Field.find_row` does."""
    low, high = 0, table[0]
    crcs = carray(to(table[2], _WORDS), high)
    share = crc * high >> 32
    first, last = share - table[1], share + table[1]
    if first >= 0 and last < high and crcs[first] < crc < crcs[last]:
        low, high = first, last
    low = bisect(crcs, low, high, crc)
    while low < len(crcs) and crcs[low] == crc:
        row = _number(table[3], table[4], low)
        if _is(table, row, term):
            return row
        low += 1
    return -1


@njit
def look_up(table: Any, term: Any, crc: int, told: Any) -> None:
    """Tell of a term in a segment."""
    told[:] = 0
    row = _find_row(table, term, crc)
    if row < 0:
        return
    begin = _number(table[7], table[8], row)
    end = _number(table[7], table[8], row + 1)
    told[0] = table[10] + begin * table[11]
    told[1] = 0 if table[13] else table[12] + begin
    told[2] = max(0, end - begin)  # zeros stand in a file that was cut short
    told[3], told[4], told[5] = table[15], table[16], begin


@njit
def fill_in(table: Any, told: Any, freqs: Any) -> None:
    """Make the frequencies of a term in a field that keeps only those above 1."""
    freqs[:] = 1
    many = carray(to(table[13], _WORDS), table[14])
    kept = carray(to(table[12], BYTES), table[14])
    at = seek(many, 0, told[5])
    while at < len(many) and many[at] < told[5] + len(freqs):
        freqs[max(0, many[at] - told[5])] = kept[at]
        at += 1
    told[1] = freqs.ctypes.data
