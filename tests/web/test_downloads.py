from __future__ import annotations

import csv
import io
import json
from datetime import date
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

from indexer import EXPORT_FORMATS, Settings, open_index

PAGE = "000_486f398a4e6e35c8"
ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.mark.parametrize(
    ("style", "media", "inside"),
    [
        ("gbt7714", "text/plain", "宋彬彬, 徐贤卿. 泱泱秀水润沙雅[N]. 000_486f398a4e6e35c8 第"),
        ("bibtex", "application/x-bibtex", "title = {{泱泱秀水润沙雅}}"),
        ("ris", "application/x-research-info-systems", "TI  - 泱泱秀水润沙雅"),
        ("csl", "application/vnd.citationstyles.csl+json", '"title": "泱泱秀水润沙雅"'),
    ],
)
def test_a_paragraph_is_cited_in_every_style(
    client: FlaskClient, style: str, media: str, inside: str
) -> None:
    response = client.get(f"/cite/{PAGE}/1/5?style={style}")
    assert response.mimetype == media
    assert inside in response.text
    assert "attachment" in response.headers["Content-Disposition"]


def test_what_the_page_does_not_carry_is_said(client: FlaskClient) -> None:
    page = client.get(f"/cite/{PAGE}/1/5").text
    assert "版面未注明：报纸名、日期、版次、网址。" in page
    english = client.get(f"/cite/{PAGE}/1/5?lang=en").text
    assert "Not given for this page: newspaper, date, edition, url." in english


def test_what_it_carries_is_cited(hostile: FlaskClient, hostile_page: str) -> None:
    text = hostile.get(f"/cite/{hostile_page}/1/1?style=gbt7714").text
    assert "<i>日报</i>, 2023-10-27(4)" in text
    assert "https://example.org/?a=1&b=<2>" in text
    assert f"2023-10-27(4)[{date.today().isoformat()}]. https" in text
    shown = hostile.get(f"/cite/{hostile_page}/1/1")
    assert f"[{date.today().isoformat()}]" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["?q=援疆", "?q=援疆&city=嘉兴&start=20&size=5", ""])
def test_exports_are_complete(client: FlaskClient, address: str) -> None:
    total = client.get(f"/api/v1/search{address.replace('&start=20', '')}").get_json()["total"]
    rows = list(csv.DictReader(io.StringIO(client.get(f"/export.csv{address}").text)))
    lines = client.get(f"/export.jsonl{address}").text.splitlines()
    assert [row["id"] for row in rows] == [json.loads(line)["id"] for line in lines]
    assert len(rows) == total
    assert all(row["url"].startswith("http://localhost/articles/") for row in rows)


def test_csv_begins_with_a_byte_order_mark_on_request(client: FlaskClient) -> None:
    marked, plain = client.get("/export.csv?q=援疆&bom=1"), client.get("/export.csv?q=援疆")
    assert marked.data.startswith(b"\xef\xbb\xbfid,")
    assert plain.data.startswith(b"id,")


def test_a_search_is_a_feed(client: FlaskClient) -> None:
    feed = ET.fromstring(client.get("/export.atom?q=足球").data)
    entries = feed.findall(f"{ATOM}entry")
    hits = client.get("/api/v1/search?q=足球").get_json()["hits"]
    links = [entry.find(f"{ATOM}link").attrib["href"] for entry in entries]  # type: ignore[union-attr]
    assert links == [f"http://localhost{hit['url']}" for hit in hits]


def test_a_feed_is_as_old_as_its_commit(seeds_settings: Settings, client: FlaskClient) -> None:
    feed = ET.fromstring(client.get("/export.atom?q=足球").data)
    with open_index(settings=seeds_settings) as index:
        made = index.made.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert {one.text for one in feed.iter(f"{ATOM}updated")} == {made}


def test_browsers_can_search_from_their_address_bar(client: FlaskClient) -> None:
    description = ET.fromstring(client.get("/opensearch.xml").data)
    templates = {
        url.attrib["type"]: url.attrib["template"]
        for url in description.findall(f"{OPENSEARCH}Url")
    }
    page = templates["text/html"].replace("{searchTerms}", "援疆")
    words = templates["application/x-suggestions+json"].replace("{searchTerms}", "援疆")
    assert client.get(page.removeprefix("http://localhost")).status_code == 200
    assert client.get(words.removeprefix("http://localhost")).get_json()[0] == "援疆"


@pytest.mark.parametrize("form", [*EXPORT_FORMATS, "atom"])
def test_a_bad_search_is_no_file(client: FlaskClient, form: str) -> None:
    assert client.get(f"/export.{form}?q=援疆&sort=up").status_code == 400


OF_OTHER_CONTENT = ("kwic", "relations", "gexf")  # no titles, or only what states a relation


@pytest.mark.parametrize("form", EXPORT_FORMATS)
def test_all_hits_come_in_every_format(client: FlaskClient, form: str) -> None:
    response = client.get(f"/export.{form}?q=胡杨之城")
    assert response.status_code == 200
    assert response.mimetype == EXPORT_FORMATS[form].media_type
    assert "泱泱秀水润沙雅" in response.text or form in OF_OTHER_CONTENT
    assert quote("胡杨之城") in response.headers["Content-Disposition"]


def test_an_unknown_format_is_not_found(client: FlaskClient) -> None:
    assert client.get("/export.exe?q=援疆").status_code == 404
