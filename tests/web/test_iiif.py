"""IIIF: issues as manifests, hits as annotations, for viewers of other sites."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from PIL import Image
from support.formats import LINES, points, write_file
from support.iiif import faults

from indexer import build_index
from webapp import create_app
from webapp.web_settings import WebSettings

OCR = {
    "txts": list(LINES),
    "boxes": [points(line) for line in range(3)],
    "width": 1200,
    "height": 1600,
}
SIDE_CAR = (
    'newspaper = "江渡/日报"\ndate = "1934-05-01"\nedition = "{}"\nurl = "https://e.org/?a=<b>"'
)
ISSUE = "/iiif/issues/江渡/日报/1934-05-01"
MANIFESTS = (f"{ISSUE}/manifest", "/iiif/pages/b/p1/manifest", "/iiif/pages/undated/manifest")
COLLECTIONS = ("/iiif/collection", "/iiif/collection/江渡/日报", "/iiif/collection/江渡/日报/1934")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("iiif") / "pages"
    for edition in (2, 1):
        write_file(folder, f"b/p{edition}.json", OCR)
        write_file(folder, f"b/p{edition}.toml", SIDE_CAR.format(edition))
    Image.new("RGB", (600, 800), "white").save(folder / "b" / "p1.jpg")
    write_file(folder, "undated.json", OCR)
    write_file(folder, "plain.txt", "支教队昨天到达。")
    build_index([folder], index=folder.with_name("index"))
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    return create_app(index=folder.with_name("index")).test_client()


def get(client: FlaskClient, address: str) -> dict[str, object]:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
    return dict(answer.get_json())


@pytest.mark.parametrize("address", MANIFESTS)
def test_manifests_are_valid(client: FlaskClient, address: str) -> None:
    given = get(client, address)
    assert list(faults(given)) == []
    assert given["type"] == "Manifest"
    assert given["id"] == f"http://localhost{quote(address)}"


@pytest.mark.parametrize("address", COLLECTIONS)
def test_collections_are_valid_and_lead_to_manifests(client: FlaskClient, address: str) -> None:
    given = get(client, address)
    assert list(faults(given)) == []
    assert given["type"] == "Collection"
    assert given["id"] == f"http://localhost{quote(address)}"
    for item in given["items"]:  # type: ignore[attr-defined]
        assert get(client, item["id"].removeprefix("http://localhost"))["type"] == item["type"]


@pytest.mark.parametrize(
    ("part", "wrong"),
    [("label", "x"), ("id", "/iiif"), ("items", [{"type": "Annotation", "id": "http://e.org"}])],
)
def test_a_fault_is_found(client: FlaskClient, part: str, wrong: object) -> None:
    assert list(faults({**get(client, MANIFESTS[0]), part: wrong}))


def test_an_issue_has_its_pages_in_the_order_of_print(client: FlaskClient) -> None:
    given = json.loads(json.dumps(get(client, f"{ISSUE}/manifest")))
    assert given["label"]["zh"] == ["江渡/日报 1934-05-01"]
    assert given["navDate"] == "1934-05-01T00:00:00Z"
    assert [one["label"]["zh"] for one in given["items"]] == [["第1版"], ["第2版"]]
    first, second = given["items"]
    assert (first["width"], first["height"]) == (1200, 1600)
    painted = first["items"][0]["items"][0]
    assert painted["body"]["id"] == "http://localhost/images/b/p1"
    assert client.get("/images/b/p1").status_code == 200
    assert second["items"][0]["items"] == []  # without an image
    source = next(one for one in first["metadata"] if one["label"]["en"] == ["Source"])
    assert "&lt;b&gt;" in source["value"]["none"][0]
    assert given["structures"][0]["label"] == {"none": [LINES[0]]}
    assert given["structures"][0]["items"][0]["id"].startswith(f"{first['id']}#xywh=")
    assert get(client, first["id"].removeprefix("http://localhost"))["id"] == first["id"]


@pytest.mark.parametrize("address", [ISSUE, "/iiif/pages/b/p1"])
def test_hits_are_annotations_on_canvases(client: FlaskClient, address: str) -> None:
    given = json.loads(json.dumps(get(client, f"{address}/search?q=两百本&user=x&motivation=y")))
    assert given["type"] == "AnnotationPage"
    assert given["ignored"] == ["motivation", "user"]
    pages = ("b/p1", "b/p2") if address == ISSUE else ("b/p1",)
    assert [one["target"] for one in given["items"]] == [
        f"http://localhost/iiif/pages/{page}/canvas#xywh=500,300,150,40" for page in pages
    ]
    assert "两百本" in given["items"][0]["body"]["value"]
    old = json.loads(json.dumps(get(client, f"{address}/search1?q=两百本")))
    assert [one["on"] for one in old["resources"]] == [one["target"] for one in given["items"]]


def test_annotations_are_paged(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.iiif_search.MAX_SEARCHED", 1)
    first = json.loads(json.dumps(get(client, f"{ISSUE}/search?q=两百本")))
    second = json.loads(
        json.dumps(get(client, first["next"]["id"].removeprefix("http://localhost")))
    )
    assert first["items"][0]["target"] != second["items"][0]["target"]
    assert "next" not in second
    assert first["partOf"]["id"] == second["partOf"]["id"]


def test_a_search_without_a_query_has_no_annotation(client: FlaskClient) -> None:
    assert get(client, f"{ISSUE}/search")["items"] == []


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/iiif/issues/江渡/日报/1934-05-02/manifest", 404),
        ("/iiif/issues/-/1934-05-01/manifest", 404),
        ("/iiif/pages/plain/manifest", 404),
        ("/iiif/pages/none/manifest", 404),
        ("/iiif/pages/plain/canvas", 404),
        ("/iiif/pages/none/search?q=a", 404),
        ("/iiif/collection/none", 404),
        (f"/iiif/pages/b/p1/search?q={'甲 ' * 400}", 400),
        ("/iiif/pages/b/p1/search?q=a&start=x", 400),
    ],
)
def test_what_is_not_there_is_said(client: FlaskClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_other_answers_stay_with_this_site(client: FlaskClient) -> None:
    for address in ("/", "/api/v1/search?q=支教", "/images/b/p1"):
        assert "Access-Control-Allow-Origin" not in client.get(address).headers


def test_addresses_are_absolute_below_a_prefix(folder: Path) -> None:
    web = WebSettings(prefix="/archive")
    client = create_app(index=folder.with_name("index"), web=web).test_client()
    given = client.get("/archive/iiif/pages/b/p1/manifest", base_url="https://e.org").get_json()
    assert given["id"] == "https://e.org/archive/iiif/pages/b/p1/manifest"
    body = given["items"][0]["items"][0]["items"][0]["body"]
    assert body["id"] == "https://e.org/archive/images/b/p1"
