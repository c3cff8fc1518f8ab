"""Text in, a collection of any size out: the same one for the same text, size and seed.

Paragraphs are sentences of the given texts, drawn at random until there are about 210 characters;
five to twelve of them are on a page, each with cities from a list of thirty.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.analysis import Analyzer
from indexer.model import Article, Document, Kind, Page, PageRecord, Span, paragraph_id

# fmt: off
CITIES = (
    "杭州", "宁波", "温州", "嘉兴", "湖州", "绍兴", "金华", "衢州", "舟山", "台州", "丽水", "余杭",
    "萧山", "义乌", "诸暨", "阿克苏", "沙雅", "库车", "新和", "拜城", "温宿", "阿瓦提", "乌什",
    "柯坪", "阿拉尔", "喀什", "和田", "伊犁", "吐鲁番", "哈密",
)
# fmt: on
LENGTH = 210


def read_sentences(paths: Sequence[Path]) -> list[str]:
    """Cut question sets (SQuAD's form) and plain text files into sentences."""
    sentences: list[str] = []
    for path in sorted(paths):
        for text in _read_texts(path):
            sentences += [one for one in re.findall(r"[^。！？\n]+[。！？]?", text) if len(one) > 8]
    return sentences


def read_questions(paths: Sequence[Path]) -> list[str]:
    """Collect the questions of question sets."""
    return [
        question["question"]
        for path in sorted(paths)
        if path.suffix == ".json"
        for paragraph in _paragraphs(path)
        for question in paragraph["qas"]
    ]


def _read_texts(path: Path) -> Iterator[str]:
    if path.suffix == ".json":
        for paragraph in _paragraphs(path):
            yield paragraph["context"]
    else:
        yield path.read_text(encoding="utf-8-sig")


def _paragraphs(path: Path) -> Iterator[dict[str, Any]]:
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        yield from article["paragraphs"]


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page before it is analysed: its paragraphs, each with its cities."""

    id: str
    paragraphs: tuple[tuple[str, tuple[str, ...]], ...]


def make_pages(sentences: Sequence[str], size: int, seed: int) -> Iterator[RawPage]:
    """Make pages until there are `size` paragraphs."""
    chance = random.Random(seed)
    number = page = 0
    while number < size:
        held = min(chance.randint(5, 12), size - number)
        paragraphs = tuple((_paragraph(sentences, chance), _cities(chance)) for _ in range(held))
        yield RawPage(f"{page:07d}", paragraphs)
        number += held
        page += 1


def _paragraph(sentences: Sequence[str], chance: random.Random) -> str:
    text = ""
    while len(text) < LENGTH - 20:
        text += chance.choice(sentences)
    return text[: 2 * LENGTH]


def _cities(chance: random.Random) -> tuple[str, ...]:
    count = chance.choice((0, 0, 1, 1, 1, 2, 3))
    return tuple(sorted({CITIES[min(int(chance.expovariate(0.15)), 29)] for _ in range(count)}))


@dataclass(frozen=True, slots=True)
class MakePage:
    """Turns a raw page into what an engine keeps; picklable, so that workers can do it."""

    analyzer: Analyzer

    def __call__(self, raw: RawPage) -> tuple[PageRecord, list[Document]]:
        """Analyse a page."""
        text = "\n".join(text for text, _ in raw.paragraphs)
        page = Page(id=raw.id, source=f"{raw.id}.txt", text=text, digest=raw.id)
        start, documents = 0, []
        for number, (paragraph, cities) in enumerate(raw.paragraphs, 1):
            span = Span(start, start + len(paragraph))
            documents.append(self._document(raw.id, number, paragraph, cities, span))
            start = span.end + 1
        return PageRecord(page, (Article(raw.id, 1),)), documents

    def _document(
        self, page: str, number: int, text: str, cities: tuple[str, ...], span: Span
    ) -> Document:
        terms = self.analyzer.terms(text)
        return Document(
            id=paragraph_id(page, 1, number),
            page=page,
            article=1,
            number=number,
            kind=Kind.BODY,
            text=text,
            folded=terms.folded,
            spans=(span,),
            lines=((number, number),),
            facets={"city": cities, "kind": ("body",), "page": (page,)},
            terms=terms,
        )
