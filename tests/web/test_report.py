"""The report of what was read, on the site and for programs."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import build_index, inspect_folder, open_index, read_report
from webapp import create_app

CUT = "河堤今晨合龙\n\n本报记者 王明\n\n昨夜大雨，二百名村民守在河堤上。大家都说好，县里派来的\n"
PLAIN = "昨夜大雨，二百名村民守在河堤上，今晨六时终于合龙，大家都很高兴，也很疲倦。\n" * 3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "cut.txt").write_text(CUT, "utf-8")
    (folder / "plain.txt").write_text(PLAIN, "utf-8")
    (folder / "bad.json").write_text("{", "utf-8")
    (folder / "dated.txt").write_text(f"1998年1月2日　江渡日报　第3版\n\n{CUT}", "utf-8")
    (folder / "dated.toml").write_text('date = "1999-05-05"\n', "utf-8")
    build_index([folder], index=folder.with_name("index"))
    return folder


@pytest.fixture
def client(folder: Path) -> FlaskClient:
    return create_app(index=folder.with_name("index")).test_client()


def test_a_report_says_what_was_read_and_what_to_review(folder: Path) -> None:
    with open_index(folder.with_name("index")) as index:
        report = read_report(index)
    assert (report.pages, [one.files for one in report.sources]) == (3, [4])
    assert ["bad.json" in one.message for one in report.problems] == [True]
    reviews = {one.name: [page for page, _ in one.listed] for one in report.reviews}
    assert reviews["contradicted"] == ["dated"]
    assert reviews["without_headlines"] == ["plain"]
    assert "cut" in reviews["cut"]
    assert report.warnings == ()


def test_a_build_that_changes_nothing_keeps_the_report(folder: Path) -> None:
    with open_index(folder.with_name("index")) as index:
        before, generation = read_report(index), index.generation
    build_index([folder], index=folder.with_name("index"))
    with open_index(folder.with_name("index")) as index:
        assert (read_report(index).reviews, index.generation) == (before.reviews, generation)
    (folder / "bad.json").unlink()
    build_index([folder], index=folder.with_name("index"))
    with open_index(folder.with_name("index")) as index:
        assert read_report(index).problems == ()


def test_a_folder_is_reported_before_it_is_built(folder: Path) -> None:
    found = inspect_folder(folder)
    assert (found.files, found.read, len(found.warnings)) == (4, 3, 1)
    assert found.reviews == {
        "without_headlines": ("plain",),
        "cut": ("cut", "dated"),
        "contradicted": ("dated",),
    }


def test_the_page_names_them_and_leads_to_the_paragraphs(client: FlaskClient) -> None:
    page = client.get("/report").text
    assert "bad.json" in page
    assert "版头与所填日期等不符" in page
    assert 'href="/?review=contradicted"' in page
    assert "plain" in client.get("/?review=without_headlines").text
    assert client.get("/report?lang=en").text.count("not read") >= 1
    assert '<a href="/report">' in client.get("/").text


def test_a_search_page_does_not_count_what_is_to_be_reviewed(client: FlaskClient) -> None:
    assert "review" not in client.get("/api/v1/search").get_json()["facets"]
    assert client.get("/values/review").status_code == 404


def test_no_folder_of_the_server_is_shown(folder: Path, client: FlaskClient) -> None:
    for address in ("/report", "/api/v1/report", "/pages/plain", "/api/v1/pages/plain"):
        text = client.get(address).get_data(as_text=True)
        assert folder.name in text or "plain.txt" in text
        assert str(folder.parent) not in text
    assert client.get("/api/v1/report").get_json()["sources"][0]["source"] == folder.name
