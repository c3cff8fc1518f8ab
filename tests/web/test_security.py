from __future__ import annotations

import hashlib
import html
import http.client
import logging
import os
import random
import re
import socket
from collections.abc import Sequence
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from support.browser import served

from indexer import Settings, build_index, make_settings
from webapp import WebSettings, create_app
from webapp.app import ROUTES
from webapp.security import SECURITY_HEADERS, RateLimit
from webapp.web_settings import make_web_settings

PAGE = "000_486f398a4e6e35c8"

ADDRESSES = (
    "/", "/?q=援疆", "/?q=援疆&view=lines", f"/pages/{PAGE}?lines=3-9",
    f"/articles/{PAGE}/1?q=嘉兴",
    f"/articles/{PAGE}/1?beside=1", f"/cite/{PAGE}/1/5", f"/cite/{PAGE}/1/5?style=bibtex", "/help",
    f"/raw/{PAGE}", "/export.csv?q=嘉兴", "/export.jsonl?q=嘉兴", "/export.atom?q=嘉兴",
    "/opensearch.xml", "/healthz", "/readyz", "/robots.txt", "/sitemap.xml", "/sitemaps/1.xml",
    "/favicon.ico", "/openapi.json", "/issues",
    "/compose?all=援疆", "/values/city?q=援疆", "/api/v1/search?q=援疆", "/api/v1/suggest?q=衢",
    f"/api/v1/articles/{PAGE}/1", f"/api/v1/pages/{PAGE}", "/count?q=援疆&by=city",
    "/tables/count.csv?q=援疆&by=city", "/names?names=援疆", "/compare?q=援疆",
    "/api/v1/count?q=援疆", "/api/v1/compare?q=援疆", f"/pages/{PAGE}/sheet", f"/images/{PAGE}",
    "/report", "/api/v1/report",
    "/iiif/collection", "/iiif/collection/日报", "/iiif/collection/日报/1934",
    "/iiif/issues/日报/1934-05-01/manifest", "/iiif/issues/日报/1934-05-01/search?q=援疆",
    f"/iiif/pages/{PAGE}/manifest", f"/iiif/pages/{PAGE}/canvas",
    f"/iiif/pages/{PAGE}/search1?q=援疆",
)  # fmt: skip

WRONG = ("/nowhere", "/?start=x", "/pages/../../etc/passwd", "/api/v1/search?size=x", "/static/x")


class Inline(HTMLParser):
    """Collects what a strict policy forbids and every address a page names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        self.found += [name for name in names if name == "style" or name.startswith("on")]
        self.addresses += [names[name] or "" for name in ("href", "src", "action") if name in names]


def test_every_route_is_tried_here() -> None:
    def fits(rule: str, address: str) -> bool:
        pattern = re.sub(r"<int[^>]*>", r"\\d+", re.sub(r"<any\([^>]*>", r"\\w+", rule))
        pattern = re.sub(r"<(path:)?\w+>", "[^?]+", pattern)
        return bool(re.fullmatch(pattern, urlsplit(address).path))

    untried = [rule for rule, _ in ROUTES if not any(fits(rule, one) for one in ADDRESSES)]
    assert untried == []


@pytest.mark.parametrize("address", ADDRESSES + WRONG)
def test_every_answer_carries_the_policies(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code < 500
    for name, value in SECURITY_HEADERS.items():
        assert response.headers[name] == value
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("address", ADDRESSES + WRONG)
def test_no_page_holds_code_or_names_another_site(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    if response.mimetype != "text/html":
        return
    page = Inline(response.text)
    assert page.found == []
    assert [one for one in page.addresses if not one.startswith(("/", "#"))] == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("address", ["/", f"/pages/{PAGE}", "/api/v1/search", "/nowhere"])
def test_nothing_can_be_written(client: FlaskClient, method: str, address: str) -> None:
    response = client.open(address, method=method)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize(
    "name",
    ["../pyproject.toml", "..%2f..%2fetc%2fpasswd", "/etc/passwd", "%00", "a%0d%0aX: 1", "....//x"],
)
@pytest.mark.parametrize("folder", ["pages", "raw", "api/v1/pages", "static"])
def test_names_reach_nothing_but_pages(client: FlaskClient, folder: str, name: str) -> None:
    response = client.get(f"/{folder}/{name}", follow_redirects=True)
    assert response.status_code == 404
    assert b"root:" not in response.data


def test_markup_in_every_field_is_escaped(hostile: FlaskClient, hostile_page: str) -> None:
    answer = hostile.get("/api/v1/search").get_json()
    assert answer["hits"][0]["page"] == "第 一&二.版/<b>#1?.v2"
    for path in ("/", "/?q=沙雅", "/?q=<script>", "/?city=<script>&author=<b>",
                 f"/pages/{hostile_page}", f"/articles/{hostile_page}/1?q=沙雅",
                 f"/articles/{hostile_page}/1?beside=1", f"/cite/{hostile_page}/1/1",
                 "/export.atom", "/?q=沙雅&view=lines",
                 "/pages/<script>alert(1)</script>"):  # fmt: skip
        text = hostile.get(path).text
        assert not re.search(r"<(script>|img|i>|b>|u>)", text), path
        assert Inline(text).found == []


def test_every_hit_of_an_odd_page_leads_somewhere(hostile: FlaskClient) -> None:
    for hit in hostile.get("/api/v1/search?size=50").get_json()["hits"]:
        assert hostile.get(hit["url"].split("#")[0]).status_code == 200
    page = Inline(hostile.get("/?q=沙雅").text)
    for address in page.addresses:
        if not address.startswith("#"):
            response = hostile.get(address.split("#")[0], buffered=True)
            assert response.status_code in (200, 302), address


def test_formulas_in_csv_are_defused(hostile: FlaskClient) -> None:
    rows = hostile.get("/export.csv?bom=1").data.decode("utf-8")
    assert rows.startswith("\ufeffid,page")
    assert not re.search(r'(^|,|")[=+@-]', rows, re.MULTILINE)


# ---------------------------------------------------------------- limits


CRAFTED = (
    '"', "'", "(" * 200, ")" * 200, "((a OR b) AND", "NOT " * 60, "-" * 200, "*" * 200, "?" * 200,
    "a*" * 100, "*a*b*c*", "香港~2", "援~999999999999", '"a b"~99999999999', '"a b"~-1', "标题:",
    "城市:", ":", "a:b:c", "日期:9999-99-99..", "日期:..", "日期:2023..2022", "\x00", "\ud7ff",
    "\u202e援疆", "\u200b", "＂援疆＂", "《》", "「」", "“”", "OR OR OR", "AND", "或", "非 非 非",
    "x" * 256, "援" * 256, "援 " * 120, '"' + "援" * 250, "^", "~", "\\", "/援疆/", "[a TO z]",
    "{a}",
    "%", "%00", "${7*7}", "{{7*7}}", "{援疆}", "';DROP TABLE x;--", "<svg/onload=1>", "../../x",
    "\r\nSet-Cookie: a=b", "page:*", "_:x", "🏫" * 60, "a" * 100 + " OR " + "b" * 100, "𠀀𠀁",
)  # fmt: skip


@pytest.mark.parametrize("query", CRAFTED)
def test_no_crafted_query_breaks_anything(client: FlaskClient, query: str) -> None:
    for path in ("/", "/api/v1/search", "/api/v1/suggest", "/export.jsonl", f"/articles/{PAGE}/1"):
        response = client.get(path, query_string={"q": query, "size": 3})
        assert response.status_code in (200, 400), (path, response.text)


ALPHABET = "援疆嘉兴沙雅的教育 \"“”()~*?:-|OR或非NOT城市标题a1%<&'\\\u3000\x00"
ROUNDS = int(os.environ.get("CHAQUAN_FUZZ", "60"))
"""The long run of ten thousand: CHAQUAN_FUZZ=10000 pytest tests/web/test_security.py -k random."""


def test_random_strings_are_answered(client: FlaskClient) -> None:
    chance = random.Random(11)
    for _ in range(ROUNDS):
        query = "".join(chance.choices(ALPHABET, k=chance.randint(1, 60)))
        response = client.get("/", query_string={"q": query, "size": 1})
        assert response.status_code in (200, 400), (query, response.text)


@given(
    st.dictionaries(
        st.sampled_from(["q", "start", "size", "sort", "city", "kind", "year", "exact", "view",
                         "lang", "pair", "explain", "region", "not_city", "every_city"]),
        st.text(max_size=8), max_size=5,
    )
)  # fmt: skip
def test_any_parameters_are_answered(app: Flask, parameters: dict[str, str]) -> None:
    response = app.test_client().get("/", query_string=parameters)
    assert response.status_code in (200, 400, 404)


def test_a_request_line_or_header_beyond_the_limit_is_refused(app: Flask) -> None:
    with served(app) as base:
        for path, header in (("/?q=" + "x" * 20_000, ""), ("/", "x" * 20_000)):
            connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
            connection.request("GET", path, headers={"X-Long": header})
            response = connection.getresponse()
            assert response.status in (414, 431)
            response.read()
            connection.close()


def test_too_many_requests_are_answered_with_a_delay(seeds_settings: Settings) -> None:
    app = create_app(seeds_settings, web=WebSettings(rate=3))
    client = app.test_client()
    answers = [client.get("/healthz") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].headers["Retry-After"] == "60"


def test_a_limit_refills_and_is_each_client_s_own() -> None:
    limit = RateLimit(60)
    assert [limit.allows("a", 5.0) for _ in range(61)] == [True] * 60 + [False]
    assert limit.allows("b", 5.0)
    assert limit.allows("a", 6.0)
    assert not limit.allows("a", 6.0)


def test_forked_processes_share_one_limit() -> None:
    limit = RateLimit(3)
    assert limit.allows("a", 5.0)
    child = os.fork()
    if not child:
        limit.allows("a", 5.0)
        os._exit(0)
    os.waitpid(child, 0)
    assert [limit.allows("a", 5.0) for _ in range(2)] == [True, False]


# ---------------------------------------------------------------- behind a proxy


@pytest.mark.parametrize("path", ["/archive/?q=援疆", "/?q=援疆"], ids=["kept", "stripped"])
def test_under_a_path_every_address_carries_it(seeds_settings: Settings, path: str) -> None:
    app = create_app(seeds_settings, web=WebSettings(prefix="/archive/"))
    response = app.test_client().get(path)
    assert response.status_code == 200
    page = Inline(response.text)
    assert all(one.startswith(("/archive/", "#")) for one in page.addresses)


def test_forwarded_headers_are_trusted_only_when_set(seeds_settings: Settings) -> None:
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/p",
    }
    for proxies, origin in ((0, "http://localhost/"), (1, "https://evil.example/p/")):
        web = WebSettings(proxies=proxies)
        client = create_app(seeds_settings, web=web).test_client()
        assert f'template="{origin}?q=' in client.get("/opensearch.xml", headers=forged).text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Prefix", "//evil.example"), ("Prefix", "/a//b"), ("Prefix", "/a b"), ("Prefix", "a"),
        ("Prefix", "/.."), ("Prefix", '/"onload='), ("Host", "evil.example/path"),
        ("Host", "user@evil.example"), ("Host", "a b"), ("Proto", "javascript"), ("Proto", "ftp"),
        ("For", "1.2.3.4\r\nforged"), ("For", "<script>"),
    ],
)  # fmt: skip
def test_malformed_forwarded_values_are_dropped(
    seeds_settings: Settings, caplog: pytest.LogCaptureFixture, name: str, value: str
) -> None:
    client = create_app(seeds_settings, web=WebSettings(proxies=1)).test_client()
    environ = {f"HTTP_X_FORWARDED_{name.upper()}": value}
    with caplog.at_level(logging.INFO, logger="webapp.access"):
        response = client.get("/opensearch.xml", environ_overrides=environ)
    assert 'template="http://localhost/?q=' in response.text
    assert caplog.records[0].getMessage().startswith("127.0.0.1 ")


def test_an_answer_varies_with_what_proxies_say(seeds_settings: Settings) -> None:
    client = create_app(seeds_settings, web=WebSettings(proxies=1)).test_client()
    plain = client.get("/?q=援疆")
    other = client.get("/?q=援疆", headers={"X-Forwarded-Prefix": "/p"})
    assert plain.headers["ETag"] != other.headers["ETag"]
    assert "X-Forwarded-Prefix" in other.headers["Vary"]


def test_robots_find_every_page_and_article(client: FlaskClient) -> None:
    robots = client.get("/robots.txt").text
    assert "Sitemap: http://localhost/sitemap.xml" in robots
    assert "Allow: /?from=" in robots
    [part] = re.findall("<loc>http://localhost(.+?)</loc>", client.get("/sitemap.xml").text)
    listed = re.findall("<loc>http://localhost(.+?)</loc>", client.get(part).text)
    assert {f"/pages/{PAGE}", f"/articles/{PAGE}/1"} <= set(listed)
    assert {client.get(address).status_code for address in listed} == {200}
    assert client.get("/sitemaps/2.xml").status_code == 404
    assert client.get("/sitemaps/0.xml").status_code == 404


def test_a_sitemap_names_odd_pages_so_that_they_can_be_fetched(
    hostile: FlaskClient, seeds_settings: Settings
) -> None:
    listed = re.findall("<loc>http://localhost(.+?)</loc>", hostile.get("/sitemaps/1.xml").text)
    assert all(address.isascii() for address in listed)
    assert {hostile.get(html.unescape(address)).status_code for address in listed} == {200}
    mounted = create_app(seeds_settings, web=WebSettings(prefix="/archive")).test_client()
    assert "<loc>http://localhost/archive/sitemaps/1.xml<" in mounted.get("/sitemap.xml").text


def test_a_wildcard_etag_does_not_hide_what_is_missing(client: FlaskClient) -> None:
    assert client.get("/articles/none/1", headers={"If-None-Match": "*"}).status_code == 404
    assert client.get("/?q=援疆", headers={"If-None-Match": "*"}).status_code == 200


def test_a_request_without_a_host_is_refused(app: Flask) -> None:
    with served(app) as base, socket.create_connection(netloc(base), timeout=10) as asking:
        asking.sendall(b"GET /healthz HTTP/1.1\r\n\r\n")
        assert asking.recv(100).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("status", "hosts"),
    [
        (400, ("xn--a", "a.xn--99zzzz99", 'a"><b', "a/b", "a b", "a:b", "a\r\nHost: b", "..")),
        (200, ("", "localhost", "xn--fsqu00a.example", "[::1]:80")),
    ],
)
def test_only_a_malformed_host_is_refused(app: Flask, status: int, hosts: Sequence[str]) -> None:
    with served(app) as base:
        for host, path in product(hosts, ("/healthz", "/?q=1", "/sitemap.xml", "/iiif/collection")):
            with socket.create_connection(netloc(base), timeout=10) as asking:
                asking.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
                assert asking.recv(100).startswith(f"HTTP/1.1 {status} ".encode()), (host, path)


def netloc(base: str) -> tuple[str, int]:
    parts = urlsplit(base)
    return parts.hostname or "", parts.port or 0


def test_settings_come_from_the_environment() -> None:
    environment = {"CHAQUAN_WEB_PREFIX": "/a", "CHAQUAN_WEB_RATE": "9", "CHAQUAN_WEB_PROXIES": "1"}
    assert make_web_settings(environment) == WebSettings(prefix="/a", rate=9, proxies=1)
    with pytest.raises(ValueError, match="rate must be a number"):
        make_web_settings({"CHAQUAN_WEB_RATE": "-1"})


# ---------------------------------------------------------------- running


def test_without_an_index_the_process_is_healthy_but_not_ready(tmp_path: Path, seeds: Path) -> None:
    settings = make_settings({}, engine="memory", index=tmp_path / "none")
    client = create_app(settings).test_client()
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.get_json()["error"]["code"] == "index_missing"
    page = client.get("/")
    assert page.status_code == 503
    assert "chaquan build" in page.text
    build_index([seeds], index=settings.index, settings=settings)
    assert client.get("/readyz").status_code == 200
    assert client.get("/?q=援疆").status_code == 200


@pytest.mark.parametrize("address", ["/", "/?q=援疆", "/readyz", "/api/v1/search?q=援疆"])
def test_an_error_names_no_folder_of_the_server_to_visitors(tmp_path: Path, address: str) -> None:
    settings = make_settings({}, index=tmp_path / "two words" / "none")
    answer = create_app(settings).test_client().get(address)
    assert answer.status_code == 503
    assert "chaquan build --index" in answer.text
    assert not any(part in answer.text for part in (str(tmp_path), "words"))


def test_serving_writes_nothing_into_the_index(tmp_path: Path, seeds: Path) -> None:
    def digest() -> dict[str, str]:
        return {
            str(file.relative_to(tmp_path)): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(tmp_path.rglob("*"))
            if file.is_file()
        }

    settings = make_settings({}, index=tmp_path / "index")
    build_index([seeds], index=settings.index, settings=settings)
    before = digest()
    client = create_app(settings).test_client()
    for address in ADDRESSES:
        client.get(address)
    assert before
    assert digest() == before


def test_a_new_commit_shows_without_a_restart(tmp_path: Path) -> None:
    sources = tmp_path / "pages"
    sources.mkdir()
    settings = make_settings({}, index=tmp_path / "index")
    (sources / "one.txt").write_text("标题一\n\n沙雅的孩子们在新操场上踢足球。\n", encoding="utf-8")
    build_index([sources], index=settings.index, settings=settings)
    client = create_app(settings).test_client()
    first = client.get("/api/v1/search?q=足球")
    (sources / "two.txt").write_text("标题二\n\n乌什的孩子们也踢足球。\n", encoding="utf-8")
    build_index([sources], index=settings.index, settings=settings)
    second = client.get("/api/v1/search?q=足球", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.get_json()["total"], second.get_json()["total"]) == (1, 2)


def test_the_access_log_is_one_line_for_each_request(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="webapp.access"):
        client.get("/?q=" + quote("援疆\r\nforged"))
    [record] = caplog.records
    line = record.getMessage()
    assert '"GET /?q=' in line
    assert " 200 " in line
    assert "\n" not in line


def test_an_unforeseen_error_is_a_sentence(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("webapp.search_page.find_shown", lambda *_, **__: 1 / 0)
    page = client.get("/?q=谁也没查过")
    assert page.status_code == 500
    assert "服务器出现问题" in page.text
    assert "ZeroDivisionError" not in page.text
    assert "ZeroDivisionError" in caplog.text


def test_only_the_site_s_own_names_are_answered(seeds_settings: Settings) -> None:
    client = create_app(seeds_settings, web=WebSettings(hosts="archive.example")).test_client()
    assert client.get("/", headers={"Host": "archive.example"}).status_code == 200
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
