"""The description of the API (OpenAPI 3.1): `openapi.json` with the filters of the facet table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from indexer import COUNTABLE, FACETS, FacetSpec, Kind

FILTERS_MARK = "FILTERS"
"""What `openapi.json` has among its parameters in place of the filters."""

NAMES_BY_MARK = {"FACETS": list(FACETS), "COUNTABLE": list(COUNTABLE)}
"""What `openapi.json` has in place of the names of facets, and of what can be counted by."""


@cache
def describe_api() -> str:
    """Return the description as JSON."""
    text = files("webapp").joinpath("openapi.json").read_text("utf-8")
    document = json.loads(text, object_hook=_fill_parameters)
    return json.dumps(document, ensure_ascii=False, indent=1)


def list_endpoints() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return the path, the summary and the described parameters of each endpoint, to be read."""
    paths = json.loads(describe_api())["paths"]
    return [
        (
            path,
            methods["get"].get("summary", ""),
            [
                (one["name"], one.get("description", ""))
                for one in methods["get"].get("parameters", ())
                if "name" in one
            ],
        )
        for path, methods in paths.items()
    ]


def _fill_parameters(values: dict[str, Any]) -> dict[str, Any]:
    """Put the filters and the names of facets in place of their marks, if the object has them."""
    if isinstance(mark := values.get("enum"), str):
        values["enum"] = NAMES_BY_MARK[mark]
    parameters = values.get("parameters")
    if isinstance(parameters, list) and FILTERS_MARK in parameters:
        at = parameters.index(FILTERS_MARK)
        values["parameters"] = [*parameters[:at], *_filters(), *parameters[at + 1 :]]
    return values


def _filters() -> Iterator[dict[str, Any]]:
    for spec in FACETS.values():
        for name in spec.parameters:
            leaves_out = "" if name == spec.name else f"Leave out what `{spec.name}` keeps. "
            yield {
                "name": name,
                "in": "query",
                "required": False,
                "description": leaves_out + str(spec.help),
                "schema": {"type": "array", "items": _value_schema(spec)},
                "style": "form",
                "explode": True,
            }


def _value_schema(spec: FacetSpec) -> dict[str, Any]:
    if spec.name == "kind":
        return {"type": "string", "enum": [kind.value for kind in Kind]}
    return {"type": "string"}
