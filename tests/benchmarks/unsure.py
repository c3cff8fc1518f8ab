"""Measure what is marked as unsure on blurred pages, and how many misread words are found.

Run with `python tests/benchmarks/unsure.py [SEEDS]`; needs Chromium with its driver and the extra
`ocr`. Pages are typeset as in `scans.py` and made worse: small, noisy, blurred. A word counts as
misread that has one misread character, the others right.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402
from PIL import Image, ImageFilter  # noqa: E402
from support.browser import make_browser  # noqa: E402
from support.sheet_scores import align  # noqa: E402
from support.sheets import DESIGNS, Truth, typeset  # noqa: E402

from indexer import make_settings  # noqa: E402
from indexer.analysis import Analyzer, normal_form  # noqa: E402
from indexer.documents import PageMaker  # noqa: E402
from indexer.engines.memory import MemoryEngine  # noqa: E402
from indexer.model import Page, PageMeta  # noqa: E402
from indexer.pages.formats.layout import set_in_order  # noqa: E402
from indexer.pages.formats.page_lines import make_page  # noqa: E402
from indexer.pages.formats.scan import make_printed  # noqa: E402
from indexer.pages.recognition import recognise  # noqa: E402
from indexer.search import Index  # noqa: E402
from indexer.search.marks import locate_in_page  # noqa: E402

WAYS = {"small": (0.44, 0.0, 14, 40), "noisy": (0.6, 0.0, 22, 28), "blurred": (0.7, 1.3, 20, 30)}
"""Scale, radius of the blur, deviation of the noise, and quality of the JPEG."""


def make_worse(image: Image.Image, way: str, noise: np.random.Generator) -> Image.Image:
    """Return a page as a poor scan of it."""
    scale, radius, deviation, quality = WAYS[way]
    grey = image.convert("L").filter(ImageFilter.GaussianBlur(radius))
    small = grey.resize((int(image.width * scale), int(image.height * scale)))
    pixels = 40 + np.asarray(small) * (190 / 255) + noise.normal(0, deviation, small.size[::-1])
    kept = BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype("uint8")).save(kept, "JPEG", quality=quality)
    return Image.open(kept).convert("RGB")


def find_misread(page: Page, truth: Truth, printed: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the printed and the read position of characters that are read as others."""
    solid = [at for at, char in enumerate(page.text) if not char.isspace()]
    for before, at, after in zip(solid, solid[1:], solid[2:], strict=False):
        first, last = printed.get(before, -9), printed.get(after, -9)
        if at not in printed and last == first + 2:
            char = truth.chars[first + 1].text
            if char.isalnum() and normal_form(char) != normal_form(page.text[at]):
                yield first + 1, at


def score(page: Page, truth: Truth, maker: PageMaker) -> Counter[str]:
    """Count characters that are marked and misread, and words that are found."""
    engine = MemoryEngine()
    with engine.writer(maker.stamp) as writer:
        writer.put(*maker(page))
    index = Index(engine, maker.settings)
    printed = align(page.text, truth.chars)
    misread = dict(find_misread(page, truth, printed))
    unsure = {at for span, _ in page.unsure for at in range(*span)}
    counts = Counter(
        characters=sum(not char.isspace() for char in page.text),
        marked=len(unsure),
        marked_wrong=len(unsure - printed.keys()),
        misread=len(misread),
        misread_marked=len(unsure & set(misread.values())),
    )
    for word, positions in find_words(truth, maker):
        wrong = [at for at in positions if at in misread]
        if len(wrong) == 1 and all(at in misread or at in printed.values() for at in positions):
            counts["words"] += 1
            for name, exact in (("found_as_read", True), ("found", False)):
                counts[name] += is_found(index, word, misread[wrong[0]], exact=exact)
    return counts


def find_words(truth: Truth, maker: PageMaker) -> Iterator[tuple[str, list[int]]]:
    """Yield each printed word of two characters and more, once, and where it is printed."""
    blocks: defaultdict[int, list[int]] = defaultdict(list)
    for at, char in enumerate(truth.chars):
        blocks[char.block].append(at)
    seen = set()
    for block in blocks.values():
        text, at = "".join(truth.chars[position].text for position in block), 0
        for word in Analyzer(maker.settings).words(normal_form(text)):
            at = text.find(word, at)
            if at >= 0 and len(word) > 1 and word not in seen:
                seen.add(word)
                yield word, block[at : at + len(word)]
            at = max(at, 0)


def is_found(index: Index, word: str, position: int, *, exact: bool) -> bool:
    """Return whether a search for a word marks a place of the page."""
    return any(
        span.start <= position < span.end
        for hit in index.search(word, exact=exact, size=100)
        if not hit.relaxed
        for span in locate_in_page(hit.document, hit.marks)
    )


def main(seeds: int) -> None:
    """Print the sums of each way, of horizontal and of upright pages."""
    sums: defaultdict[tuple[str, bool], Counter[str]] = defaultdict(Counter)
    maker = PageMaker(make_settings({}, engine="memory", index="memory/unsure"))
    noise = np.random.default_rng(7)
    with TemporaryDirectory() as name:
        browser = make_browser(Path(name, "profile"))
        try:
            for design in DESIGNS:
                for seed in range(seeds):
                    truth = typeset(browser, design, seed, Path(name))
                    sheet = Image.open(Path(name, "page.png")).convert("RGB")
                    for way in WAYS:
                        read = recognise(make_worse(sheet, way, noise), Path(name))
                        printed = set_in_order(make_printed(read, 1, single=True))
                        page = make_page(printed, Path("page"), "page", PageMeta(), print)
                        sums[way, design.upright] += score(page, truth, maker)
                    print(design.name, seed, flush=True)
        finally:
            browser.quit()
    for (way, upright), counts in sorted(sums.items()):
        print(way, "upright" if upright else "horizontal", dict(counts))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
