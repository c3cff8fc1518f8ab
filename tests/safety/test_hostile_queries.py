"""Whatever is asked over HTTP: no 500, no stack trace, a sentence where a limit is passed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import LONG, rounds
from support.hostile import CRAFTED, random_queries

from indexer import Settings, build_index, make_settings
from indexer.errors import TooLong
from indexer.query import MAX_WILDCARDS, parse
from webapp import WebSettings, create_app

WAYS = (
    "/?q={}",
    "/?q={}&view=lines&sort=page",
    "/api/v1/search?q={}&explain=1",
    "/api/v1/suggest?q={}",
    "/?city={0}&author={0}&year={0}",
)


@pytest.fixture(scope="module")
def index(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A real index of the five pages."""
    chosen = make_settings({}, index=tmp_path_factory.mktemp("hostile") / "index")
    build_index([seeds], settings=chosen)
    return chosen


@pytest.fixture(scope="module")
def client(index: Settings) -> FlaskClient:
    """The site over it."""
    return create_app(index, web=WebSettings(access_log=0)).test_client()


def ask(client: FlaskClient, way: str, query: str) -> int:
    response = client.get(way.format(quote(query, errors="surrogatepass")))
    assert response.status_code in (200, 400, 404, 414), query
    body = response.get_data(as_text=True)
    assert "Traceback" not in body
    assert response.status_code == 200 or len(body) > 20
    return response.status_code


def test_there_are_enough_crafted_queries() -> None:
    assert len(set(CRAFTED)) >= 50


def test_crafted_queries(client: FlaskClient) -> None:
    """Each goes one way, in the long version every way."""
    for number, query in enumerate(CRAFTED):
        for way in WAYS if LONG else [WAYS[number % len(WAYS)]]:
            ask(client, way, query)


def test_random_queries(client: FlaskClient) -> None:
    for number, query in enumerate(random_queries(rounds(120, 10_000), seed=2)):
        ask(client, WAYS[number % len(WAYS)], query)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("援" * 257, "characters: 257, at most 256"),
        ("|".join(["援疆"] * 33), "terms: 33, at most 32"),
        ("(" * 17 + "援" + ")" * 17, "levels of brackets: 17, at most 16"),
        (
            "的*" * (MAX_WILDCARDS + 1) + "了",
            f"wildcards: {MAX_WILDCARDS + 1}, at most {MAX_WILDCARDS}",
        ),
    ],
)
def test_a_limit_passed_is_a_400_and_a_sentence(client: FlaskClient, query: str, said: str) -> None:
    response = client.get("/api/v1/search", query_string={"q": query})
    assert response.status_code == 400
    assert said in response.json["error"]["message"]  # type: ignore[index]
    page = client.get("/", query_string={"q": query, "lang": "en"})
    assert page.status_code == 400


def test_a_query_out_of_time_is_a_400_and_a_sentence(index: Settings) -> None:
    hurried = replace(index, query_seconds=0.0)
    client = create_app(hurried, web=WebSettings(access_log=0)).test_client()
    response = client.get("/api/v1/search?q=援疆")
    assert response.status_code == 400
    assert response.json["error"]["code"] == "too_slow"  # type: ignore[index]
    assert "longer than 0.0 s" in response.json["error"]["message"]  # type: ignore[index]


@settings(max_examples=rounds(150, 20_000))
@given(
    st.text(max_size=300)
    | st.text('()（）"“”「」-|*?~: 援疆ANDORNT与或非城市:0123..', max_size=300)
)
def test_any_text_can_be_parsed(text: str) -> None:
    with suppress(TooLong):
        query = parse(text)
        assert query == parse(text)
        hash(query.node)
