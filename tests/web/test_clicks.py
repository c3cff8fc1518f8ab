"""A reader's tasks in a real browser, and how many clicks each takes: that may only become less."""

from __future__ import annotations

import pytest
from support.browser import MISSING, arrive, resize

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

if not MISSING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

PAGE = "000_486f398a4e6e35c8"
CLICKS = {
    "find": 1,
    "narrow": 1,
    "read": 1,
    "return": 1,
    "compare two cities": 2,
    "cite": 1,
    "export": 1,
}
"""As many as at 65dfcd9, where a comparison showed one city after the other instead of both."""


class Reader:
    """A reader with a browser, who counts clicks; typing and Enter in the box are one."""

    def __init__(self, browser: Chrome, base: str) -> None:
        self.browser, self.base, self.clicks = browser, base, 0

    def open(self, path: str) -> None:
        self.browser.get(self.base + path)
        self.clicks = 0

    def type(self, query: str, ending: str) -> None:
        self.clicks += 1
        self.browser.find_element(By.ID, "q").send_keys(query + Keys.ENTER)
        arrive(self.browser, ending)

    def click(self, selector: str, ending: str = "") -> None:
        """Press a link that can be seen without opening anything."""
        self.clicks += 1
        link = self.browser.find_element(By.CSS_SELECTOR, selector)
        assert link.is_displayed(), selector
        link.send_keys(Keys.ENTER)
        if ending:
            arrive(self.browser, ending)

    def texts(self, selector: str) -> list[str]:
        return [one.text for one in self.browser.find_elements(By.CSS_SELECTOR, selector)]

    def took(self) -> int:
        clicks, self.clicks = self.clicks, 0
        return clicks


def follow_the_tasks(reader: Reader) -> dict[str, int]:
    """Find, narrow, read, return, compare two cities, cite and export, and count the clicks."""
    took = {}
    reader.open("/")
    reader.type("援疆", "/?q=援疆$")
    took["find"] = reader.took()
    reader.click(".cities [data-name^='沙雅 '] .toggle", "/?q=援疆&city=沙雅$")
    took["narrow"] = reader.took()
    reader.click(".hit a.text", "city=沙雅&result=0")
    assert reader.texts("main mark")
    took["read"] = reader.took()
    reader.click(".trail a", "/?q=援疆&city=沙雅$")
    took["return"] = reader.took()
    reader.click("[href^='/count?']", "/count?q=援疆&city=沙雅$")
    assert {"沙雅", "嘉兴"} <= set(reader.texts(".bars tbody th"))
    reader.click(".statistics > p > a", "/?q=援疆&city=沙雅$")
    took["compare two cities"] = reader.took()
    reader.click("#take a[href^='/export.csv']")
    took["export"] = reader.took()
    reader.click(".hit a.cite")
    took["cite"] = reader.took()
    return took


@pytest.mark.parametrize("width", [390, 1280])
def test_no_task_takes_more_clicks(browser: Chrome, base: str, width: int) -> None:
    resize(browser, width)
    assert follow_the_tasks(Reader(browser, base)) == CLICKS


def test_every_task_works_without_javascript(plain: Chrome, base: str) -> None:
    assert follow_the_tasks(Reader(plain, base)) == CLICKS
    arrive(plain, f"/cite/{PAGE}/")
