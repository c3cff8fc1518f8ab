"""Make the screenshot of the README: `python tests/benchmarks/screenshot.py` (chromium, pillow)."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.browser import make_browser, resize, served  # noqa: E402

from indexer import build_index, make_settings  # noqa: E402
from webapp import create_app  # noqa: E402

COLOURS = 48
"""Enough for text on paper; the file stays below 100 kB."""


def main() -> None:
    """Write `.github/screenshot.png`."""
    settings = make_settings({}, engine="memory", index="memory/screenshot")
    build_index([ROOT / "seeds"], settings=settings)
    with tempfile.TemporaryDirectory() as profile, served(create_app(settings)) as base:
        browser = make_browser(Path(profile))
        resize(browser, 1200, 720)
        for query in ("沙雅", "援疆 教育", "援疆 教育"):  # the last one warm
            browser.get(f"{base}/?q={query}")
        image = Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB")
        browser.quit()
    image.quantize(COLOURS).save(ROOT / ".github" / "screenshot.png", optimize=True)


if __name__ == "__main__":
    main()
