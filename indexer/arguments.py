"""Check the arguments of public functions: against their annotations, against choices."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, wraps
from inspect import formatannotation, getfullargspec
from itertools import chain
from numbers import Integral
from types import SimpleNamespace, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from indexer.errors import BadArgument, UnknownField
from indexer.messages import message

MAX_NUMBER_ARGUMENT = 1_000_000_000
"""The greatest number of hits, pages or characters that can be asked for."""

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
    names, _, others, *_ = getfullargspec(function)

    @cache
    def hints() -> Mapping[str, Any]:
        annotations = {n: one for n, one in function.__annotations__.items() if n != "return"}
        annotated = SimpleNamespace(__annotations__=annotations)
        found = get_type_hints(annotated, function.__globals__)
        return {**dict.fromkeys(names, Any), **found}

    @wraps(function)
    def checked(*positional: Any, **named: Any) -> Any:
        known = hints()
        for name, value in chain(zip(names, positional, strict=False), named.items()):
            _check(name, value, known.get(name, known.get(others or "", Any)))
        return function(*positional, **named)

    return checked  # type: ignore[return-value]


def check_choice(value: str, choices: Collection[str], what: str) -> None:
    """Raise `UnknownField` for a value that is none of the choices; `what` names its kind."""
    if value not in choices:
        raise UnknownField(what=message(f"what.{what}"), value=value, choices=tuple(choices))


def _check(name: str, value: object, hint: Any) -> None:
    if not _fits(value, hint):
        wanted = re.sub(r"\w+\.", "", formatannotation(hint))  # without the names of modules
        given = "None" if value is None else type(value).__name__
        raise BadArgument(name=name, wanted=wanted, given=given)
    if (
        type(value) is not str
        and isinstance(value, Integral)
        and not 0 <= int(value) <= MAX_NUMBER_ARGUMENT
    ):
        between = message("wanted.between", least=0, most=MAX_NUMBER_ARGUMENT)
        raise BadArgument(name=name, wanted=between, given=str(value)[:20])


_origin: Callable[[Any], Any] = cache(get_origin)
_parts: Callable[[Any], tuple[Any, ...]] = cache(get_args)


def _fits(value: object, kind: Any) -> bool:
    """Return whether a value is of an annotated type; what an iterator yields is not looked at."""
    if type(value) is kind:
        return True
    if isinstance(kind, UnionType):
        return any(_fits(value, one) for one in _parts(kind))
    plain = _origin(kind) or kind
    if plain in (Iterable, Sequence) and isinstance(value, Collection):
        return not isinstance(value, str) and all(_fits(one, _parts(kind)[0]) for one in value)
    if plain is int:
        return isinstance(value, Integral) and not isinstance(value, bool)
    if plain is bool:
        return isinstance(value, int) or type(value).__name__ in ("bool", "bool_")  # of numpy
    return plain is Any or not isinstance(plain, type) or isinstance(value, plain)
