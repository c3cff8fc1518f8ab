"""Fit the thresholds of the page layout on typeset pages; writes `layout.json`.

Run with `python tests/training/fit_layout.py FOLDER`, a folder of pages as
`tests/benchmarks/scans.py` keeps them. Each threshold in turn takes the value of a few that reads
the most pages right; only designs that are not held back are read.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.sheet_scores import SheetScore, score_sheet  # noqa: E402
from support.sheets import DESIGNS, Truth  # noqa: E402

from indexer.model import PageMeta  # noqa: E402
from indexer.pages.formats import layout_blocks  # noqa: E402
from indexer.pages.formats.layout import set_in_order  # noqa: E402
from indexer.pages.formats.page_lines import PrintedPage, make_page  # noqa: E402
from indexer.pages.formats.scan import make_printed  # noqa: E402
from indexer.pages.recognition import make_recognised  # noqa: E402
from indexer.reading import read_articles  # noqa: E402

TARGET = Path(layout_blocks.__file__).with_name("layout.json")

MEANINGS = {
    "heading size": "type size of a heading over that of running text",
    "opening size": "the same of headings that open articles wherever they are",
    "section size": "type size of a heading over that of its article's title, if it opens one",
    "same size": "ratio of type sizes of lines of one block",
    "same size of few": "the same where a line has few characters",
    "size alone": "type size of a heading that the space around it shows",
    "size alone on top": "the same where nothing is above it",
    "line gap": "distance of lines of a block at the most, in type sizes as all that follow",
    "block gap": "distance over the usual one that parts a block",
    "article gap": "the same that parts upright text of two horizontal headings",
    "head gap": "distance of lines of a head",
    "shared width": "share of the narrower of two lines of a block that is below the other",
    "indent from": "indent of the first line of a paragraph",
    "indent to": "the same at the most",
    "short end": "by how much the last line of a paragraph is shorter than its column",
    "caption size": "type size of a caption over that of running text",
    "picture gap": "height of a gap that is a picture",
}

STEPS = (0.85, 0.93, 1.0, 1.07, 1.15)


def load(folder: Path) -> list[tuple[PrintedPage, Truth]]:
    """Return the pages of the designs that are tuned on, as recognised and as printed."""
    tuned = {design.name.replace(" ", "_") for design in DESIGNS if not design.held}
    pages = []
    for path in sorted(folder.glob("*.json.gz")):
        if path.name.split(".")[0].rstrip("-0123456789") in tuned:
            truth, recognised = json.loads(gzip.decompress(path.read_bytes()))
            printed = make_printed(make_recognised(recognised), 1, single=True)
            pages.append((printed, Truth.load(json.dumps(truth))))
    return pages


def rate(pages: list[tuple[PrintedPage, Truth]]) -> float:
    """Return the share of blocks and beginnings that are right, false beginnings subtracted."""
    total = SheetScore()
    for printed, truth in pages:
        page = make_page(set_in_order(printed), Path("page"), "page", PageMeta(), print)
        total += score_sheet(page, read_articles(page), truth)
    false = total.begun - total.beginnings
    return (total.exact + total.at_home) / (2 * total.blocks) + (
        total.beginnings - false
    ) / total.articles


def fit(pages: list[tuple[PrintedPage, Truth]]) -> Mapping[str, float]:
    """Return the thresholds after one round; ties keep the value."""
    weights: dict[str, Any] = layout_blocks.LAYOUT
    best = rate(pages)
    for name in MEANINGS:
        start = weights[name]
        chosen = start
        for step in STEPS:
            weights[name] = round(start * step, 3)
            found = rate(pages)
            if found > best + 1e-9:
                best, chosen = found, weights[name]
        weights[name] = chosen
        print(f"{name}: {start} -> {chosen} ({best:.4f})", flush=True)
    return weights


def main(folder: Path) -> None:
    """Fit and write."""
    model = json.loads(TARGET.read_text("utf-8"))
    model["weights"] = fit(load(folder))
    TARGET.write_text(json.dumps(model, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
