"""What the tests of the face share: the five pages and a small hostile archive, indexed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from selenium.webdriver import Chrome
from support.browser import MISSING, make_browser, resize, served

from indexer import Settings, build_index, make_settings
from webapp import create_app

PAGE = "000_486f398a4e6e35c8"


def build(sources: Path, name: str) -> Settings:
    """Index a folder in memory under a name of its own."""
    settings = make_settings({}, engine="memory", index=f"memory/{name}")
    build_index([sources], index=settings.index, settings=settings)
    return settings


@pytest.fixture(scope="session")
def seeds_settings(seeds: Path) -> Settings:
    """The five pages, indexed."""
    return build(seeds, "web-seeds")


@pytest.fixture(scope="session")
def app(seeds_settings: Settings) -> Flask:
    """The application over the five pages."""
    return create_app(seeds_settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A reader of the five pages."""
    return app.test_client()


HOSTILE_ID = "第 一&二.版/<b>#1?.v2"

HOSTILE = "<script>alert(1)</script>"

HOSTILE_PAGE = f"""{HOSTILE}标题"><img src=x onerror=alert(2)>

■ 记者"><b>甲</b>

第一段提到嘉兴市援疆指挥部与{HOSTILE}沙雅县，一起建设学校，大家都说很好，孩子们也很高兴。

第二段写着&lt;b&gt;与javascript:alert(3)，还有'单引号'和"双引号"，以及沙雅县的新学校与新医院。
"""

SIDE_CAR = """newspaper = "<i>日报</i>"
date = "2023-10-27"
edition = "第4版"
title = "<u>要闻</u>"
url = "https://example.org/?a=1&b=<2>"
"""


@pytest.fixture(scope="session")
def hostile_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An archive with markup in every field and odd characters in every name."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "第 一&二.版").mkdir()
    (folder / "第 一&二.版" / "<b>#1?.v2.txt").write_text(HOSTILE_PAGE, encoding="utf-8")
    (folder / "第 一&二.版" / "<b>#1?.v2.toml").write_text(SIDE_CAR, encoding="utf-8")
    return build(folder, "web-hostile")


@pytest.fixture(scope="session")
def hostile_page() -> str:
    """The hostile page's name as an address carries it."""
    return quote(HOSTILE_ID)


@pytest.fixture(scope="session")
def hostile_app(hostile_settings: Settings) -> Flask:
    """The application over the hostile archive."""
    return create_app(hostile_settings)


@pytest.fixture(scope="session")
def dated_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An archive of forty years, each with an author of its own and a city or two."""
    file = tmp_path_factory.mktemp("dated") / "archive.jsonl"
    rows = (
        {
            "id": f"d{year}",
            "title": f"{year}年的援疆",
            "byline": f"本报记者 李{chr(0x5000 + year)}",
            "date": f"{year}-05-01",
            "newspaper": "浙江日报",
            "text": "嘉兴市援疆指挥部支援沙雅县。\n" * (year % 5 + 1),
        }
        for year in range(1984, 2024)
    )
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return build(file.parent, "web-dated")


@pytest.fixture(scope="session")
def dated_app(dated_settings: Settings) -> Flask:
    """The application over forty years."""
    return create_app(dated_settings)


@pytest.fixture
def dated(dated_app: Flask) -> FlaskClient:
    """A reader of forty years."""
    return dated_app.test_client()


@pytest.fixture
def hostile(hostile_app: Flask) -> FlaskClient:
    """A reader of the hostile archive."""
    return hostile_app.test_client()


@pytest.fixture(scope="session")
def base(app: Flask) -> Iterator[str]:
    """The five pages, served on a port."""
    with served(app) as address:
        yield address


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """One browser for all tests: starting one takes seconds."""
    browser = make_browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.fixture
def browser(started: Chrome) -> Chrome:
    """The browser, on a screen of ordinary width."""
    resize(started, 1280)
    return started


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """A browser without JavaScript."""
    browser = make_browser(tmp_path_factory.mktemp("plain"), javascript=False)
    yield browser
    browser.quit()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that there is no browser to test with."""
    if MISSING:
        terminalreporter.write_line(MISSING, red=True, bold=True)
