"""How well damaged pages of every style are read: `python tests/benchmarks/damaged.py`.

    damaged.py [--styles] [--causes] [--pages N] [COLLECTION.json | COLLECTION.jsonl …]

Without a collection the invented news are set; a collection is news as JSON lines, questions in
SQuAD format or text ground truth of pages (`support/clean_articles.py`); of it every fourth article
is set, those on which the scripts in `tests/training/` fit nothing (--all: all of them). The plain
style is set with four kinds of faults, with --styles the others with the usual faults. On the
invented news `clean` and on every second of the `unseen` ones constants were tuned. A false join is
any block that no printed block holds whole.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from support.clean_articles import UNSEEN_NEWS, Clean, read_clean, read_external
from support.page_scores import Outcome, add, hold, is_false_join, is_running
from support.styles import STYLES, Style
from support.typesetter import ORDERLY, Damaged, Faults, Role, draw_page, squeeze

from indexer.model import Article, Page
from indexer.reading import read_articles

FAULTS = (
    ("all faults", Faults()),
    ("columns in order", ORDERLY),
    ("much displaced", Faults(swap=0.2)),
    ("headed", Faults(heading=0.25)),
)


def causes(page: Damaged, articles: Sequence[Article]) -> Iterator[tuple[str, str, str]]:
    """Yield why pieces were falsely joined, and the pieces."""
    printed = [squeeze(text) for text in page.texts(Role.BODY)]
    captions = {squeeze(text) for text in page.texts(Role.CAPTION)}
    for article in articles:
        for block in filter(is_running, article.paragraphs):
            if is_false_join(squeeze(block.text), page):
                parts = [squeeze(page.text[start:end]) for start, end in block.spans]
                for before, after in pairwise(parts):
                    if why := cause(before, after, page, printed, captions):
                        yield why, before, after


def cause(before: str, after: str, page: Damaged, printed: list[str], captions: set[str]) -> str:
    """Name why two pieces were joined, nothing if they belong together."""
    if any(before + after in paragraph for paragraph in printed):
        return ""
    if {before, after} & captions:
        return "a caption taken for text"
    if any(page.text.count(one) > 1 for one in (before, after)):
        return "a repeated column"
    begins = [one for one in printed if one.startswith(after)]
    if after in begins:
        return "a complete paragraph"
    return "a paragraph's beginning" if begins else "another column's beginning"


def measure(
    articles: Sequence[Clean],
    seeds: range,
    faults: Faults,
    style: Style,
    *,
    verbose: bool = False,
    cautious: bool = False,
) -> tuple[Outcome, Counter[str]]:
    """Read pages drawn with these seeds."""
    outcomes, why = [], Counter[str]()
    for seed in seeds:
        page = draw_page(articles, seed, faults, style)
        read = read_articles(Page("page", "page.txt", page.text, ""), cautious=cautious)
        outcomes.append(hold(page, read))
        for name, before, after in causes(page, read):
            why[name] += 1
            if verbose:
                print(f"  {name}: {before[-30:]} | {after[:30]}")
    return add(outcomes), why


def describe(total: Outcome, why: Counter[str]) -> str:
    cut = max(total.cut, 1)
    return (
        f"{total.cut:5} cut, {total.restored / cut:.3f} restored, {total.false_joins / cut:.4f} "
        f"false joins ({total.glued / cut:.4f} neighbours); {total.whole / total.paragraphs:.3f} "
        f"of paragraphs whole; beginnings {total.beginnings}/{total.articles}; heads as captions "
        f"{total.head_captions}/{total.heads}; headings {total.recognised}/{total.headings} "
        f"{dict(why.most_common())}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("collections", nargs="*", type=Path)
    parser.add_argument("--styles", action="store_true", help="set the other styles")
    parser.add_argument("--causes", action="store_true", help="print every false join")
    parser.add_argument("--all", action="store_true", help="set all articles of a collection")
    parser.add_argument("--cautious", action="store_true", help="read cautiously")
    parser.add_argument("--pages", type=int, default=100, help="how many of each")
    arguments = parser.parse_args()
    captions = [caption for article in read_clean() for caption in article.captions]
    aside = slice(None) if arguments.all else slice(3, None, 4)
    texts = {path.stem: read_external(path, captions)[aside] for path in arguments.collections}
    unseen = read_clean(UNSEEN_NEWS)
    texts = texts or {"clean": read_clean(), "unseen": unseen[::2], "unseen, aside": unseen[1::2]}
    plain = [(STYLES[0], label, faults) for label, faults in FAULTS]
    styled = [(style, style.name, Faults()) for style in STYLES[1:]]
    for name, articles in texts.items():
        for style, label, faults in styled if arguments.styles else plain:
            pages = range(arguments.pages)
            options = {"verbose": arguments.causes, "cautious": arguments.cautious}
            found = measure(articles, pages, faults, style, **options)
            print(f"{name}, {label:26} {describe(*found)}", flush=True)


if __name__ == "__main__":
    main()
