"""Columns looked through before anybody goes where they point: none leads outside.

A checksum tells damage, but who makes a file makes its checksum as well, and the compiled loops
read and write wherever a number says. So every column is compared with its bounds when it is first
touched, which takes about as long as its checksum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from indexer.engines.whoosh.columns import NUMBERS, Array
from indexer.engines.whoosh.schema import FIELDS

Length = Callable[[str], int]
"""How long a column is, -1 for one that is not there."""

_NEEDED = ("blob", "ends", "start", "docs", "crcs", "rows")
_TYPES = {"blob": "B", "lengths": "B", "text": "H", "docs": NUMBERS, "text.start": "l"}
"""What the compiled loops take for granted, as codes of numpy's."""


def check_names(names: Iterable[str]) -> None:
    """Raise `ValueError` unless every column is there that is looked for without asking."""
    wanted = {"article", "number", "originals", "text", "text.start", "stored.crcs"}
    wanted |= {f"{field}.{part}" for field in FIELDS for part in _NEEDED}
    if lost := wanted.difference(names):
        raise ValueError(f"{min(lost)} is missing")


def check_all(columns: Mapping[str, Array]) -> None:
    """Raise `ValueError` unless all columns are within their bounds."""
    check_names(columns)
    for name, values in columns.items():
        check_bounds(name, values, lambda one: len(columns[one]) if one in columns else -1)


def check_bounds(name: str, values: Array, length: Length) -> None:
    """Raise `ValueError` when a column is not as long as others say, or points outside of them."""
    field, _, part = name.rpartition(".")
    wanted = _TYPES.get(name, _TYPES.get(part, ""))
    if wanted and values.dtype.char not in wanted:
        raise ValueError(f"{name} holds other numbers than it may")
    documents, terms = length("article"), max(0, length(f"{field}.ends") - 1)
    long = _length(name, field, part, length)
    if long is not None and len(values) != long:
        raise ValueError(f"{name} is not as long as it must be")
    if name == "originals":
        _check_below(name, values, documents, least=-1)
    elif part == "docs":
        _check_below(name, values, documents)
    elif part in ("rows", "held"):
        _check_below(name, values, terms)
    elif part == "many":
        _check_below(name, values, length(f"{field}.docs"))
        _check_rising(name, values)
    elif part in ("start", "ends", "held_start"):
        _check_span(name, values, _end(name, field, part, length))


def _length(name: str, field: str, part: str, length: Length) -> int | None:
    documents = length("article")
    if name == "text.start" or part == "held_start":
        return documents + 1
    if name in ("number", "originals", "stored.crcs") or part == "lengths":
        return documents
    if part in ("start", "crcs", "rows"):
        return length(f"{field}.ends") - (part != "start")
    if part == "freqs":
        many = length(f"{field}.many")
        return many if many >= 0 else length(f"{field}.docs")
    return None


def _end(name: str, field: str, part: str, length: Length) -> int:
    """Return what a column of beginnings ends with."""
    if name == "text.start":
        return length("text")
    owner = {"start": "docs", "ends": "blob", "held_start": "held"}[part]
    return length(f"{field}.{owner}")


def _check_below(name: str, values: Array, end: int, least: int = 0) -> None:
    if len(values) and not (least <= int(values.min()) and int(values.max()) < end):
        raise ValueError(f"{name} points outside")


def _check_rising(name: str, values: Array) -> None:
    if not np.all(values[:-1] <= values[1:]):
        raise ValueError(f"{name} goes back")


def _check_span(name: str, values: Array, end: int) -> None:
    """Check that a column rises from 0 to an end."""
    _check_rising(name, values)
    if not (len(values) and int(values[0]) == 0 and int(values[-1]) == end):
        raise ValueError(f"{name} points outside")


def check_terms(field: str, blob: Array, ends: Array) -> None:
    """Raise `ValueError` unless terms are text, each of whole characters."""
    blob.tobytes().decode("utf-8", "surrogatepass")
    begins = ends[:-1][ends[:-1] < len(blob)]
    if np.any((blob[begins] & 0xC0) == 0x80):  # a character's further bytes are 10…
        raise ValueError(f"{field}.ends cuts characters")
