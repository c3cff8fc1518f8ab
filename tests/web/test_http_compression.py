from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient

from webapp.http_compression import COMPRESSORS

PAGE = "000_486f398a4e6e35c8"
COMPRESSED = (
    "/",
    "/help",
    "/api/v1/search?q=援疆",
    f"/articles/{PAGE}/1",
    f"/pages/{PAGE}",
    f"/raw/{PAGE}",
    "/openapi.json",
    "/static/chaquan.css",
    "/static/chaquan.js",
    "/export.atom?q=援疆",
    "/export.csv?q=援疆",
    "/export.jsonl?q=援疆",
)


@pytest.mark.parametrize("address", COMPRESSED)
def test_an_answer_is_the_same_compressed_and_smaller(client: FlaskClient, address: str) -> None:
    plain = client.get(address, buffered=True)
    small = client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) < len(plain.data) * 0.6
    if "search" not in address:  # which says how long it took
        assert gzip.decompress(small.data) == plain.data
    for response in (plain, small):
        assert "Accept-Encoding" in response.headers["Vary"]
        assert response.headers.get("ETag", "W/").startswith("W/") or response is plain


@pytest.mark.parametrize("address", ["/", "/static/chaquan.css", "/api/v1/search?q=援疆"])
def test_an_unchanged_answer_is_not_sent_again_whatever_its_encoding(
    client: FlaskClient, address: str
) -> None:
    etags = {
        client.get(address, headers={"Accept-Encoding": accepted}, buffered=True).headers["ETag"]
        for accepted in ("gzip", "identity")
    }
    assert len({etag.removeprefix("W/") for etag in etags}) == 1
    for etag in etags:
        headers = {"If-None-Match": etag, "Accept-Encoding": "gzip"}
        again = client.get(address, headers=headers, buffered=True)
        assert (again.status_code, again.data) == (304, b"")
        assert "Accept-Encoding" in again.headers["Vary"]
        assert "Content-Encoding" not in again.headers


BEST = next(iter(COMPRESSORS))


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", BEST),
        ("gzip", "gzip"),
        ("gzip;q=0.5, zstd;q=0", "gzip"),
        ("gzip;q=1, zstd;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("deflate, br", None),
        ("identity", None),
        ("", None),
    ],
)
def test_the_client_chooses_the_encoding(
    client: FlaskClient, accepted: str, encoding: str | None
) -> None:
    response = client.get("/", headers={"Accept-Encoding": accepted}, buffered=True)
    assert response.headers.get("Content-Encoding") == encoding


def test_what_is_small_or_only_asked_about_is_not_compressed(client: FlaskClient) -> None:
    accepted = {"Accept-Encoding": "gzip"}
    assert "Content-Encoding" not in client.get("/healthz", headers=accepted, buffered=True).headers
    assert "Content-Encoding" not in client.head("/", headers=accepted).headers


def test_a_part_of_a_file_is_sent_as_it_is(client: FlaskClient) -> None:
    headers = {"Range": "bytes=0-1999", "Accept-Encoding": "gzip"}
    part = client.get("/static/chaquan.css", headers=headers, buffered=True)
    assert (part.status_code, len(part.data)) == (206, 2000)
    assert "Content-Encoding" not in part.headers


@pytest.mark.skipif("zstd" not in COMPRESSORS, reason="no zstd before Python 3.14 without `fast`")
def test_zstd_gives_the_same(client: FlaskClient) -> None:
    from webapp.http_compression import find_zstd

    small = client.get("/help", headers={"Accept-Encoding": "zstd"}, buffered=True)
    assert find_zstd().decompress(small.data) == client.get("/help", buffered=True).data
