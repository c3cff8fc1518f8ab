"""Fit what is joined and moved: `fit_decision.py [--write] [COLLECTION …]`.

The log-odds of `columns` and `joins` act together on the order of a whole article, so they are
searched: one after the other is set a step higher and lower, and kept where damaged pages gain. A
false join costs as much as `COST` paragraphs that stay cut. The pages' lines are read once; only
what joins them is run again.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from support.clean_articles import Clean
from support.typesetter import Damaged, Faults, set_page, squeeze
from training.samples import NEWS, update_model, weight_articles

from indexer.model import Kind, Page
from indexer.reading import column_moves, column_scores, joins, reading_order
from indexer.reading.drafts import Draft, draft_articles
from indexer.reading.fitted_weights import read_model
from indexer.reading.lines import simplify

FAULTS = (Faults(), Faults(swap=0.2), Faults(swap=0.0, repeat=0.0), Faults(heading=0.25))
COST = 6.0
STEP, SMALLEST = 0.5, 0.1
"""Log-odds of the first steps and of the last; each round halves them."""

FIXED = frozenset({"cautious"})

Weights = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Read:
    """A damaged page, and what was read of it before anything is joined, in Simplified script."""

    page: Damaged
    drafts: tuple[Draft, ...]
    text: str
    printed: tuple[str, ...]  # of each block, without blanks


def draw_pages(articles: Sequence[Clean], count: int) -> Iterator[Read]:
    """Set pages of one to three articles, with all kinds of faults by turns."""
    for number in range(count):
        random = Random(number)
        chosen = random.sample(articles, random.randint(1, 3))
        page = set_page(chosen, random, FAULTS[number % len(FAULTS)])
        drafts = draft_articles(Page("page", "page.txt", page.text, ""), simplify(page.text))
        printed = tuple(squeeze(simplify(block.text)) for block in page.blocks)
        yield Read(page, drafts, simplify(page.text), printed)


def gain(pages: Sequence[Read], weights: Weights) -> tuple[float, float, float]:
    """Return what is to be greatest, and the shares of restored and of falsely joined pieces."""
    cut = restored = false = 0
    for read in pages:
        bodies = set(read_bodies(read, weights))
        restored += sum(read.printed[number] in bodies for number in read.page.cut)
        cut += len(read.page.cut)
        false += sum(not any(body in text for text in read.printed) for body in bodies)
    return (restored - COST * false) / cut, restored / cut, false / cut


def read_bodies(read: Read, weights: Weights) -> Iterator[str]:
    """Yield the running texts of a page as they are joined with these weights."""
    with ExitStack() as stack:
        for module in (column_scores, column_moves, reading_order):
            stack.enter_context(patch.object(module, "COLUMN_WEIGHTS", weights["columns"]))
        stack.enter_context(patch.object(joins, "JOIN_WEIGHTS", weights["joins"]))
        for draft in read.drafts:
            if draft.profile:
                for group in joins.join_pieces(draft.pieces, draft.profile, read.text):
                    if group[0].kind is Kind.BODY:
                        yield squeeze("".join(line.text for one in group for line in one.lines))


def search(
    pages: Sequence[Read],
    weights: Weights,
    names: Sequence[tuple[str, str]] = (),
    step: float = STEP,
    smallest: float = SMALLEST,
) -> Weights:
    """Set one weight after the other a step higher and lower as long as pages gain."""
    best = gain(pages, weights)
    names = names or [(group, name) for group, table in weights.items() for name in table]
    while step >= smallest:
        for group, name in names:
            for change in (step, -step):
                tried = {one: dict(table) for one, table in weights.items()}
                tried[group][name] = round(tried[group][name] + change, 3)
                found = gain(pages, tried) if name not in FIXED else best
                if found[0] > best[0] + 1e-9:
                    best, weights = found, tried
                    print(f"{group}, {name}: {tried[group][name]}, gain {best[0]:.4f}", flush=True)
                    break
        step /= 2
    return weights


def start() -> Weights:
    """Return the weights of the model that ships."""
    known: Mapping[str, Mapping[str, float]] = read_model().weights
    return {group: dict(known[group]) for group in ("columns", "joins")}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("collections", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help="write the weights into the model")
    parser.add_argument("--pages", type=int, default=200)
    arguments = parser.parse_args()
    articles = weight_articles(arguments.collections)
    pages = list(draw_pages(articles, 2 * arguments.pages))
    train, test = pages[: arguments.pages], pages[arguments.pages :]
    known = start()
    weights = search(train, known)
    scores: dict[str, Mapping[str, float]] = {}
    for label, table in (("before", known), ("after", weights)):
        _, restored, false = gain(test, table)
        scores[label] = {"restored": round(restored, 4), "false joins": round(false, 4)}
    print(weights, scores)
    if arguments.write:
        for group, fitted in weights.items():
            update_model(group, fitted, __file__, [NEWS, *arguments.collections], scores)


if __name__ == "__main__":
    main()
