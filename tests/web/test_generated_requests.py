"""Requests that are generated from the description of the API, and links that are followed.

The long run: LONG_TESTS=1 pytest tests/web/test_generated_requests.py
"""

from __future__ import annotations

import json
import os
import re
from collections import deque
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from web.test_api import faults
from web.test_security import Inline
from webapp.openapi import describe_api

LONG = bool(os.environ.get("LONG_TESTS"))
DOCUMENT: dict[str, Any] = json.loads(describe_api())
PAGE = "000_486f398a4e6e35c8"


def values(parameter: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return what a parameter may be by its schema, and now and then something else."""
    schema = parameter["schema"]
    schema = schema.get("items", schema)
    anything = st.text(max_size=12)
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | anything
    if schema.get("type") == "integer":
        return st.integers(-2, 300).map(str) | anything
    return st.sampled_from(["援疆", "嘉兴 沙雅", '"产业"', "标题:援疆", "city", ""]) | anything


def requests(path: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return sets of parameters of an operation; those of the path are mostly of the five pages."""
    parameters = {one["name"]: one for one in DOCUMENT["paths"][path]["get"]["parameters"]}
    named = {name: one for name, one in parameters.items() if one["in"] == "path"}
    asked = {name: values(one) for name, one in parameters.items() if one["in"] == "query"}
    fixed = {"page": st.just(PAGE) | st.text(min_size=1, max_size=9), "article": st.integers(0, 4)}
    wanted = {name: fixed.get(name, values(one)) for name, one in named.items()}
    return st.fixed_dictionaries(wanted, optional=asked)


@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_any_request_of_the_api_is_answered_as_described(app: Flask, path: str) -> None:
    client, operation = app.test_client(), DOCUMENT["paths"][path]["get"]

    @settings(
        max_examples=2_000 if LONG else 40, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(requests(path))
    def ask(given_values: dict[str, Any]) -> None:
        names = set(re.findall(r"{(\w+)}", path))
        address = path.format(**{name: quote(str(given_values[name]), safe="") for name in names})
        asked = {name: value for name, value in given_values.items() if name not in names}
        response = client.get(address, query_string=asked)
        if response.status_code in (301, 308) or (names and response.mimetype == "text/html"):
            return  # another path, which the page's id made of it
        described = operation["responses"].get(str(response.status_code))
        assert described, (response.status_code, response.text)
        if response.mimetype == "application/json":
            schema = described["content"]["application/json"]["schema"]
            assert list(faults(response.get_json(), schema, DOCUMENT)) == []

    ask()


def follow(client: FlaskClient, most: int) -> tuple[dict[str, int], dict[str, str]]:
    """Follow links breadth first; return the status of each address and who named it."""
    waiting, named = deque(["/"]), {"/": "/"}
    statuses: dict[str, int] = {}
    while waiting and len(statuses) < most:
        address = waiting.popleft()
        response = client.get(address, buffered=True)
        statuses[address] = response.status_code
        if response.mimetype != "text/html":
            continue
        for link in Inline(response.text).addresses:
            target = urljoin(address, link.split("#")[0])
            if target and target not in named and not urlsplit(target).netloc:
                named[target] = address
                waiting.append(target)
    return statuses, named


def test_a_crawler_finds_no_broken_link(client: FlaskClient) -> None:
    statuses, named = follow(client, 20_000 if LONG else 150)
    assert len(statuses) >= 150
    wrong = {address: named[address] for address, one in statuses.items() if one not in (200, 302)}
    assert wrong == {}
    kinds = {unquote(urlsplit(address).path).split("/")[1] for address in statuses}
    assert {"pages", "articles", "help", "static"} <= kinds
