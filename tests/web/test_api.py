from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict

from indexer import Settings
from webapp import create_app
from webapp.app import ROUTES

PAGE = "000_486f398a4e6e35c8"

TYPES = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "") -> Iterator[str]:
    """Yield where a value is not what a schema of the document says."""
    if "$ref" in schema:
        schema = root["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if "oneOf" in schema:
        if all(list(faults(value, one, root)) for one in schema["oneOf"]):
            yield f"{at}: none of the alternatives"
        return
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    if names and not any(
        isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))
        for name in names
    ):
        yield f"{at}: {value!r} is not {names}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{at}: {len(value)} items"
        for number, item in enumerate(value):
            yield from faults(item, schema["items"], root, f"{at}[{number}]")
    if isinstance(value, dict):
        yield from object_faults(value, schema, root, at)


def object_faults(
    value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str
) -> Iterator[str]:
    known = schema.get("properties", {})
    for name in set(schema.get("required", ())) - set(value):
        yield f"{at}: {name} is missing"
    for name, item in value.items():
        other = schema.get("additionalProperties", True)
        if name in known:
            yield from faults(item, known[name], root, f"{at}.{name}")
        elif other is False:
            yield f"{at}: {name} is not described"
        elif isinstance(other, dict):
            yield from faults(item, other, root, f"{at}.{name}")


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get("/openapi.json").get_json()
    return found


SEARCH, ARTICLE, PAGES, SUGGEST = (
    "/api/v1/search",
    "/api/v1/articles/{page}/{article}",
    "/api/v1/pages/{page}",
    "/api/v1/suggest",
)


@pytest.mark.parametrize(
    ("path", "address", "status"),
    [
        (SEARCH, "/api/v1/search", 200),
        (SEARCH, "/api/v1/search?q=援疆&city=嘉兴&explain=1", 200),
        (SEARCH, "/api/v1/search?q=一师", 200),
        (SEARCH, "/api/v1/search?q=燕山飞鸡", 200),
        (SEARCH, "/api/v1/search?q=quzhou", 200),
        (SEARCH, "/api/v1/search?q=饕餮盛宴", 200),
        (SEARCH, "/api/v1/search?size=200&start=0", 200),
        (SEARCH, "/api/v1/search?start=-1", 400),
        (SEARCH, "/api/v1/search?q=援疆&sort=up", 400),
        (SEARCH, "/api/v1/search?q=援疆&start=5000", 404),
        (ARTICLE, f"/api/v1/articles/{PAGE}/1", 200),
        (ARTICLE, f"/api/v1/articles/{PAGE}/99", 404),
        (ARTICLE, "/api/v1/articles/nobody/1", 404),
        (PAGES, f"/api/v1/pages/{PAGE}", 200),
        (PAGES, "/api/v1/pages/nobody", 404),
        ("/api/v1/report", "/api/v1/report", 200),
        (SUGGEST, "/api/v1/suggest?q=衢", 200),
        (SUGGEST, "/api/v1/suggest?q=", 200),
        (SUGGEST, "/api/v1/suggest?q=衢&limit=0", 400),
    ],
)
def test_every_answer_is_as_described(
    client: FlaskClient, document: dict[str, Any], path: str, address: str, status: int
) -> None:
    response = client.get(address)
    assert response.status_code == status
    described = document["paths"][path]["get"]["responses"][str(status)]
    schema = described["content"]["application/json"]["schema"]
    assert list(faults(response.get_json(), schema, document)) == []


def test_every_route_of_the_api_is_described(document: dict[str, Any]) -> None:
    served = {rule for rule, _ in ROUTES if rule.startswith(("/api/", "/iiif/"))}
    named = {re.sub("<[^>]*?([a-z]+)>", r"{\1}", rule) for rule in served}
    assert set(document["paths"]) == named


def test_the_page_and_the_api_give_the_paragraph_one_address(client: FlaskClient) -> None:
    hit = client.get("/api/v1/search?q=校园操场多是三合土地面").get_json()["hits"][0]
    article = client.get(f"/api/v1/articles/{PAGE}/1").get_json()
    [paragraph] = [one for one in article["paragraphs"] if one["id"] == hit["id"]]
    assert hit["url"] == paragraph["url"] == f"/articles/{PAGE}/1#p{hit['number']}"
    assert client.get(hit["url"].split("#")[0]).status_code == 200


@pytest.mark.parametrize(
    ("given", "counted"), [("city,kind", {"city", "kind"}), ("", set()), ("city", {"city"})]
)
def test_only_the_wanted_facets_are_counted(
    client: FlaskClient, given: str, counted: set[str]
) -> None:
    answer = client.get(f"/api/v1/search?q=援疆&facets={given}").get_json()
    assert set(answer["facets"]) == counted


def test_an_unknown_facet_is_a_clear_error(client: FlaskClient) -> None:
    assert client.get("/api/v1/search?facets=colour").status_code == 400


def test_completion_as_browsers_ask(client: FlaskClient) -> None:
    response = client.get("/api/v1/suggest?q=嘉兴&format=opensearch")
    assert response.mimetype == "application/x-suggestions+json"
    text, words = response.get_json()
    assert text == "嘉兴"
    assert words
    assert all(isinstance(word, str) for word in words)


@pytest.mark.parametrize(
    "address", ["/api/v1/search?q=援疆", "/?q=援疆", f"/pages/{PAGE}", f"/articles/{PAGE}/1", "/"]
)
def test_an_unchanged_answer_is_not_sent_again(client: FlaskClient, address: str) -> None:
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(address + ("&" if "?" in address else "?") + "lang=en")
    assert other.headers["ETag"] != first.headers["ETag"]


def test_hits_can_be_grouped_by_article(client: FlaskClient) -> None:
    flat = client.get("/api/v1/search?q=援疆&size=200").get_json()
    articles = list(dict.fromkeys((hit["page"], hit["article"]) for hit in flat["hits"]))
    found = []
    for start in range(0, flat["articles"], 2):
        address = f"/api/v1/search?q=援疆&group=article&per_article=2&size=2&start={start}"
        answer = client.get(address).get_json()
        assert (answer["total"], answer["articles"]) == (flat["total"], flat["articles"])
        found += [(one["page"], one["article"]) for one in answer["groups"]]
        assert [hit["id"] for hit in answer["hits"]] == [
            name for one in answer["groups"] for name in one["hits"]
        ]
    assert found == articles
    assert client.get("/api/v1/search?q=援疆&group=page").status_code == 400


class _ReadParameters(ImmutableMultiDict[str, str]):
    """Parameters of a request that remember which of them were read."""

    read: ClassVar[set[str]] = set()

    def get(self, key: str, *args: Any, **options: Any) -> Any:
        self.read.add(key)
        return super().get(key, *args, **options)

    def getlist(self, key: str, *args: Any, **options: Any) -> list[Any]:
        self.read.add(key)
        return super().getlist(key, *args, **options)

    def __contains__(self, key: object) -> bool:
        self.read.add(str(key))
        return super().__contains__(key)

    def to_dict(self, *_: Any) -> dict[str, Any]:
        return _ReadCopy(super().to_dict())


class _ReadCopy(dict[str, Any]):
    """A copy of the parameters that remembers for the same test which were asked for."""

    def get(self, key: str, default: Any = None) -> Any:
        _ReadParameters.read.add(key)
        return super().get(key, default)


class _Request(Request):
    parameter_storage_class = _ReadParameters


@pytest.mark.parametrize(
    ("path", "address"),
    [
        (SEARCH, "/api/v1/search?q=援疆"),
        (ARTICLE, f"/api/v1/articles/{PAGE}/1"),
        (PAGES, f"/api/v1/pages/{PAGE}"),
        (SUGGEST, "/api/v1/suggest?q=衢"),
    ],
)
def test_every_parameter_that_is_read_is_declared(
    seeds_settings: Settings, document: dict[str, Any], path: str, address: str
) -> None:
    app = create_app(seeds_settings)
    app.request_class = _Request
    _ReadParameters.read.clear()
    assert app.test_client().get(address).status_code == 200
    parameters = document["paths"][path]["get"]["parameters"]
    assert _ReadParameters.read == {one["name"] for one in parameters if one["in"] == "query"}


def test_the_description_is_read_in_the_browser(
    client: FlaskClient, document: dict[str, Any]
) -> None:
    page = client.get("/help").text
    for path, methods in document["paths"].items():
        assert f"<code>{path}</code>" in page
        for one in methods["get"]["parameters"]:
            assert f"<code>{one['name']}</code>" in page
