"""How the face looks in a real browser: widths, colours, type, first paint, axe on every page."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from support.browser import AXE, MISSING, axe_source, resize, served

from indexer import Settings
from webapp import create_app

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

if not MISSING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.common.by import By

PAGE = "000_486f398a4e6e35c8"

PAGES = {
    "home": "/",
    "results": "/?q=援疆",
    "filtered": "/?q=援疆&city=嘉兴&city=沙雅&not_city=乌什",
    "concordance": "/?q=援疆&view=lines&size=30",
    "nothing": "/?q=饕餮&exact=1&city=嘉兴",
    "article": f"/articles/{PAGE}/1?q=嘉兴&result=2",
    "beside": f"/articles/{PAGE}/1?beside=1",
    "source": f"/pages/{PAGE}?q=援疆&result=2&lines=43-50",
    "cite": f"/cite/{PAGE}/1/5?q=援疆&result=2",
    "help": "/help",
    "statistics": "/count?q=援疆&by=city&by=kind",
    "names": "/names?names=沙雅、嘉兴、从无此名",
    "issues": "/issues",
    "compare": "/compare?q=援疆&city=嘉兴",
    "report": "/report",
    "explained": "/?q=援疆&explain=1",
    "corrections": f"/pages/{PAGE}?lines=43",
    "sheet": f"/pages/{PAGE}/sheet",
    "error": "/pages/nobody",
    "english": "/?q=援疆&lang=en",
    "traditional": "/?q=援疆&lang=zh-Hant",
}


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_no_page_is_wider_than_the_screen(browser: Chrome, base: str, width: int) -> None:
    resize(browser, width)
    for path in PAGES.values():
        browser.get(base + path)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, path


SMALL = """
return [...document.querySelectorAll("a[href], button, summary, select, input:not([type=hidden])")]
  .filter(one => {
    const box = one.getBoundingClientRect();
    return box.width && box.height && (box.width < 24 || box.height < 24);
  })
  .map(one => one.outerHTML.slice(0, 120));
"""


@pytest.mark.parametrize("width", [390, 1440])
def test_everything_to_press_is_large_enough(browser: Chrome, base: str, width: int) -> None:
    resize(browser, width)
    for path in PAGES.values():
        browser.get(base + path)
        assert browser.execute_script(SMALL) == [], path


@pytest.mark.parametrize("width", [390, 1440])
def test_many_years_fit_the_screen(browser: Chrome, dated_app: Flask, width: int) -> None:
    resize(browser, width)
    with served(dated_app) as base:
        for path in ("/", "/?q=援疆", "/values/author?q=援疆"):
            browser.get(base + path)
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width


NARROW = ("home", "filtered", "concordance", "beside", "source")


@pytest.mark.parametrize(
    ("width", "dark", "names"), [(1440, False, tuple(PAGES)), (390, True, NARROW)]
)
def test_axe_finds_nothing(
    browser: Chrome, base: str, width: int, dark: bool, names: tuple[str, ...]
) -> None:
    resize(browser, width, dark=dark)
    source = axe_source()
    found = {}
    for name in names:
        browser.get(base + PAGES[name])
        browser.execute_script(source)
        browser.execute_script(
            "for (const one of document.querySelectorAll('details')) one.open = true"
        )
        found[name] = browser.execute_async_script(AXE)
    assert {name: violations for name, violations in found.items() if violations} == {}


def test_the_reader_s_language_is_declared(browser: Chrome, base: str) -> None:
    for path, language in (("/", "zh-Hans"), ("/?lang=en", "en"), ("/?lang=zh-Hant", "zh-Hant")):
        browser.get(base + path)
        assert browser.execute_script("return document.documentElement.lang") == language


def test_dark_mode_is_dark(browser: Chrome, base: str) -> None:
    brightness = (
        "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g)"
        ".slice(0, 3).reduce((sum, part) => sum + +part, 0)"
    )
    browser.get(base + "/")
    assert browser.execute_script(brightness) > 700
    resize(browser, 1280, dark=True)
    assert browser.execute_script(brightness) < 120


def test_the_text_is_set_for_reading(browser: Chrome, base: str) -> None:
    browser.get(f"{base}/articles/{PAGE}/1")
    paragraph = browser.find_element(By.CSS_SELECTOR, ".block.kind-body > p")
    style = browser.execute_script(
        "const style = getComputedStyle(arguments[0]);"
        "return [parseFloat(style.lineHeight) / parseFloat(style.fontSize),"
        " arguments[0].getBoundingClientRect().width / parseFloat(style.fontSize)]",
        paragraph,
    )
    assert style[0] >= 1.7
    assert style[1] <= 38.01


REPORT_PAINT = """
new PerformanceObserver(list => {
  if (list.getEntriesByName("first-contentful-paint").length) fetch("/healthz?painted");
}).observe({type: "paint", buffered: true});
"""


def test_the_text_is_painted_before_style_and_script_are_there(
    browser: Chrome, seeds_settings: Settings
) -> None:
    app = create_app(seeds_settings)
    answer, painted, early = app.wsgi_app, threading.Event(), []

    def held(environ: dict[str, Any], start: Any) -> Any:
        """Hold style and script back until the browser reports that it has painted."""
        if environ.get("QUERY_STRING") == "painted":
            painted.set()
        if environ["PATH_INFO"].endswith((".css", ".js")):
            early.append(painted.wait(timeout=15))
        return answer(environ, start)

    app.wsgi_app = held  # type: ignore[method-assign]
    browser.execute_cdp_cmd("Network.clearBrowserCache", {})
    script = browser.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": REPORT_PAINT}
    )
    with served(app) as base:
        browser.get(base + "/?q=援疆")
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    assert early == [True, True]


def test_the_browser_has_nothing_to_complain_about(browser: Chrome, base: str) -> None:
    browser.get_log("browser")
    for path in PAGES.values():
        browser.get(base + path)
    complaints = [entry for entry in browser.get_log("browser") if "404" not in entry["message"]]
    assert complaints == []


def test_markup_in_every_field_stays_text(
    browser: Chrome, hostile_app: Flask, hostile_page: str
) -> None:
    browser.get_log("browser")
    with served(hostile_app) as base:
        for path in (
            "/",
            "/?q=沙雅",
            "/?q=<script>alert(1)</script>",
            f"/pages/{hostile_page}",
            f"/articles/{hostile_page}/1?q=沙雅",
            f"/cite/{hostile_page}/1/1",
        ):
            browser.get(base + path)
            assert browser.execute_script("return document.scripts.length") == 1
            assert browser.find_elements(By.CSS_SELECTOR, "main img, main b, main u") == []
            if path != "/":
                assert "<script>" in browser.find_element(By.TAG_NAME, "body").text
    complaints = browser.get_log("browser")
    assert [entry for entry in complaints if "favicon" not in entry["message"]] == []
