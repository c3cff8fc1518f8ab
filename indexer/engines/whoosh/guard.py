"""Pickles of an index, read through an allow-list: nothing in an index folder can run code.

Importing this module puts the list at every place where Whoosh 2.7.4 unpickles what it reads
from an index: tables of contents, directories of segments, posting blocks, columns, values. It
holds inside `with guarded():`, where all our reading happens; others who use Whoosh in the same
process keep what they had.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import whoosh.codec.whoosh3
import whoosh.columns
import whoosh.filedb.structfile
import whoosh.formats
import whoosh.index

ALLOWED = {
    ("whoosh.codec.whoosh3", "W3Segment"),
    ("whoosh.codec.whoosh3", "W3Codec"),
    ("collections", "defaultdict"),
    ("builtins", "int"),
    ("__builtin__", "int"),
    ("builtins", "set"),
    ("__builtin__", "set"),
}
"""What the tables of contents of our indexes name: segments, counts by field, deletions."""


class ForbiddenPickle(pickle.UnpicklingError):
    """A pickle that names something an index has no use for."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise ForbiddenPickle(f"{module}.{name} has no place in an index")
        found = super().find_class(module, name)
        # A pickle can set attributes of a class it names: let it have a class of its own.
        return type(name, (found,), {}) if module.startswith("whoosh.") else found

    def persistent_load(self, _name: Any) -> Any:
        raise ForbiddenPickle("a persistent object has no place in an index")


_guarded: ContextVar[bool] = ContextVar("_guarded", default=False)


@contextmanager
def guarded() -> Iterator[None]:
    """Bind Whoosh's reading to the allow-list."""
    token = _guarded.set(True)
    try:
        yield
    finally:
        _guarded.reset(token)


def load(file: Any, **_options: Any) -> Any:
    """Unpickle from a file."""
    return _Unpickler(file).load()


def loads(data: bytes, **_options: Any) -> Any:
    """Unpickle from bytes."""
    return _Unpickler(io.BytesIO(data)).load()


def _load(file: Any, **options: Any) -> Any:
    return load(file) if _guarded.get() else pickle.load(file, **options)  # noqa: S301


def _loads(data: bytes, **options: Any) -> Any:
    return loads(data) if _guarded.get() else pickle.loads(data, **options)  # noqa: S301


class _Pickle:
    """The module `pickle` as `whoosh.index` sees it."""

    PicklingError = pickle.PicklingError
    dumps = staticmethod(pickle.dumps)
    load = staticmethod(_load)
    loads = staticmethod(_loads)


def _replace(module: Any, name: str, value: Any) -> None:
    if not hasattr(module, name):
        raise ImportError(f"{module.__name__} has no {name}: whoosh==2.7.4 is needed")
    setattr(module, name, value)


def _no_loader(*_arguments: Any) -> Any:
    raise ForbiddenPickle("a table of contents of another Whoosh")


class _Loaders(dict[int, Any]):
    """Whoosh's loaders for tables of contents of old versions, which unpickle on their own."""

    def __getitem__(self, version: int) -> Any:
        return _no_loader if _guarded.get() else super().__getitem__(version)


_replace(whoosh.codec.whoosh3, "loads", _loads)
_replace(whoosh.columns, "loads", _loads)
_replace(whoosh.formats, "loads", _loads)
_replace(whoosh.filedb.structfile, "load_pickle", _load)
_replace(whoosh.index, "pickle", _Pickle)
_replace(whoosh.index, "toc_loaders", _Loaders(whoosh.index.toc_loaders))
