"""Measure how typeset pages are read, from the text layer of their PDF and from their image.

Run with `python tests/benchmarks/scans.py [SEEDS] [pdf|png] [FOLDER]`; needs Chromium with its
driver and the extra `ocr`. What was printed and recognised is kept in the folder, for
`tests/training/fit_layout.py` and as fixtures (`tests/pages/typeset`).

The browser gives the position of each character, so that the truth is known
(`tests/support/sheets.py`). Designs that are held back are counted apart: nothing was
tuned on them.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from PIL import Image  # noqa: E402
from support.browser import make_browser  # noqa: E402
from support.sheet_scores import SheetScore, score_sheet  # noqa: E402
from support.sheets import DESIGNS, Truth, typeset  # noqa: E402

from indexer.model import PageMeta  # noqa: E402
from indexer.pages.formats import read_format  # noqa: E402
from indexer.pages.recognition import recognise  # noqa: E402
from indexer.reading import read_articles  # noqa: E402


def keep(truth: Truth, image: Path, target: Path) -> None:
    """Write what is printed on a page and what is recognised on its image."""
    page = recognise(Image.open(image), image, image.parent / "recognised")
    data = json.dumps([json.loads(truth.dump()), page], ensure_ascii=False)
    target.write_bytes(gzip.compress(data.encode(), 9, mtime=0))


def main(seeds: int, suffixes: tuple[str, ...], folder: Path | None) -> None:
    """Print a line for each page and the sums."""
    sums: dict[tuple[str, bool], SheetScore] = defaultdict(SheetScore)
    seconds: dict[str, float] = defaultdict(float)
    with TemporaryDirectory() as name:
        browser = make_browser(Path(name, "profile"))
        try:
            for design in DESIGNS:
                for seed in range(seeds):
                    truth = typeset(browser, design, seed, Path(name))
                    for suffix in suffixes:
                        began = time.perf_counter()
                        path = Path(name, f"page.{suffix}")
                        scans = Path(name, "recognised") if folder else None
                        page = next(read_format(path, "page", PageMeta(), print, scans=scans))
                        score = score_sheet(page, read_articles(page), truth)
                        seconds[suffix] += time.perf_counter() - began
                        sums[suffix, design.held] += score
                        if folder and suffix == "png":
                            file = f"{design.name.replace(' ', '_')}-{seed}.json.gz"
                            keep(truth, path, folder / file)
                        print(f"{design.name} {seed} {suffix}: {score}", flush=True)
        finally:
            browser.quit()
    for (suffix, held), score in sorted(sums.items()):
        print(f"{suffix}, {'held back' if held else 'tuned on'}: {score}")
    for suffix, spent in seconds.items():
        print(f"{suffix}: {60 * len(DESIGNS) * seeds / spent:.1f} pages a minute")


if __name__ == "__main__":
    chosen = tuple(sys.argv[2:3]) or ("pdf", "png")
    target = Path(sys.argv[3]) if len(sys.argv) > 3 else None
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1, chosen, target)
