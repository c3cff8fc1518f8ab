"""What readers do in a real browser: by mouse and keys, with input methods, without JavaScript."""

from __future__ import annotations

import pytest
from support.browser import AXE, MISSING, arrive, axe_source, follow, resize, until

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

if not MISSING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

PAGE = "000_486f398a4e6e35c8"


def total(browser: Chrome) -> int:
    return int(browser.find_element(By.ID, "results-h").text.split(" ")[0].replace(",", ""))


def search(browser: Chrome, base: str) -> None:
    """Search, filter by two cities, and go to the next results and back."""
    browser.get(base + "/?size=2")
    box = browser.find_element(By.ID, "q")
    box.send_keys("援疆" + Keys.ENTER)
    arrive(browser, "/?q=援疆&size=2$")
    everything = total(browser)
    follow(browser, ".cities [data-name^='沙雅 '] .toggle")
    arrive(browser, "/?q=援疆&city=沙雅&size=2$")
    follow(browser, ".cities [data-name^='乌什 '] .toggle")
    arrive(browser, "/?q=援疆&city=乌什&city=沙雅&size=2$")
    chosen = total(browser)
    assert 10 < chosen < everything
    follow(browser, ".paging a[rel=next]")
    arrive(browser, "&start=2&size=2$")
    browser.back()
    arrive(browser, "/?q=援疆&city=乌什&city=沙雅&size=2$")
    browser.back()
    arrive(browser, "/?q=援疆&city=沙雅&size=2$")


def read_on(browser: Chrome, base: str) -> None:
    """Go from a result to its lines, and from there to the article and back to the results."""
    browser.get(f"{base}/?q=校园操场多是三合土地面")
    follow(browser, ".hit a.lines")
    arrive(browser, f"/pages/{PAGE}?q=校园操场多是三合土地面&result=0&lines=22,28#L22$")
    marked = browser.find_elements(By.CSS_SELECTOR, ".line.marked")
    assert [line.get_attribute("id") for line in marked] == ["L22", "L28"]
    assert "三合土地面" in marked[0].text
    follow(browser, "#L22 .block-link")
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
    plain.find_element(By.CSS_SELECTOR, ".advanced summary").send_keys(Keys.ENTER)
    assert plain.find_element(By.ID, "a-any").get_attribute("value") == "教育 医疗"
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


def test_both_sides_scroll_in_step(browser: Chrome, base: str) -> None:
    resize(browser, 1440)
    browser.get(f"{base}/articles/{PAGE}/1?q=嘉兴&beside=1")
    browser.execute_script("document.getElementById('p20').scrollIntoView()")
    until(browser, "document.querySelector('.original').scrollTop > 300")
    top = browser.execute_script(
        "const pane = document.querySelector('.original').getBoundingClientRect().top;"
        "return [...document.querySelectorAll('.original .line')]"
        ".find(one => one.getBoundingClientRect().bottom > pane + 2).value"
    )
    first = browser.execute_script("return +document.getElementById('p20').dataset.line")
    assert abs(top - first) <= 8


def test_the_counter_shows_the_current_hit(browser: Chrome, base: str) -> None:
    browser.get(f"{base}/articles/{PAGE}/1?q=嘉兴")
    buttons = browser.find_elements(By.CSS_SELECTOR, ".hits-nav button")
    counter = browser.find_element(By.CSS_SELECTOR, ".hits-nav output")
    count = len(browser.find_elements(By.CSS_SELECTOR, "main mark[id]"))
    assert count > 12
    for button, shown in ((1, 1), (1, 2), (0, 1), (0, count), (1, 1)):
        buttons[button].click()
        assert counter.text == f"{shown}/{count}"
