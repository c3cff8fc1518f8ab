"""What programs meet: addresses that can be requested as they are, raw UTF-8, units of offsets."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit
from urllib.request import urlopen
from xml.etree import ElementTree as ET

import pytest
import waitress
from flask.testing import FlaskClient

from indexer import build_index
from webapp import WebSettings, create_app
from webapp.api import to_utf16
from webapp.connection_limits import Limits, make_channel_class, server_options

PAGE = "👍𠮷野家援疆纪实\n\n😀𠮷先生参加援疆工作，𠀀到沙雅县。\n\n二〇二三年嘉兴援疆。\n"
NAMES = ("版 面?#1", "甲/100%&乙", "plain")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("programs")
    for name in NAMES:
        path = folder / "pages" / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE, "utf-8")
        path.with_suffix(".toml").write_text('newspaper = "嘉兴 日报&晚报"\n', "utf-8")
    build_index([folder / "pages"], index=folder / "index")
    return folder / "index"


@pytest.fixture(params=["", "/查全"])
def client(index: Path, request: pytest.FixtureRequest) -> FlaskClient:
    return create_app(index=index, web=WebSettings(prefix=request.param)).test_client()


def addresses(value: object) -> Iterator[str]:
    """Yield every address in an answer of the API."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in ("url", "toggle_url") and isinstance(inner, str):
                yield inner
            yield from addresses(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from addresses(inner)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/search?q=援疆&city=嘉兴",
        "/api/v1/search?newspaper=嘉兴 日报%26晚报&lang=en",
        *(f"/api/v1/pages/{quote(name)}" for name in NAMES),
        *(f"/api/v1/articles/{quote(name)}/1" for name in NAMES),
    ],
)
def test_every_address_of_the_api_is_requested_as_it_is(client: FlaskClient, path: str) -> None:
    found = list(addresses(client.get(path).json))
    assert len(found) > 1
    for address in found:
        assert re.fullmatch(r"[!-~]+", address)
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("form", ["csv", "jsonl", "atom"])
def test_so_are_those_of_exports(client: FlaskClient, form: str) -> None:
    text = client.get(f"/export.{form}?q=援疆").text
    if form == "jsonl":
        found = [json.loads(line)["url"] for line in text.splitlines()]
    elif form == "csv":
        found = re.findall(r"http://\S+?(?=,|\r|$)", text)
    else:
        links = ET.fromstring(text).iter("{http://www.w3.org/2005/Atom}link")
        found = [link.attrib["href"] for link in links]
    assert len(found) >= 3
    for address in found:
        assert re.fullmatch(r"[!-~]+", address)
        path = urlsplit(address)._replace(scheme="", netloc="", fragment="").geturl()
        assert client.get(path).status_code == 200


def test_pages_keep_chinese_readable(index: Path) -> None:
    client = create_app(index=index).test_client()
    assert 'href="/?q=援疆&amp;city=嘉兴"' in client.get("/?q=援疆").text


# ---------------------------------------------------------------- raw UTF-8


@pytest.fixture(scope="module")
def port(index: Path) -> Iterator[int]:
    app = create_app(index=index)
    limits = Limits()
    server = waitress.create_server(
        app, host="127.0.0.1", port=0, threads=2, **server_options(limits)
    )
    server.channel_class = make_channel_class(limits)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield int(server.effective_port)
    server.close()


def ask(port: int, target: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return b"".join(iter(lambda: client.recv(65_536), b""))


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("/?q=援疆", 'value="援疆"'),
        ("/api/v1/search?q=援疆&city=嘉兴", '"query":"援疆"'),
        ("/pages/甲/100%25%26乙", "甲/100%&amp;乙"),
        ("/?q=𠮷野家", 'value="𠮷野家"'),
    ],
)
def test_raw_utf8_is_answered_as_if_it_were_encoded(port: int, target: str, shown: str) -> None:
    for sent in (target.encode(), quote(target, safe="/?=&%").encode()):
        answer = ask(port, sent).decode()
        assert answer.startswith("HTTP/1.1 200 ")
        assert shown in answer.replace('": "', '":"')


@pytest.mark.parametrize("target", [b"/?q=\xd4\xae\xbd\xae", b"/?q=\xff\xfe", b"/\x80"])
def test_other_bytes_are_no_trouble(port: int, target: bytes) -> None:
    status = ask(port, target).split(b" ", 2)[1]
    assert status in (b"200", b"404")


def test_what_the_api_writes_can_be_followed(port: int) -> None:
    site = f"http://127.0.0.1:{port}"
    with urlopen(f"{site}/api/v1/search?q={quote('援疆')}") as answer:
        found = list(addresses(json.load(answer)))
    assert found
    for address in found:
        with urlopen(site + address) as answer:
            assert answer.status == 200


# ---------------------------------------------------------------- offsets


def cut_utf16(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


@pytest.mark.parametrize("text", ["", "ab", "援疆", "😀", "a😀b𠮷c", "😀😀"])
def test_offsets_in_utf16(text: str) -> None:
    convert = to_utf16(text)
    for start in range(len(text) + 1):
        for end in range(start, len(text) + 1):
            assert cut_utf16(text, convert(start), convert(end)) == text[start:end]


def test_hits_in_utf16(client: FlaskClient) -> None:
    plain = client.get("/api/v1/search?q=援疆").json
    wide = client.get("/api/v1/search?q=援疆&offsets=utf16").json
    assert plain is not None
    assert wide is not None
    assert plain == client.get("/api/v1/search?q=援疆&offsets=codepoints").json | {
        "took_ms": plain["took_ms"]
    }
    for one, other in zip(plain["hits"], wide["hits"], strict=True):
        text = one["snippet"]["text"]
        marks = [text[start:end] for start, end in one["snippet"]["marks"]]
        assert [cut_utf16(text, *mark) for mark in other["snippet"]["marks"]] == marks
        assert marks[0] == "援疆"
        spans = [PAGE[start:end] for start, end in one["spans"]]
        assert [cut_utf16(PAGE, *span) for span in other["spans"]] == spans
        for place, wide_place in zip(one["places"], other["places"], strict=True):
            assert cut_utf16(one["text"], *wide_place["span"]) == place["evidence"]
    assert plain["hits"] != wide["hits"]


def test_exported_hits_in_utf16(client: FlaskClient) -> None:
    wanted = client.get("/api/v1/search?q=援疆&offsets=utf16").json
    assert wanted is not None
    lines = client.get("/export.jsonl?q=援疆&offsets=utf16").text.splitlines()
    spans = [(hit["id"], hit["spans"], hit["places"]) for hit in map(json.loads, lines)]
    assert spans == [(hit["id"], hit["spans"], hit["places"]) for hit in wanted["hits"]]
    assert client.get("/export.jsonl?q=援疆&offsets=bytes").status_code == 400


def test_articles_in_utf16(client: FlaskClient) -> None:
    article = client.get("/api/v1/articles/plain/1?offsets=utf16").json
    assert article is not None
    for paragraph in article["paragraphs"]:
        cut = "".join(cut_utf16(PAGE, *span) for span in paragraph["spans"])
        assert cut.strip() == paragraph["text"].strip()


def test_another_unit_is_an_error(client: FlaskClient) -> None:
    answer = client.get("/api/v1/search?q=援疆&offsets=bytes")
    assert answer.status_code == 400
    assert "codepoints, utf16" in answer.text


def test_the_unit_is_documented(client: FlaskClient) -> None:
    described = client.get("/openapi.json").json
    assert described is not None
    assert "code points" in described["info"]["description"]
    for path in ("/api/v1/search", "/api/v1/articles/{page}/{article}"):
        parameters = described["paths"][path]["get"]["parameters"]
        assert "offsets" in [parameter["name"] for parameter in parameters]
