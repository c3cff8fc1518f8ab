"""How well damaged pages are read, and why not better: `python tests/benchmarks/damaged.py`.

Takes files of questions in SQuAD format as further texts: their paragraphs are cut into shorter
ones and stand under their titles. On every second article of these weights were fitted, on every
fourth constants were tuned; the rest was kept aside, as were half of the other news and the seeds
from 100 on. A false join is any block that no printed paragraph holds whole; how many glue
two paragraphs that follow one another in their article is told besides.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from page_damage import (
    ORDERLY,
    UNSEEN_NEWS,
    Clean,
    Damaged,
    Faults,
    add,
    draw_page,
    hold,
    is_false_join,
    read_clean,
    squeeze,
)

from indexer.model import Article, Kind, Page
from indexer.reading import read_articles

FAULTS = (
    (Faults(), "all faults"),
    (ORDERLY, "columns in order"),
    (Faults(heading=0.25), "headed"),
)
_SENTENCE = re.compile(r"[^。！？]*[。！？]+[”」』）]*|[^。！？]+$")


def read_questions(path: Path, captions: Sequence[str]) -> Iterator[Clean]:
    """Yield the articles of a collection of questions, with captions of others."""
    for number, group in enumerate(group_articles(json.loads(path.read_text("utf-8"))["data"])):
        contexts = [one["context"] for article in group for one in article["paragraphs"][:3]]
        paragraphs = tuple(part for context in contexts for part in split_context(context))
        chosen = tuple(captions[(4 * number + one) % len(captions)] for one in range(4))
        yield Clean(group[0]["title"][:14], "本报记者 林若溪", paragraphs, chosen)


def group_articles(articles: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Group articles of one paragraph by two, those that were tuned on and those that were not."""
    if len(articles[0]["paragraphs"]) > 1:
        return [(article,) for article in articles]
    starts = [start + one for start in range(0, len(articles) - 3, 4) for one in (0, 1)]
    return [(articles[start], articles[start + 2]) for start in starts]


def split_context(context: str, shortest: int = 70) -> Iterator[str]:
    """Cut a long paragraph into some of a newspaper's length."""
    paragraph = ""
    for sentence in _SENTENCE.findall("".join(context.split())):
        paragraph += sentence
        if len(paragraph) >= shortest:
            yield paragraph
            paragraph = ""
    if paragraph:
        yield paragraph if paragraph[-1] in "。！？”」』）" else paragraph + "。"


def causes(page: Damaged, articles: Sequence[Article]) -> Iterator[str]:
    """Name why pieces were falsely joined."""
    printed = [squeeze(paragraph) for paragraph in page.paragraphs]
    captions = {squeeze(caption) for caption in page.captions}
    for article in articles:
        for block in article.paragraphs:
            body = block.kind is Kind.BODY and block.duplicate_of is None
            if body and is_false_join(squeeze(block.text), page):
                parts = [squeeze(page.text[start:end]) for start, end in block.spans]
                yield from (cause(*two, page, printed, captions) for two in pairwise(parts))


def cause(before: str, after: str, page: Damaged, printed: list[str], captions: set[str]) -> str:
    """Name why two pieces were joined, nothing if they belong together."""
    if any(before + after in paragraph for paragraph in printed):
        return ""
    if {before, after} & captions:
        return "a caption taken for text"
    if any(page.text.count(one) > 1 for one in (before, after)):
        return "a repeated column"
    begins = any(paragraph.startswith(after) for paragraph in printed)
    return "the next paragraph's beginning" if begins else "another column's beginning"


def measure(name: str, articles: Sequence[Clean], seeds: range, faults: Faults) -> None:
    outcomes, why = [], Counter[str]()
    for seed in seeds:
        page = draw_page(articles, seed, faults)
        read = read_articles(Page("page", "page.txt", page.text, ""))
        outcomes.append(hold(page, read))
        why.update(filter(None, causes(page, read)))
    total = add(outcomes)
    print(
        f"{name}: {total.cut} cut, {total.restored / total.cut:.3f} restored, "
        f"{total.false_joins / total.cut:.3f} false joins "
        f"({total.glued / total.cut:.3f} of mere neighbours), "
        f"{total.told / max(total.headings, 1):.3f} of {total.headings} headings told, "
        f"{total.parted / total.cut:.3f} cut between sentences; {dict(why.most_common())}"
    )


if __name__ == "__main__":
    texts = {"invented news": read_clean()}
    captions = [caption for article in read_clean() for caption in article.captions]
    unseen = read_clean(UNSEEN_NEWS)
    texts |= {"other news, tuned on": unseen[::2], "other news, aside": unseen[1::2]}
    for argument in map(Path, sys.argv[1:]):
        found = list(read_questions(argument, captions))
        texts[f"{argument.stem}, fitted on"] = found[::2]
        texts[f"{argument.stem}, tuned on"] = found[1::4]
        texts[f"{argument.stem}, aside"] = found[3::4]
    for name, articles in texts.items():
        for seeds in (range(100), range(100, 200)):
            for faults, label in FAULTS:
                measure(f"{name}, {label}, seeds {seeds}", articles, seeds, faults)
