"""Open an issue in Mirador, search in it, and say what the viewer shows.

    npm pack mirador && tar xzf mirador-*.tgz
    python tests/benchmarks/mirador.py package/dist/mirador.min.js

The viewer is served from another port than the archive, as it is in use.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from flask import Flask, Response, send_file  # noqa: E402
from PIL import Image  # noqa: E402
from support.browser import make_browser, served  # noqa: E402
from support.formats import LINES, points, write_file  # noqa: E402

from indexer import build_index  # noqa: E402
from webapp import create_app  # noqa: E402

VIEWER = """<!doctype html><title>Mirador</title><div id="viewer"></div>
<script src="/mirador.js"></script><script>
Mirador.viewer({id: "viewer", windows: [{manifestId: "MANIFEST", defaultSearchQuery: "两百本"}]});
</script>"""


def make_archive(folder: Path) -> Flask:
    """Index an issue of one page with its scan."""
    ocr = {"txts": list(LINES), "boxes": [points(line) for line in range(3)]}
    write_file(folder / "pages", "p1.json", {**ocr, "width": 1200, "height": 1600})
    write_file(folder / "pages", "p1.toml", 'newspaper = "江渡日报"\ndate = "1934-05-01"')
    Image.new("RGB", (600, 800), "white").save(folder / "pages" / "p1.jpg")
    build_index([folder / "pages"], index=folder / "index")
    return create_app(index=folder / "index")


def make_viewer(script: Path, manifest: str) -> Flask:
    """Return a site that shows a manifest in Mirador."""
    viewer = Flask(__name__)
    viewer.add_url_rule("/", "page", lambda: Response(VIEWER.replace("MANIFEST", manifest)))
    viewer.add_url_rule("/mirador.js", "script", lambda: send_file(script.absolute()))
    return viewer


def main() -> None:
    """Say what Mirador shows of the issue and of a search in it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        browser = make_browser(folder / "profile")
        browser.implicitly_wait(20)
        with served(make_archive(folder)) as archive:
            manifest = f"{archive}/iiif/issues/江渡日报/1934-05-01/manifest"
            with served(make_viewer(Path(sys.argv[1]), manifest)) as viewer:
                browser.get(viewer)
                title = browser.find_element("css selector", ".mirador-window-top-bar h2").text
                found = browser.find_element("xpath", "//li[contains(., '两百本图书')]").text
                canvases = browser.find_elements("css selector", ".openseadragon-canvas canvas")
                browser.save_screenshot(str(Path("mirador.png").absolute()))
                print(f"title: {title}; drawn: {bool(canvases)}; hit: {' '.join(found.split())}")
        browser.quit()


if __name__ == "__main__":
    main()
