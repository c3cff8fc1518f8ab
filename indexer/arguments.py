"""Check the arguments of public functions against their annotations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, wraps
from inspect import BoundArguments, Parameter, signature
from pathlib import Path
from types import SimpleNamespace, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from indexer.errors import BadArgument
from indexer.messages import Message, message

MAX_NUMBER = 1_000_000_000
"""The greatest number of hits, pages or characters that can be asked for."""

LISTS = (Iterable, Sequence)

Function = TypeVar("Function", bound=Callable[..., Any])
Class = TypeVar("Class", bound=type)


def check_methods(cls: Class) -> Class:
    """Check the arguments of every public method of a class; see `check_arguments`."""
    for name, value in vars(cls).items():
        if callable(value) and not name.startswith("_"):
            setattr(cls, name, check_arguments(value))
    return cls


def check_arguments(function: Function) -> Function:
    """Make a function raise `BadArgument` for an argument that is not as it is annotated."""
    parameters = signature(function)

    @cache
    def hints() -> Mapping[str, Any]:
        annotations = {n: one for n, one in function.__annotations__.items() if n != "return"}
        return get_type_hints(SimpleNamespace(__annotations__=annotations), function.__globals__)

    @wraps(function)
    def checked(*positional: Any, **named: Any) -> Any:
        try:
            bound = parameters.bind(*positional, **named)
        except TypeError:  # Python names the function when it is called
            return function(*positional, **named)
        _check_all(bound, hints())
        return function(*positional, **named)

    return checked  # type: ignore[return-value]


def _check_all(bound: BoundArguments, hints: Mapping[str, Any]) -> None:
    for name, value in bound.arguments.items():
        if name in hints:
            several = bound.signature.parameters[name].kind is Parameter.VAR_KEYWORD
            for key, one in value.items() if several else ((name, value),):
                _check(key, one, hints[name])


def _check(name: str, value: object, hint: Any) -> None:
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    if not any(_fits(value, kind) for kind in kinds):
        given = "None" if value is None else type(value).__name__
        raise BadArgument(name=name, wanted=_name_wanted(kinds), given=given)
    if isinstance(value, int) and not 0 <= value <= MAX_NUMBER:
        wanted = message("wanted.between", least=0, most=MAX_NUMBER)
        raise BadArgument(name=name, wanted=wanted, given=str(value)[:20])


def _fits(value: object, kind: Any) -> bool:
    """Return whether a value is of an annotated type; what an iterator yields is not looked at."""
    plain, inner = get_origin(kind) or kind, get_args(kind)
    if plain is int:
        return hasattr(type(value), "__index__") and not isinstance(value, bool)
    if plain is Any or not isinstance(plain, type):
        return True
    if plain in LISTS and isinstance(value, Collection):
        return all(any(_fits(one, kind) for kind in get_args(inner[0]) or inner) for one in value)
    return isinstance(value, int if plain is bool else plain)


def _name_wanted(kinds: Sequence[Any]) -> Message:
    """Name the types of an argument, the most general one of several."""
    names = {int: "number", bool: "truth", str: "text", Path: "path"}
    for kind in kinds:
        if get_origin(kind) in LISTS:
            of_text = str in kinds or get_args(kind) == (str,)
            return message("wanted.texts" if of_text else "wanted.list")
    kind = Path if Path in kinds else kinds[0]
    if kind in names:
        return message(f"wanted.{names[kind]}")
    return message("wanted.object", kind=(get_origin(kind) or kind).__name__)
