"""Browsing by newspaper, year, date and edition."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import Edition, build_index, make_settings, open_index
from web.conftest import build
from webapp import create_app

PAGES = {
    "a": ("嘉兴日报", "2023-10-27", "10"),
    "b": ("嘉兴日报", "2023-10-27", "2"),
    "c": ("嘉兴日报", "2023-10-26", "A1"),
    "d": ("嘉兴日报", "2023-11", "1"),
    "e": ("浙江日报", "2023-10-27", ""),
    "f": ("", "2022-01-05", "3"),
    "g": ("", "", ""),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("issues")
    for name, (newspaper, date, edition) in PAGES.items():
        (folder / f"{name}.txt").write_text(
            f"{name}版的标题\n\n这里说的是{name}版的事情。\n", "utf-8"
        )
        facts = {"newspaper": newspaper, "date": date, "edition": edition}
        lines = [f'{key} = "{value}"' for key, value in facts.items() if value]
        (folder / f"{name}.toml").write_text("\n".join(lines), "utf-8")
    return folder


@pytest.fixture(scope="module")
def archive(folder: Path) -> FlaskClient:
    return create_app(build(folder, "web-issues")).test_client()


def links(client: FlaskClient, address: str, wanted: str) -> list[str]:
    page = client.get(address)
    assert page.status_code == 200
    found = re.findall(r'href="([^"]+)"', page.text)
    return [html.unescape(one) for one in found if wanted in html.unescape(one)]


@pytest.mark.parametrize("engine", ["memory", "whoosh"])
def test_editions_come_by_newspaper_date_and_number(
    folder: Path, tmp_path: Path, engine: str
) -> None:
    where = tmp_path / "index" if engine == "whoosh" else "memory/issues-order"
    settings = make_settings({}, engine=engine, index=where)
    build_index([folder], index=settings.index, settings=settings)
    with open_index(settings=settings) as index:
        found = index.editions(newspaper="嘉兴日报", year="2023")
        assert [(one.date, one.edition, one.page) for one in found] == [
            ("2023-10-26", "A1", "c"),
            ("2023-10-27", "2", "b"),
            ("2023-10-27", "10", "a"),
            ("2023-11", "1", "d"),
        ]
        assert index.editions(year="2022") == (Edition("", "2022-01-05", "3", "f"),)
        assert {one.page for one in index.editions()} == set(PAGES)


def test_one_goes_from_newspaper_to_year_to_day_to_page(archive: FlaskClient) -> None:
    assert links(archive, "/", "/issues") == ["/issues"]
    assert links(archive, "/issues", "?newspaper=嘉兴日报") == ["/issues?newspaper=嘉兴日报"]
    year = "/issues?newspaper=嘉兴日报&year=2023"
    assert links(archive, "/issues?newspaper=嘉兴日报", "year=") == [year]
    day = "/issues?newspaper=嘉兴日报&date=2023-10-27"
    assert links(archive, year, "date=") == [
        "/issues?newspaper=嘉兴日报&date=2023-10-26",
        day,
        "/issues?newspaper=嘉兴日报&date=2023-11",
    ]
    assert links(archive, day, "/pages/") == ["/pages/b", "/pages/a"]
    assert links(archive, day, "/articles/") == ["/articles/b/1", "/articles/a/1"]


def test_a_day_leads_to_the_days_around_it(archive: FlaskClient) -> None:
    page = archive.get("/issues?newspaper=嘉兴日报&date=2023-10-27").text
    assert re.findall(r'rel="(?:prev|next)" href="[^"]+date=([^"]+)"', page) == [
        "2023-10-26",
        "2023-11",
    ]


@pytest.mark.parametrize(
    ("page", "around"),
    [
        ("b", [("prev", "c"), ("next", "a")]),
        ("c", [("next", "b")]),
        ("e", []),
        ("f", []),
        ("g", []),
    ],
)
def test_a_page_leads_to_the_editions_around_it(
    archive: FlaskClient, page: str, around: list[tuple[str, str]]
) -> None:
    text = archive.get(f"/pages/{page}").text
    assert re.findall(r'rel="(prev|next)" href="/pages/(.)"', text) == around


@pytest.mark.parametrize(
    "address", ["/issues?year=1900", "/issues?newspaper=无&year=2023", "/issues?date=2023-10-01"]
)
def test_an_issue_that_is_not_there_is_not_found(archive: FlaskClient, address: str) -> None:
    assert archive.get(address).status_code == 404


def test_an_archive_without_dates_says_how_to_give_them(client: FlaskClient) -> None:
    assert "newspaper = " in client.get("/issues").text
    assert "/issues" not in client.get("/").text


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("?newspaper=浙江日报", 'newspaper = "'),
        ("?q=报纸:浙江日报", 'newspaper = "'),
        ("?q=援疆+日期:2023", 'date = "'),
        ("?q=援疆&edition=3", 'edition = "'),
        ("?q=饕餮盛宴", ""),
    ],
)
def test_a_filter_on_what_no_page_carries_says_how_it_is_given(
    client: FlaskClient, query: str, wanted: str
) -> None:
    page = html.unescape(client.get(f"/{query}").text)
    assert wanted in page if wanted else "pages.toml" not in page, page
