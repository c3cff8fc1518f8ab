"""A real browser for the tests: Debian's Chromium without a network, and a real server."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from flask import Flask
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from webapp.server import Server, listen

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")

MISSING = (
    ""
    if CHROMIUM and DRIVER
    else ("THE BROWSER TESTS DO NOT RUN: install Debian's chromium and chromium-driver")
)

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-dev-shm-usage "
    "--disable-background-networking --disable-component-update --disable-sync --lang=zh-CN"
)


def make_browser(profile: Path, *, javascript: bool = True) -> Chrome:
    """Start a browser with an empty profile."""
    options = Options()
    options.binary_location = CHROMIUM or ""
    for flag in (*FLAGS.split(), f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    prefs: dict[str, object] = {"intl.accept_languages": "zh-CN"}
    if not javascript:
        prefs["profile.managed_default_content_settings.javascript"] = 2
    options.add_experimental_option("prefs", prefs)
    return Chrome(options=options, service=Service(DRIVER))


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an application on a free port of this machine, with the limits of the command."""
    server = Server(app, listen("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.stop()
        thread.join(timeout=10)


def axe_source() -> str:
    """Return axe-core: the one `CHAQUAN_AXE` names, or the one of `axe-core-python`."""
    given = os.environ.get("CHAQUAN_AXE")
    if given:
        return Path(given).read_text(encoding="utf-8")
    from importlib.resources import files

    return files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def resize(browser: Chrome, width: int, height: int = 900, *, dark: bool = False) -> None:
    """Pretend a screen of this size and a liking for light or dark."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})


AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
                             "best-practice"]})
   .then(found => done(found.violations.map(one =>
     one.id + ": " + one.nodes.slice(0, 3).map(node => node.html).join(" | "))));
"""


def address(browser: Chrome) -> str:
    """Return where the browser is, readable."""
    return unquote(browser.current_url)


def follow(browser: Chrome, selector: str) -> None:
    """Follow a link by keyboard, as it stays reachable under whatever is before it."""
    browser.find_element(By.CSS_SELECTOR, selector).send_keys(Keys.ENTER)


def arrive(browser: Chrome, ending: str) -> None:
    """Wait until the address holds this, with `$` for its end."""
    WebDriverWait(browser, 10).until(lambda _: ending in address(browser) + "$")


def until(browser: Chrome, condition: str) -> None:
    """Wait until a condition of the page holds."""
    WebDriverWait(browser, 5).until(lambda b: b.execute_script(f"return {condition}"))
