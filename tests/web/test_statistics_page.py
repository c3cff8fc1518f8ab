"""The page of statistics, the table of names, and both as files."""

from __future__ import annotations

import csv
import re
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer import Index, open_index


@pytest.fixture(scope="module")
def index(app: Flask, seeds_settings: object) -> Index:
    """The five pages as the library opens them."""
    del app
    return open_index(settings=seeds_settings)  # type: ignore[arg-type]


def _get(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_the_page_shows_what_the_library_counts(client: FlaskClient, index: Index) -> None:
    page = _get(client, "/count?q=援疆&by=kind&by=city&lang=en")
    counts = index.count("援疆", by="kind")
    assert f"{counts.occurrences} occurrences in {counts.paragraphs} paragraphs" in page
    for cell in counts.cells:
        assert f"<td>{cell.occurrences:,}</td><td>{cell.paragraphs:,}</td>" in page
    crossed = index.count("援疆", by=["kind", "city"])
    strongest = max(crossed.cells, key=lambda cell: cell.occurrences if cell.values[1] else 0)
    assert f'heat-5"><a href="/?q=援疆&amp;city={strongest.values[1]}&amp;kind=' in page
    assert index.neighbours("援疆").left[0].text in page


def test_each_bar_leads_to_the_hits_behind_it(client: FlaskClient, index: Index) -> None:
    page = _get(client, "/count?q=援疆&by=city&lang=en")
    cell = next(one for one in index.count("援疆", by="city").cells if one.values == ("乌什",))
    (url,) = re.findall(r'<a href="(/\?q=援疆&amp;city=乌什&amp;lang=en)"', page)
    assert f"{cell.paragraphs} paragraphs in" in _get(client, url.replace("&amp;", "&"))


def test_the_results_lead_to_the_statistics_and_back(client: FlaskClient) -> None:
    assert 'href="/count?q=援疆&amp;city=嘉兴"' in _get(client, "/?q=援疆&city=嘉兴")
    assert 'href="/?q=援疆&amp;city=嘉兴"' in _get(client, "/count?q=援疆&city=嘉兴")


def test_the_api_counts(client: FlaskClient, index: Index) -> None:
    answer = client.get(f"/api/v1/count?q={quote('援疆')}&by=city&chars=1").get_json()
    assert answer.pop("neighbours") == index.neighbours("援疆", chars=1).to_dict()
    assert answer == index.count("援疆", by="city").to_dict()


@pytest.mark.parametrize("path", ["/count?q=援疆&by=colour", "/count?q=援疆&chars=3"])
def test_what_cannot_be_counted_is_said(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 400


def test_a_query_that_finds_nothing_has_a_page(client: FlaskClient) -> None:
    assert "nothing to count" in _get(client, "/count?q=从无此词&lang=en")


@pytest.mark.parametrize("name", ["count", "neighbours", "concordance"])
def test_tables_come_as_csv(client: FlaskClient, index: Index, name: str) -> None:
    answer = client.get(f"/tables/{name}.csv?q=援疆&by=city&bom=1&order=right")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(answer.get_data(as_text=True).removeprefix("\ufeff").splitlines()))
    wanted = {
        "count": len(index.count("援疆", by="city").cells),
        "neighbours": len(index.neighbours("援疆").rows()),
        "concordance": index.count("援疆").occurrences,
    }
    assert len(rows) == 1 + wanted[name]


def test_an_unknown_table_is_not_found(client: FlaskClient) -> None:
    assert client.get("/tables/nothing.csv?q=援疆").status_code == 404


def test_names_are_looked_up_on_a_page_and_as_csv(client: FlaskClient, index: Index) -> None:
    page = _get(client, "/names?names=沙雅、从无此名%0a=援疆&lang=en")
    (row, *_) = index.lookup_names(["沙雅"])
    assert "1 of 3 names found" in page
    assert f"<td>{row.occurrences:,}</td><td>{row.articles:,}</td>" in page
    answer = client.get("/names?names=沙雅、=援疆&format=csv").get_data(as_text=True)
    assert answer.startswith("\ufeffname,")
    assert "\r\n'=援疆," in answer
