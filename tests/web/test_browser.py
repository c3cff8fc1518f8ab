"""The face in a real browser: keys, input methods, widths, no JavaScript, axe on every page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask

from indexer import Settings
from web.browser import MISSING, axe_source, make_browser, resize, served
from webapp import create_app

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

if not MISSING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.wait import WebDriverWait

PAGE = "000_486f398a4e6e35c8"

PAGES = {
    "home": "/",
    "results": "/?q=援疆",
    "filtered": "/?q=援疆&city=嘉兴&city=沙雅&not_city=乌什",
    "concordance": "/?q=援疆&view=lines&size=30",
    "nothing": "/?q=饕餮&exact=1&city=嘉兴",
    "article": f"/articles/{PAGE}/1?q=嘉兴&result=2",
    "beside": f"/articles/{PAGE}/1?beside=1",
    "source": f"/pages/{PAGE}?lines=43-50",
    "cite": f"/cite/{PAGE}/1/5",
    "help": "/help",
    "error": "/pages/nobody",
    "english": "/?q=援疆&lang=en",
    "traditional": "/?q=援疆&lang=zh-Hant",
}


@pytest.fixture(scope="module")
def base(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    browser = make_browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.fixture
def browser(started: Chrome) -> Chrome:
    resize(started, 1280)
    return started


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """A browser without JavaScript."""
    browser = make_browser(tmp_path_factory.mktemp("plain"), javascript=False)
    yield browser
    browser.quit()


def address(browser: Chrome) -> str:
    return unquote(browser.current_url)


def follow(browser: Chrome, selector: str) -> None:
    """Follow a link by keyboard, as it stays reachable under whatever stands before it."""
    browser.find_element(By.CSS_SELECTOR, selector).send_keys(Keys.ENTER)


def arrive(browser: Chrome, ending: str) -> None:
    """Wait until the address holds this, with `$` for its end."""
    WebDriverWait(browser, 10).until(lambda _: ending in address(browser) + "$")


def total(browser: Chrome) -> int:
    return int(browser.find_element(By.ID, "results-h").text.split(" ")[0].replace(",", ""))


def until(browser: Chrome, condition: str) -> None:
    WebDriverWait(browser, 5).until(lambda b: b.execute_script(f"return {condition}"))


def search(browser: Chrome, base: str) -> None:
    """Search, filter by two cities, and go to the next results and back."""
    browser.get(base + "/")
    box = browser.find_element(By.ID, "q")
    box.send_keys("援疆" + Keys.ENTER)
    arrive(browser, "/?q=援疆$")
    everything = total(browser)
    for city in ("沙雅", "乌什"):
        follow(browser, f".cities [data-name^='{city} '] .toggle")
    arrive(browser, "/?q=援疆&city=乌什&city=沙雅$")
    chosen = total(browser)
    assert 10 < chosen < everything
    follow(browser, ".paging a[rel=next]")
    arrive(browser, "&start=10$")
    browser.back()
    browser.back()
    arrive(browser, "/?q=援疆&city=沙雅$")


def read_on(browser: Chrome, base: str) -> None:
    """Go from a result to its lines, and from there to the article and back to the results."""
    browser.get(f"{base}/?q=校园操场多是三合土地面")
    follow(browser, ".hit a.lines")
    arrive(browser, f"/pages/{PAGE}?lines=22,28#L22$")
    marked = browser.find_elements(By.CSS_SELECTOR, ".line.marked")
    assert [line.get_attribute("id") for line in marked] == ["L22", "L28"]
    assert "三合土地面" in marked[0].text
    follow(browser, "#L22 .block-link")
    arrive(browser, f"/articles/{PAGE}/1#p")
    browser.get(f"{base}/?q=校园操场多是三合土地面")
    follow(browser, ".hit a.text")
    arrive(browser, f"/articles/{PAGE}/1?q=")
    mark = browser.find_element(By.CSS_SELECTOR, "main mark")
    assert mark.text == "校园操场多是三合土地面"
    follow(browser, ".trail a")
    arrive(browser, "/?q=校园操场多是三合土地面")


def test_search_filter_and_paging(browser: Chrome, base: str) -> None:
    search(browser, base)


def test_search_filter_and_paging_without_javascript(plain: Chrome, base: str) -> None:
    search(plain, base)


def test_results_lead_to_lines_and_articles(browser: Chrome, base: str) -> None:
    read_on(browser, base)


def test_results_lead_to_lines_and_articles_without_javascript(plain: Chrome, base: str) -> None:
    read_on(plain, base)


def test_the_advanced_form_writes_the_query(plain: Chrome, base: str) -> None:
    plain.get(base + "/")
    plain.find_element(By.CSS_SELECTOR, ".advanced summary").send_keys(Keys.ENTER)
    for name, words in (("all", "援疆"), ("any", "教育 医疗"), ("none", "足球")):
        plain.find_element(By.ID, f"a-{name}").send_keys(words)
    follow(plain, ".advanced button")
    arrive(plain, "/?q=援疆+(教育+OR+医疗)+-足球$")


def test_slash_goes_to_the_box(browser: Chrome, base: str) -> None:
    browser.get(base + "/?q=援疆")
    browser.find_element(By.TAG_NAME, "body").send_keys("/")
    assert browser.switch_to.active_element.get_attribute("id") == "q"
    assert browser.switch_to.active_element.get_attribute("value") == "援疆"
    browser.switch_to.active_element.send_keys(Keys.END, "/")
    assert browser.switch_to.active_element.get_attribute("value") == "援疆/"


def test_n_and_p_go_through_the_hits(browser: Chrome, base: str) -> None:
    browser.get(f"{base}/articles/{PAGE}/1?q=嘉兴")
    for key, hit in (("n", "hit-1"), ("n", "hit-2"), ("n", "hit-3"), ("p", "hit-2")):
        browser.switch_to.active_element.send_keys(key)
        assert browser.switch_to.active_element.get_attribute("id") == hit


COMPOSING = """
const [type, key, composing] = arguments;
const event = new KeyboardEvent("keydown", {key: key, bubbles: true, cancelable: true,
                                            isComposing: composing, keyCode: composing ? 229 : 0});
const target = type === "box" ? document.getElementById("q") : document.body;
target.dispatchEvent(event);
return [event.defaultPrevented, document.activeElement.id];
"""


def test_keys_do_nothing_while_an_input_method_composes(browser: Chrome, base: str) -> None:
    browser.get(f"{base}/articles/{PAGE}/1?q=嘉兴")
    assert browser.execute_script(COMPOSING, "body", "/", True) == [False, ""]
    assert browser.execute_script(COMPOSING, "body", "n", True) == [False, ""]
    assert browser.execute_script(COMPOSING, "body", "/", False) == [True, "q"]


def test_enter_that_ends_a_composition_does_not_submit(browser: Chrome, base: str) -> None:
    browser.get(base + "/?q=援疆")
    browser.find_element(By.ID, "q").send_keys(" ")
    browser.execute_cdp_cmd(
        "Input.imeSetComposition", {"text": "jiaoyu", "selectionStart": 6, "selectionEnd": 6}
    )
    browser.execute_script(COMPOSING, "box", "Enter", True)
    arrive(browser, "/?q=援疆$")
    browser.execute_cdp_cmd("Input.insertText", {"text": "教育"})
    assert browser.find_element(By.ID, "q").get_attribute("value") == "援疆 教育"
    browser.find_element(By.ID, "q").send_keys(Keys.ENTER)
    arrive(browser, "/?q=援疆+教育$")


AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
                             "best-practice"]})
   .then(found => done(found.violations.map(one =>
     one.id + ": " + one.nodes.slice(0, 3).map(node => node.html).join(" | "))));
"""


def test_completion_is_chosen_by_keyboard(browser: Chrome, base: str) -> None:
    browser.get(base + "/")
    box = browser.find_element(By.ID, "q")
    box.send_keys("援")
    until(browser, "document.querySelectorAll('.suggestions li').length > 0")
    browser.execute_script(axe_source())
    assert browser.execute_async_script(AXE) == []
    first = browser.find_element(By.CSS_SELECTOR, ".suggestions li").text
    box.send_keys(Keys.DOWN)
    assert box.get_attribute("aria-activedescendant") == "suggestion-0"
    box.send_keys(Keys.ENTER)
    arrive(browser, f"/?q={first}$")


def test_nothing_is_completed_while_an_input_method_composes(browser: Chrome, base: str) -> None:
    browser.get(base + "/")
    browser.find_element(By.ID, "q").click()
    asked = (
        "performance.getEntriesByType('resource').filter(e => e.name.includes('suggest')).length"
    )
    browser.execute_script(
        "const box = document.getElementById('q');"
        "box.dispatchEvent(new CompositionEvent('compositionstart'));"
        "box.value = 'yuan';"
        "box.dispatchEvent(new InputEvent('input', {isComposing: true}));"
    )
    assert (
        browser.execute_async_script(
            f"const done = arguments[0]; setTimeout(() => done({asked}), 400)"
        )
        == 0
    )
    browser.execute_script(
        "const box = document.getElementById('q'); box.value = '援';"
        "box.dispatchEvent(new CompositionEvent('compositionend'));"
    )
    until(browser, f"{asked} === 1")


@pytest.mark.parametrize("typed", ["嘉", "jiaxing", "jx"])
def test_the_filter_box_narrows_the_values(browser: Chrome, base: str, typed: str) -> None:
    browser.get(base + "/")
    browser.find_element(By.CSS_SELECTOR, ".cities .facet-filter").send_keys(typed)
    shown = [
        value.find_element(By.CLASS_NAME, "name").text
        for value in browser.find_elements(By.CSS_SELECTOR, ".cities .value")
        if value.is_displayed()
    ]
    assert shown == ["嘉兴"]


def test_a_fragment_marks_a_range_of_lines(browser: Chrome, base: str) -> None:
    browser.get(f"{base}/pages/{PAGE}#L12-L18")
    assert len(browser.find_elements(By.CSS_SELECTOR, ".line.marked")) == 7


READ = "const done = arguments[0]; navigator.clipboard.readText().then(done, () => done(null))"


def test_a_citation_is_copied_with_one_click(browser: Chrome, base: str) -> None:
    permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    browser.execute_cdp_cmd(
        "Browser.grantPermissions", {"origin": base, "permissions": permissions}
    )
    browser.get(base + "/?q=校园操场多是三合土地面")
    follow(browser, ".hit a.cite")
    until(browser, "document.querySelector('a.cite').dataset.copied === 'gbt7714'")
    assert "泱泱秀水润沙雅[N]" in (browser.execute_async_script(READ) or "")
    follow(browser, ".hit a.cite")
    arrive(browser, f"/cite/{PAGE}/1/")
    browser.find_element(By.CSS_SELECTOR, "button[data-copy=text-ris]").click()
    until(browser, "document.querySelector('[role=status]').textContent === '已复制'")
    assert "TY  - NEWS" in (browser.execute_async_script(READ) or "")


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_no_page_is_wider_than_the_screen(browser: Chrome, base: str, width: int) -> None:
    resize(browser, width)
    for path in PAGES.values():
        browser.get(base + path)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, path


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


TELL_PAINT = """
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
        """Hold style and script back until the browser tells that it has painted."""
        if environ.get("QUERY_STRING") == "painted":
            painted.set()
        if environ["PATH_INFO"].endswith((".css", ".js")):
            early.append(painted.wait(timeout=15))
        return answer(environ, start)

    app.wsgi_app = held  # type: ignore[method-assign]
    browser.execute_cdp_cmd("Network.clearBrowserCache", {})
    script = browser.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": TELL_PAINT}
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
