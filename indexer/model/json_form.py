"""Make of the library's values what `json.dumps` writes, and the cells of tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def to_json(value: Any) -> Any:
    """Return a value as objects, lists and texts; one with a `to_dict` makes its own JSON.

    Another dataclass becomes an object of its fields.
    """
    if isinstance(value, str | int | float | None):
        return value
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if is_dataclass(value) and not isinstance(value, type):
        return fields_to_json(value)
    if isinstance(value, Mapping):
        return {name: to_json(one) for name, one in value.items()}
    return list(map(to_json, value)) if isinstance(value, tuple | list) else value


def fields_to_json(value: DataclassInstance, *left_out: str) -> dict[str, Any]:
    """Return the fields of a dataclass by name, as JSON."""
    names = (one.name for one in fields(value))
    return {name: to_json(getattr(value, name)) for name in names if name not in left_out}


def to_cell(value: object, separator: str = "；") -> str:
    """Write a value as one cell of a table; None is empty."""
    if isinstance(value, Mapping):
        value = [f"{name} {count}" for name, count in value.items()]
    if isinstance(value, list | tuple):
        return separator.join(map(str, value))
    return "" if value is None else str(value)
